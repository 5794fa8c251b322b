"""What can go wrong, always with a place in the text and words a musician understands."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

WIDEST = 200  # characters of a line that are shown
LIKE = 0.6  # of the letters of two words that one may be taken for the other
LETTERS = 128
# No control characters, nothing that turns the direction of writing, nothing that cannot be seen.
PLAIN = re.compile(
    r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]*"
)
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
        lines += [f"    {line}" for line in self.hint.splitlines()]
        return plain("\n".join(lines))


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
    close = _closest(typed, by_lower)
    if len(typed) >= SHORT:
        close += sorted((n for n in by_lower if n.startswith(typed)), key=len)[:1]
    found = " or ".join(by_lower[n] for n in dict.fromkeys(close))
    return f"did you mean {found}?" if found else ""


def _closest(typed: str, words: Iterable[str]) -> list[str]:
    """Give the word most like another, as difflib measures it, where one is like it at all.

    What two words have in common is at most the letters of both, so only few are compared closely.
    """
    matcher = difflib.SequenceMatcher(b=typed)
    bits, length = _letters(typed), len(typed)
    most = [(2 * (bits & _letters(word)).bit_count() / max(length + len(word), 1), word) for word in words]
    best = (LIKE, "")
    for bound, word in sorted((row for row in most if row[0] >= LIKE), reverse=True):
        if bound < best[0]:
            break
        matcher.set_seq1(word)
        best = max(best, (matcher.ratio(), word))
    return [best[1]] if best[1] else []


@lru_cache(maxsize=1 << 14)
def _letters(word: str) -> int:
    """Give the letters of a word as bits: one for each letter and each time it comes again."""
    seen: dict[int, int] = {}
    bits = 0
    for character in word:
        letter = ord(character) % LETTERS
        seen[letter] = seen.get(letter, -1) + 1
        bits |= 1 << (letter + LETTERS * seen[letter])
    return bits


def plain(text: str) -> str:
    """Give a text that a terminal shows and does not obey: signs that are none of a script are shown as such.

    Lines and tabs stay. A name, a path or a comment may come from a stranger's file.
    """
    return text if PLAIN.fullmatch(text) else "".join(c if PLAIN.fullmatch(c) else _shown(c) for c in text)


def _shown(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"
