"""Patterns that place other patterns in time: one after the other, together, faster, later, backwards."""

from __future__ import annotations

from collections.abc import Sequence as List
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from livecode.patterns.core import MAX_CYCLES, MAX_PERIOD, Changed, Leaves, Pattern, common_period
from livecode.patterns.leaves import Gap, reify, silence
from livecode.patterns.raws import Raw, Raws, moved, together
from livecode.patterns.steps import common_steps, stepped
from livecode.patterns.tables import Tabled, placed_leaves, repeated_leaves


class Split(Pattern):
    """A pattern that answers each cycle on its own; `_piece` answers a span that lies in cycle c."""

    __slots__ = ()

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        raise TypeError(f"{type(self).__name__} does not answer pieces of a cycle")

    def _window(self, bn: int, en: int, den: int) -> Raws:
        c = bn // den
        parts = [self._piece(c, bn, min(en, (c + 1) * den), den)]
        c += 1
        while c * den < en:
            parts.append(self._piece(c, c * den, min(en, (c + 1) * den), den))
            c += 1
        return together(parts)


class Stack(Tabled):
    """Patterns at the same time."""

    __slots__ = ("children",)
    passes = True

    def __init__(self, children: List[Pattern], steps: Fraction | None = None) -> None:
        super().__init__(
            children,
            cyclic=all(p.cyclic for p in children),
            analog=any(p.analog for p in children),
            steps=steps,
        )
        self.children = children

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        table = self._table if self._tried else self.table()
        return table.play(c) if table else together([p.cycle(c) for p in self.children])

    def leaves(self) -> Leaves | None:
        return placed_leaves(((0, 1, p) for p in self.children), 1)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return together([p.window(bn, en, den) for p in self.children])

    def _find_period(self) -> int:
        return common_period(p.period for p in self.children)

    def _find_size(self) -> float:
        return sum(p.size() for p in self.children)


class Slots(Split, Tabled):
    """Patterns each squeezed into its own slot of every cycle: (offset, width, pattern), of `total` parts."""

    __slots__ = ("slots", "total")
    passes = True

    def __init__(self, slots: List[tuple[int, int, Pattern]], total: int, steps: Fraction | None = None) -> None:
        children = [p for _, _, p in slots]
        super().__init__(children, cyclic=True, analog=any(p.analog for p in children), steps=steps)
        self.slots = slots
        self.total = total

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        table = self._table if self._tried else self.table()
        if table:
            return table.play(c)
        got = [(o, w, p.cycle(c)) for o, w, p in self.slots]
        whole = 1
        for _, _, (d, _) in got:
            if whole % d:
                whole = lcm(whole, d)
        out: list[Raw] = []
        for o, w, (d, haps) in got:
            if haps:
                out += moved(haps, w * (whole // d), o * whole)
        return whole * self.total, out

    def leaves(self) -> Leaves | None:
        return placed_leaves(self.slots, self.total)

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        total, parts = self.total, []
        b, e = (bn - c * den) * total, (en - c * den) * total
        for o, w, pattern in self.slots:
            lo, hi = max(b, o * den), min(e, (o + w) * den)
            if lo < hi or (lo == hi and b == e and lo < (o + w) * den):
                # In the slot's own time the cycle starts at o and lasts w parts.
                base = c * w * den - o * den
                d, haps = pattern.window(lo + base, hi + base, w * den)
                parts.append((d * total, moved(haps, w, (o - c * w + c * total) * d)))
        return together(parts) if parts else (1, [])

    def _find_period(self) -> int:
        return common_period(p.period for _, _, p in self.slots)

    def _find_size(self) -> float:
        return sum(p.size() for _, _, p in self.slots)


class Turns(Split):
    """Patterns that take turns, a cycle each; `absolute`: they keep the cycle numbers of the outside."""

    __slots__ = ("absolute", "children")
    passes = True

    def __init__(self, children: List[Pattern], absolute: bool = False, steps: Fraction | None = None) -> None:
        super().__init__(children, cyclic=True, analog=any(p.analog for p in children), steps=steps)
        self.children = children
        self.absolute = absolute

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        n = len(self.children)
        return self.children[c % n].cycle(c if self.absolute else c // n)

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        n = len(self.children)
        if self.absolute:
            return self.children[c % n].window(bn, en, den)
        shift = c - c // n
        d, haps = self.children[c % n].window(bn - shift * den, en - shift * den, den)
        return d, moved(haps, 1, shift * d)

    def _find_period(self) -> int:
        n = len(self.children)
        inner = common_period(p.period for p in self.children)
        if self.absolute:
            return common_period((n, inner))
        return inner * n if inner * n <= MAX_PERIOD else 0

    def _find_size(self) -> float:
        return max(p.size() for p in self.children)


class Fast(Tabled):
    """A pattern a/b times as fast."""

    __slots__ = ("a", "b", "child")
    passes = True

    def __init__(self, child: Pattern, factor: Fraction) -> None:
        self.a, self.b, self.child = factor.numerator, factor.denominator, child
        sampled = child.sampled
        if sampled == 1 and self.a > 1:
            sampled = 0
        super().__init__(
            (child,), cyclic=child.cyclic and self.b == 1, analog=child.analog, sampled=sampled, steps=child.steps
        )

    def _cycle(self, c: int) -> Raws:
        a, child = self.a, self.child
        if self.b == 1 and child.cyclic and a <= MAX_CYCLES:
            table = self._table if self._tried else self.table()
            if table:
                return table.play(c)
            d, haps = child.cycles(c * a, a)
            return d * a, haps
        return super()._cycle(c)

    def window(self, bn: int, en: int, den: int) -> Raws:
        # Of many cycles that one cycle holds, a short span needs few.
        if self.a > 8 and (en - bn) * 8 <= den:
            return self._window(bn, en, den)
        return super().window(bn, en, den)

    def leaves(self) -> Leaves | None:
        return repeated_leaves(self.child.leaves(), self.a) if self.b == 1 else None

    def _window(self, bn: int, en: int, den: int) -> Raws:
        a, b = self.a, self.b
        d, haps = self.child.window(bn * a, en * a, den * b)
        return d * a, moved(haps, b, 0)

    def sample(self, n: int, d: int) -> Any:
        return self.child.sample(n * self.a, d * self.b)

    def _find_period(self) -> int:
        inner = self.child.period * self.b
        period = inner // gcd(inner, self.a) if inner else 0
        return period if period <= MAX_PERIOD else 0

    def _find_size(self) -> float:
        return self.child.size() * self.a / self.b


class Late(Changed):
    """A pattern n/d cycles later."""

    __slots__ = ("by",)
    passes = True

    def __init__(self, child: Pattern, by: Fraction) -> None:
        super().__init__(
            (child,),
            cyclic=child.cyclic and by.denominator == 1,
            analog=child.analog,
            sampled=child.sampled if child.sampled == 2 or by.denominator == 1 else 0,
            steps=child.steps,
        )
        self.by, self.child = (by.numerator, by.denominator), child

    def _cycle(self, c: int) -> Raws:
        n, d = self.by
        if d == 1 and not self.analog:
            return self.child.cycle(c - n)
        if not self.child.cyclic:
            return super()._cycle(c)
        back, r = divmod(n, d)
        d1, ending = self.child.cycle(c - back - 1)
        d2, beginning = self.child.cycle(c - back)
        whole = lcm(d1, d2, d)
        shift = r * (whole // d)
        out: list[Raw] = []
        k, o = whole // d1, shift - whole
        for wb, we, pb, pe, v, pl in ending:
            e = pe * k + o
            if e > 0:
                b = pb * k + o
                out.append((wb * k + o, we * k + o, b if b > 0 else 0, e, v, pl))
        k = whole // d2
        for wb, we, pb, pe, v, pl in beginning:
            b = pb * k + shift
            if b < whole:
                e = pe * k + shift
                out.append((wb * k + shift, we * k + shift, b, e if e < whole else whole, v, pl))
        return whole, out

    def _window(self, bn: int, en: int, den: int) -> Raws:
        n, d = self.by
        own, haps = self.child.window(bn * d - n * den, en * d - n * den, den * d)
        whole = own if own % d == 0 else lcm(own, d)
        return whole, moved(haps, whole // own, n * (whole // d))

    def sample(self, n: int, d: int) -> Any:
        by, den = self.by
        return self.child.sample(n * den - by * d, d * den)


class FastGap(Split, Changed):
    """Each cycle played faster by a factor, then silence (or cut short, for a factor below 1)."""

    __slots__ = ("factor",)
    passes = True

    def __init__(self, child: Pattern, factor: Fraction) -> None:
        super().__init__((child,), cyclic=True, analog=child.analog)
        self.child, self.factor = child, factor

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        a, b = self.factor.numerator, self.factor.denominator
        base = c * den * b
        lo, hi = (bn - c * den) * a + base, (en - c * den) * a + base
        if lo >= base + den * b:
            return 1, []
        d, haps = self.child.window(lo, min(hi, base + den * b), den * b)
        out: list[Raw] = []
        # Time t of the child, counted from the cycle, is t * b / a here, and a part ends at the cycle's end at last.
        for wb, we, pb, pe, v, pl in moved(haps, 1, -c * d):
            limit = d * a
            npb, npe = min(pb * b, limit), min(pe * b, limit)
            if wb is None:
                out.append((None, None, npb, npe, v, pl))
            else:
                out.append((npb - (pb - wb) * b, npe + (we - pe) * b, npb, npe, v, pl))
        return d * a, moved(out, 1, c * d * a)


class Rev(Split, Changed):
    """Each cycle played backwards."""

    __slots__ = ()
    passes = True

    def __init__(self, child: Pattern) -> None:
        super().__init__((child,), cyclic=True, analog=child.analog, steps=child.steps)
        self.child = child

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        d, haps = self.child.cycle(c)
        return d, [(d - we, d - wb, d - pe, d - pb, v, pl) for wb, we, pb, pe, v, pl in haps]

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        mirror = 2 * c + 1
        d, haps = self.child.window(mirror * den - en, mirror * den - bn, den)
        m = mirror * d
        return d, [
            (None if we is None else m - we, None if wb is None else m - wb, m - pe, m - pb, v, pl)
            for wb, we, pb, pe, v, pl in haps
        ]


class Mirror(Changed):
    """All of time played backwards around cycle 0."""

    __slots__ = ()
    passes = True

    def __init__(self, child: Pattern) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog)
        self.child = child

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(-en, -bn, den)
        return d, [
            (None if we is None else -we, None if wb is None else -wb, -pe, -pb, v, pl)
            for wb, we, pb, pe, v, pl in haps
        ]

    def _cycle(self, c: int) -> Raws:
        if self.analog:
            return super()._cycle(c)
        d, haps = self.child.cycle(-c - 1)
        return d, [(d - we, d - wb, d - pe, d - pb, v, pl) for wb, we, pb, pe, v, pl in haps]


class Ply(Changed):
    """Every event n times inside its own span."""

    __slots__ = ("n",)
    passes = True

    def __init__(self, child: Pattern, n: int) -> None:
        super().__init__((child,), cyclic=child.cyclic)
        self.child, self.n = child, n

    def _cycle(self, c: int) -> Raws:
        return self._plied(*self.child.cycle(c))

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return self._plied(*self.child.window(bn, en, den))

    def _plied(self, d: int, haps: list[Raw]) -> Raws:
        n = self.n
        times = range(n)
        out: list[Raw] = []
        for wb, we, pb, pe, v, pl in haps:
            length = we - wb
            b = wb * n
            if wb == pb and we == pe:
                for i in times:
                    t = b + i * length
                    out.append((t, t + length, t, t + length, v, pl))
                continue
            pb *= n
            pe *= n
            for i in times:
                t = b + i * length
                lo, hi = max(t, pb), min(t + length, pe)
                if lo < hi or (pb == pe == lo and lo < t + length):
                    out.append((t, t + length, lo, hi, v, pl))
        return d * n, out

    def _find_size(self) -> float:
        return self.child.size() * self.n


class SplitQueries(Split, Changed):
    """A pattern that is asked for each cycle on its own."""

    __slots__ = ()
    passes = True

    def __init__(self, child: Pattern) -> None:
        super().__init__((child,), cyclic=True, analog=child.analog, steps=child.steps)
        self.child = child

    def _cycle(self, c: int) -> Raws:
        return super()._cycle(c) if self.analog else self.child.cycle(c)

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        return self.child.window(bn, en, den)


def fast_by(factor: Fraction, pat: Pattern) -> Pattern:
    """Speed a pattern up; a factor of 0 or less leaves silence."""
    if factor == 1 or isinstance(pat, Gap):
        return pat
    if factor <= 0:
        return Gap(pat.steps)
    return Fast(pat, factor)


def late_by(time: Fraction, pat: Pattern) -> Pattern:
    """Shift a pattern later (earlier when negative)."""
    return pat if time == 0 or isinstance(pat, Gap) else Late(pat, time)


def stack(patterns: List[Any]) -> Pattern:
    """Play patterns at the same time."""
    children = [reify(p) for p in patterns]
    if len(children) == 1:
        return children[0]
    if not children:
        return silence
    return Stack(children, steps=common_steps(children))


def slowcat(patterns: List[Any]) -> Pattern:
    """Play one pattern a cycle; no cycle of a source is left out."""
    children = [reify(p) for p in patterns]
    if len(children) == 1:
        return children[0]
    if not children:
        return silence
    return Turns(children, steps=common_steps(children))


def fastcat(patterns: List[Any]) -> Pattern:
    """Play patterns one after the other, all in one cycle."""
    children = [reify(p) for p in patterns]
    if len(children) == 1:
        return children[0]
    if not children:
        return silence
    n = len(children)
    return Slots([(i, 1, p) for i, p in enumerate(children)], n, steps=Fraction(n))


def timecat(weighted: List[tuple[Fraction, Any]]) -> Pattern:
    """Play patterns one after the other in one cycle, each as long as its weight tells."""
    total = sum((w for w, _ in weighted), Fraction(0))
    if len(weighted) == 1:
        return stepped(reify(weighted[0][1]), weighted[0][0])
    if not weighted:
        return Gap(Fraction(0))
    den = lcm(*[w.denominator for w, _ in weighted])
    parts = int(total * den)
    slots: list[tuple[int, int, Pattern]] = []
    offset = 0
    for weight, pattern in weighted:
        width = int(weight * den)
        if width > 0 and offset >= 0 and offset + width <= parts:
            slots.append((offset, width, reify(pattern)))
        offset += width
    return Slots(slots, parts, steps=total) if slots else Gap(total)


def compress_to(begin: Fraction, end: Fraction, pat: Pattern) -> Pattern:
    """Squash each cycle into the part from begin to end of it, with silence around."""
    if begin > end or end > 1 or begin > 1 or end < 0 or begin < 0 or begin == end:
        return silence
    den = lcm(begin.denominator, end.denominator)
    return Slots([(int(begin * den), int((end - begin) * den), pat)], den)
