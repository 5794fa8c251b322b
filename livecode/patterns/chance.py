"""Random numbers of times: the same time always gives the same number, unless another seed or generator is in force."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from fractions import Fraction

from livecode.patterns.generators import GENERATORS, rand_at


class _Seeding(threading.local):
    """The seed and the generator in force while a pattern that names one is asked."""

    seed: Fraction = Fraction(0)
    generator: str = "legacy"
    seeded: bool = False  # another seed or generator than the usual


seeding = _Seeding()


def drawn(n: int, d: int) -> float:
    """Give the random number in [0, 1) of a time, n/d cycles."""
    if not seeding.seeded:
        return rand_at(n / d)
    return GENERATORS[seeding.generator](Fraction(n, d), seeding.seed, 1)[0]


def passed(times: Iterable[int], den: int, limit: float, inverse: bool) -> list[bool]:
    """Tell for each time, in 1/den of a cycle, whether its random number (or 1 minus it) is above a limit."""
    numbers = [drawn(n, den) for n in times] if seeding.seeded else [rand_at(n / den) for n in times]
    return [1 - r > limit for r in numbers] if inverse else [r > limit for r in numbers]
