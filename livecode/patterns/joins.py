"""Patterns of patterns, flattened in the ways that differ in whose structure wins."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

from livecode.patterns.combining import with_places
from livecode.patterns.core import MAX_EVENTS, Pattern, common_period
from livecode.patterns.leaves import silence
from livecode.patterns.raws import Raw, Raws, moved, together
from livecode.patterns.sizes import MAX_UNSURE, bounded, too_large
from livecode.patterns.timing import fast_by, stack, timecat

Binder = Callable[[Any], Pattern]

KEPT_INNERS = 512


def key_of(value: Any) -> Any:
    """Give a hashable key of a value: equal keys mean values that are the same in kind and content."""
    kind = type(value)
    if kind is list or kind is tuple:
        return (kind, *[key_of(v) for v in value])
    if kind is dict:
        return (dict, *[(k, key_of(v)) for k, v in value.items()])
    if isinstance(value, Pattern) or callable(value):
        return id(value), value
    return kind, value


class Inners:
    """The patterns that a function makes of values, remembered by value."""

    __slots__ = ("function", "made")

    def __init__(self, function: Binder) -> None:
        self.function = function
        self.made: dict[Any, Pattern] = {}

    def __call__(self, value: Any) -> Pattern:
        key = key_of(value)
        got = self.made.get(key)
        if got is None:
            got = bounded(self.function(value))
            if len(self.made) >= KEPT_INNERS:
                self.made.clear()
            self.made[key] = got
        return got


class Join(Pattern):
    """A pattern whose values a function turns into patterns; the events of those are played."""

    __slots__ = ("inner", "outer")
    guesses = True

    def __init__(self, outer: Pattern, function: Binder, *, analog: bool = True, steps: Fraction | None = None) -> None:
        super().__init__((outer,), analog=analog or outer.analog, steps=steps)
        self.outer = outer
        self.inner = Inners(function)

    def _outer_cycles(self) -> list[list[Any]] | None:
        """Give the values that the outer pattern has in each of its cycles, or None when that is not known."""
        outer = self.outer
        period = outer.period
        if not period or period > 64 or outer.analog or outer.size() > MAX_EVENTS:
            return None
        return [[hap[4] for hap in outer.cycle(c)[1]] for c in range(period)]

    def _find_period(self) -> int:
        cycles = self._outer_cycles()
        if cycles is None:
            return 0
        return common_period([self.outer.period, *(self.inner(v).period for values in cycles for v in values)])

    def _find_size(self) -> float:
        cycles = self._outer_cycles()
        if cycles is None:
            return self.outer.size()
        bound = 0.0
        for values in cycles:
            sizes: list[float] = []
            for v in values:
                sizes.append(self.inner(v).size())
                bound = max(bound, self._bound(sizes))
                if bound > MAX_UNSURE:
                    return bound  # large enough to be refused: the others need not be made
        return bound

    def _bound(self, sizes: list[float]) -> float:
        """Guess the events of a cycle from the sizes of its inner patterns: a border between two may cut an event."""
        return sizes[-1] + len(sizes) - 1


def counted(count: int, found: list[Raw]) -> int:
    """Add the events just found to a count; raises SizeError where a span brings too many to go on."""
    count += len(found)
    if count > MAX_UNSURE:
        raise too_large(count)
    return count


class Bind(Join):
    """A join whose inner patterns keep their own time; the wholes are the outer's, the inner's or what both share."""

    __slots__ = ("whole",)

    def __init__(
        self,
        outer: Pattern,
        function: Binder,
        whole: str,
        *,
        analog: bool = True,
        steps: Fraction | None = None,
    ) -> None:
        super().__init__(outer, function, analog=analog, steps=steps)
        self.whole = whole

    def _cycle(self, c: int) -> Raws:
        if self.analog or self.whole != "inner":
            return super()._cycle(c)
        d, haps = self.outer.cycle(c)
        if len(haps) == 1:
            _, _, pb, pe, value, places = haps[0]
            if pb == 0 and pe == d:
                inner = self.inner(value)
                if not inner.analog:
                    own, found = inner.cycle(c)
                    return own, (with_places(found, places) if places else found)
        return super()._cycle(c)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.outer.window(bn, en, den)
        parts: list[Raws] = []
        count = 0
        whole = self.whole
        for wb, we, pb, pe, value, places in haps:
            own, found = self.inner(value).window(pb, pe, d)
            count = counted(count, found)
            if whole == "inner":
                parts.append((own, with_places(found, places) if places else found))
                continue
            common = lcm(own, d)
            k, ko = common // own, common // d
            out: list[Raw] = []
            for iwb, iwe, ipb, ipe, v, pl in found:
                b: int | None
                e: int | None
                if wb is None or (iwb is None and whole == "both"):
                    b = e = None
                elif whole == "outer":
                    b, e = wb * ko, we * ko
                else:
                    b, e = max(wb * ko, iwb * k), min(we * ko, iwe * k)
                out.append((b, e, ipb * k, ipe * k, v, pl + places))
            parts.append((common, out))
        return together(parts) if parts else (1, [])


class Squeeze(Join):
    """A join that squeezes a cycle of the inner pattern into each outer event."""

    __slots__ = ()

    def __init__(self, outer: Pattern, function: Binder, *, analog: bool = True) -> None:
        super().__init__(outer, function, analog=analog)
        self.cyclic = outer.cyclic and not self.analog

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.outer.window(bn, en, den)
        parts: list[Raws] = []
        count = 0
        for wb, we, pb, pe, value, places in haps:
            if wb is None:
                continue
            inner = self.inner(value)
            # Inner time t is outer time wb + (t - cycle) * (we - wb), the cycle being the one that wb lies in.
            length, cycle = we - wb, wb // d
            shift = cycle * length - wb
            own, found = inner.window(pb + shift, pe + shift, length)
            count = counted(count, found)
            # t counts 1/own of a cycle; outer time is counted in 1/(own * d).
            o = (wb - cycle * length) * own
            limit_b, limit_e = wb * own, we * own
            out: list[Raw] = []
            for iwb, iwe, ipb, ipe, v, pl in moved(found, length, o):
                if iwb is None:
                    out.append((None, None, ipb, ipe, v, pl + places))
                else:
                    b, e = max(iwb, limit_b), min(iwe, limit_e)
                    if b < e:
                        out.append((b, e, ipb, ipe, v, pl + places))
            parts.append((own * d, out))
        return together(parts) if parts else (1, [])

    def _bound(self, sizes: list[float]) -> float:
        return sum(sizes)


class Retrigger(Join):
    """A join that starts the inner pattern at each outer onset: anew, or with the cycle number it has there.

    The wholes of the inner events end with the outer event where they are `cut`.
    """

    __slots__ = ("cut", "restart")

    def __init__(
        self, outer: Pattern, function: Binder, restart: bool, *, cut: bool = True, analog: bool = True
    ) -> None:
        super().__init__(outer, function, analog=analog)
        self.restart = restart
        self.cut = cut

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.outer.window(bn, en, den)
        parts: list[Raws] = []
        count = 0
        for wb, we, pb, pe, value, places in haps:
            if wb is None:
                continue
            shift = wb if self.restart else wb % d
            common = lcm(d, den)
            ko = common // d
            back = shift * ko
            own, found = self.inner(value).window(bn * (common // den) - back, en * (common // den) - back, common)
            count = counted(count, found)
            whole = lcm(own, common)
            k, kc = whole // own, whole // d
            out: list[Raw] = []
            for iwb, iwe, ipb, ipe, v, pl in moved(found, k, shift * kc):
                lo, hi = max(ipb, pb * kc), min(ipe, pe * kc)
                if lo > hi or (lo == hi and (lo == ipe > ipb or lo == pe * kc > pb * kc)):
                    continue
                if iwb is None:
                    out.append((None, None, lo, hi, v, pl + places))
                elif self.cut:
                    out.append((max(iwb, wb * kc), min(iwe, we * kc), lo, hi, v, pl + places))
                else:
                    out.append((iwb, iwe, lo, hi, v, pl + places))
            parts.append((whole, out))
        return together(parts) if parts else (1, [])


class StepJoin(Join):
    """A join that puts the cycle's inner patterns one after the other, each as long as its steps."""

    __slots__ = ()

    def __init__(self, outer: Pattern, function: Binder) -> None:
        super().__init__(outer, function)
        self.steps = self._of_cycle(0).steps

    def _of_cycle(self, c: int) -> Pattern:
        """Give the patterns of an outer cycle in a row."""
        d, haps = self.outer.cycle(c)
        borders = sorted({t for h in haps for t in (h[2], h[3])} | {0, d})
        slices: list[tuple[int, list[Pattern]]] = []
        for b, e in pairwise(borders):
            slices.append((e - b, [self.inner(h[4]) for h in haps if h[2] <= b and h[3] >= e]))
        return timecat(_with_weights([(Fraction(w, d), p) for w, p in slices]))

    def _window(self, bn: int, en: int, den: int) -> Raws:
        c = bn // den
        parts: list[Raws] = []
        while True:
            e = min(en, (c + 1) * den)
            parts.append(self._of_cycle(c).window(bn, e, den))
            bn, c = e, c + 1
            if bn >= en:
                return together(parts)

    def _find_period(self) -> int:
        return 0


def _with_weights(slices: list[tuple[Fraction, list[Pattern]]]) -> list[tuple[Fraction, Pattern]]:
    """Give each slice its step count as weight; rests and slices without one weigh the average of the others."""
    weighed = [(stack(ps).steps if ps else None, stack(ps) if ps else silence, time) for time, ps in slices]
    known = [steps for steps, _, _ in weighed if steps is not None]
    if not known:
        return [(time, pattern) for _, pattern, time in weighed]
    average = sum(known, Fraction(0)) / len(known)
    return [(average if steps is None else steps, pattern) for steps, pattern, _ in weighed]


def inner_bind(function: Binder, outer: Pattern, *, analog: bool = True, steps: Fraction | None = None) -> Pattern:
    """Flatten with the wholes of the inner patterns."""
    return Bind(outer, function, "inner", analog=analog, steps=steps)


def outer_bind(function: Binder, outer: Pattern, *, analog: bool = True) -> Pattern:
    """Flatten with the wholes of the outer pattern."""
    return Bind(outer, function, "outer", analog=analog, steps=outer.steps)


def mix_bind(function: Binder, outer: Pattern) -> Pattern:
    """Flatten with the wholes that outer and inner share."""
    return Bind(outer, function, "both")


def squeeze_bind(function: Binder, outer: Pattern, *, analog: bool = True) -> Pattern:
    """Flatten by squeezing inner cycles into outer events."""
    return Squeeze(outer, function, analog=analog)


def reset_bind(function: Binder, outer: Pattern) -> Pattern:
    """Flatten by aligning inner cycles to outer onsets."""
    return Retrigger(outer, function, restart=False)


def restart_bind(function: Binder, outer: Pattern, *, cut: bool = True) -> Pattern:
    """Flatten by starting inner patterns from cycle 0 at outer onsets."""
    return Retrigger(outer, function, restart=True, cut=cut)


def poly_bind(function: Binder, outer: Pattern) -> Pattern:
    """Flatten with the outer's wholes, inner steps lasting as long as outer steps."""

    def aligned(value: Any) -> Pattern:
        inner = function(value)
        if outer.steps is None or not inner.steps:
            return inner
        return fast_by(outer.steps / inner.steps, inner)

    return outer_bind(aligned, outer)


def step_bind(function: Binder, outer: Pattern) -> Pattern:
    """Flatten by putting inner patterns in a row, step by step."""
    return StepJoin(outer, function)
