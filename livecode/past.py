"""What was performed of late: which session was heard from which cycle on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from livecode.midi.takes import Played
from livecode.session import Session

KEPT = Fraction(1024)  # cycles
MOST = 2048  # sessions: some kilobytes each
GRAIN = 256  # of a cycle, to which it is kept when something was turned
TURNS = 100_000  # that are kept, and as many keys that go down or up

Hands = dict[str, tuple[Played, ...]]  # what keys played, by the sound they play, in cycles
Turns = dict[str, tuple[tuple[Fraction, float], ...]]  # what was turned: from which cycles on it had which values


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
    _turned: deque[tuple[Fraction, str, float]] = field(default_factory=lambda: deque(maxlen=TURNS))
    _struck: deque[tuple[Fraction, str, int, int]] = field(default_factory=lambda: deque(maxlen=TURNS))

    def took(self, cycle: Fraction, origin: Fraction, session: Session) -> None:
        """A session takes over at a cycle; what was to take over there or later does not."""
        while self._taken and self._taken[-1][0] >= cycle:
            self._taken.pop()
        self._taken.append((cycle, origin, session))
        while len(self._taken) > 1 and (self._taken[1][0] < cycle - KEPT or len(self._taken) > MOST):
            del self._taken[0]

    def stays(self, begin: Fraction, end: Fraction) -> Iterator[Stay]:
        """Give what was heard between two cycles."""
        for i, (cycle, origin, session) in enumerate(self._taken):
            first = max(cycle, begin)
            last = min(self._taken[i + 1][0], end) if i + 1 < len(self._taken) else end
            if first < last:
                yield Stay(first, last, origin, session)

    def turned(self, cycle: Fraction, key: str, value: float) -> None:
        """A value from outside changed at a cycle."""
        at = Fraction(round(cycle * GRAIN), GRAIN)
        if self._turned and self._turned[-1][:2] == (at, key):
            self._turned.pop()
        self._turned.append((at, key, value))

    def turns(self, begin: Fraction, end: Fraction) -> Turns:
        """Give what was turned between two cycles, each beginning with the value that it had by then."""
        found: dict[str, list[tuple[Fraction, float]]] = {}
        for at, key, value in self._turned:
            points = found.setdefault(key, [])
            if at <= begin:
                points[:] = [(begin, value)]
            elif at < end:
                points.append((at, value))
        return {key: tuple(points) for key, points in found.items() if points}

    def struck(self, cycle: Fraction, sound: str, key: int, velocity: int) -> None:
        """A key of a sound went down at a cycle, or up with velocity 0."""
        self._struck.append((cycle, sound, key, velocity))

    def hands(self, begin: Fraction, end: Fraction) -> Hands:
        """Give the notes that began between two cycles, as far as they lie between them."""
        found: dict[str, list[Played]] = {}
        down: dict[tuple[str, int], tuple[Fraction, int]] = {}

        def ended(sound: str, key: int, at: Fraction) -> None:
            held = down.pop((sound, key), None)
            if held is not None and begin <= held[0] < end:
                found.setdefault(sound, []).append(Played(held[0], min(at, end), key, held[1]))

        for at, sound, key, velocity in self._struck:
            ended(sound, key, at)
            if velocity:
                down[sound, key] = at, velocity
        for sound, key in list(down):
            ended(sound, key, end)
        return {sound: tuple(sorted(notes, key=lambda n: (n.begin, n.key))) for sound, notes in found.items()}
