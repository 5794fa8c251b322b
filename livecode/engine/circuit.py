"""What one graph became: its units in the order of computation, and what is to be done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from livecode.engine.binding import Unit
from livecode.engine.code import Line
from livecode.engine.memory import Memory
from livecode.engine.tables import Lane
from livecode.engine.values import LaneRef, Number, Wire

Steady = tuple[int, float, int, int]  # samples after the onset: its begin, the level, its end, the end of its release
NoteCode = Callable[..., tuple[int, int, int, Steady | None]]  # samples: the life of a note, and its fades in and out
REST = 0.005  # s: the fade after a design's own envelope has ended


@dataclass(frozen=True, slots=True)
class Sustain:
    """An envelope that stays at a level for a while: the seconds of it, and those of its release after that."""

    unit: Unit
    begin: Number
    level: Number
    end: Number
    release: Number


@dataclass(slots=True)
class Circuit:
    """The units one graph became, in the order pyo computes them, and what is to be done with them."""

    units: list[Unit] = field(default_factory=list)
    setters: list[Callable[..., Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    followers: list[tuple[LaneRef, Callable[[float], Any]]] = field(default_factory=list)
    taps: list[tuple[str, Wire]] = field(default_factory=list)
    ears: list[tuple[str, tuple[Unit, Unit]]] = field(default_factory=list)  # buses that are listened to
    keys: list[tuple[str, Lane]] = field(default_factory=list)
    sustains: list[Sustain] = field(default_factory=list)
    valves: list[Unit] = field(default_factory=list)  # of a voice: what shuts the inputs of `memories`
    memories: list[Memory] = field(default_factory=list)
    moves: dict[int, Lane] = field(default_factory=dict)  # of a voice: the parameters that follow a line
    gains: list[Callable[[], float]] = field(default_factory=list)  # of what turns the signal down, linear
    settle: float = 0.0  # s that what measures levels takes to find them
    ceiling: float | None = None  # dB, of a limiter in the chain
    fades: tuple[Number, Number] = (0.0, REST)  # s: how a voice whose life is known comes in, and goes after it

    def stop(self) -> None:
        for unit in self.units:
            unit.stop()
