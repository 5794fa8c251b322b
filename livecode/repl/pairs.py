"""Brackets and quotes that belong together."""

from __future__ import annotations

from functools import lru_cache

from livecode.language.lexer import CLOSING

ANGLES = {**CLOSING, "<": ">"}  # in mini-notation


@lru_cache(maxsize=4)
def pairs(text: str) -> dict[int, int]:
    """Give the place of the partner of every bracket and quote of a text that has one, both ways."""
    found: dict[int, int] = {}
    opened: list[tuple[int, str]] = []  # what is open, with what closes it
    outer: list[tuple[int, str]] = []  # what was open around the quotes
    quote = -1

    def close(at: int, begin: int) -> None:
        found[at], found[begin] = begin, at

    position = 0
    while position < len(text):
        c = text[position]
        inside = quote >= 0
        if inside and c == text[quote]:
            close(position, quote)
            opened, quote = outer, -1
        elif inside and text[quote] == "'":
            if c == "\n":
                opened, quote = outer, -1
        elif not inside and c in "\"'":
            outer, opened, quote = opened, [], position
        elif not inside and c == "#":
            stop = text.find("\n", position)
            position = len(text) if stop < 0 else stop
        elif c in (ANGLES if inside else CLOSING):
            opened.append((position, ANGLES[c]))
        elif opened and c == opened[-1][1]:
            close(position, opened.pop()[0])
        position += 1
    return found


def pair_at(text: str, cursor: int) -> tuple[int, int] | None:
    """Give the bracket or quote under the cursor, or right before it, and its partner."""
    found = pairs(text)
    for at in (cursor, cursor - 1):
        if at in found:
            return at, found[at]
    return None


def quote_before(text: str) -> int | None:
    """Give the place of the quote that is still open at the end of a text."""
    quote: int | None = None
    position = 0
    while position < len(text):
        c = text[position]
        if quote is not None:
            if c == text[quote] or (c == "\n" and text[quote] == "'"):
                quote = None
        elif c in "\"'":
            quote = position
        elif c == "#":
            stop = text.find("\n", position)
            position = len(text) if stop < 0 else stop
        position += 1
    return quote
