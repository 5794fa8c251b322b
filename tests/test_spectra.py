"""What events do with the spectrum of a sound, and along which lines their envelopes go, as it is heard."""

from __future__ import annotations

import math

import numpy as np
import pytest

from livecode.errors import Source
from livecode.session import Session
from livecode.stages.statements import evaluate_text
from tests.hearing import RATE, Wave, band, level, pitch
from tests.test_events import heard, part, play, sounds

__all__ = ["sounds"]

BARE = "design bare = sine freq"

WORKS = ("freeze", "smear", "scram")


def onset(wave: Wave) -> int:
    loud = np.abs(wave).max(axis=1)
    return int(np.flatnonzero(loud > 0.3 * loud[:24000].max())[0])


@pytest.mark.parametrize("name", WORKS)
def test_what_works_on_the_spectrum_is_heard_in_time(sounds: Session, name: str) -> None:
    """An amount of nothing leaves the sound as it was, to the sample."""
    code = 's "pure ~ pure ~" | freq 1000 | clip 0.3'
    dry, wet = heard(sounds, code), heard(sounds, f"{code} | {name} 0")
    assert np.abs(wet - dry).max() < 5e-3  # the end of the tone does not lie on a sample
    assert abs(onset(heard(sounds, f"{code} | {name} 0.2")) - onset(dry)) < 0.02 * RATE


def test_freeze_sounds_on(sounds: Session) -> None:
    code = "s 'pure' | freq 500 | decay 0.2 | sustain 0"
    dry, wet = heard(sounds, code), heard(sounds, f"{code} | freeze 1")
    assert level(part(dry, 1.0, 1.5)) < -60.0
    assert level(part(wet, 1.0, 1.5)) == pytest.approx(level(part(dry, 0.01, 0.05)), abs=4.0)
    assert pitch(part(wet, 0.5, 1.5)) == pytest.approx(500.0, rel=0.01)
    again = heard(sounds, 'freq "500 900" | s "pure" | decay 0.1 | sustain 0 | clip 0.4 | freeze 1')
    assert level(part(again, 1.1, 1.4), 500) < -60.0 < -40.0 < level(part(again, 1.1, 1.4), 900)  # it forgets


@pytest.mark.parametrize(("amount", "seconds"), [(0.3, 0.5), (0.6, 1.65)])
def test_smear_lets_a_spectrum_fall_in_its_time(sounds: Session, amount: float, seconds: float) -> None:
    wave = heard(sounds, f's "pure ~ ~ ~" | freq 1000 | clip 0.2 | smear {amount}')
    first, last = (level(part(wave, t, t + 0.1)) for t in (0.2, 0.4))
    assert (first - last) / 0.2 == pytest.approx(60.0 / seconds, rel=0.2)


def test_scram_spreads_what_was_a_line(sounds: Session) -> None:
    dry, wet = (part(heard(sounds, f"s 'pure' | freq 1000 | {more}"), 0.2, 1.7) for more in ("gain 1", "scram 0.3"))
    assert level(wet, 1000) < level(dry, 1000) - 6.0
    assert band(wet, 700, 1500) > band(dry, 700, 1500) - 12.0
    assert band(wet, 1050, 1200) > band(dry, 1050, 1200) + 20.0


def test_comb_takes_out_what_its_echo_cancels(sounds: Session) -> None:
    for freq, change in ((500, -40.0), (1000, 0.0), (1500, -40.0)):
        dry, wet = (part(heard(sounds, f"s 'pure' | freq {freq} | comb {x}"), 0.3, 1.7) for x in (0.001, 0.1))
        lost = level(wet, freq) - level(dry, freq)
        assert lost == pytest.approx(change, abs=0.5) if change == 0.0 else lost < change


def test_binshift_moves_all_parts_alike(sounds: Session) -> None:
    wave = part(heard(sounds, "s 'pure' | freq 400 | binshift 0.1"), 0.3, 1.7)
    assert pitch(wave) == pytest.approx(700.0, abs=0.5)


def test_enhance_adds_overtones(sounds: Session) -> None:
    dry, wet = (part(heard(sounds, f"s 'pure' | freq 1000 | enhance {x}"), 0.3, 1.7) for x in (0, 1))
    assert level(dry, 3000) < -80.0 and level(wet, 3000) > level(wet, 1000) - 40.0


# the envelope, and its level (of its top) at some times
BENT = [
    ("attack 0.4 | sustain 1", [(0.2, 0.5)]),
    ("attack 0.4 | sustain 1 | curve -4", [(0.2, math.expm1(-2) / math.expm1(-4))]),
    ("attack 0.4 | sustain 1 | curve 4", [(0.2, math.expm1(2) / math.expm1(4))]),
    ("attack 0 | hold 0.2 | decay 0.8 | sustain 0.25 | curve -4", [(0.1, 1.0), (0.6, 0.34), (1.5, 0.25)]),
    ("attack 0 | sustain 1 | release 0.4 | clip 0.5 | curve -4", [(0.9, 1.0), (1.2, 0.119)]),
    ("attack 0.8 | sustain 1 | release 0.4 | clip 0.2 | curve 0.001", [(0.2, 0.5), (0.6, 0.5)]),
    ("tilt 0.5 | curve 0", [(0.5, 0.5), (1.0, 1.0), (1.5, 0.5)]),
    ("tilt 0.25 | plat 0.5 | curve 0", [(0.125, 0.5), (0.25, 1.0), (1.2, 1.0), (1.625, 0.5)]),
    ("tilt 0 | plat 0", [(1.0, 1 - math.expm1(-1.5) / math.expm1(-3))]),
]


@pytest.mark.parametrize(("code", "points"), BENT)
def test_envelopes_go_along_bent_lines(sounds: Session, code: str, points: list[tuple[float, float]]) -> None:
    bare = evaluate_text(sounds, Source("t", BARE)).session
    wave = np.abs(part(heard(bare, f"s 'bare' | freq 1000 | {code}"), 0.0, 2.0))
    top = wave.max()
    for time, height in points:
        near = wave[round((time - 0.002) * RATE) : round((time + 0.002) * RATE)].max()
        assert near / top == pytest.approx(height, abs=0.03)


def test_pcurve_bends_the_fall_of_a_pitch(sounds: Session) -> None:
    code = "s 'pure' | freq 400 | penv 12 | pattack 0.001 | pdecay 1 | psustain 0 | panchor 0"
    straight, bent = (pitch(part(heard(sounds, f"{code} | pcurve {n}"), 0.48, 0.52)) for n in (0, 1))
    assert straight == pytest.approx(400 * 2**0.5, rel=0.02)
    assert bent == pytest.approx(400 * 2 ** (0.5**3), rel=0.02)


def test_a_bus_hears_events_at_their_gain(sounds: Session) -> None:
    mixed = evaluate_text(sounds, Source("t", "mix bus3 = return | gain 2")).session
    dry = level(part(heard(mixed, "s 'pure' | freq 400"), 0.3, 1.7))
    for more, factor in (("bus 3", 3.0), ("bus 3 | busgain 0.5", 2.0), ("bus 3 | dry 0", 2.0)):
        wet = level(part(heard(mixed, f"s 'pure' | freq 400 | {more}"), 0.3, 1.7))
        assert wet - dry == pytest.approx(20 * math.log10(factor), abs=0.05)
    (trouble,) = play(sounds, "s 'pure' | bus 3").troubles
    assert "there is no return bus3" in trouble and "mix bus3 = return" in trouble


FIXED = (
    "decay (saw | slow 2) | sustain 0.2",
    "cutoff 800 | lpenv 2 | lpdecay (saw | slow 2)",
    "squiz (saw | range 1 4)",
)


@pytest.mark.parametrize("code", FIXED)
def test_what_is_fixed_at_the_onset_is_read_there(sounds: Session, code: str) -> None:
    assert level(part(heard(sounds, f"s 'pure' | {code}", 2), 2.1, 2.3)) > -50.0


@pytest.mark.parametrize(
    ("control", "instead"),
    [
        ("channel 1", "two outputs"),
        ("real 0.5", "ring"),
        ("xsdelay 0.5", "smear"),
        ("warp 0.5", "wavetable"),
        ("ir 'bd'", "roomfade"),
    ],
)
def test_what_waits_tells_what_comes_nearest(sounds: Session, control: str, instead: str) -> None:
    (trouble,) = play(sounds, f"s 'pure' | {control}").troubles
    assert "has no effect on pure" in trouble and instead in trouble
