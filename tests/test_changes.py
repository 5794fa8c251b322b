"""What is heard while a pattern, a design, a mix or the tempo changes: no step larger than the music's own."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from livecode.conductor.conductor import Conductor
from livecode.engine.offline import OfflineEngine
from livecode.errors import LiveError
from livecode.session import Session
from livecode.stages.score import score
from tests.hearing import RATE, Wave, session

BLOCK, START, CYCLE = 256, 16384, 48000  # samples
STEP = 2048  # samples between two looks at the patterns
SHARE = 0.25  # of the music's own largest step: what a change may add

FIRST = """
tempo 240
design soft = sine freq | adsr 20ms 50ms 0.7 60ms
design thick = saw freq | lpf 1200hz | adsr 20ms 50ms 0.7 60ms
a = note "c3 g3" | s 'soft'
b = note "[c4,e4,g4]" | s 'thick' | slow 2
mix b | lpf 2khz
"""
CHANGES = {
    "pattern": "a = note \"e3 d3 b2\" | s 'soft'",
    "two patterns": "a = note \"e3 d3 b2\" | s 'soft'\nb = note \"[d4,f4]\" | s 'thick'",
    "pattern to another sound": "a = note \"c3 g3\" | s 'thick'",
    "design": "design thick = tri freq | lpf 3khz | adsr 20ms 50ms 0.7 60ms",
    "mix": "mix b | hpf 300hz | drive 0.2",
    "mix and design": "mix b | gain -3dB\ndesign soft = tri freq | adsr 20ms 50ms 0.7 60ms",
    "tempo": "tempo 200",
    "all": "tempo 260\nmix a | hpf 100hz\na = note \"e3 d3 b2\" | s 'thick'\nb = note \"[d4,f4]\" | s 'soft'",
}


def heard(first: Session, second: Session | None) -> tuple[Wave, int]:
    """Play a session for eight seconds, another from somewhere in the third on; gives the sample of its boundary."""
    engine = OfflineEngine(RATE, BLOCK)
    troubles: list[LiveError] = []
    try:
        conductor = Conductor(engine, RATE, BLOCK, troubles.append)
        conductor.begin(score(first), START)
        parts, at, boundary = [], 0, 0
        while at < START + 8 * CYCLE:
            if second is not None and not boundary and at > START + 2.3 * CYCLE:
                cycle = conductor.change(score(second), at, Fraction(1))
                boundary = conductor.map.sample(cycle)
            conductor.tick(at + CYCLE // 2)
            parts.append(engine.advance(STEP))
            at += STEP
        assert troubles == [] and engine.reports() == [] and engine.meters().late == 0
        return np.concatenate(parts)[START + engine.latency :], boundary - START
    finally:
        engine.stop()


def largest(wave: Wave) -> float:
    return float(np.abs(np.diff(wave, axis=0)).max())


@pytest.fixture(scope="module")
def first() -> Session:
    return session(FIRST)


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_steps_more_than_the_music_itself(first: Session, name: str) -> None:
    second = session(CHANGES[name], first)
    wave, boundary = heard(first, second)
    assert 2 * CYCLE < boundary < 5 * CYCLE
    before, during, after = (
        wave[CYCLE // 2 : 2 * CYCLE],
        wave[boundary - CYCLE : boundary + CYCLE],
        wave[boundary + 2 * CYCLE :],
    )
    assert largest(during) <= (1.0 + SHARE) * max(largest(before), largest(after))


def test_what_does_not_change_sounds_on_to_the_sample(first: Session) -> None:
    """A track beside the one that changes is the same, with and without."""
    plain, _ = heard(session("hush b", first), None)
    changed, boundary = heard(session("hush b", first), session("hush b\nb = note \"d4\" | s 'thick' | gain 0", first))
    assert np.abs(changed - plain).max() < 1e-6 and boundary > 0
