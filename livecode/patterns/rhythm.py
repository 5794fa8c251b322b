"""Rhythms that spread pulses evenly over steps."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from livecode.errors import KindError, SizeError
from livecode.patterns.combining import DROP, Apply
from livecode.patterns.core import MAX_EVENTS, Pattern
from livecode.patterns.leaves import Gap, Pure
from livecode.patterns.sizes import shown, too_large
from livecode.patterns.timing import Slots
from livecode.patterns.values import to_number, truthy

MAX_PARTS = 512  # copies, turns, or parts of a cycle that are patterns of their own


@lru_cache(maxsize=1024)
def bjorklund(pulses: int, steps: int) -> tuple[int, ...]:
    """Spread pulses over steps as evenly as they go: 1 for a pulse, 0 for a rest; negative pulses swap the two.

    Raises KindError when there are more pulses than steps or no step. (Bjorklund 2003; Toussaint 2005.)
    """
    if steps < 1:
        raise KindError("a Euclidean rhythm has at least one step", found=str(steps), expected="1 or more steps")
    if steps > MAX_EVENTS:
        raise too_large(steps)
    if abs(pulses) > steps:
        raise KindError(
            f"{abs(pulses)} pulses do not fit into {steps} steps", found=str(pulses), expected=f"{steps} or fewer"
        )
    if pulses < 0:
        return tuple(1 - x for x in bjorklund(-pulses, steps))
    heads: list[tuple[int, ...]] = [(1,)] * pulses
    tails: list[tuple[int, ...]] = [(0,)] * (steps - pulses)
    while min(len(heads), len(tails)) > 1:
        pairs = min(len(heads), len(tails))
        joined = [heads[i] + tails[i] for i in range(pairs)]
        heads, tails = joined, heads[pairs:] + tails[pairs:]
    return tuple(x for group in heads + tails for x in group)


def whole_number(value: Any, name: str) -> int:
    """Read a whole number; raises KindError when it is none."""
    number = to_number(value)
    if number != number or number in (float("inf"), float("-inf")) or int(number) != number:
        raise KindError(f"{name} must be a whole number", found=str(value), expected="a whole number")
    return int(number)


def count_of(value: Any, name: str, most: int = MAX_PARTS) -> int:
    """Read how many parts, copies or turns are made; raises SizeError when they are too many."""
    number = to_number(value)
    if number == number and number > most:
        raise SizeError(f"{shown(number)} is too many for {name}; the limit is {most:,}")
    return max(0, int(whole_number(int(number) if number == number else value, name)))


def euclid_steps(pulses: Any, steps: Any, rotation: Any = 0) -> tuple[int, ...]:
    """Give the steps of a Euclidean rhythm, turned right (later) by a rotation.

    A rotation wraps; a fraction of a step is cut off it.
    """
    rhythm = bjorklund(whole_number(pulses, "the number of pulses"), whole_number(steps, "the number of steps"))
    by = to_number(rotation)
    turn = whole_number(int(by) if abs(by) < MAX_EVENTS * MAX_EVENTS else rotation, "a rotation") % len(rhythm)
    return rhythm[-turn:] + rhythm[:-turn] if turn else rhythm


def struct_by_steps(rhythm: tuple[int, ...], pat: Pattern) -> Pattern:
    """Give a pattern the structure of equal steps, an event where a step is not 0."""
    n = len(rhythm)
    if type(pat) is Pure:
        return Slots([(i, 1, pat) for i, x in enumerate(rhythm) if x], n, steps=Fraction(n))
    true = Pure(True)
    bools = Slots([(i, 1, true) for i, x in enumerate(rhythm) if x], n, steps=Fraction(n))
    return struct_by(bools, pat)


def keep_if(value: Any, test: Any) -> Any:
    """Keep a value where a test is true."""
    return value if truthy(test) else DROP


def struct_by(bools: Pattern, pat: Pattern) -> Pattern:
    """Give a pattern the structure of another, an event where that is true."""
    if isinstance(pat, Gap):
        return Gap(bools.steps)
    return Apply(keep_if, pat, bools, "out")
