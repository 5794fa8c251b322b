"""What stands at a place of a text: the word there, its statement, and the call whose arguments are being written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from livecode.errors import Source
from livecode.language import lexer, parser
from livecode.language.parser import Block

WORD = re.compile(r"[^\W\d][\w.]*")
BEFORE_SIGN = frozenset(" \t\n([{")  # what stands before a minus that belongs to a number
SHUT = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word of a text, and whether it stands in a quote."""

    text: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A word and its arguments, up to a place: how many are complete, or which is being written by its name."""

    head: str
    complete: int
    named: str = ""


def word_at(text: str, offset: int) -> Spoken | None:
    """Give the word that an offset lies in or at the end of."""
    begin = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[begin : end if end >= 0 else len(text)]
    for match in WORD.finditer(line):
        if match.start() <= offset - begin <= match.end():
            before = line[: match.start()]
            quoted = before.count('"') % 2 == 1 or before.count("'") % 2 == 1
            return Spoken(match.group().rstrip("."), begin + match.start(), begin + match.end(), quoted)
    return None


def block_at(source: Source, offset: int) -> Block | None:
    """Give the statement that an offset lies in, blanks behind it included."""
    found = None
    for block in parser.blocks(source):
        if block.start > offset:
            break
        found = block
    return found


@dataclass(slots=True)
class _Frame:
    """One bracket, or a statement, and what was read in it since its last bar or comma."""

    opened: str
    head: str = ""
    complete: int = 0
    named: str = ""

    def anew(self) -> None:
        self.head, self.complete, self.named = "", 0, ""

    def argument(self) -> None:
        if self.named:
            self.named = ""
        elif self.head:
            self.complete += 1


def call_at(text: str, start: int, offset: int) -> Call | None:
    """Give the call that is being written at an offset of a statement that begins at `start`."""
    frames = [_Frame("")]
    at = start
    while at < offset:
        match = lexer.TOKEN.match(text, at)
        if match is None:
            break  # an open quote: its argument is being written
        kind, word, at = match.lastgroup, match.group(), match.end()
        if kind in ("blank", "newline", "comment"):
            continue
        frame = frames[-1]
        if word in ("(", "[", "{"):
            frames.append(_Frame(word))
        elif word in SHUT:
            if len(frames) > 1 and frames[-1].opened == SHUT[word]:
                frames.pop()
                frames[-1].argument()
        elif word == "-" and text[at : at + 1].isdigit() and text[at - 2 : at - 1] in BEFORE_SIGN:
            continue
        elif kind == "punctuation":
            if word == "=" and frame.named:
                continue
            frame.anew()
        elif at >= offset and frame.head:
            break  # the last word is being written
        elif kind in ("name", "call") and not frame.head:
            frame.head = match.group("name")
        elif kind in ("name", "call") and text[at : at + 1] == "=" and not text[at + 1 : at + 2].isspace():
            frame.named = match.group("name")
        else:
            frame.argument()
    found = next(f for f in reversed(frames) if f.head or f.opened in ("[", "{", ""))
    return Call(found.head, found.complete, found.named) if found.head else None
