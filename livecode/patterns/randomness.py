"""Random numbers as functions of time: the same cycle always gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from itertools import compress
from math import fmod, trunc
from typing import Any

from livecode.patterns.chance import MASK, SPAN, passed, seeded_time, seeding
from livecode.patterns.chance import rand_at as rand_at
from livecode.patterns.combining import DROP, Apply, KeepBySample
from livecode.patterns.core import RECENT_CYCLES, Leaves, Pattern, Raw, Raws, asking
from livecode.patterns.exact import float_to_fraction
from livecode.patterns.leaves import Signal
from livecode.patterns.tables import Tabled, chanced_leaves, play
from livecode.patterns.timing import Split, late_by

ZERO = Fraction(0)


def xorwise(x: int) -> int:
    """Scramble a signed 32-bit integer."""
    a = ((x << 13) ^ x) & MASK
    if a & 0x80000000:
        a -= 0x100000000
    b = (a >> 17) ^ a
    c = ((b << 5) ^ b) & MASK
    return c - 0x100000000 if c & 0x80000000 else c


def seed_at(t: float) -> int:
    """Give the state of the generator at a time in cycles; it comes round after 300 cycles."""
    y = t / 300
    return xorwise(trunc((y - trunc(y)) * SPAN))


def unit(state: int) -> float:
    """Give the signed number in (-1, 1) of a state."""
    return fmod(state, SPAN) / SPAN


def rands_at(t: float, n: int) -> list[float]:
    """Give n signed random numbers of a time."""
    state = seed_at(t)
    out = []
    for _ in range(n):
        out.append(unit(state))
        state = xorwise(state)
    return out


def precise_rands_at(t: float, n: int, seed: int = 0) -> list[float]:
    """Give n random numbers in [0, 1) by hashing the bits of a time (the murmur3 finaliser)."""
    bits = int(t * SPAN // 1)
    lo, hi = bits & MASK, (bits >> 32) & MASK
    out = []
    for i in range(n):
        key = lo ^ ((hi ^ 0x85EBCA6B) * 0xC2B2AE35) ^ ((i ^ 0x7F4A7C15) * 0x9E3779B9)
        key = (key ^ ((seed ^ 0x165667B1) * 0x27D4EB2D)) & MASK
        key ^= key >> 16
        key = key * 0x85EBCA6B & MASK
        key ^= key >> 13
        key = key * 0xC2B2AE35 & MASK
        key ^= key >> 16
        out.append(key / 2**32)
    return out


def _rand(n: int, d: int) -> float:
    return rand_at(seeded_time(n, d) if seeding.seeded else n / d)


rand: Pattern = Signal(_rand)


def perlin_at(n: int, d: int) -> float:
    """Give smooth noise: random numbers at whole cycles, joined by a curve."""
    t = n / d
    cycle = n // d
    a, b = rand_at(seeded_time(cycle, 1)), rand_at(seeded_time(cycle + 1, 1))
    x = t - cycle
    return a + (6.0 * x**5 - 15.0 * x**4 + 10.0 * x**3) * (b - a)


def berlin_at(n: int, d: int) -> float:
    """Give a rising ramp between random numbers at whole cycles."""
    t = n / d
    cycle = n // d
    low = rand_at(seeded_time(cycle, 1))
    high = low + rand_at(seeded_time(cycle + 1, 1))
    return (low + (t - cycle) * (high - low)) / 2.0


def permutation_at(cycle: int, n: int) -> list[int]:
    """Give a random order of 0 to n-1 for a cycle."""
    return _order(seeded_time(2 * cycle + 1, 2), n)


@lru_cache(maxsize=64)
def _order(t: float, n: int) -> list[int]:
    numbers = rands_at(t, n)
    return sorted(range(n), key=numbers.__getitem__)


class Seeded(Pattern):
    """A pattern whose random numbers are drawn from another stream.

    What lies inside is not remembered, for it may also play with another seed; the answer as a whole is.
    """

    __slots__ = ("child", "seed")

    def __init__(self, child: Pattern, seed: Fraction) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, sampled=child.sampled, steps=child.steps)
        self.child, self.seed = child, seed

    def _cycle(self, c: int) -> Raws:
        with reseeded(self.seed):
            return self.child.cycle(c)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        with reseeded(self.seed):
            return self.child.window(bn, en, den)

    def sample(self, n: int, d: int) -> Any:
        with reseeded(self.seed):
            return self.child.sample(n, d)

    def _find_period(self) -> int:
        return self.child.period

    def _find_size(self) -> float:
        return self.child.size()


@contextmanager
def reseeded(seed: Fraction) -> Iterator[None]:
    """Add to the seed in force and remember nothing meanwhile."""
    before, remember = (seeding.seed, seeding.seeded), asking.remember
    seeding.seed, seeding.seeded, asking.remember = before[0] + seed, True, False
    try:
        yield
    finally:
        seeding.seed, seeding.seeded = before
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
        table = self._table
        if table is None:
            table = self.table()
        if table:
            return play(table, c)
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
        return self.children[min(int(_rand(c * d + n, d) * count), count - 1)]

    def _cycle(self, c: int) -> Raws:
        return super()._cycle(c) if self.analog else self._chosen(c).cycle(c)

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        return self._chosen(c).window(bn, en, den)

    def _find_size(self) -> float:
        return max(p.size() for p in self.children)
