"""Patterns whose events are changed one by one: cut, moved, filtered by time, divided."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import Any

from livecode.patterns.core import Changed, Pattern
from livecode.patterns.raws import Raw, Raws
from livecode.patterns.timing import Ply


class Inside(Changed):
    """Every event moved to a part of its own span, from begin to end of it."""

    __slots__ = ("begin", "end")
    passes = True

    def __init__(self, child: Pattern, begin: Fraction, end: Fraction) -> None:
        super().__init__((child,), cyclic=child.cyclic)
        self.child, self.begin, self.end = child, begin, end

    def _cycle(self, c: int) -> Raws:
        return self._moved(*self.child.cycle(c))

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return self._moved(*self.child.window(bn, en, den))

    def _moved(self, d: int, haps: list[Raw]) -> Raws:
        k = lcm(self.begin.denominator, self.end.denominator)
        b, e = int(self.begin * k), int(self.end * k)
        out: list[Raw] = []
        for wb, we, pb, pe, v, pl in haps:
            if wb is None:
                continue
            length = we - wb
            nb, ne = wb * k + length * b, wb * k + length * e
            lo, hi = max(nb, pb * k), min(ne, pe * k)
            if lo < hi or (pb == pe and lo == hi < ne):
                out.append((nb, ne, lo, hi, v, pl))
        return d * k, out


class Divided(Ply):
    """Every event n times inside its own span, each with its own value made of the event's and its number."""

    __slots__ = ("value_of",)
    passes = False

    def __init__(self, child: Pattern, n: int, value_of: Callable[[Any, int], Any]) -> None:
        super().__init__(child, n)
        self.value_of = value_of

    def _plied(self, d: int, haps: list[Raw]) -> Raws:
        n, value_of = self.n, self.value_of
        out: list[Raw] = []
        for wb, we, pb, pe, v, pl in haps:
            if wb is None:
                continue
            length = we - wb
            b, pb, pe = wb * n, pb * n, pe * n
            for i in range(n):
                t = b + i * length
                lo, hi = max(t, pb), min(t + length, pe)
                if lo < hi or (pb == pe == lo and lo < t + length):
                    out.append((t, t + length, lo, hi, value_of(v, i), pl))
        return d * n, out


class OnsetFilter(Changed):
    """The events whose onset, as n/d of the cycle, passes a test."""

    __slots__ = ("test",)
    passes = True
    guesses = True

    def __init__(self, child: Pattern, test: Callable[[int, int], bool]) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, steps=child.steps)
        self.child, self.test = child, test

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        d, haps = self.child.cycle(c)
        test = self.test
        return d, [h for h in haps if test(h[0] % d, d)]

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        test = self.test
        return d, [h for h in haps if h[0] is not None and test(h[0] % d, d)]


class Timed(Changed):
    """Every value changed by a function of it and of the begin and the end of its event, in cycles.

    `relative`: the function looks only at how far begin and end are apart, so what it gives repeats with the events.
    """

    __slots__ = ("function", "relative")

    def __init__(
        self, child: Pattern, function: Callable[[Any, Fraction, Fraction], Any], *, relative: bool = False
    ) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, steps=child.steps)
        self.child, self.function, self.relative = child, function, relative

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        out: list[Raw] = []
        for wb, we, pb, pe, v, pl in haps:
            b, e = (pb, pe) if wb is None else (wb, we)
            out.append((wb, we, pb, pe, self.function(v, Fraction(b, d), Fraction(e, d)), pl))
        return d, out

    def _find_period(self) -> int:
        return self.child.period if self.relative else 0


class Fragments(Changed):
    """A function of the raw fragments that a query gives, which sees how the query cut them."""

    __slots__ = ("function",)

    def __init__(
        self, child: Pattern, function: Callable[[int, list[Raw]], list[Raw]], *, steps: Fraction | None = None
    ) -> None:
        super().__init__((child,), analog=True, steps=steps)
        self.child, self.function = child, function

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        return d, self.function(d, haps)
