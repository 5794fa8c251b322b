"""The base of all patterns: a tree of nodes that answer in integers, remembered by cycle.

A node answers a cycle c with a denominator D and a list of raw haps in whole numbers of 1/D cycle from the cycle's
start; `window` answers any span in the same form, counted from cycle 0.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import gcd, lcm
from operator import itemgetter
from typing import Any, ClassVar

from livecode.errors import PlayError, SizeError
from livecode.patterns.exact import Context, Hap, Places
from livecode.patterns.raws import Raw, Raws, cut, edge, moved, onset_haps, together

Onsets = tuple[int, list[int], list[Raw]]  # denominator, begins, and the haps that begin there

# A leaf: whole begin, whole end, value, places, and the chances it must pass to be an event. A chance is (step, base,
# denominator, limit, inverse): in cycle c the random number of the time (step * c + base) / denominator, or 1 minus
# that number, must be above the limit. With their denominator.
Chance = tuple[int, int, int, float, bool]
Leaf = tuple[int, int, Any, Places, tuple[Chance, ...]]
Leaves = tuple[int, list[Leaf]]

_begin = itemgetter(2)

MAX_EVENTS = 4096
MAX_PERIOD = 100_000
MAX_QUERY = 150_000  # events, counted in every node that is asked for a span, of one cycle of a query
MAX_CYCLES = 8192  # of one window
MAX_DEPTH = 120
MAX_SCANNED = 64  # haps of a cycle; of more, those near a short span are found by bisection
KEPT_SORTED = 4
KEPT_CYCLES = 2048  # of a node with a period
RECENT_CYCLES = 64  # of a node without one
KEPT_EVENTS = 100_000  # more than this are not kept longer than that

# What Python raises when a function is given a value of the wrong kind or range.
UNUSABLE = (ArithmeticError, TypeError, ValueError, LookupError, AttributeError)


class _Asking(threading.local):
    """What the present query may know, whether an answer made use of it, and whether answers are remembered."""

    context: Context = Context()
    uses: int = 0  # how often an answer made use of the context
    remember: bool = True
    work: int = 1 << 62  # how much may still be done for the present query


asking = _Asking()


@contextmanager
def playing(cycles: int = 1) -> Iterator[None]:
    """Turn what Python says of values that cannot be used into errors of ours, and bound the work on some cycles."""
    before, asking.work = asking.work, min(asking.work, MAX_QUERY * cycles)
    try:
        yield
    except RecursionError:
        raise SizeError("this nests too deep to be played") from None
    except ZeroDivisionError as error:
        raise PlayError("this divides by zero") from error
    except OverflowError as error:
        raise PlayError("this number grows too large") from error
    except UNUSABLE as error:
        raise PlayError(f"a value cannot be used here: {error}") from error
    finally:
        asking.work = before


def context() -> Context:
    """Give the context of the present query; the answer is then not shared with other contexts."""
    asking.uses += 1
    return asking.context


class Pattern:
    """A function of time, as a node of a tree."""

    # True: windows are cycles put together and cut. False: haps may cross cycle borders unbroken.
    cyclic: bool
    # True: a value may depend on where the query begins.
    analog: bool
    # 2: any query gives one continuous hap; 1: any query within a cycle does; 0: neither is sure.
    sampled: int
    # True: the values are few objects that come again and again, so what is made of each is worth keeping.
    pooled: bool
    steps: Fraction | None
    # True: its size, or that of a pattern inside, is a guess.
    unsure: bool
    # True: a kind of node that hands on the value objects of its children, or one whose size is a guess.
    passes: ClassVar[bool] = False
    guesses: ClassVar[bool] = False
    __slots__ = (
        "_memo",
        "_onsets",
        "_period",
        "_size",
        "_sorted",
        "_touched",
        "analog",
        "cyclic",
        "depth",
        "pooled",
        "sampled",
        "steps",
        "unsure",
    )
    operators: ClassVar[dict[str, Any]] = {}  # filled by the module of operators

    def __init__(
        self,
        children: Iterable[Pattern] = (),
        *,
        cyclic: bool = False,
        analog: bool = False,
        sampled: int = 0,
        steps: Fraction | None = None,
    ) -> None:
        self.cyclic = cyclic and not analog
        self.analog = analog
        self.sampled = sampled
        self.steps = steps
        self.depth = 1
        pooled, unsure = self.passes, self.guesses
        for child in children:
            if child.depth >= self.depth:
                self.depth = child.depth + 1
            if pooled and not child.pooled:
                pooled = False
            if child.unsure:
                unsure = True
        self.pooled = pooled
        self.unsure = unsure
        if self.depth > MAX_DEPTH:
            raise SizeError(f"this nests too deep: more than {MAX_DEPTH} patterns inside each other")
        self._memo: dict[Any, Raws] = {}
        self._onsets: dict[int, Onsets] = {}
        self._sorted: dict[int, tuple[list[Raw], list[int], int, list[Raw]]] = {}
        self._period: int | None = None
        self._size: float | None = None
        self._touched = False

    # What a kind of node defines: one of _cycle and _window at least, and, where it has them, a period and a size.

    def _cycle(self, c: int) -> Raws:
        d, haps = self._window(c, c + 1, 1)
        return d, moved(haps, 1, -c * d)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        raise TypeError(f"{type(self).__name__} does not answer windows")

    def _find_period(self) -> int:
        return 0

    def _find_size(self) -> float:
        return 1.0

    def sample(self, n: int, d: int) -> Any:
        """Give the value at the time n/d; only where `sampled` is not 0."""
        return self._window(n, n, d)[1][0][4]

    # What every node offers.

    def size(self) -> float:
        """Give a bound of the events in one cycle, without making them."""
        size = self._size
        if size is None:
            size = self._size = self._find_size()
        return size

    @property
    def period(self) -> int:
        """The number of cycles after which all repeats, or 0 when it is not known."""
        period = self._period
        if period is None:
            period = self._period = self._find_period()
        return period

    def cycle(self, c: int) -> Raws:
        """Give the raw haps of cycle c, from the memory if they are there."""
        period = self._period
        if period is None:
            period = self.period
        if period:
            c %= period
        if not asking.remember:
            return self._cycle(c)
        got = self._memo.get((c, asking.context) if self._touched else c)
        if got is not None:
            if self._touched:
                asking.uses += 1
            return got
        before = asking.uses
        got = self._cycle(c)
        if asking.uses != before:
            self._touched = True
        memo = self._memo
        kept = len(memo)
        if kept >= RECENT_CYCLES and (not period or kept >= KEPT_CYCLES or kept * len(got[1]) > KEPT_EVENTS):
            memo.clear()
        memo[(c, asking.context) if self._touched else c] = got
        return got

    def cycles(self, c: int, n: int) -> Raws:
        """Give the raw haps of n cycles from c on, counted from the start of cycle c."""
        parts = [self.cycle(c + i) for i in range(n)]
        d = parts[0][0]
        for own, _ in parts:
            if d % own:
                d = lcm(d, own)
        out: list[Raw] = []
        for i, (own, haps) in enumerate(parts):
            out += moved(haps, d // own, i * d)
        return d, out

    def leaves(self) -> Leaves | None:
        """Give the events of any cycle as leaves, where each cycle has the same but for chance; else None."""
        return None

    def window(self, bn: int, en: int, den: int) -> Raws:
        """Give the raw haps from bn/den to en/den, in whole numbers of 1/D cycle from cycle 0."""
        got = self._span(bn, en, den)
        asking.work -= len(got[1]) + 8
        if asking.work < 0:
            raise SizeError("this is too much work for one cycle: too many functions ask for parts of each other")
        return got

    def _span(self, bn: int, en: int, den: int) -> Raws:
        if not self.analog:
            c = bn // den
            if en <= (c + 1) * den:
                raws = self.cycle(c)
                if len(raws[1]) > MAX_SCANNED and en - bn < den:
                    raws = self._near(raws, c, bn, en, den)
                return cut(raws, c, bn, en, den)
            if en - bn > MAX_CYCLES * den:
                raise SizeError(f"this asks for {(en - bn) // den:,} cycles at once; the limit is {MAX_CYCLES:,}")
            if self.cyclic:
                parts = []
                while c * den < en:
                    border = (c + 1) * den
                    parts.append(cut(self.cycle(c), c, bn, min(en, border), den))
                    bn = border
                    c += 1
                return together(parts)
        return self._window(bn, en, den)

    def _near(self, raws: Raws, c: int, bn: int, en: int, den: int) -> Raws:
        """Give the haps of a cycle that may lie in a short span, found by their begins in the sorted cycle."""
        d, haps = raws
        got = self._sorted.get(c)
        if got is None or got[0] is not haps:
            ordered = sorted(haps, key=_begin)
            got = haps, [h[2] for h in ordered], max(h[3] - h[2] for h in haps), ordered
            if len(self._sorted) >= KEPT_SORTED:
                self._sorted.clear()
            self._sorted[c] = got
        _, begins, longest, ordered = got
        first = (bn - c * den) * d // den - longest
        last = -(-(en - c * den) * d // den)
        return d, ordered[bisect_left(begins, first) : bisect_right(begins, last)]

    def query(self, begin: Fraction, end: Fraction, context: Context | None = None) -> list[Hap]:
        """Give the haps of a span of time, in no promised order.

        Raises LiveError when a value cannot be used or when the pattern nests too deep.
        """
        den = lcm(begin.denominator, end.denominator)
        bn, en = begin.numerator * den // begin.denominator, end.numerator * den // end.denominator
        d, haps = self._asked(context, bn, en, den)
        return [edge(hap, d) for hap in haps]

    def onsets(self, begin: Fraction, end: Fraction, context: Context | None = None) -> list[Hap]:
        """Give the haps that begin in [begin, end), in time order."""
        if context is not None:
            before, asking.context = asking.context, context
            try:
                return self.onsets(begin, end)
            finally:
                asking.context = before
        bn, bd, en, ed = begin.numerator, begin.denominator, end.numerator, end.denominator
        c = bn // bd
        out: list[Hap] = []
        while c * ed < en:
            d, times, found = self._onset_list(c)
            base = c * d
            i = bisect_left(times, -(-(bn * d) // bd) - base)
            j = bisect_left(times, -(-(en * d) // ed) - base)
            if i < j:
                out += onset_haps(found[i:j], d, base)
            c += 1
        return out

    def _onset_list(self, c: int) -> Onsets:
        period = self.period
        if period:
            c %= period
        got = self._onsets.get(c)
        if got is not None and not self._touched and asking.remember:
            return got
        before = asking.uses
        with playing():
            d, haps = self.cycle(c)
        self._touched = self._touched or asking.uses != before
        found = [h for h in haps if h[0] == h[2]]
        found.sort(key=_begin)
        got = d, [h[2] for h in found], found
        kept = len(self._onsets)
        if kept >= RECENT_CYCLES and (not period or kept >= KEPT_CYCLES or kept * len(found) > KEPT_EVENTS):
            self._onsets.clear()
        self._onsets[c] = got
        return got

    def _asked(self, context: Context | None, bn: int, en: int, den: int) -> Raws:
        before = asking.context
        if context is not None:
            asking.context = context
        try:
            with playing((en - bn) // den + 1):
                return self.window(bn, en, den)
        finally:
            asking.context = before

    def __add__(self, other: Any) -> Pattern:
        return self._operate("add", self, other)

    def __radd__(self, other: Any) -> Pattern:
        return self._operate("add", other, self)

    def __sub__(self, other: Any) -> Pattern:
        return self._operate("sub", self, other)

    def __rsub__(self, other: Any) -> Pattern:
        return self._operate("sub", other, self)

    def __mul__(self, other: Any) -> Pattern:
        return self._operate("mul", self, other)

    def __rmul__(self, other: Any) -> Pattern:
        return self._operate("mul", other, self)

    def __truediv__(self, other: Any) -> Pattern:
        return self._operate("div", self, other)

    def __rtruediv__(self, other: Any) -> Pattern:
        return self._operate("div", other, self)

    def __mod__(self, other: Any) -> Pattern:
        return self._operate("mod", self, other)

    def __rmod__(self, other: Any) -> Pattern:
        return self._operate("mod", other, self)

    def _operate(self, name: str, left: Any, right: Any) -> Pattern:
        made: Pattern = self.operators[name](left, right)
        return made


class Changed(Pattern):
    """What one pattern becomes: where it says nothing else, it repeats when that does and has as many events."""

    __slots__ = ("child",)
    child: Pattern

    def _find_period(self) -> int:
        return self.child.period

    def _find_size(self) -> float:
        return self.child.size()


def common_period(periods: Iterable[int]) -> int:
    """Give the least common period, or 0 when one is unknown or it grows too long."""
    out = 1
    for period in periods:
        if not period:
            return 0
        out = out * period // gcd(out, period)
        if out > MAX_PERIOD:
            return 0
    return out
