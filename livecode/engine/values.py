"""What flows through a graph while it is built: fixed numbers, expressions of a note's parameters, audio signals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from livecode.engine.binding import Unit
from livecode.engine.tables import Lane


class Expr(NamedTuple):
    """A number known when a note starts: the name of a local variable of the generated code."""

    text: str

    def __str__(self) -> str:
        return self.text


Number = float | Expr


@dataclass(frozen=True, slots=True)
class LaneRef:
    """An automated parameter after a linear map, kept in a range: value = scale * lane + offset."""

    lane: Lane
    scale: float = 1.0
    offset: float = 0.0
    lo: float = -math.inf
    hi: float = math.inf

    def of(self, x: float) -> float:
        return clamp(self.scale * x + self.offset, self.lo, self.hi)


@dataclass(frozen=True, slots=True)
class Wire:
    """One or two channels of audio, with a linear map that still waits to be given to some unit.

    The value is `mul * unit + add`. `slot` says what of the units' own mul and add is in use: 0 nothing, 1 mul,
    2 both or not ours to use. `made` orders units by age: pyo computes the older first. `lo` and `hi` bound the units'
    output where that is known. `life` is when it falls silent, in seconds after the onset, None for never.
    """

    units: tuple[Unit, ...]
    made: int
    mul: Number = 1.0
    add: Number = 0.0
    slot: int = 0
    lo: float = -math.inf
    hi: float = math.inf
    life: Number | None = None
    lane: LaneRef | None = None

    @property
    def bounded(self) -> bool:
        return self.lo > -math.inf and self.hi < math.inf


Value = float | Expr | Wire


@dataclass(frozen=True, slots=True)
class Held:
    """An argument of a unit that may change: its value, the method that sets it, and whether audio may move it."""

    value: Value | Any
    setter: str
    start: Any = 1.0
    audio: bool = True


def clamp(x: float, lo: float, hi: float) -> float:
    """Force a number into a range; what is not a number becomes the low end."""
    return lo if not x >= lo else hi if x > hi else x


def divide(a: float, b: float) -> float:
    return a / b if b else 0.0


def modulo(a: float, b: float) -> float:
    return a % b if b else 0.0


def power(a: float, b: float) -> float:
    """Raise a to b; where that is no finite real number, give 0."""
    try:
        x = a**b
    except (ValueError, ZeroDivisionError, OverflowError):
        return 0.0
    return x if isinstance(x, float) and math.isfinite(x) else 0.0


ARITHMETIC: dict[str, tuple[Callable[[float, float], float], str]] = {
    "add": (lambda a, b: a + b, "{} + {}"),
    "sub": (lambda a, b: a - b, "{} - {}"),
    "mul": (lambda a, b: a * b, "{} * {}"),
    "div": (divide, "divide({}, {})"),
    "mod": (modulo, "modulo({}, {})"),
    "pow": (power, "power({}, {})"),
    "min": (min, "min({}, {})"),
    "max": (max, "max({}, {})"),
}
