"""How many events a pattern may make: counted in its tree, before anything is built."""

from __future__ import annotations

from livecode.errors import LiveError, Place, SizeError
from livecode.patterns.core import MAX_EVENTS, Pattern, playing

MAX_UNSURE = 8 * MAX_EVENTS  # a guess of more is refused without counting
MAX_WORK = 24 * MAX_EVENTS  # events a cycle, times the depth of the tree that they pass through


def check_size(pattern: Pattern, place: Place | None = None, cycles: int = 4) -> None:
    """Refuse a pattern that makes more than 4,096 events in a cycle.

    Raises SizeError with the count. Nothing is built for a pattern whose size shows in its tree.
    """
    try:
        with playing():
            bound = pattern.size()
            if bound > (MAX_UNSURE if pattern.unsure else MAX_EVENTS):
                raise too_large(bound)
            most = MAX_WORK // 2 if pattern.unsure else MAX_WORK
            if bound * pattern.depth > most:
                raise SizeError(
                    f"{shown(bound)} events a cycle through {pattern.depth} functions is too much: "
                    f"the product may be {most:,}"
                )
            if pattern.unsure and bound > MAX_EVENTS / 16:
                for c in range(cycles):
                    found = len(pattern.cycle(c)[1])
                    if found > MAX_EVENTS:
                        raise too_large(found)
    except LiveError as error:
        raise error.at(place) from None


def bounded(pattern: Pattern) -> Pattern:
    """Give a pattern that is part of another; raises SizeError for one so large that nothing can make it small."""
    size = pattern.size()
    if size > MAX_UNSURE:
        raise too_large(size)
    return pattern


def too_large(count: float) -> LiveError:
    """Make the error that says how many events there would be."""
    return SizeError(f"this makes {shown(count)} events a cycle; the limit is {MAX_EVENTS:,}")


def shown(count: float) -> str:
    """Write a number of things as a person reads it."""
    return f"{count:,.0f}" if count < 1e15 else f"{count:.0e}"
