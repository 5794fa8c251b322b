"""Patterns that come down to a table of leaves: the same events every cycle, but for chance.

Mini-notation without `< >` is such a pattern: nested groups, repetitions and `?` become one flat list of begins, ends
and chances, so that a cycle is one loop. The events themselves are made anew for every cycle that is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import lcm
from typing import Any

from livecode.patterns.chance import drawn, seeding
from livecode.patterns.core import Chance, Leaf, Leaves, Pattern
from livecode.patterns.exact import Places
from livecode.patterns.generators import MASK, SPAN
from livecode.patterns.raws import Raw, Raws

MAX_LEAVES = 512
LOW = SPAN - 1


Fixed = list[tuple[int, int, Any, Places]]  # leaves without a chance
Single = list[tuple[int, int, Any, Places, int, int, int, float]]  # with one at most: step, base, denominator, limit


class Table:
    """Leaves in the form that is fastest to play."""

    __slots__ = ("d", "fixed", "leaves", "single")

    def __init__(self, leaves: Leaves) -> None:
        self.d, self.leaves = leaves
        self.fixed: Fixed | None = None
        self.single: Single | None = None
        chances = [leaf[4] for leaf in self.leaves]
        if not any(chances):
            self.fixed = [leaf[:4] for leaf in self.leaves]
        elif all(len(c) <= 1 and not any(inverse for *_, inverse in c) for c in chances):
            self.single = [(*leaf[:4], *_only(leaf[4])) for leaf in self.leaves]

    def play(self, c: int) -> Raws:
        """Make the events of cycle c."""
        if self.fixed is not None:
            return self.d, [(wb, we, wb, we, value, places) for wb, we, value, places in self.fixed]
        if self.single is None or seeding.seeded:
            return self.d, self._drawn(c)
        out = []
        for wb, we, value, places, step, base, den, limit in self.single:
            if den:  # what follows is rand_at without the call
                y = (step * c + base) / den / 300
                x = int((y - int(y)) * SPAN)
                a = ((x << 13) ^ x) & MASK
                if a & 0x80000000:
                    a -= 0x100000000
                b = (a >> 17) ^ a
                z = ((b << 5) ^ b) & MASK
                if z & 0x80000000:
                    z = 0x100000000 - z
                if not z & LOW > limit:
                    continue
            out.append((wb, we, wb, we, value, places))
        return self.d, out

    def _drawn(self, c: int) -> list[Raw]:
        out: list[Raw] = []
        for wb, we, value, places, chances in self.leaves:
            for step, base, den, limit, inverse in chances:
                r = drawn(step * c + base, den)
                if not (1 - r > limit if inverse else r > limit):
                    break
            else:
                out.append((wb, we, wb, we, value, places))
        return out


def _only(chances: tuple[Chance, ...]) -> tuple[int, int, int, float]:
    """Give the only chance, with its limit in the generator's own steps; a denominator of 0 where there is none."""
    for step, base, den, limit, _ in chances:
        return step, base, den, limit * SPAN
    return 0, 0, 0, 0.0


def placed_leaves(slots: Iterable[tuple[int, int, Pattern]], total: int) -> Leaves | None:
    """Give the leaves of patterns in slots (offset, width, pattern) of a cycle of `total` parts."""
    found: list[tuple[int, int, Leaves]] = []
    whole, count = 1, 0
    for offset, width, pattern in slots:
        own = pattern.leaves()
        if own is None:
            return None
        count += len(own[1])
        if count > MAX_LEAVES:
            return None
        whole = lcm(whole, own[0])
        found.append((offset, width, own))
    out: list[Leaf] = []
    for offset, width, (d, leaves) in found:
        k, o = width * (whole // d), offset * whole
        out += [(wb * k + o, we * k + o, value, places, chances) for wb, we, value, places, chances in leaves]
    return whole * total, out


def repeated_leaves(own: Leaves | None, times: int) -> Leaves | None:
    """Give the leaves of a pattern that is played a number of times a cycle."""
    if own is None or len(own[1]) * times > MAX_LEAVES:
        return None
    d, leaves = own
    if not leaves:
        return 1, []  # nothing, however often
    return d * times, [
        (wb + i * d, we + i * d, value, places, tuple(_repeated(chance, i, times) for chance in chances))
        for i in range(times)
        for wb, we, value, places, chances in leaves
    ]


def _repeated(chance: Chance, i: int, times: int) -> Chance:
    step, base, den, limit, inverse = chance
    return step * times, base + step * i, den, limit, inverse


def chanced_leaves(own: Leaves | None, offset: tuple[int, int], limit: float, inverse: bool) -> Leaves | None:
    """Give the leaves of a pattern, each with one more chance: a random number of its begin plus an offset n/d."""
    if own is None:
        return None
    d, leaves = own
    n, od = offset
    den = d * od
    return d, [
        (wb, we, value, places, (*chances, (den, wb * od + n * d, den, limit, inverse)))
        for wb, we, value, places, chances in leaves
    ]


class Tabled(Pattern):
    """A kind of node that may come down to a table; it is made when the node is first asked for a cycle."""

    __slots__ = ("_table", "_tried")

    def __init__(self, children: Iterable[Pattern] = (), **options: Any) -> None:
        super().__init__(children, **options)
        self._table: Table | None = None
        self._tried = False

    def table(self) -> Table | None:
        """Give the table, or None where there is none."""
        if not self._tried:
            self._tried = True
            leaves = self.leaves() if not self.analog and self.size() <= MAX_LEAVES else None
            self._table = None if leaves is None else Table(leaves)
        return self._table
