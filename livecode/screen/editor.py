"""The text that is performed: its statements and blocks, what of it was evaluated, and what is shown in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from livecode.errors import FileError, LiveError, Place, Source
from livecode.files.texts import read_text
from livecode.language import parser
from livecode.language.lexer import statement_spans
from livecode.screen.places import Places, Region, difference
from livecode.session import Definition, Key, Session
from livecode.stages import gallery
from livecode.stages.commands import COMMAND_WORDS
from livecode.stages.prelude import prelude
from livecode.stages.statements import key_of

FLASH = 0.3  # s for which evaluated text is shown so
Span = tuple[int, int]


@lru_cache(maxsize=4)
def spans(text: str) -> tuple[Span, ...]:
    """Give the statements of a text, from and to which character, without comments between them."""
    return tuple(_trimmed(text, span) for span in statement_spans(text))


def _trimmed(text: str, span: Span) -> Span:
    lines = text[slice(*span)].split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return span[0], span[0] + len("\n".join(lines))


def statement_at(text: str, cursor: int) -> Span | None:
    """Give the statement at the cursor: the last one that begins at it or before."""
    found = None
    for span in spans(text):
        if span[0] <= cursor:
            found = span
    return found or next(iter(spans(text)), None)


def block_at(text: str, cursor: int) -> Span | None:
    """Give the statements around the cursor that no empty line parts."""
    found = statement_at(text, cursor)
    if found is None:
        return None
    every = spans(text)
    first = last = every.index(found)
    while first > 0 and not _parted(text, every[first - 1], every[first]):
        first -= 1
    while last + 1 < len(every) and not _parted(text, every[last], every[last + 1]):
        last += 1
    return every[first][0], every[last][1]


def _parted(text: str, one: Span, other: Span) -> bool:
    return any(not line.strip() for line in text[one[1] : other[0]].split("\n")[1:-1])


def whole(text: str, cursor: int) -> Span | None:
    """Give everything from the first statement to the last."""
    every = spans(text)
    return (every[0][0], every[-1][1]) if every else None


@dataclass(slots=True)
class Script:
    """A text with a name that is edited and evaluated piece by piece."""

    text: str = ""
    path: Path | None = None
    saved: str = ""
    places: Places = field(default_factory=Places)
    flashes: list[tuple[float, Region, bool]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.path) if self.path is not None else "the stage"

    @property
    def title(self) -> str:
        return self.path.name if self.path is not None else self.name

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return self.path is not None and self.text != self.saved

    def edited(self, text: str) -> None:
        """Take the text as it is now."""
        old, self.text = self.text, text
        self.places.edited(old, text)
        for _, region, _ in self.flashes:
            region.edited(*difference(old, text))

    def taken(self, span: Span) -> Source:
        """Give a part of the text to be evaluated, with its own lines counted; it is known again from then on."""
        start, end = span
        lines = self.text.count("\n", 0, start)
        source = Source(self.name, "\n" * lines + self.text[start:end])
        self.places.add(Region(source, lines, end - start, start, end))
        return source

    def flash(self, span: Span, *, well: bool) -> None:
        """Show for a moment what was evaluated, and whether all of it was right."""
        start, end = span
        region = Region(Source("", ""), 0, end - start, start, end)
        self.flashes.append((time.monotonic() + FLASH, region, well))

    def flashing(self) -> list[tuple[int, int, str]]:
        """Give what is to be shown as just evaluated."""
        now = time.monotonic()
        self.flashes = [row for row in self.flashes if row[0] > now]
        return [(r.start, r.end, "class:flash" if well else "class:flash.wrong") for _, r, well in self.flashes]

    def sounding(self, places: Iterable[Place]) -> list[tuple[int, int, str]]:
        """Give the characters of places that sound now."""
        found = {where for place in places if (where := self.places.where(place)) is not None}
        return [(start, end, "class:sounding") for start, end in sorted(found)]

    def woven(self, session: Session) -> None:
        """Take in what was defined elsewhere: in the place of what it replaces, or at the end."""
        base = prelude()
        for d in session.definitions.values():
            known = any(
                r.source is d.block.source and r.base <= d.block.start < r.base + r.length for r in self.places.regions
            )
            own = base.definitions.get(d.key) is not d and d.block.source.name not in gallery.FILES
            if own and not known:
                self._weave(d)

    def _weave(self, d: Definition) -> None:
        text = d.block.text
        span = next((s for s in spans(self.text) if _key(self.text[slice(*s)]) == d.key), None)
        if span is None:
            gap = "" if not self.text or self.text.endswith("\n") else "\n"
            start = len(self.text) + len(gap)
            self.edited(f"{self.text}{gap}{text}\n")
        else:
            start = span[0]
            if self.text[slice(*span)] != text:
                self.edited(self.text[:start] + text + self.text[span[1] :])
        self.places.add(Region(d.block.source, d.block.start, len(text), start, start + len(text)))

    def save(self) -> str:
        """Write the text to its file; gives what to tell.

        Raises FileError.
        """
        if self.path is None:
            raise FileError("the stage has no file", hint="livecode stage FILE opens one; save 'set.live' keeps all")
        partial = self.path.with_name(f".{self.path.name}.partial")
        try:
            partial.write_text(self.text, encoding="utf-8")
            partial.replace(self.path)
        except OSError as error:
            raise FileError(f"{self.path} cannot be written: {error.strerror}") from None
        self.saved = self.text
        return f"saved {self.path}"


Chosen = Callable[[str, int], Span | None]


def opened(path: Path) -> Script:
    """Open a file, or begin one that is not there yet.

    Raises FileError.
    """
    text = read_text(path).text if path.exists() else ""
    return Script(text.expandtabs(4), path, text)


@lru_cache(maxsize=1024)
def _key(text: str) -> Key | None:
    try:
        return key_of(parser.parse(parser.Block(Source("", text), 0, len(text)), COMMAND_WORDS))
    except LiveError:
        return None
