"""Laws that hold for every pattern: cycles and windows agree, time moves evenly, memory changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.patterns import WORDS, Hap, Pattern, mini
from livecode.patterns.core import asking
from livecode.patterns.raws import cut, edge

TEXTS = ("0 1 2", "<0 1 [2 3]>", "0(3,8)", "[0 1]/1.5", "0*<2 3>", "0? 1*4?", "{0 1 2}%4 , 5", "[0|1|2] 3", "0/3 1")


def call(name: str, *args: Any) -> Any:
    return WORDS.find(name).call(*args)


def using(name: str, *args: Any) -> Callable[[Pattern], Pattern]:
    made: Callable[[Pattern], Pattern] = lambda p: call(name, *args, p)  # noqa: E731
    return made


FUNCTIONS = (
    using("fast", 2),
    using("fast", 1.5),
    using("slow", 3),
    using("early", Fraction(1, 8)),
    using("late", Fraction(1, 3)),
    using("rev"),
    using("ply", 2),
    using("iter", 4),
    using("every", 3, using("rev")),
    using("off", Fraction(1, 8), using("add", 7)),
    using("linger", Fraction(1, 4)),
    using("press"),
    using("euclid", 3, 8),
    using("segment", 4),
    using("mask", mini.pattern("1 0 <1 0>")),
    using("struct", mini.pattern("x [~ x]")),
    using("add", mini.pattern("0 <10 20>")),
    using("add.squeeze", mini.pattern("0 10")),
    using("chunk", 4, using("add", 7)),
    using("degradeBy", 0.4),
    using("compress", Fraction(1, 4), Fraction(3, 4)),
    using("zoom", Fraction(1, 4), Fraction(3, 4)),
    using("swingBy", Fraction(1, 3), 4),
    using("within", 0, Fraction(1, 2), using("fast", 2)),
    using("ribbon", 1, 2),
    using("fast", mini.pattern("<1 2 1.5>")),
)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Draw a pattern of mini-notation under up to three functions."""
    pattern = mini.pattern(draw(st.sampled_from(TEXTS)))
    for function in draw(st.lists(st.sampled_from(FUNCTIONS), max_size=3)):
        pattern = function(pattern)
    return pattern


times = st.builds(Fraction, st.integers(-24, 48), st.sampled_from((1, 2, 3, 4, 8)))


def key(hap: Hap) -> tuple[Any, ...]:
    return hap.whole, hap.part, hap.value


def fragments(haps: list[Hap], cut: Fraction) -> Counter[Any]:
    """Count haps broken at a time."""
    out: Counter[Any] = Counter()
    for hap in haps:
        begin, end = hap.part
        for b, e in ((begin, min(end, cut)), (max(begin, cut), end)):
            if b < e:
                out[(hap.whole, b, e, hap.value)] += 1
    return out


@settings(max_examples=150, deadline=None)
@given(patterns(), times, times, times)
def test_a_query_may_be_cut_anywhere(pattern: Pattern, a: Fraction, b: Fraction, c: Fraction) -> None:
    begin, middle, end = sorted((a, b, c))
    halves = pattern.query(begin, middle) + pattern.query(middle, end) if begin < middle < end else None
    together = pattern.query(begin, end)
    assert fragments(together, middle) == fragments(together if halves is None else halves, middle)


@settings(max_examples=100, deadline=None)
@given(patterns(), times)
def test_parts_lie_in_wholes_and_in_the_query(pattern: Pattern, begin: Fraction) -> None:
    end = begin + Fraction(5, 3)
    for hap in pattern.query(begin, end):
        assert hap.whole is not None
        assert begin <= hap.part.begin < hap.part.end <= end
        assert hap.whole.begin <= hap.part.begin and hap.part.end <= hap.whole.end


@settings(max_examples=100, deadline=None)
@given(patterns(), st.integers(-3, 12))
def test_memory_and_period_change_nothing(pattern: Pattern, cycle: int) -> None:
    begin, end = Fraction(cycle), Fraction(cycle + 1)
    pattern.query(Fraction(0), Fraction(8))
    remembered = Counter(map(key, pattern.query(begin, end)))
    asking.remember = False
    try:
        d, haps = (
            pattern._window(cycle, cycle + 1, 1)
            if not pattern.cyclic
            else cut(pattern._cycle(cycle), cycle, cycle, cycle + 1, 1)
        )
    finally:
        asking.remember = True
    fresh = Counter(key(edge(hap, d)) for hap in haps)
    assert remembered == fresh


@settings(max_examples=80, deadline=None)
@given(patterns(), times)
def test_onsets_are_those_of_a_query(pattern: Pattern, begin: Fraction) -> None:
    end = begin + Fraction(7, 4)
    found = pattern.onsets(begin, end)
    assert [h.part.begin for h in found] == sorted(h.part.begin for h in found)
    wanted = Counter((h.whole, h.value) for h in pattern.query(begin, end) if h.has_onset)
    assert Counter((h.whole, h.value) for h in found) == wanted


@settings(max_examples=60, deadline=None)
@given(patterns(), st.sampled_from((2, 3, Fraction(3, 2))), st.integers(-2, 5))
def test_fast_and_slow_undo_each_other(pattern: Pattern, factor: Any, cycle: int) -> None:
    there_and_back = call("slow", factor, call("fast", factor, pattern))
    span = Fraction(cycle), Fraction(cycle + 1)
    assert Counter(map(key, there_and_back.query(*span))) == Counter(map(key, pattern.query(*span)))


@settings(max_examples=60, deadline=None)
@given(patterns(), st.integers(-2, 5))
def test_rev_twice_is_the_same(pattern: Pattern, cycle: int) -> None:
    twice = call("rev", call("rev", pattern))
    span = Fraction(cycle), Fraction(cycle + 1)
    assert Counter(map(key, twice.query(*span))) == Counter(map(key, pattern.query(*span)))


@settings(max_examples=60, deadline=None)
@given(patterns(), times, st.integers(0, 5))
def test_late_moves_every_hap(pattern: Pattern, time: Fraction, cycle: int) -> None:
    begin, end = Fraction(cycle) + time, Fraction(cycle + 1) + time
    moved = Counter(
        ((h.whole.begin - time, h.whole.end - time), (h.part.begin - time, h.part.end - time), h.value)
        for h in call("late", time, pattern).query(begin, end)
        if h.whole is not None
    )
    still = Counter(
        (tuple(h.whole), tuple(h.part), h.value) for h in pattern.query(begin - time, end - time) if h.whole is not None
    )
    assert moved == still


@settings(max_examples=60, deadline=None)
@given(patterns(), patterns(), patterns(), times)
def test_stack_is_associative(a: Pattern, b: Pattern, c: Pattern, begin: Fraction) -> None:
    left, right = call("stack", [call("stack", [a, b]), c]), call("stack", [a, call("stack", [b, c])])
    span = begin, begin + 2
    flat = [hap for pattern in (a, b, c) for hap in pattern.query(*span)]
    assert Counter(map(key, left.query(*span))) == Counter(map(key, right.query(*span))) == Counter(map(key, flat))


@settings(max_examples=60, deadline=None)
@given(patterns(), patterns(), st.sampled_from(("set", "keep", "add", "sub", "mul")), st.integers(-2, 5))
def test_structure_comes_from_the_left(a: Pattern, b: Pattern, function: str, cycle: int) -> None:
    own = {hap.whole for hap in a.query(Fraction(cycle), Fraction(cycle + 1))}
    both = {hap.whole for hap in call(function, b, a).query(Fraction(cycle), Fraction(cycle + 1))}
    assert both <= own


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.sampled_from((("every", 3), ("firstOf", 2), ("lastOf", 4), ("within", Fraction(1, 4), Fraction(3, 4)))),
    st.integers(-9, 3),
)
def test_now_and_then_goes_round_before_cycle_0_as_after_it(text: str, word: tuple[Any, ...], cycle: int) -> None:
    name, *args = word
    pattern = call(name, *args, using("fast", 2), mini.pattern(text.replace("?", "").replace("|", " ")))
    turn = 12 * 12
    now, later = Fraction(cycle), Fraction(cycle + turn)
    here = Counter((h.part.begin - now, h.part.end - now, h.value) for h in pattern.query(now, now + 1))
    there = Counter((h.part.begin - later, h.part.end - later, h.value) for h in pattern.query(later, later + 1))
    assert here == there
