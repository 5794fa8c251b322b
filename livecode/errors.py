"""What can go wrong, always with a place in the text and words a musician understands."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

WIDEST = 200  # characters of a line that are shown
SHORT = 3  # letters from which a word may be meant short for another


@dataclass(eq=False)
class Source:
    """A text that was evaluated: a file, a line typed at the prompt, a query."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n")]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Give the 1-based line and column of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Give the text of a 1-based line."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]


class Place(NamedTuple):
    """The characters [start, end) of a source: where an atom or a mistake stands."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def within(self, text: str) -> Place:
        """Give the first place of a word in this one, or all of this one where it is not."""
        pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)") if text else None
        found = None if pattern is None else pattern.search(self.source.text, self.start, self.end)
        return self if found is None else Place(self.source, *found.span())


class LiveError(Exception):
    """The root of every error that a user may see."""

    phase = "error"

    def __init__(
        self, message: str, *, place: Place | None = None, found: str = "", expected: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.found = found
        self.expected = expected
        self.hint = hint

    def at(self, place: Place | None) -> LiveError:
        """Give the error a place unless it already has one; the innermost place wins."""
        if self.place is None:
            self.place = place
        return self

    def render(self) -> str:
        """Write the error as a person reads it: place, line, caret, hint."""
        text = self.message
        if self.expected:
            text += f"; expected {self.expected}"
        lines = [text]
        if self.place is not None:
            source, start, end = self.place
            number, column = source.line_and_column(start)
            line = source.line(number)
            lines = [f"{source.name}:{number}:{column}: {text}"]
            if len(line) > WIDEST:
                cut = max(0, column - WIDEST // 2)
                line, column = f"…{line[cut : cut + WIDEST]}", column - cut + 1
            width = max(1, min(end - start, len(line) - column + 1))
            lines += [
                f"    {line}",
                "    " + "".join("\t" if c == "\t" else " " for c in line[: column - 1]) + "^" * width,
            ]
        if self.hint:
            lines.append(f"    {self.hint}")
        return "\n".join(lines)


class ReadError(LiveError):
    """The text cannot be read."""

    phase = "reading"


class NameUnknown(LiveError):
    """A name means nothing here."""

    phase = "naming"


class KindError(LiveError):
    """A value is not of the kind that is wanted."""

    phase = "typing"


class SizeError(LiveError):
    """A pattern is larger than a stage can bear."""

    phase = "typing"


class PlayError(LiveError):
    """A value shows itself wrong only while it plays."""

    phase = "playing"


class SoundError(LiveError):
    """The sound engine cannot do what was asked."""

    phase = "sound"


class Fault(LiveError):
    """A mistake of livecode's own, found while it did what it was asked."""

    phase = "livecode"


class FileError(LiveError):
    """A file cannot be read or written."""

    phase = "files"


def nearest(name: str, names: Iterable[str]) -> str:
    """Name the nearest known word as a hint, and the one it may be short for; nothing when none is near."""
    by_lower, typed = {n.lower(): n for n in names}, name.lower()
    close = difflib.get_close_matches(typed, by_lower, n=1, cutoff=0.6)
    if len(typed) >= SHORT:
        close += sorted((n for n in by_lower if n.startswith(typed)), key=len)[:1]
    found = " or ".join(by_lower[n] for n in dict.fromkeys(close))
    return f"did you mean {found}?" if found else ""
