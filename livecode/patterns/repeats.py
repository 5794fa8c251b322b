"""Patterns whose cycles come again: repeated cycles and ribbons of time."""

from __future__ import annotations

from fractions import Fraction

from livecode.patterns.core import Changed, Pattern
from livecode.patterns.raws import Raws, moved
from livecode.patterns.timing import Split


class RepeatCycles(Split, Changed):
    """Every cycle of a pattern n times."""

    __slots__ = ("n",)
    passes = True

    def __init__(self, child: Pattern, n: Fraction) -> None:
        super().__init__((child,), cyclic=True, analog=child.analog, steps=child.steps)
        self.child, self.n = child, n

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        return self.child.cycle(c * self.n.denominator // self.n.numerator)

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        delta = c - c * self.n.denominator // self.n.numerator
        d, haps = self.child.window(bn - delta * den, en - delta * den, den)
        return d, moved(haps, 1, delta * d)

    def _find_period(self) -> int:
        return self.child.period * self.n.numerator


def repeat_cycles(n: Fraction, pat: Pattern) -> Pattern:
    """Play every cycle of a pattern n times."""
    return RepeatCycles(pat, n) if n > 0 else pat
