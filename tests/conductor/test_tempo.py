"""The map between cycles and samples: exact, and back again, over changes of tempo."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecode.conductor.tempo import TempoMap, cycle_length


@pytest.mark.parametrize(
    ("bpm", "beats", "length"),
    [(120, 4, 96000), (126, 4, F(640000, 7)), (60, 3, 144000), (90.5, 4, F(2 * 48000 * 60 * 4, 181))],
)
def test_the_length_of_a_cycle(bpm: float, beats: int, length: F) -> None:
    assert cycle_length(bpm, F(beats), 48000) == length


def test_steady_tempo_never_drifts() -> None:
    tempo = TempoMap(512, cycle_length(126, F(4), 48000))
    assert tempo.sample(F(7 * 10**6)) == 512 + 640000 * 10**6


def test_a_change_keeps_what_was_before() -> None:
    tempo = TempoMap(0, F(1000))
    tempo.change(F(4), F(500))
    assert [tempo.sample(F(c)) for c in (1, 4, 5, 6)] == [1000, 4000, 4500, 5000]
    assert tempo.cycle(4500) == 5
    tempo.change(F(5), F(2000))
    assert tempo.sample(F(6)) == 6500
    tempo.change(F(4), F(1000))
    assert tempo.sample(F(6)) == 6000


def test_what_is_forgotten_does_not_change_what_follows() -> None:
    tempo = TempoMap(0, F(1000))
    tempo.change(F(4), F(500))
    tempo.change(F(8), F(700))
    before = tempo.exact(F(9))
    tempo.forget(F(7))
    assert tempo.exact(F(9)) == before
    assert tempo.exact(F(5)) == 4500


@given(
    st.lists(st.tuples(st.fractions(0, 50, max_denominator=64), st.integers(10, 999)), max_size=12),
    st.fractions(0, 60, max_denominator=1000),
)
def test_there_and_back(changes: list[tuple[F, int]], cycle: F) -> None:
    tempo = TempoMap(100, F(96000))
    for at, bpm in sorted(changes):
        tempo.change(at, cycle_length(bpm, F(4), 48000))
    assert tempo.cycle(tempo.exact(cycle)) == cycle
    assert abs(tempo.sample(cycle) - tempo.exact(cycle)) <= F(1, 2)
