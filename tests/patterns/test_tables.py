"""Tables of leaves, and what is remembered: neither may change what is heard."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.patterns import WORDS, Context, Pattern, mini
from livecode.patterns.combining import MAX_KEPT, Map
from livecode.patterns.core import KEPT_EVENTS, RECENT_CYCLES, asking, context
from livecode.patterns.exact import LARGEST_DENOMINATOR, float_to_fraction
from livecode.patterns.leaves import Pure
from livecode.patterns.raws import edge, moved
from livecode.patterns.tables import MAX_LEAVES, Tabled


def call(name: str, *args: Any) -> Any:
    return WORDS.find(name).call(*args)


def asked_by_window(pattern: Pattern, c: int) -> Counter[Any]:
    """Ask for a cycle as a span, which no table answers."""
    d, haps = pattern._window(c, c + 1, 1)
    return Counter((edge(hap, d).whole, edge(hap, d).part, repr(hap[4]), hap[5]) for hap in haps)


def asked_by_cycle(pattern: Pattern, c: int) -> Counter[Any]:
    d, haps = pattern.cycle(c)
    return Counter((edge(h, d).whole, edge(h, d).part, repr(h[4]), h[5]) for h in moved(haps, 1, c * d))


FLAT = (
    "a b",
    "a*4",
    "[a b]*2, ~ c ~ c, d*8",
    "a? b?0.3",
    "[a? b]*3? c",
    "[[a b]? c*4?]?",
    "a(3,8) b(5,8,2)",
    "a@3 b _ c!2 [d e]!3",
    "{a b c}%3",
    "a:1? , b:2",
)
NOT_FLAT = ("<a b>", "a/2", "a*1.5", "a|b", "{a b c}%4", "a*<2 3>", f"a*{MAX_LEAVES + 1}")


@pytest.mark.parametrize("text", FLAT)
@pytest.mark.parametrize("cycle", [-2, -1, 0, 1, 7, 301])
def test_a_table_plays_what_the_tree_plays(text: str, cycle: int) -> None:
    pattern = mini.pattern(text)
    assert isinstance(pattern, Tabled) or type(pattern).__name__ == "Same"
    assert pattern.leaves() is not None
    assert asked_by_cycle(pattern, cycle) == asked_by_window(pattern, cycle)


@pytest.mark.parametrize("text", FLAT)
def test_a_table_plays_with_another_seed(text: str) -> None:
    seeded = call("seed", Fraction(5, 3), mini.pattern(text))
    for c in range(4):
        assert asked_by_cycle(seeded, c) == asked_by_window(seeded, c)


@pytest.mark.parametrize("text", NOT_FLAT)
def test_what_differs_by_cycle_or_is_long_has_no_table(text: str) -> None:
    assert mini.pattern(text).leaves() is None


def test_a_layer_shifted_by_a_part_of_a_cycle_is_cut_at_borders_as_a_span_is() -> None:
    for time in (Fraction(1, 8), Fraction(-1, 3), Fraction(7, 5), Fraction(-9, 4)):
        late = call("late", time, mini.pattern("a b? <c d> e"))
        for c in range(-2, 4):
            assert asked_by_cycle(late, c) == asked_by_window(late, c)


def test_short_spans_of_a_full_cycle_are_found() -> None:
    pattern = call("late", Fraction(1, 700), mini.pattern("0*200 1*131, [2 ~]/1.5"))
    whole = pattern.query(Fraction(3), Fraction(4))
    for i in range(40):
        begin, end = Fraction(3) + Fraction(i, 40), Fraction(3) + Fraction(i + 1, 40)
        wanted = Counter(
            (h.whole, max(h.part.begin, begin), min(h.part.end, end), h.value)
            for h in whole
            if h.part.begin < end and h.part.end > begin
        )
        assert Counter((h.whole, *h.part, h.value) for h in pattern.query(begin, end)) == wanted


def test_what_is_made_of_values_is_made_once_where_they_come_again() -> None:
    made: list[Any] = []

    def function(value: Any) -> Any:
        made.append(value)
        return value

    pattern = Map(function, mini.pattern("a? b? c?"))
    for c in range(50):
        pattern.cycle(c)
    assert sorted(made) == ["a", "b", "c"]


def test_what_is_made_of_values_is_not_kept_for_ever() -> None:
    pattern = Map(lambda v: v, call("fast", 4, call("choose", list(range(4)))))
    pattern.pooled = True
    for c in range(2 * MAX_KEPT):
        pattern.cycle(c)
    assert len(pattern._kept) <= MAX_KEPT + MAX_LEAVES


def test_what_depends_on_the_context_is_made_anew() -> None:
    pattern = Map(lambda v: (v, context().cps), mini.pattern("a? b"))
    for cps in (0.5, 1.0, 0.5, 2.0):
        found = pattern.query(Fraction(3), Fraction(4), Context(cps))
        assert {hap.value[1] for hap in found} == {cps}


def test_memory_forgets() -> None:
    pattern = call("ply", 8, mini.pattern("a?*64"))
    for c in range(500):
        pattern.onsets(Fraction(c), Fraction(c + 1))
    assert len(pattern._memo) <= RECENT_CYCLES and len(pattern._onsets) <= RECENT_CYCLES
    long = call("ply", 64, mini.pattern("<a*16>/1023"))
    for c in range(1200):
        long.cycle(c)
    held = sum(len(haps) for _, haps in long._memo.values())
    assert held <= 2 * KEPT_EVENTS


def test_memory_can_be_switched_off() -> None:
    pattern = mini.pattern("a b")
    asking.remember = False
    try:
        assert pattern.cycle(0) == pattern.cycle(0)
        assert pattern.cycle(0) is not pattern.cycle(0)
    finally:
        asking.remember = True
    assert not pattern._memo
    assert pattern.cycle(0) is pattern.cycle(1)


def test_a_constant_is_one_leaf() -> None:
    assert Pure(3).leaves() == (1, [(0, 1, 3, (), ())])


def farey(x: float) -> Fraction:
    """Walk down the Farey tree one step at a time, for x from 0 to 1."""
    a, b, c, d = 0, 1, 1, 1
    while b <= LARGEST_DENOMINATOR and d <= LARGEST_DENOMINATOR:
        mediant = (a + c) / (b + d)
        if x == mediant:
            if b + d <= LARGEST_DENOMINATOR:
                return Fraction(a + c, b + d)
            return Fraction(c, d) if d > b else Fraction(a, b)
        if x > mediant:
            a, b = a + c, b + d
        else:
            c, d = a + c, b + d
    return Fraction(c, d) if b > LARGEST_DENOMINATOR else Fraction(a, b)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.integers(1, 3000).map(lambda k: 0.0003 * k % 1), st.floats(0.001, 0.999)))
def test_a_decimal_is_read_as_a_walk_of_single_steps_reads_it(x: float) -> None:
    if x:
        assert float_to_fraction(x) == farey(x)
