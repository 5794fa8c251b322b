"""The tokens of mini-notation, in which blanks decide what an operator belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lark import Token
from lark.lexer import Lexer

BLANKS = re.compile("[ \t\n\r\u00a0]*")
WORD = re.compile(r"[\w~\-#.^]+")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")

SIGNS = {
    "[": "LSQB",
    "<": "LESS",
    "{": "LBRACE",
    "(": "_LPAR",
    "]": "RSQB",
    ">": "MORE",
    "}": "RBRACE",
    ")": "_RPAR",
    ",": "_COMMA",
    "|": "_BAR",
    "*": "_STAR",
    "/": "_SLASH",
    ":": "_COLON",
    "%": "_PERCENT",
    "?": "QUERY",
    "!": "BANG",
    "@": "AT",
}
OPENERS = "[<{"
# After what a token leaves behind, what may come next.
START, SLICE, TIGHT, WANTED = range(
    4
)  # a sequence starts; a slice is complete; a slice that takes no blank; an operand
AFTER = {
    "LSQB": START,
    "LESS": START,
    "LBRACE": START,
    "_COMMA": START,
    "_BAR": START,
    "_LPAR": WANTED,
    "RSQB": SLICE,
    "MORE": SLICE,
    "RBRACE": SLICE,
    "_RPAR": TIGHT,
    "_STAR": WANTED,
    "_SLASH": WANTED,
    "_COLON": WANTED,
    "_PERCENT": WANTED,
    "QUERY": TIGHT,
    "BANG": TIGHT,
    "AT": TIGHT,
    "STRAY": WANTED,
}
NUMBERED = ("QUERY", "BANG", "AT")
BOUND = ("_STAR", "_SLASH", "_COLON", "QUERY", "_LPAR")  # no blank may come before these after a number or `)`


def starts_slice(text: str, at: int) -> bool:
    """Tell whether an atom or an opening bracket stands at an offset."""
    if at < len(text) and text[at] in OPENERS:
        return True
    found = WORD.match(text, at)
    return found is not None and found.group() not in (".", "_")


class MiniLexer(Lexer):
    """The lexer that lark's parser asks."""

    def __init__(self, conf: Any) -> None:
        self.conf = conf

    def lex(self, text: str) -> Iterator[Token]:  # type: ignore[override]
        at, end, state = 0, len(text), START
        while True:
            before = at
            at = BLANKS.match(text, at).end()  # type: ignore[union-attr]
            if at >= end:
                return
            blank = at > before
            char = text[at]
            kind = SIGNS.get(char)
            if kind is not None:
                if blank and (kind == "_PERCENT" or (state == TIGHT and kind in BOUND)):
                    kind = "STRAY"
                yield Token(kind, char, at)
                at += 1
                state = AFTER[kind]
                if kind in NUMBERED:
                    number = NUMBER.match(text, at)
                    if number:
                        yield Token("NUMBER", number.group(), at)
                        at = number.end()
                continue
            found = WORD.match(text, at)
            if found is None:
                yield Token("STRAY", char, at)
                at += 1
                continue
            word = found.group()
            if state in (SLICE, TIGHT):
                if char == "_":
                    yield Token("AT", char, at)
                    at += 1
                    number = NUMBER.match(text, at)
                    if number:
                        yield Token("NUMBER", number.group(), at)
                        at = number.end()
                    state = TIGHT
                    continue
                if (
                    word.startswith("..")
                    and not (blank and state == TIGHT)
                    and starts_slice(text, BLANKS.match(text, at + 2).end())  # type: ignore[union-attr]
                ):
                    yield Token("_RANGE", "..", at)
                    at += 2
                    state = WANTED
                    continue
            if char == "^" and state == START:
                yield Token("CARET", char, at)
                at += 1
                state = WANTED
                continue
            if word == ".":
                yield Token("_DOT", word, at)
                state = START
            elif word == "_":
                yield Token("STRAY", word, at)
            else:
                yield Token("WORD", word, at)
                state = SLICE
            at = found.end()
