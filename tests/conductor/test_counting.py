"""Beats are counted through the meters of sections, by clocks outside and for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction as F

import pytest

from livecode.conductor.conductor import Conductor
from livecode.conductor.counting import Count, beats_at, time_of
from livecode.conductor.outward import Outward
from livecode.conductor.score import Score
from livecode.conductor.tempo import TempoMap
from livecode.session import Session
from livecode.stages.score import score
from tests.conductor.test_conductor import Paper
from tests.conductor.test_conductor import session as changed
from tests.conductor.test_pace import RATE, refused, session

SONG = """
tempo 120
a = s "bd"
arrange four 2 = a
arrange three 4 meter=3/4 = a
arrange five 1 meter=5/4 = a
arrange tune = "four three five"
"""
PLACES = [(F(0), F(0)), (F(1), F(4)), (F(2), F(8)), (F(7, 2), F(25, 2)), (F(6), F(20)), (F(7), F(25))]


def playing(text: str) -> tuple[Session, Score]:
    made = session(SONG + text)
    return made, score(made)


@pytest.mark.parametrize(("time", "beats"), PLACES)
def test_every_section_counts_by_its_own_meter(time: F, beats: F) -> None:
    _, tune = playing("play tune")
    assert beats_at(tune, time) == beats
    assert time_of(tune, beats) == time


TURNS = [(F(25), F(7)), (F(33), F(9)), (F(36), F(10)), (F(254), F(71)), (F(-1), F(-1, 4))]


@pytest.mark.parametrize(("beats", "time"), TURNS)
def test_a_song_that_loops_counts_on(beats: F, time: F) -> None:
    _, tune = playing("loop tune")
    assert beats_at(tune, time) == beats
    assert time_of(tune, max(beats, F(0))) == max(time, F(0))


def test_what_is_composed_counts_for_ever() -> None:
    _, made = playing("meter 7/8")
    assert beats_at(made, F(10)) == 35
    assert time_of(made, F(35)) == 10


def test_a_change_counts_on_from_the_beat_it_came_at() -> None:
    """Two cycles of what is composed, then a song from there, then another meter in the middle of a section."""
    conductor, count = Conductor(Paper(), RATE, 256, refused), Count()
    before, made = playing("")
    conductor.begin(made, 0)
    assert count.at(conductor, F(2)) == 8
    second = changed("play tune", before)
    assert conductor.change(score(second), RATE, F(2)) == 2
    assert [count.at(conductor, F(2) + time) for time, _ in PLACES] == [8 + beats for _, beats in PLACES]
    conductor.jump(5 * RATE, F(3))
    count.forget()
    assert count.at(conductor, F(3)) == 11


@dataclass
class Ticks(Outward):
    """Counts the pulses of a clock that leaves, 24 to a beat, in samples."""

    at: list[int] = field(default_factory=list)

    def advance(self, map: TempoMap, beats: F, begin: int, end: int) -> None:
        pulses = beats * 24
        for k in range(int(map.cycle(begin) * pulses) - 1, int(map.cycle(end) * pulses) + 2):
            sample = map.sample(k / pulses)
            if begin <= sample < end:
                self.at.append(sample)


def test_a_clock_that_leaves_is_even_where_the_meter_changes() -> None:
    ticks = Ticks()
    conductor = Conductor(Paper(), RATE, 256, refused, outward=ticks)
    conductor.begin(playing("play tune")[1], 0)
    for at in range(0, 13 * RATE, 12_345):
        conductor.tick(at)
    steps = {b - a for a, b in zip(ticks.at, ticks.at[1:], strict=False)}
    assert len(ticks.at) > 600 and steps == {1000}
