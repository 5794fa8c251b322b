"""Random numbers of times: the same time always gives the same number, unless another seed is in force."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from fractions import Fraction
from operator import truediv

SPAN = 536870912  # 2**29
MASK = 0xFFFFFFFF


class _Seeding(threading.local):
    """The seed that is added to the time of every random number, while a seeded pattern is asked."""

    seed: Fraction = Fraction(0)
    seeded: bool = False


seeding = _Seeding()


def rand_at(t: float) -> float:
    """Give the random number in [0, 1) of a time."""
    y = t / 300
    x = int((y - int(y)) * SPAN)
    a = ((x << 13) ^ x) & MASK
    if a & 0x80000000:
        a -= 0x100000000
    b = (a >> 17) ^ a
    c = ((b << 5) ^ b) & MASK
    if c & 0x80000000:
        c = 0x100000000 - c
    return (c % SPAN) / SPAN


def seeded_time(n: int, d: int) -> float:
    """Give a time as a float, moved by the seed in force."""
    return float(Fraction(n, d) + seeding.seed) if seeding.seeded else n / d


def passed(times: Iterable[int], den: int, limit: float, inverse: bool) -> list[bool]:
    """Tell for each time, in 1/den of a cycle, whether its random number (or 1 minus it) is above a limit."""
    time = seeded_time if seeding.seeded else truediv
    numbers = [rand_at(time(n, den)) for n in times]
    return [1 - r > limit for r in numbers] if inverse else [r > limit for r in numbers]
