"""Values that remember the continuous pattern they were taken from, so that a long note can follow it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from livecode.patterns.core import Changed, Pattern
from livecode.patterns.raws import Raws


class Moving(float):
    """A number, and the pattern that says how it goes on from `begin` to `end`, in cycles of that pattern."""

    __slots__ = ("begin", "end", "pattern")

    begin: Fraction
    end: Fraction
    pattern: Pattern

    @classmethod
    def of(cls, value: Any, pattern: Pattern, begin: Fraction, end: Fraction) -> Any:
        """Give a number that moves; what is no number stays as it is."""
        if type(value) is not float or end <= begin:
            return value
        made = cls(value)
        made.begin, made.end, made.pattern = begin, end, pattern
        return made


class Followed(Changed):
    """A continuous pattern whose values know where they come from."""

    __slots__ = ()

    def __init__(self, child: Pattern) -> None:
        super().__init__((child,), analog=True, steps=child.steps)
        self.child = child

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        begin, end, child = Fraction(bn, den), Fraction(en, den), self.child
        return d, [(wb, we, pb, pe, Moving.of(v, child, begin, end), pl) for wb, we, pb, pe, v, pl in haps]
