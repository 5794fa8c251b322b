"""Tempo and meter of songs: where they change, and that nothing hangs on how far ahead the conductor looks."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from livecode.conductor.conductor import Conductor
from livecode.conductor.notes import Note
from livecode.conductor.pace import map_of, pace_at
from livecode.errors import LiveError, Source
from livecode.patterns import Hap
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from tests.conductor.test_conductor import Paper

RATE = 48000
SONG = """
tempo 120
lead = n "0 2 4" | s 'saw' | clip 3
arrange a 1 = lead
arrange b 1/3 tempo=240 meter=3/4 key="d:minor" = lead
arrange c 2 tempo=(ramp 60 120) = lead
arrange tune = "a b c a"
play tune
"""


def refused(error: LiveError) -> None:
    raise error


def session(text: str) -> Session:
    made = evaluate_text(prelude(), Source("test", text))
    assert not made.errors, made.errors[0].render()
    return made.session


@pytest.mark.parametrize(
    ("time", "bpm", "beats", "until"),
    [
        (F(0), 120, 4, F(1)),
        (F(99, 100), 120, 4, F(1)),
        (F(1), 240, 3, F(4, 3)),
        (F(4, 3), 60, 4, F(4, 3) + F(1, 16)),
        (F(4, 3) + F(1), 90, 4, F(4, 3) + F(17, 16)),
        (F(4, 3) + F(41, 40), 90, 4, F(4, 3) + F(17, 16)),  # the grid is the section's own
        (F(10, 3), 120, 4, F(13, 3)),
        (F(5), 120, 4, None),
    ],
)
def test_pace(time: F, bpm: float, beats: int, until: F | None) -> None:
    found = pace_at(score(session(SONG)), time)
    assert (found.bpm, found.beats, found.until) == (bpm, beats, until)


def test_the_map_of_a_song_is_exact() -> None:
    made = score(session(SONG))
    map_ = map_of(made, RATE)
    assert map_.exact(F(1)) == 2 * RATE
    assert map_.exact(F(4, 3)) == 2 * RATE + RATE * F(1, 4)
    ramp = sum(F(1, 16) * 240 / (60 + F(60 * i, 32)) for i in range(32))
    assert abs(map_.exact(F(10, 3)) - (F(9, 4) + ramp) * RATE) < F(1, 1000)


@pytest.mark.parametrize("step", [997, 12_000, 1_000_000])
def test_notes_hang_on_no_window(step: int) -> None:
    def notes(step: int) -> list[tuple[int, tuple[float, ...]]]:
        found: list[tuple[int, tuple[float, ...]]] = []

        def heard(sample: int, note: Note, hap: Hap) -> None:
            found.append((sample, tuple(round(v, 9) for v in note.values[:2])))

        conductor = Conductor(Paper(), RATE, 256, refused, heard)
        conductor.begin(score(session(SONG)), 0)
        for until in [*range(0, 12 * RATE, step), 12 * RATE]:
            conductor.tick(until)
        return sorted(found)

    assert notes(step) == notes(256)


def test_a_key_of_a_section_is_that_of_its_notes() -> None:
    found: list[tuple[int, float]] = []
    conductor = Conductor(
        Paper(), RATE, 256, refused, lambda sample, note, hap: found.append((sample, round(note.values[1], 2)))
    )
    conductor.begin(
        score(session('tempo 120\nx = n 2\narrange a 1 = x\narrange b 1 key="d:minor" = x\narrange t = "a b"\nplay t')),
        0,
    )
    conductor.tick(4 * RATE)
    assert found == [(0, 164.81), (2 * RATE, 174.61)]  # e in c major, f in d minor


def test_an_open_tempo_is_not_settled_by_long_notes() -> None:
    first = session("tempo 120\nx = note 60 | slow 8")
    conductor = Conductor(Paper(), RATE, 256, refused)
    conductor.begin(score(first), 0)
    conductor.tick(1000)
    assert conductor.looked < 1
