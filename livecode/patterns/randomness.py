"""Random numbers as functions of time: the same cycle always gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from itertools import compress
from typing import Any

from livecode.patterns.chance import drawn, passed, seeding
from livecode.patterns.combining import DROP, Apply, KeepBySample
from livecode.patterns.core import RECENT_CYCLES, Changed, Leaves, Pattern, asking
from livecode.patterns.exact import float_to_fraction
from livecode.patterns.generators import GENERATORS
from livecode.patterns.leaves import Signal
from livecode.patterns.raws import Raw, Raws
from livecode.patterns.tables import Tabled, chanced_leaves
from livecode.patterns.timing import Split, late_by

ZERO = Fraction(0)


rand: Pattern = Signal(drawn)


def perlin_at(n: int, d: int) -> float:
    """Give smooth noise: random numbers at whole cycles, joined by a curve."""
    t = n / d
    cycle = n // d
    a, b = drawn(cycle, 1), drawn(cycle + 1, 1)
    x = t - cycle
    return a + (6.0 * x**5 - 15.0 * x**4 + 10.0 * x**3) * (b - a)


def berlin_at(n: int, d: int) -> float:
    """Give a rising ramp between random numbers at whole cycles."""
    t = n / d
    cycle = n // d
    low = drawn(cycle, 1)
    high = low + drawn(cycle + 1, 1)
    return (low + (t - cycle) * (high - low)) / 2.0


def permutation_at(cycle: int, n: int) -> list[int]:
    """Give a random order of 0 to n-1 for a cycle."""
    return _order(cycle, n, seeding.seed, seeding.generator)


@lru_cache(maxsize=64)
def _order(cycle: int, n: int, seed: Fraction, generator: str) -> list[int]:
    numbers = GENERATORS[generator](Fraction(2 * cycle + 1, 2), seed, n)
    return sorted(range(n), key=numbers.__getitem__)


class Seeded(Changed):
    """A pattern whose random numbers are drawn from another stream, or by another generator.

    What lies inside is not remembered, for it may also play with another seed; the answer as a whole is.
    """

    __slots__ = ("generator", "seed")

    def __init__(self, child: Pattern, seed: Fraction, generator: str = "") -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, sampled=child.sampled, steps=child.steps)
        self.child, self.seed, self.generator = child, seed, generator

    def _cycle(self, c: int) -> Raws:
        with reseeded(self.seed, self.generator):
            return self.child.cycle(c)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        with reseeded(self.seed, self.generator):
            return self.child.window(bn, en, den)

    def sample(self, n: int, d: int) -> Any:
        with reseeded(self.seed, self.generator):
            return self.child.sample(n, d)


@contextmanager
def reseeded(seed: Fraction, generator: str = "") -> Iterator[None]:
    """Add to the seed in force, put another generator in force if one is named, and remember nothing meanwhile."""
    before, remember = (seeding.seed, seeding.generator, seeding.seeded), asking.remember
    seeding.seed, seeding.generator, seeding.seeded = before[0] + seed, generator or before[1], True
    asking.remember = False
    try:
        yield
    finally:
        seeding.seed, seeding.generator, seeding.seeded = before
        asking.remember = remember


class Degraded(Tabled):
    """The events at whose onset, moved by an offset, the random number (or 1 minus it) is above a limit."""

    __slots__ = ("_groups", "child", "inverse", "limit", "offset")
    passes = True
    guesses = True

    def __init__(self, child: Pattern, limit: float, offset: Fraction = ZERO, inverse: bool = False) -> None:
        super().__init__((child,), cyclic=child.cyclic, steps=child.steps)
        self.child, self.limit, self.inverse = child, limit, inverse
        self.offset = (offset.numerator, offset.denominator)
        self._groups: dict[int, tuple[list[Raw], list[int], list[int]]] = {}

    def leaves(self) -> Leaves | None:
        return chanced_leaves(self.child.leaves(), self.offset, self.limit, self.inverse)

    def _cycle(self, c: int) -> Raws:
        table = self._table if self._tried else self.table()
        if table:
            return table.play(c)
        d, haps = self.child.cycle(c)
        return self._kept(d, haps, c * d, *self._grouped(haps, c))

    def _grouped(self, haps: list[Raw], c: int) -> tuple[list[int], list[int]]:
        """Give the onsets, each once, and for every event the index of its own: they share their fate."""
        period = self.child.period if asking.remember else 0
        if period:
            found = self._groups.get(c % period)
            if found is not None and found[0] is haps:
                return found[1], found[2]
        indices: dict[int, int] = {}
        index = [indices.setdefault(hap[0], len(indices)) for hap in haps]
        onsets = list(indices)
        if period:
            if len(self._groups) >= RECENT_CYCLES:
                self._groups.clear()
            self._groups[c % period] = haps, onsets, index
        return onsets, index

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        return self._kept(d, haps, 0, [hap[0] for hap in haps], range(len(haps)))

    def _kept(self, d: int, haps: list[Raw], base: int, onsets: list[int], index: Sequence[int]) -> Raws:
        n, od = self.offset
        if n:
            o = base * od + n * d
            fates = passed([t * od + o for t in onsets], d * od, self.limit, self.inverse)
        else:
            fates = passed([t + base for t in onsets], d, self.limit, self.inverse)
        return d, list(compress(haps, map(fates.__getitem__, index)))

    def _find_size(self) -> float:
        # The events that are left, mostly; never so few that the work of making the others is forgotten.
        return self.child.size() * min(1.0, max(1 - self.limit, 1 / 8))


def degrade_by(pat: Pattern, signal: Pattern, keep: Callable[[Any], bool]) -> Pattern:
    """Keep the events at whose onset the signal passes a test."""
    if signal.sampled == 2 and not pat.analog:
        return KeepBySample(pat, signal, keep)
    return Apply(lambda a, r: a if keep(r) else DROP, pat, signal)


def degraded(pat: Pattern, limit: float, offset: Fraction = ZERO, inverse: bool = False) -> Pattern:
    """Keep the events at whose onset, moved by an offset, the random number (or 1 minus it) is above a limit."""
    if not pat.analog:
        return Degraded(pat, limit, offset, inverse)
    keep = (lambda r: 1 - r > limit) if inverse else (lambda r: r > limit)
    return degrade_by(pat, late_by(-offset, rand), keep)


def stream(k: int) -> Fraction:
    """Give the offset at which the random numbers of the stream number k of a mini-notation text are drawn."""
    return float_to_fraction(0.0003 * k)


class RandomTurns(Split):
    """One of some patterns each cycle, chosen by the random number at the cycle's begin plus an offset."""

    __slots__ = ("children", "offset")

    def __init__(self, children: Sequence[Pattern], offset: Fraction) -> None:
        super().__init__(children, cyclic=True, analog=any(p.analog for p in children))
        self.children = children
        self.offset = (offset.numerator, offset.denominator)

    def _chosen(self, c: int) -> Pattern:
        n, d = self.offset
        count = len(self.children)
        return self.children[min(int(drawn(c * d + n, d) * count), count - 1)]

    def _cycle(self, c: int) -> Raws:
        return super()._cycle(c) if self.analog else self._chosen(c).cycle(c)

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        return self._chosen(c).window(bn, en, den)

    def _find_size(self) -> float:
        return max(p.size() for p in self.children)
