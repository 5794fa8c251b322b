"""Scales that are not of twelve equal steps: which pitches they give, and what is said of those that cannot be."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecode.errors import KindError, LiveError, Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.patterns.tunings import Tuning, read_tuning


def notes(text: str) -> list[float]:
    pattern = pattern_of(parse_expression(Source("test", text)), Scope({}))
    return [float(h.value["note"]) for h in pattern.onsets(Fraction(0), Fraction(1))]


def cents(*values: float) -> list[float]:
    return [48 + v / 100 for v in values]


JUST = [0, 203.91, 386.314, 701.955]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('n "0 2 4 -1" | scale [0, 2, 3, 7]', cents(0, 300, 1200, -500)),
        ('n "0 1 2 3" | scale [1/1, 9/8, 5/4, 3/2]', cents(*JUST)),
        ('n "0 1 2 3" | scale [1, 9/8, 5/4, 3/2]', cents(*JUST)),
        ('n "0 1 2 3 4" | scale [9/8, 5/4, 3/2, 2/1]', cents(*JUST, 1200)),
        ("n \"0 1 2 3\" | scale ['d3', 9/8, 5/4, 3/2, 2/1]", [x + 2 for x in cents(*JUST)]),
        ('n "0 1 2" | scale [0, 204ct, 386ct]', cents(0, 204, 386)),
        ('n "0 1 2" | scale [1/1, 204ct, 5/4]', cents(0, 204, 386.314)),
        ('n "0 19 1" | scale "c3:19edo"', cents(0, 1200, 1200 / 19)),
        ('n "0 13" | scale "c3:13ed3"', cents(0, 1901.955)),
        ('n "0 2 4" | scale "c3:just:major"', cents(0, 386.314, 701.955)),
        ('n "0 9" | scale "c3:bohlen-pierce"', cents(0, 1901.955)),
        ('n "0 2" | scale "a2:just:major" | scaleTranspose 1', [47.0391, 49.9804]),
        ('note "c3 e3" | scale "c:7edo"', cents(0, 342.857)),
        ('n "0 1# 2" | scale "c3:0:1.5:3:7"', cents(0, 250, 300)),
    ],
)
def test_pitches(text: str, expected: list[float]) -> None:
    assert notes(text) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        "scale [] (n 0)",
        "scale [3, 1] (n 0)",
        "scale [0, 12] (n 0)",
        "scale [1/1, 0/1] (n 0)",
        "scale 'c 0edo' (n 0)",
        "scale 'c 5000edo' (n 0)",
        "scale 'c 12ed1' (n 0)",
        "scale 'c nothing' (n 0)",
    ],
)
def test_what_is_no_scale_is_told_with_its_place(text: str) -> None:
    with pytest.raises(LiveError) as caught:
        notes(text)
    assert caught.value.place is not None


def test_scales_of_twelve_are_left_to_the_scales() -> None:
    assert read_tuning("c minor") is None
    assert read_tuning(["c", "minor"]) is None


@given(st.integers(1, 100), st.integers(-300, 300))
def test_equal_divisions_repeat_at_the_octave(count: int, step: int) -> None:
    tuning = read_tuning(f"c3 {count}edo")
    assert tuning is not None
    assert math.isclose(tuning.pitch(step + count), tuning.pitch(step) + 12)


@given(st.integers(-50, 50))
def test_the_nearest_step_of_a_pitch_is_its_own(step: int) -> None:
    tuning = Tuning(48, (0.0, 2.04, 3.86, 7.02))
    assert tuning.nearest(tuning.pitch(step)) == step


def test_a_bad_division_says_what_is_wanted() -> None:
    with pytest.raises(KindError, match="not an equal division"):
        read_tuning("0edo")
