"""How patterns take over: which events play when, and how loud."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.errors import Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.patterns import Pattern
from livecode.patterns.transitions import entry_of


def made(text: str) -> Pattern:
    return pattern_of(parse_expression(Source("test", text)), Scope({}))


def entered(text: str, begin: int = 10) -> Pattern:
    entering = entry_of(made(text))
    assert entering is not None
    return entering.after(made('s "old*4"'), Fraction(begin))


def heard(pattern: Pattern, cycle: int) -> list[tuple[str, float]]:
    """Give name and gain of the events of a cycle."""
    haps = pattern.onsets(Fraction(cycle), Fraction(cycle + 1))
    return [(h.value["s"], round(h.value.get("gain", 1), 3)) for h in haps]


@pytest.mark.parametrize(
    ("text", "cycle", "names"),
    [
        ('s "new*4" | jump', 10, {"new": 4}),
        ('s "new*4" | jumpIn 2', 11, {"old": 4}),
        ('s "new*4" | jumpIn 2', 12, {"new": 4}),
        ('s "new*4" | jumpIn 2.5', 12, {"old": 2, "new": 2}),
        ('s "new*4" | jumpMod 8', 15, {"old": 4}),
        ('s "new*4" | jumpMod 8', 16, {"new": 4}),
        ('s "new*4" | jumpMod 5', 10, {"new": 4}),
        ('s "new*4" | wait 2', 11, {}),
        ('s "new*4" | wait 2', 12, {"new": 4}),
        ('s "new*4" | xfadeIn 2', 11, {"old": 4, "new": 4}),
        ('s "new*4" | xfadeIn 2', 12, {"new": 4}),
        ('s "new*4" | xfadeIn "2"', 12, {"new": 4}),
        ('s "new*4" | clutch', 12, {"new": 4}),
        ('s "new*4" | mortal 2 1', 11, {"new": 4}),
        ('s "new*4" | mortal 2 1', 13, {}),
        ('s "new*4" | mortal 2 1', 99, {}),
    ],
)
def test_which_events_play(text: str, cycle: int, names: dict[str, int]) -> None:
    found = [name for name, _ in heard(entered(text), cycle)]
    assert {name: found.count(name) for name in set(found)} == names


def test_a_crossfade_has_equal_power() -> None:
    pattern = entered('s "new*4" | xfadeIn 4')
    for cycle in range(10, 14):
        events = heard(pattern, cycle)
        for old, new in zip((g for n, g in events if n == "old"), (g for n, g in events if n == "new"), strict=True):
            assert old**2 + new**2 == pytest.approx(1, abs=2e-3)
    assert heard(pattern, 12)[0][1] == pytest.approx(0.707, abs=1e-3)


def test_a_crossfade_keeps_the_own_gain() -> None:
    assert {g for n, g in heard(entered('s "new*4" | gain 0.5 | xfadeIn 4'), 14)} == {0.5}


@pytest.mark.parametrize("text", ['s "new*16" | clutchIn 8', 's "new*16" | mortal 0 8'])
def test_thinning_goes_by_degrees(text: str) -> None:
    pattern = entered(text)
    counts = [sum(n == "new" for n, _ in heard(pattern, c)) for c in range(10, 18)]
    if "mortal" in text:
        counts.reverse()
    assert sum(counts[:4]) < sum(counts[4:])
    assert 0 < sum(counts) < 8 * 16


def test_a_takeover_of_a_takeover_begins_with_what_plays() -> None:
    first = entered('s "mid*4" | jumpIn 1')
    second = entry_of(made('s "new*4" | jumpIn 4'))
    assert second is not None
    after = second.after(first, Fraction(11))
    assert [n for n, _ in heard(after, 11)] == ["mid"] * 4
    assert after.meanwhile.size() <= 8  # type: ignore[attr-defined]


def test_without_an_older_pattern_it_takes_over_from_silence() -> None:
    entering = entry_of(made('s "new*4" | jumpIn 2'))
    assert entering is not None
    pattern = entering.after(None, Fraction(0))
    assert heard(pattern, 1) == []
    assert len(heard(pattern, 2)) == 4


def test_by_itself_it_is_the_pattern() -> None:
    assert heard(made('s "new*4" | xfadeIn 4'), 0) == [("new", 1)] * 4
