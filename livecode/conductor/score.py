"""What is to be played, as the conductor takes it: patterns on strips over stretches of time, and the mixer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from livecode.engine.records import Graph, Mix, Recording
from livecode.errors import Place
from livecode.gear import Gear
from livecode.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Part:
    """A pattern of sounds; an event goes to the strip it names, or else to this one."""

    strip: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Stretch:
    """Parts that play from `begin` to `end` (None: for ever), in a time of their own that is 0 at `begin`.

    Tempo (beats a minute, over that time), beats to a cycle and key are those of the score where they are not given.
    """

    begin: Fraction
    end: Fraction | None
    parts: tuple[Part, ...]
    name: str = ""
    tempo: Pattern | None = None
    beats: Fraction | None = None
    key: str = ""
    row: int = -1  # its place in the row of the song's sections; below 0: it was queued
    nth: int = 0  # which one of its name it is

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
    loop: bool = False  # go on with the stretch at `entry` behind the last one
    entry: Fraction = Fraction(0)
    cue: int = 0  # changes when the score is to start anew
    audible: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))  # strips under mute and solo
    gear: Gear = field(default_factory=Gear)  # where events can go beside the engine
    # Where the statement of each strip stands, for errors of events that have no place of their own.
    places: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))
    others: tuple[str, ...] = ()  # sounds that are there once they are named, for hints
    known: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # what plays sounds of other places

    @property
    def length(self) -> Fraction | None:
        return self.stretches[-1].end if self.stretches else None


def new_parts(stretch: Stretch, score: Score, playing: Score) -> list[Part]:
    """Give the parts of a stretch that sound otherwise than in the score that plays, or are not in it."""
    if score.sounds != playing.sounds or score.samples is not playing.samples or score.cue != playing.cue:
        return list(stretch.parts)
    there = {(part.strip, id(part.pattern)) for other in playing.stretches for part in other.parts}
    return [part for part in stretch.parts if (part.strip, id(part.pattern)) not in there]


def stretches(score: Score, begin: Fraction, end: Fraction) -> Iterator[tuple[Stretch, Fraction]]:
    """Give the stretches that a span of the score's time touches, each with the time at which it starts."""
    length = score.length
    turn = length - score.entry if length is not None and score.loop else Fraction(0)
    late = Fraction(0)  # by which a turn is later than the first
    if turn and length is not None and begin > length:
        late = (begin - length) // turn * turn
    while True:
        for stretch in score.stretches:
            at = late + stretch.begin
            if late and stretch.begin < score.entry:
                continue
            if at < end and (stretch.length is None or at + stretch.length > begin):
                yield stretch, at
        late += turn
        if not turn or late + score.entry >= end:
            return


def stretch_at(score: Score, time: Fraction) -> tuple[Stretch, Fraction] | None:
    """Give the stretch that plays at a time of the score, with the time at which it starts."""
    return next(stretches(score, time, time + Fraction(1, 1 << 30)), None)
