"""Words that follow the section: fills and pick-ups in its last cycles."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.errors import Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.patterns.exact import Context


def names(text: str, cycle: int, length: int | None) -> list[str]:
    pattern = pattern_of(parse_expression(Source("test", text)), Scope({}))
    context = Context(section=None if length is None else Fraction(length))
    return [h.value["s"] for h in pattern.onsets(Fraction(cycle), Fraction(cycle + 1), context)]


@pytest.mark.parametrize(
    ("text", "cycle", "length", "expected"),
    [
        ("s 'bd' | fill 1 (fast 4)", 2, 4, ["bd"]),
        ("s 'bd' | fill 1 (fast 4)", 3, 4, ["bd"] * 4),
        ("s 'bd' | fill 2 (fast 4)", 2, 4, ["bd"] * 4),
        ('s "bd*4" | fill 1/2 (s "sd*4")', 3, 4, ["bd", "bd", "sd", "sd"]),
        ("s 'bd' | fill 1 (fast 4)", 7, None, ["bd"] * 4),
        ("s 'bd' | fill 1 (fast 4)", 8, None, ["bd"]),
        ('s "bd*2" | pickup 1 (s "sd*2")', 3, 4, ["bd", "bd", "sd", "sd"]),
        ('s "bd*2" | pickup 1 (s "sd*2")', 2, 4, ["bd", "bd"]),
    ],
)
def test_the_end_of_a_section(text: str, cycle: int, length: int | None, expected: list[str]) -> None:
    assert sorted(names(text, cycle, length)) == sorted(expected)


def test_the_same_pattern_serves_sections_of_different_length() -> None:
    text = "s 'bd' | fill 1 (fast 4)"
    assert [len(names(text, 3, n)) for n in (4, 8, 4)] == [4, 1, 4]


@pytest.mark.parametrize(
    ("text", "cycle", "length", "expected"),
    [
        ("s 'bd' | fill 1 (fast 4) | inSection 2", 1, 8, ["bd"] * 4),
        ("s 'bd' | fill 1 (fast 4) | inSection 2", 7, 8, ["bd"] * 4),
        ("s 'bd' | fill 1 (fast 4) | inSection 9", 7, 8, ["bd"]),
        ('s "bd*4" | playFor 1 (5/2)', 0, 8, []),
        ('s "bd*4" | playFor 1 (5/2)', 1, 8, ["bd"] * 4),
        ('s "bd*4" | playFor 1 (5/2)', 2, 8, ["bd"] * 2),
        ('s "bd*4" | playFor 1 (5/2)', 3, 8, []),
    ],
)
def test_sections_of_their_own(text: str, cycle: int, length: int | None, expected: list[str]) -> None:
    assert names(text, cycle, length) == expected


def test_a_strip_is_named_once() -> None:
    pattern = pattern_of(parse_expression(Source("test", "s 'bd' | onStrip 'a' | onStrip 'b'")), Scope({}))
    (hap,) = pattern.onsets(Fraction(0), Fraction(1), Context())
    assert hap.value == {"s": "bd", "strip": "a"}
