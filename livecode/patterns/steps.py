"""The step counts of patterns."""

from __future__ import annotations

from collections.abc import Sequence as List
from fractions import Fraction
from math import lcm
from typing import Any

from livecode.patterns.core import Changed, Leaves, Pattern
from livecode.patterns.leaves import Gap
from livecode.patterns.raws import Raws


class Same(Changed):
    """A pattern with another step count."""

    __slots__ = ()
    passes = True

    def __init__(self, child: Pattern, steps: Fraction | None) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, sampled=child.sampled, steps=steps)
        self.child = child

    def cycle(self, c: int) -> Raws:
        return self.child.cycle(c)

    def leaves(self) -> Leaves | None:
        return self.child.leaves()

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return self.child.window(bn, en, den)

    def sample(self, n: int, d: int) -> Any:
        return self.child.sample(n, d)


def common_steps(patterns: List[Pattern]) -> Fraction | None:
    """Give the least common multiple of the step counts, or None where one is missing."""
    out = Fraction(1)
    found = False
    for pattern in patterns:
        if pattern.steps is None:
            continue
        found = True
        out = fraction_lcm(out, pattern.steps) if out else pattern.steps
    return out if found else None


def fraction_lcm(a: Fraction, b: Fraction) -> Fraction:
    """Give the least fraction that both divide."""
    if a == 0 or b == 0:
        return Fraction(0)
    den = lcm(a.denominator, b.denominator)
    return Fraction(lcm(int(a * den), int(b * den)), den)


def stepped(pat: Pattern, steps: Fraction | None) -> Pattern:
    """Give a pattern another step count."""
    if pat.steps == steps:
        return pat
    if isinstance(pat, Gap):
        return Gap(steps) if steps is not None else pat
    return Same(pat, steps)
