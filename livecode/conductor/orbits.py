"""Orbits that duck: events that name an orbit give way to those that duck it.

What plays in an orbit that is ducked goes through a bus of its own before its strip, and so do the notes that duck it,
so that other notes of their strip do not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from livecode.engine.records import Arg, Bus, Graph, Mix, Node, Ref

MOST = 32  # ways of ducking, and orbits on strips
DEEPEST = 0.99
LISTS = ":"


@dataclass(frozen=True, slots=True)
class Ducking:
    """One way in which notes of a strip duck orbits: how deep, how fast down, and how fast back."""

    strip: str
    orbits: tuple[int, ...]
    depth: float
    onset: float
    attack: float


@dataclass(slots=True)
class Orbits:
    """The ways of ducking that events have asked for so far, and the strips that have notes in orbits."""

    ducking: dict[Ducking, str] = field(default_factory=dict)
    members: dict[tuple[str, int], str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))  # another thread may be first to name one

    def strip(self, strip: str, value: Mapping[str, Any]) -> str:
        """Give the bus on which an event plays."""
        if "duckorbit" in value:
            key = _ducking(strip, value)
            if key not in self.ducking and len(self.ducking) < MOST:
                self.ducking.setdefault(key, f"{strip} ducking {next(self._numbers)}")
            return self.ducking.get(key, strip)
        if "orbit" in value:
            orbit = int(float(value["orbit"]))
            if (strip, orbit) not in self.members and len(self.members) < MOST:
                self.members[strip, orbit] = f"{strip} orbit {orbit}"
            return self.members.get((strip, orbit), strip) if self.ducked(orbit) else strip
        return strip

    def ducked(self, orbit: int) -> bool:
        return any(orbit in key.orbits for key in [*self.ducking])

    def extended(self, mix: Mix) -> Mix:
        """Give the mixer with the buses of these orbits in it."""
        if not self.ducking:
            return mix
        known = {bus.name for bus in mix.buses}
        buses = [
            Bus(name, "group", chain(()), key.strip) for key, name in [*self.ducking.items()] if key.strip in known
        ]
        for (strip, orbit), name in [*self.members.items()]:
            if self.ducked(orbit) and strip in known:
                buses.append(Bus(name, "group", chain(self.dips(orbit, known)), strip))
        return Mix((*mix.buses, *buses), mix.lanes)

    def dips(self, orbit: int, known: set[str]) -> tuple[Node, ...]:
        """Give the nodes that duck an orbit; each still lacks what goes into it."""
        return tuple(
            Node("dip", (key.depth, key.onset, key.attack), name)
            for key, name in [*self.ducking.items()]
            if orbit in key.orbits and key.strip in known
        )


def chain(nodes: tuple[Node, ...]) -> Graph:
    """Put effects in a row behind what goes in."""
    row = [Node("in", ())]
    for node in nodes:
        source: tuple[Arg, ...] = (*node.args, Ref(len(row) - 1))
        row.append(Node(node.ugen, source, node.text))
    return Graph("orbit", (), tuple(row), Ref(len(row) - 1))


def _ducking(strip: str, value: Mapping[str, Any]) -> Ducking:
    """Read how an event ducks; the depth is that of superdough: the floor is 1 - sqrt(depth)."""
    said = value["duckorbit"]
    orbits = said if isinstance(said, list | tuple) else str(said).split(LISTS)
    depth = min(math.sqrt(min(max(float(value.get("duckdepth", 1)), 0.0), 1.0)), DEEPEST)
    onset = min(max(float(value.get("duckonset", 0)), 0.0), 1.0)
    attack = min(max(float(value.get("duckattack", 0.1)), 0.005), 10.0)
    return Ducking(strip, tuple(int(float(o)) for o in orbits), round(depth, 3), round(onset, 3), round(attack, 3))
