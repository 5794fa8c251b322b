"""Patterns without parts: constants, silence and signals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from livecode.patterns.core import Leaves, Pattern
from livecode.patterns.exact import Places
from livecode.patterns.raws import Raws

ONE = Fraction(1)


class Pure(Pattern):
    """One value once a cycle."""

    __slots__ = ("_one", "places", "value")
    passes = True

    def __init__(self, value: Any, places: Places = ()) -> None:
        super().__init__(cyclic=True, steps=ONE)
        self.value = value
        self.places = places
        self._one: Raws = (1, [(0, 1, 0, 1, value, places)])

    def cycle(self, c: int) -> Raws:
        return self._one

    def cycles(self, c: int, n: int) -> Raws:
        value, places = self.value, self.places
        return 1, [(i, i + 1, i, i + 1, value, places) for i in range(n)]

    def leaves(self) -> Leaves:
        return 1, [(0, 1, self.value, self.places, ())]

    def _find_period(self) -> int:
        return 1


class Gap(Pattern):
    """No events, and a number of steps that it takes up."""

    __slots__ = ()
    passes = True

    def __init__(self, steps: Fraction | None = None) -> None:
        super().__init__(cyclic=True, steps=ONE if steps is None else steps)

    def cycle(self, c: int) -> Raws:
        return 1, []

    def leaves(self) -> Leaves:
        return 1, []

    def _find_period(self) -> int:
        return 1

    def _find_size(self) -> float:
        return 0.0


class Signal(Pattern):
    """A continuous value, computed at the begin of each query from the time n/d."""

    __slots__ = ("function", "length")

    def __init__(self, function: Callable[[int, int], Any], length: int = 0) -> None:
        super().__init__(analog=True, sampled=2)
        self.function = function
        self.length = length

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return den, [(None, None, bn, en, self.function(bn, den), ())]

    def sample(self, n: int, d: int) -> Any:
        return self.function(n, d)

    def _find_period(self) -> int:
        return self.length


class SpanSignal(Pattern):
    """A continuous value computed from the whole span of the query, begin and end in 1/den of a cycle."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[int, int, int], Any]) -> None:
        super().__init__(analog=True)
        self.function = function

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return den, [(None, None, bn, en, self.function(bn, en, den), ())]


def pure(value: Any, places: Places = ()) -> Pattern:
    """Make a value a pattern that repeats it every cycle."""
    return Pure(float(value) if isinstance(value, Fraction) else value, places)


silence: Pattern = Gap()


def reify(x: Any) -> Pattern:
    """Give a pattern as it is, anything else as a constant pattern."""
    return x if isinstance(x, Pattern) else pure(x)
