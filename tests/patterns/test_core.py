"""The edge of the pattern core: operators, limits, sections, and time before cycle 0."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from typing import Any

import pytest

from livecode.errors import LiveError, SizeError
from livecode.patterns import WORDS, Context, Pattern, check_size, mini, pure, section, setter

ZERO, ONE = Fraction(0), Fraction(1)


def call(name: str, *args: Any) -> Any:
    return WORDS.find(name).call(*args)


def values(pattern: Pattern, begin: Fraction = ZERO, end: Fraction = ONE) -> list[Any]:
    return [h.value for h in pattern.onsets(begin, end)]


OPERATIONS = (
    (lambda p: p + 1, [2, 3]),
    (lambda p: p * mini.pattern("10 20 30"), [10, 40]),
    (lambda p: 10 - p, [9, 8]),
    (lambda p: p / 4, [0.25, 0.5]),
    (lambda p: p % 2, [1, 0]),
    (lambda p: mini.pattern("c3") + p, [49]),
)


@pytest.mark.parametrize(("operation", "wanted"), OPERATIONS)
def test_operators(operation: Any, wanted: list[Any]) -> None:
    assert values(operation(mini.pattern("1 2"))) == wanted


def test_a_bare_number_moves_the_pitch_of_controls() -> None:
    assert values(call("n", mini.pattern("0 1")) + 7) == [{"n": 7}, {"n": 8}]
    assert values(call("note", mini.pattern("c3")) + 7) == [{"note": 55}]
    assert values(call("s", "bd") + 7) == [{"s": "bd"}]


def test_a_control_pattern_stands_for_setting_it() -> None:
    assert values(setter(call("speed", 2))(call("s", mini.pattern("bd sn")))) == [
        {"s": "bd", "speed": 2},
        {"s": "sn", "speed": 2},
    ]


TOO_LARGE = (
    "bd*100000000",
    "bd!100000000",
    "0 .. 100000000",
    "bd(3,100000000)",
    "[[[bd*20]*20]*20]*20",
    "bd*<2 1000000000>",
    "bd*5000",
)


@pytest.mark.parametrize("text", TOO_LARGE)
def test_too_many_events_are_refused_before_they_are_made(text: str) -> None:
    mini.pattern("bd")
    tracemalloc.start()
    try:
        with pytest.raises(SizeError):
            check_size(mini.pattern(text))
        assert tracemalloc.get_traced_memory()[1] < 200_000  # 4,096 events take more
    finally:
        tracemalloc.stop()


def test_what_fits_is_let_through() -> None:
    check_size(mini.pattern("bd*4096"))
    check_size(call("fast", mini.pattern("<2 64>"), mini.pattern("bd*64")))


def test_nesting_too_deep_is_an_error_of_ours() -> None:
    def pile() -> Pattern:
        pattern = mini.pattern("0 1")
        for _ in range(1000):
            pattern = pattern + 1
        return pattern

    with pytest.raises(LiveError, match="too deep"):
        pile()
    with pytest.raises(LiveError, match="too deep"):
        mini.pattern("[" * 500 + "a" + "]" * 500)


def test_the_deepest_pattern_allowed_can_be_played() -> None:
    pattern = mini.pattern("0 <1 2>")
    with pytest.raises(SizeError):
        while True:
            pattern = call("late", Fraction(1, 8), call("every", 2, lambda p: call("rev", p), pattern))
    assert len(pattern.query(ZERO, ONE)) >= 2


def test_a_ramp_spans_its_section() -> None:
    ramp = call("segment", 1, call("ramp", 0, 100))
    in_section = section(Fraction(4), ramp)
    assert values(in_section, ZERO, Fraction(6)) == [0, 25, 50, 75, 100, 100]
    assert values(section(Fraction(2), ramp), ZERO, Fraction(3)) == [0, 50, 100]
    assert values(ramp, Fraction(4), Fraction(5)) == [50]
    assert values(call("segment", 1, call("ramp", 0, 100, 2)), ONE, Fraction(2)) == [50]


def test_fades_scale_the_gain() -> None:
    beat = call("gain", 0.5, call("s", "bd"))
    assert [v["gain"] for v in values(call("fadeIn", 2, beat), ZERO, Fraction(3))] == [0, 0.25, 0.5]
    out = section(Fraction(4), call("fadeOut", 2, call("s", "bd")))
    assert [v["gain"] for v in values(out, ZERO, Fraction(4))] == [1, 1, 1, 0.5]


def test_the_tempo_is_asked_for_at_query_time() -> None:
    fitted = call("fit", call("s", mini.pattern("a b")))
    assert fitted.onsets(ZERO, ONE, Context(cps=0.5))[0].value["speed"] == 1
    assert fitted.onsets(ZERO, ONE, Context(cps=2.0))[0].value["speed"] == 4
    assert fitted.onsets(ZERO, ONE, Context(cps=0.5))[0].value["speed"] == 1


def test_a_seed_changes_only_what_is_inside() -> None:
    hats = call("degrade", mini.pattern("hh*16"))
    alone = [h.whole for h in hats.onsets(ZERO, ONE)]
    seeded = [h.whole for h in call("seed", 3, hats).onsets(ZERO, ONE)]
    assert seeded != alone
    assert [h.whole for h in hats.onsets(ZERO, ONE)] == alone


def test_time_before_cycle_0_behaves_as_after_it() -> None:
    pattern = call("every", 4, lambda p: call("rev", p), mini.pattern("<a b> c"))
    assert values(pattern, Fraction(-8), Fraction(-4)) == values(pattern, ZERO, Fraction(4))


def test_a_value_that_cannot_be_used_is_an_error_of_ours() -> None:
    with pytest.raises(LiveError):
        (mini.pattern("bd") + 1).query(ZERO, ONE)
    with pytest.raises(LiveError):
        call("fast", "x", pure(1))
