"""The registry: every word of the language is one row, and all that is told of it derives from that row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from livecode.errors import NameUnknown, nearest


class Kind(Enum):
    """What an argument of a word may be."""

    TIME = "a time in cycles"  # patternable; arrives as Fraction
    NUMBER = "a number"  # patternable; arrives as int, float or Fraction
    TEXT = "text"  # patternable; arrives as str
    VALUE = "a value"  # patternable; arrives as it is
    PATTERN = "a pattern"  # the pattern itself, never unwrapped
    FUNCTION = "a function"  # pattern -> pattern
    BINDER = "a function of a value"  # value -> pattern
    PATTERNS = "a list of patterns"
    FUNCTIONS = "a list of functions"
    TABLE = "a list or record of patterns"  # list[Pattern] or dict[str, Pattern]
    FUNCTION_TABLE = "a list or record of functions"
    LIST = "a list"  # plain values, nested lists allowed
    SIGNAL = "a signal"  # in designs and chains: a number or an audio signal
    INPUT = "the signal that goes in"  # the last argument of an effect: never a number or pattern
    NAME = "a name"  # in chains: the name of a pattern or bus


class Missing(Enum):
    """The default of a parameter that has none."""

    REQUIRED = "required"


REQUIRED = Missing.REQUIRED


@dataclass(frozen=True, slots=True)
class Param:
    """One argument of a word: its kind, unit and range."""

    name: str
    kind: Kind
    default: Any = REQUIRED
    unit: str = ""  # Hz, s, cycles, dB, gain (factor or dB), semitones, bits, LUFS or nothing
    lo: float | None = None
    hi: float | None = None

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True)
class Word:
    """One word: how it is called, what it does in one sentence, and an example that runs."""

    name: str
    params: tuple[Param, ...]
    doc: str
    example: str
    call: Callable[..., Any]
    group: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """Write the word with its arguments, optional ones as name=default."""
        parts = [p.name if p.required else f"{p.name}={p.default}" for p in self.params]
        return " ".join([self.name, *parts])


class Words:
    """A table of words that refuses duplicates and rows without a sentence or an example."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: dict[str, Word] = {}
        self._by_name: dict[str, Word] = {}

    def add(self, word: Word) -> Word:
        if not word.doc or not word.example:
            raise ValueError(f"{word.name} has no sentence or no example")
        for name in (word.name, *word.aliases):
            if name in self._by_name:
                raise ValueError(f"{name} is registered twice among {self.title}")
            self._by_name[name] = word
        self.rows[word.name] = word
        return word

    def get(self, name: str) -> Word | None:
        return self._by_name.get(name)

    def names(self) -> Iterator[str]:
        """Give every name, aliases too."""
        return iter(self._by_name)

    def find(self, name: str) -> Word:
        """Give the row of a name, or say which name is nearest."""
        word = self._by_name.get(name)
        if word is None:
            raise NameUnknown(f"{name} is not one of the {self.title}", hint=nearest(name, self._by_name))
        return word
