"""Exact time: spans, haps and the context of a query; rationals live only here, at the edge."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from livecode.errors import KindError, Place
from livecode.patterns import outside

Places = tuple[Place, ...]
Number = int | float | Fraction

LARGEST_DENOMINATOR = 10**7


class Span(NamedTuple):
    """The time from begin up to, but not with, end, in cycles."""

    begin: Fraction
    end: Fraction


class Hap(NamedTuple):
    """A value in time: the whole of the event (None when it is continuous) and the part that was asked for."""

    whole: Span | None
    part: Span
    value: Any
    places: Places

    @property
    def has_onset(self) -> bool:
        return self.whole is not None and self.whole.begin == self.part.begin


@dataclass(frozen=True, slots=True)
class Context:
    """What a pattern may ask about the time around it: cycles a second and the length of its section in cycles."""

    cps: float | None = None
    section: Fraction | None = None
    outside: int = field(default_factory=outside.version)  # of the values that come from outside


@lru_cache(maxsize=4096)
def float_to_fraction(x: float) -> Fraction:
    """Give the fraction that a decimal float means: 0.1 is 1/10, 0.3333333333333333 is 1/3.

    A walk down the Farey tree, compared in floats, until the denominator passes 10**7 (the method of fraction.js).
    Raises KindError when x is not finite.
    """
    if not math.isfinite(x):
        raise KindError(f"{x} is not a time")
    if x < 0:
        return -float_to_fraction(-x)
    scale = 1
    if x % 1 == 0:
        return Fraction(int(x))
    if x >= 1:
        scale = 10 ** math.floor(1 + math.log10(x))
        x /= scale
    a, b, c, d = 0, 1, 1, 1
    while b <= LARGEST_DENOMINATOR and d <= LARGEST_DENOMINATOR:
        # Steps in one direction go in a jump that stops short of the turn, or a small x would take millions.
        above, below = c - x * d, x * b - a
        # A distance of nothing is a rounding error: the walk then keeps its direction to the end.
        if above > 4 * below and above > 0:
            far = (LARGEST_DENOMINATOR - d) // b - 1
            jump = min(int(above / below) - 2, far) if below > 0 else far
            if jump > 0:
                c, d = c + a * jump, d + b * jump
        elif below > 4 * above and below > 0:
            far = (LARGEST_DENOMINATOR - b) // d - 1
            jump = min(int(below / above) - 2, far) if above > 0 else far
            if jump > 0:
                a, b = a + c * jump, b + d * jump
        mediant = (a + c) / (b + d)
        if x == mediant:
            if b + d <= LARGEST_DENOMINATOR:
                a, b = a + c, b + d
            elif d > b:
                a, b = c, d
            break
        if x > mediant:
            a, b = a + c, b + d
        else:
            c, d = a + c, b + d
    else:
        if b > LARGEST_DENOMINATOR:
            a, b = c, d
    return Fraction(a * scale, b)


def to_time(x: Any) -> Fraction:
    """Read a number as exact time; raises KindError when it is none."""
    if isinstance(x, Fraction):
        return x
    if isinstance(x, int):
        return Fraction(x)
    if isinstance(x, float):
        return float_to_fraction(x)
    if isinstance(x, str):
        try:
            return float_to_fraction(float(x))
        except ValueError:
            raise KindError(f"{x} is not a time", found=x, expected="a number of cycles") from None
    raise KindError("this is not a time", found=str(x), expected="a number of cycles")
