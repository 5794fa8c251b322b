"""Patterns that follow what comes from outside."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from livecode.errors import Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.patterns import Context, Pattern, outside


def pattern(code: str) -> Pattern:
    return pattern_of(parse_expression(Source("test", code)), Scope({}))


def values(pattern: Pattern, begin: int = 0) -> list[Any]:
    return [h.value for h in pattern.onsets(Fraction(begin), Fraction(begin + 1), Context())]


def test_a_controller_is_followed_within_a_cycle_that_was_asked_for_before() -> None:
    filtered = pattern("s \"hh*2\" | lpf (cc 'test nano' 1 | range 200 4200)")
    assert [v["cutoff"] for v in values(filtered)] == [200, 200]
    outside.put(outside.controller("test nano", 1), 0.5)
    assert [v["cutoff"] for v in values(filtered)] == [2200, 2200]


def test_an_argument_follows() -> None:
    faster = pattern("fast (knob 'test speed' | add 1) \"bd\"")
    assert values(faster) == ["bd"]
    outside.put("test speed", 2)
    assert values(faster) == ["bd"] * 3


def test_what_stands_still_is_remembered() -> None:
    before = outside.version()
    outside.put("test still", 1)
    outside.put("test still", 1)
    assert outside.version() == before + 1
