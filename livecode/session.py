"""The session: one value that says everything that is defined, set and playing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from livecode.gear import Gear
from livecode.language import tree
from livecode.language.parser import Block
from livecode.patterns import Pattern, pure


class Space(Enum):
    """The kinds of names; a pattern and a section may share one."""

    VALUE = "pattern"
    FORM = "section"
    SOUND = "sound"
    EFFECT = "effect"
    BUS = "bus"

    # Keys of every definition hold one: Python's own way of hashing members would be the half of an evaluation.
    __hash__ = object.__hash__


Key = tuple[Space, str]


@dataclass(frozen=True, slots=True)
class Definition:
    """A name, the statement that gave it a meaning, and that meaning."""

    key: Key
    statement: tree.Statement
    block: Block
    value: Any
    uses: frozenset[Key] = frozenset()
    sounds: bool = False

    @property
    def name(self) -> str:
        return self.key[1]


@dataclass(frozen=True, slots=True)
class Settings:
    """What `tempo`, `meter`, `key`, `quant`, `latency` and `seed` set."""

    tempo: Pattern = field(default_factory=lambda: pure(120))  # beats a minute, over cycles
    beats: Fraction = Fraction(4)  # to a cycle
    key: str = "c major"
    quant: Fraction = Fraction(1)  # cycles between boundaries
    latency: float = 0.25  # seconds that events are sent ahead
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Transport:
    """Which names are silent, and whether a song or section plays instead of the composed patterns."""

    stopped: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    soloed: frozenset[str] = frozenset()
    form: str = ""  # the song or section that plays; nothing: composed patterns loop
    start: str = ""  # the section of the song from which it plays
    loop: bool = False
    cue: int = 0  # counts the times a form was started, so that the same one can start again
    song: str = ""  # the song that a section which loops belongs to
    back: int = -1  # which of the song's sections that is, counted in a row
    skip: int = -1  # which of the form's sections, in a row, is the first to play; below 0: that named by `start`
    queued: tuple[str, ...] = ()  # sections that play behind that with the number `turn`
    turn: int = -1
    then: int = -1  # the number of the section with which the song goes on behind them


@dataclass(frozen=True, slots=True)
class Session:
    """Everything a performance is made of; a statement maps one session to the next."""

    definitions: Mapping[Key, Definition] = field(default_factory=lambda: MappingProxyType({}))
    settings: Settings = field(default_factory=Settings)
    transport: Transport = field(default_factory=Transport)
    gear: Gear = field(default_factory=Gear)  # external gear and clocks
    samples: Mapping[str, tuple[Any, ...]] = field(default_factory=lambda: MappingProxyType({}))  # recordings by name

    said: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # texts that set what has no name

    def get(self, space: Space, name: str) -> Definition | None:
        return self.definitions.get((space, name))

    def names(self, *spaces: Space) -> list[str]:
        """Give the names of some spaces, in the order they were first defined."""
        return [name for space, name in self.definitions if space in spaces]

    def each(self, space: Space) -> Iterator[Definition]:
        return (d for (s, _), d in self.definitions.items() if s is space)

    def values(self) -> dict[str, Any]:
        """Give the named patterns, values and functions."""
        return {d.name: d.value for d in self.each(Space.VALUE)}

    def tracks(self) -> dict[str, Pattern]:
        """Give the composed patterns that are to be heard when no form plays."""
        t = self.transport
        return {
            d.name: d.value
            for d in self.each(Space.VALUE)
            if d.sounds and d.name not in t.stopped and self.audible(d.name)
        }

    def audible(self, name: str) -> bool:
        """Tell whether mute and solo let a strip be heard."""
        t = self.transport
        return name not in t.muted and (not t.soloed or name in t.soloed)

    def define(self, *definitions: Definition) -> Session:
        """Give the session with some definitions added or replaced."""
        changed = {**self.definitions, **{d.key: d for d in definitions}}
        return replace(self, definitions=MappingProxyType(changed))

    def dependents(self, key: Key) -> list[Definition]:
        """Give the definitions made of a name, directly or not, each after those it is made of."""
        found: dict[Key, Definition] = {}

        def visit(of: Key) -> None:
            for d in self.definitions.values():
                if of in d.uses and d.key != key:
                    found.pop(d.key, None)
                    found[d.key] = d
                    visit(d.key)

        visit(key)
        return list(found.values())
