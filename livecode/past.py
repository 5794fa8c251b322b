"""What was performed of late: which session was heard from which cycle on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from livecode.session import Session

KEPT = Fraction(1024)  # cycles


@dataclass(frozen=True, slots=True)
class Stay:
    """A session that was heard from `begin` to `end`; the time of its form was 0 at `origin`."""

    begin: Fraction
    end: Fraction
    origin: Fraction
    session: Session


@dataclass(slots=True)
class Past:
    """The sessions of the last cycles, each from the cycle on at which it took over."""

    _taken: list[tuple[Fraction, Fraction, Session]] = field(default_factory=list)

    def took(self, cycle: Fraction, origin: Fraction, session: Session) -> None:
        """A session takes over at a cycle; what was to take over there or later does not."""
        while self._taken and self._taken[-1][0] >= cycle:
            self._taken.pop()
        self._taken.append((cycle, origin, session))
        while len(self._taken) > 1 and self._taken[1][0] < cycle - KEPT:
            del self._taken[0]

    def stays(self, begin: Fraction, end: Fraction) -> Iterator[Stay]:
        """Give what was heard between two cycles."""
        for i, (cycle, origin, session) in enumerate(self._taken):
            first = max(cycle, begin)
            last = min(self._taken[i + 1][0], end) if i + 1 < len(self._taken) else end
            if first < last:
                yield Stay(first, last, origin, session)
