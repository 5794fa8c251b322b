"""Patterns whose values are changed, chosen or combined with those of another pattern."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm
from operator import itemgetter, le
from typing import Any

from livecode.patterns.core import Changed, Leaves, Pattern, asking
from livecode.patterns.exact import Places
from livecode.patterns.leaves import Pure
from livecode.patterns.raws import Raw, Raws, together
from livecode.patterns.steps import fraction_lcm
from livecode.patterns.tables import Tabled
from livecode.patterns.timing import Slots

DROP = object()  # a combined value that means: no event
MAX_KEPT = 1024

Kept = dict[int, tuple[Any, Any]]

_part_begin = itemgetter(2)


def made_of(haps: list[Raw], function: Callable[[Any], Any], kept: Kept) -> Kept | None:
    """Give what a function makes of the values of haps: for the id of each value the result and the value.

    All is added to what is kept already. None when a result depends on the context of the query.
    """
    out: Kept = {}
    before = asking.uses
    for hap in haps:
        value = hap[4]
        key = id(value)
        if key not in out:
            found = kept.get(key)
            out[key] = (function(value), value) if found is None else found
    if asking.uses != before:
        return None
    if len(kept) >= MAX_KEPT:
        kept.clear()
    kept.update(out)
    return out


class Map(Changed):
    """A function of every value; where the values come again, what is made of each is kept."""

    __slots__ = ("_kept", "function")
    passes = True

    def __init__(self, function: Callable[[Any], Any], child: Pattern) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, sampled=child.sampled, steps=child.steps)
        self.child, self.function = child, function
        self._kept: Kept = {}

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        d, haps = self.child.cycle(c)
        if self.pooled and asking.remember:
            kept = self._kept
            try:
                return d, [(wb, we, pb, pe, kept[id(v)][0], pl) for wb, we, pb, pe, v, pl in haps]
            except KeyError:
                found = made_of(haps, self.function, kept)
            if found is not None:
                return d, [(wb, we, pb, pe, found[id(v)][0], pl) for wb, we, pb, pe, v, pl in haps]
            self.pooled = False
        f = self.function
        return d, [(wb, we, pb, pe, f(v), pl) for wb, we, pb, pe, v, pl in haps]

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        f = self.function
        return d, [(wb, we, pb, pe, f(v), pl) for wb, we, pb, pe, v, pl in haps]

    def sample(self, n: int, d: int) -> Any:
        return self.function(self.child.sample(n, d))


class Rewrite(Changed):
    """A function of all raw haps of a query at once: (denominator, haps) to haps."""

    __slots__ = ("function",)
    guesses = True

    def __init__(
        self, function: Callable[[int, list[Raw]], list[Raw]], child: Pattern, *, steps: Fraction | None
    ) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, steps=steps)
        self.child, self.function = child, function

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        d, haps = self.child.cycle(c)
        return d, self.function(d, haps)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        return d, self.function(d, haps)


class Keep(Changed):
    """The events that pass a test of the value."""

    __slots__ = ("test",)
    passes = True
    guesses = True

    def __init__(self, test: Callable[[Any], bool], child: Pattern) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, steps=child.steps)
        self.child, self.test = child, test

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        d, haps = self.child.cycle(c)
        test = self.test
        return d, [h for h in haps if test(h[4])]

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        test = self.test
        return d, [h for h in haps if test(h[4])]


class KeepBySample(Changed):
    """The events at whose onset a signal passes a test."""

    __slots__ = ("signal", "test")
    passes = True
    guesses = True

    def __init__(self, child: Pattern, signal: Pattern, test: Callable[[Any], bool]) -> None:
        super().__init__((child, signal), cyclic=child.cyclic, steps=child.steps)
        self.pooled = child.pooled
        self.child, self.signal, self.test = child, signal, test

    def _cycle(self, c: int) -> Raws:
        d, haps = self.child.cycle(c)
        base, sample, test = c * d, self.signal.sample, self.test
        out: list[Raw] = []
        kept: dict[int, bool] = {}  # events that begin together share their fate
        for hap in haps:
            onset = hap[0]
            keep = kept.get(onset)
            if keep is None:
                keep = kept[onset] = test(sample(onset + base, d))
            if keep:
                out.append(hap)
        return d, out

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        sample, test = self.signal.sample, self.test
        return d, [h for h in haps if test(sample(h[0], d))]

    def _find_period(self) -> int:
        if not self.signal.period or not self.child.period:
            return 0
        return self.signal.period * self.child.period


class Apply(Pattern):
    """Two patterns met in time, with a function of their values.

    `how` says whose wholes the events have: "in" those of the left, "out" those of the right, "mix" what both share.
    """

    __slots__ = ("_constant", "_kept", "function", "how", "left", "right")

    def __init__(self, function: Callable[[Any, Any], Any], left: Pattern, right: Pattern, how: str = "in") -> None:
        self.function, self.left, self.right, self.how = function, left, right, how
        if how == "in":
            cyclic = left.cyclic or (right.cyclic and not right.analog and not left.analog)
            analog, steps = left.analog, left.steps
        elif how == "out":
            cyclic = right.cyclic or (left.cyclic and not left.analog and not right.analog)
            analog, steps = right.analog, right.steps
        else:
            cyclic = left.cyclic or right.cyclic
            analog = left.analog or right.analog
            steps = fraction_lcm(left.steps, right.steps) if left.steps and right.steps else None
        sampled = 1 if how == "in" and left.sampled and type(right) is Pure else 0
        super().__init__((left, right), cyclic=cyclic, analog=analog, sampled=sampled, steps=steps)
        self._constant = how == "in" and type(right) is Pure
        if not (self._constant or right.analog):
            self.unsure = True
        self._kept: Kept = {}
        self.pooled = self._constant and left.pooled

    def _cycle(self, c: int) -> Raws:
        left, right, how = self.left, self.right, self.how
        if self.analog:
            return super()._cycle(c)
        if how == "in":
            if right.analog:
                return self._sampled(left.cycle(c), right, c, False)
            d, haps = left.cycle(c)
            if self._constant:
                return d, self._with_constant(haps)
            return self._met(left.cycle(c), right.cycle(c))
        if how == "out":
            if left.analog:
                return self._sampled(right.cycle(c), left, c, True)
            return self._met(left.cycle(c), right.cycle(c))
        return self._met(left.cycle(c), right.cycle(c))

    def _with_constant(self, haps: list[Raw]) -> list[Raw]:
        f, right = self.function, self.right
        assert isinstance(right, Pure)
        value, more = right.value, right.places
        if self.pooled and asking.remember:
            try:
                return self._from(self._kept, haps, more)
            except KeyError:
                found = made_of(haps, lambda v: f(v, value), self._kept)
            if found is not None:
                return self._from(found, haps, more)
            self.pooled = False
        return [(wb, we, pb, pe, new, pl + more) for wb, we, pb, pe, v, pl in haps if (new := f(v, value)) is not DROP]

    @staticmethod
    def _from(kept: Kept, haps: list[Raw], more: Places) -> list[Raw]:
        return [
            (wb, we, pb, pe, new, pl + more) for wb, we, pb, pe, v, pl in haps if (new := kept[id(v)][0]) is not DROP
        ]

    def _met(self, one: Raws, two: Raws) -> Raws:
        """Combine the events of one cycle; the parts of both are cut to what they share."""
        d1, left = one
        d2, right = two
        if d1 != d2:
            whole = lcm(d1, d2)
            k1, k2 = whole // d1, whole // d2
            if k1 != 1:
                left = [(a * k1, b * k1, x * k1, y * k1, v, p) for a, b, x, y, v, p in left]
            if k2 != 1:
                right = [(a * k2, b * k2, x * k2, y * k2, v, p) for a, b, x, y, v, p in right]
        else:
            whole = d1
        f, how = self.function, self.how
        out: list[Raw] = []
        if len(right) > 4:
            right = sorted(right, key=_part_begin)
        begins = [h[2] for h in right]
        ends = [h[3] for h in right]
        count = len(right)
        in_a_row = count > 4 and all(map(le, ends, begins[1:]))
        for lwb, lwe, lpb, lpe, lv, lpl in left:
            for i in range(max(bisect_right(begins, lpb) - 1, 0) if in_a_row else 0, count):
                rpb, rpe = begins[i], ends[i]
                if rpb >= lpe:
                    if count > 4:
                        break
                    continue
                if rpe <= lpb:
                    continue
                rwb, rwe, _, _, rv, rpl = right[i]
                value = f(lv, rv)
                if value is DROP:
                    continue
                pb = lpb if lpb > rpb else rpb
                pe = lpe if lpe < rpe else rpe
                places = lpl + rpl if rpl else lpl
                if how == "in":
                    out.append((lwb, lwe, pb, pe, value, places))
                elif how == "out":
                    out.append((rwb, rwe, pb, pe, value, places))
                else:
                    out.append((max(lwb, rwb), min(lwe, rwe), pb, pe, value, places))
        return whole, out

    def _sampled(self, structure: Raws, other: Pattern, c: int, flipped: bool) -> Raws:
        """Combine the events of one cycle with a continuous pattern, asked over the whole of each."""
        d, haps = structure
        f, base = self.function, c * d
        level = other.sampled
        if level:
            out: list[Raw] = []
            sample = other.sample
            for wb, we, pb, pe, v, pl in haps:
                if level == 1 and wb // d != (we - 1) // d:
                    break
                x = sample(wb + base, d)
                value = f(x, v) if flipped else f(v, x)
                if value is not DROP:
                    out.append((wb, we, pb, pe, value, pl))
            else:
                return d, out
        # One denominator for all: every event's query may come back in its own.
        parts: list[Raws] = []
        for hap in haps:
            wb, we, pb, pe, v, pl = hap
            d2, others = other.window(wb + base, we + base, d)
            parts.append(self._whole_from((d, hap, base), d2, others, flipped, -base))
        return together(parts) if parts else (d, [])

    def _whole_from(
        self, structure: tuple[int, Raw, int], d2: int, others: list[Raw], flipped: bool, back: int
    ) -> Raws:
        """Combine one event with the haps found over its whole; `back` is added to times, in the event's units."""
        d, (wb, we, pb, pe, v, pl), base = structure
        whole = lcm(d, d2)
        k1, k2 = whole // d, whole // d2
        pb, pe = (pb + base) * k1, (pe + base) * k1
        if wb is not None:
            wb, we = (wb + base) * k1, (we + base) * k1
        o = back * k1
        out: list[Raw] = []
        for _, _, xb, xe, x, xpl in others:
            lo, hi = max(pb, xb * k2), min(pe, xe * k2)
            if lo < hi or (lo == hi and _touches(lo, pb, pe, xb * k2, xe * k2)):
                value = self.function(x, v) if flipped else self.function(v, x)
                if value is DROP:
                    continue
                places: Places = (xpl + pl if flipped else pl + xpl) if xpl else pl
                if wb is None:
                    out.append((None, None, lo + o, hi + o, value, places))
                else:
                    out.append((wb + o, we + o, lo + o, hi + o, value, places))
        return whole, out

    def _window(self, bn: int, en: int, den: int) -> Raws:
        how, left, right = self.how, self.left, self.right
        if how == "mix":
            return self._both(left.window(bn, en, den), right.window(bn, en, den))
        flipped = how == "out"
        structure, other = (right, left) if flipped else (left, right)
        d, haps = structure.window(bn, en, den)
        parts: list[Raws] = []
        for hap in haps:
            wb, we, pb, pe = hap[:4]
            if wb is None or not other.analog:
                wb, we = pb, pe
            d2, others = other.window(wb, we, d)
            parts.append(self._whole_from((d, hap, 0), d2, others, flipped, 0))
        return together(parts) if parts else (1, [])

    def _both(self, one: Raws, two: Raws) -> Raws:
        left = one[1]
        whole = lcm(one[0], two[0])
        k1, k2 = whole // one[0], whole // two[0]
        out: list[Raw] = []
        for lwb, lwe, lpb, lpe, lv, lpl in left:
            for rwb, rwe, rpb, rpe, rv, rpl in two[1]:
                lo, hi = max(lpb * k1, rpb * k2), min(lpe * k1, rpe * k2)
                if lo < hi or (lo == hi and _touches(lo, lpb * k1, lpe * k1, rpb * k2, rpe * k2)):
                    value = self.function(lv, rv)
                    if value is DROP:
                        continue
                    if lwb is None or rwb is None:
                        out.append((None, None, lo, hi, value, lpl + rpl))
                    else:
                        out.append((max(lwb * k1, rwb * k2), min(lwe * k1, rwe * k2), lo, hi, value, lpl + rpl))
        return whole, out

    def sample(self, n: int, d: int) -> Any:
        assert isinstance(self.right, Pure)
        return self.function(self.left.sample(n, d), self.right.value)

    def _find_period(self) -> int:
        a, b = self.left.period, self.right.period
        return a * b // gcd(a, b) if a and b else 0

    def _find_size(self) -> float:
        one, two = self.left.size(), self.right.size()
        if self.how == "in":
            return one if self._constant or self.right.analog else one + two - 1  # a border cuts an event
        return two if self.how == "out" and self.left.analog else one + two - 1


def _touches(t: int, b1: int, e1: int, b2: int, e2: int) -> bool:
    """Tell whether a moment is shared: a span without length may lie at a begin, not at an end."""
    return not (t == e1 and b1 < e1) and not (t == e2 and b2 < e2)


class Placed(Tabled):
    """A pattern whose events come from further places in the text."""

    __slots__ = ("child", "places")
    passes = True

    def __init__(self, child: Pattern, places: Places) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, steps=child.steps)
        self.child, self.places = child, places

    def leaves(self) -> Leaves | None:
        own = self.child.leaves()
        if own is None:
            return None
        return own[0], [(wb, we, v, pl + self.places, chances) for wb, we, v, pl, chances in own[1]]

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        table = self._table if self._tried else self.table()
        if table:
            return table.play(c)
        d, haps = self.child.cycle(c)
        return d, with_places(haps, self.places)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        return d, with_places(haps, self.places)

    def _find_period(self) -> int:
        return self.child.period

    def _find_size(self) -> float:
        return self.child.size()


def with_places(haps: list[Raw], places: Places) -> list[Raw]:
    """Add places in the text to haps."""
    return [(wb, we, pb, pe, v, pl + places) for wb, we, pb, pe, v, pl in haps]


def placed(pat: Pattern, places: Places) -> Pattern:
    """Add places in the text to all events."""
    if not places:
        return pat
    if isinstance(pat, Pure):
        return Pure(pat.value, pat.places + places)
    if type(pat) is Slots:
        return Slots([(o, w, placed(p, places)) for o, w, p in pat.slots], pat.total, pat.steps)
    return Placed(pat, places)
