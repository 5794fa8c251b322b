"""What is to be played, as the conductor takes it: patterns on strips over stretches of time, and the mixer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from livecode.engine.records import Graph, Mix, Recording
from livecode.gear import Gear
from livecode.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Part:
    """A pattern of sounds; an event goes to the strip it names, or else to this one."""

    strip: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Stretch:
    """Parts that play from `begin` to `end` (None: for ever), in a time of their own that is 0 at `begin`."""

    begin: Fraction
    end: Fraction | None
    parts: tuple[Part, ...]
    name: str = ""

    @property
    def length(self) -> Fraction | None:
        return None if self.end is None else self.end - self.begin


@dataclass(frozen=True, slots=True)
class Score:
    """Everything that sounds; its time is 0 where it starts."""

    stretches: tuple[Stretch, ...]
    tempo: Pattern  # beats a minute
    beats: Fraction  # to a cycle
    key: str
    sounds: Mapping[str, Graph]
    mix: Mix
    samples: Mapping[str, tuple[Recording, ...]] = field(default_factory=lambda: MappingProxyType({}))
    lanes: tuple[Pattern, ...] = ()  # the patterns that move mix.lanes
    loop: bool = False  # start again at the end of the last stretch
    cue: int = 0  # changes when the score is to start anew
    audible: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))  # strips under mute and solo
    gear: Gear = field(default_factory=Gear)  # where events can go beside the engine

    @property
    def length(self) -> Fraction | None:
        return self.stretches[-1].end if self.stretches else None
