"""Patterns that come down to a table of leaves: the same events every cycle, but for chance.

Mini-notation without `< >` is such a pattern: nested groups, repetitions and `?` become one flat list of begins, ends
and chances, so that a cycle is one loop. The events themselves are made anew for every cycle that is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import lcm
from typing import Any

from livecode.patterns.chance import drawn, seeding
from livecode.patterns.core import Chance, Leaf, Leaves, Pattern, Raws
from livecode.patterns.generators import MASK, SPAN

MAX_LEAVES = 512


def play(table: Leaves, c: int) -> Raws:
    """Make the events of cycle c."""
    d, leaves = table
    out = []
    seeded = seeding.seeded
    for wb, we, value, places, chances in leaves:
        for step, base, den, limit, inverse in chances:
            if seeded:
                r = drawn(step * c + base, den)
            else:  # as rand_at has it, without the call
                y = (step * c + base) / den / 300
                x = int((y - int(y)) * SPAN)
                a = ((x << 13) ^ x) & MASK
                if a & 0x80000000:
                    a -= 0x100000000
                b = (a >> 17) ^ a
                z = ((b << 5) ^ b) & MASK
                if z & 0x80000000:
                    z = 0x100000000 - z
                r = (z % SPAN) / SPAN
            if not (1 - r > limit if inverse else r > limit):
                break
        else:
            out.append((wb, we, wb, we, value, places))
    return d, out


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

    __slots__ = ("_table",)

    def __init__(self, children: Iterable[Pattern] = (), **options: Any) -> None:
        super().__init__(children, **options)
        self._table: Leaves | tuple[()] | None = None

    def table(self) -> Leaves | tuple[()]:
        """Give the table, or () where there is none."""
        table = self._table
        if table is None:
            few = not self.analog and self.size() <= MAX_LEAVES
            table = self._table = (self.leaves() or ()) if few else ()
        return table
