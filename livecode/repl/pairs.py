"""Brackets and quotes that belong together."""

from __future__ import annotations

import re
from functools import lru_cache

from livecode.language.lexer import CLOSING

ANGLES = {**CLOSING, "<": ">"}  # in mini-notation
SIGNS = re.compile(r"[\"'#\n<>()\[\]{}]")  # all other characters open and close nothing


@lru_cache(maxsize=4)
def pairs(text: str) -> dict[int, int]:
    """Give the place of the partner of every bracket and quote of a text that has one, both ways."""
    found: dict[int, int] = {}
    opened: list[tuple[int, str]] = []  # what is open, with what closes it
    outer: list[tuple[int, str]] = []  # what was open around the quotes
    quote, sign = -1, ""
    comment = False

    def close(at: int, begin: int) -> None:
        found[at], found[begin] = begin, at

    for match in SIGNS.finditer(text):
        c, position = match.group(), match.start()
        if comment:
            comment = c != "\n"
        elif sign and c == sign:
            close(position, quote)
            opened, sign = outer, ""
        elif sign == "'":
            if c == "\n":
                opened, sign = outer, ""
        elif not sign and c in "\"'":
            outer, opened, quote, sign = opened, [], position, c
        elif not sign and c == "#":
            comment = True
        elif c in (ANGLES if sign else CLOSING):
            opened.append((position, ANGLES[c]))
        elif opened and c == opened[-1][1]:
            close(position, opened.pop()[0])
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
