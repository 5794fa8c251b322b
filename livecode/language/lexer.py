"""From text to tokens: where a line break counts, where a minus is a sign, which word begins a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from livecode.errors import KindError, Place, ReadError, Source
from livecode.language import habits
from livecode.language.units import quantity

KEYWORDS = {
    "compose": "COMPOSE",
    "let": "LET",
    "arrange": "ARRANGE",
    "design": "DESIGN",
    "mix": "MIX",
    "master": "MASTER",
}

PUNCTUATION = {
    "|": "PIPE",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "%": "PERCENT",
    "=": "EQ",
    ",": "COMMA",
    ":": "COLON",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "{": "LBRACE",
    "}": "RBRACE",
    "\\": "BACKSLASH",
    "->": "ARROW",
}
HANGING = frozenset({"|", "+", "-", "*", "/", "%", "=", ",", "->"})
CLOSING = {"(": ")", "[": "]", "{": "}"}

TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\u00a0]+)
    | (?P<newline>\n)
    | (?P<comment>\#[^\n]*)
    | (?P<mini>"[^"]*")
    | (?P<text>'[^'\n]*')
    | (?P<fraction>\d+/\d+(?![\w./]))
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+(?!\w))?)(?P<suffix>%(?![\w(.])|[^\W\d_]+)?
    | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?P<call>\(\))?
    | (?P<punctuation>->|[|+\-*/%=,:()\[\]{}\\])
    """,
    re.VERBOSE,
)


@dataclass(slots=True)
class Token:
    """One token of the language; `value` is what it stands for."""

    type: str
    value: Any
    start: int
    end: int


MAX_TOKENS = 2048  # of one statement
MAX_DIGITS = 308
MAX_NAME = 200

GOES_ON = " \t\r\u00a0#"
BINDING = re.compile(r"\s+[^\W\d]\w*\s*=")  # a line of a body that is not its result


def statement_spans(text: str) -> list[tuple[int, int]]:
    """Cut a text into statements: each runs to the next line that is not indented.

    So what is left open in one statement never swallows the next; a line may begin with a closing bracket or a bar.
    """
    starts: list[int] = []
    offset = 0
    for line in text.split("\n"):
        if line and line[0] not in GOES_ON and not (starts and line[0] in ")]}|"):
            starts.append(offset)
        offset += len(line) + 1
    ends = [*starts[1:], len(text)] if starts else []
    return [(s, s + len(text[s:e].rstrip())) for s, e in zip(starts, ends, strict=True)]


def tokens(source: Source, start: int, end: int, commands: frozenset[str] | None) -> list[Token]:
    """Give the tokens of one statement; without `commands` it is an expression, and no word begins a statement.

    Line breaks are tokens only in the body of `let` and `design`, outside brackets, and not before a line that
    goes on with `|` or an operator.
    Raises ReadError with its place.
    """
    raw = list(islice(_scan(source, start, end), MAX_TOKENS + 1))
    if len(raw) > MAX_TOKENS:
        place = Place(source, raw[-1].start, raw[-1].end)
        raise ReadError(f"a statement of more than {MAX_TOKENS:,} words, numbers and signs", place=place)
    _check_brackets(source, raw, end)
    return _shape(raw, commands)


def _scan(source: Source, start: int, end: int) -> Iterator[Token]:
    text = source.text
    position = start
    previous = ""  # type of the token right before, blanks included
    while position < end:
        match = TOKEN.match(text, position, end)
        if match is None:
            raise _unreadable(source, start, position, end)
        kind, value, at = match.lastgroup or "", match.group(), match.end()
        kind = {"suffix": "number", "call": "name"}.get(kind, kind)
        sign = text[position] == "-" and value == "-" and previous not in ("name", "number", "close", "text")
        if sign and position + 1 < end and (text[position + 1].isdigit() or text[position + 1] == "."):
            number = TOKEN.match(text, position + 1, end)
            if number is not None and number.lastgroup in ("number", "suffix", "fraction"):
                match, at, kind = number, number.end(), "number"
                yield Token("NUMBER", _number(source, number, -1), position, at)
                previous, position = "number", at
                continue
        if kind in ("number", "fraction"):
            yield Token("NUMBER", _number(source, match, 1), position, at)
            previous = "number"
        elif kind == "mini":
            yield Token("MINI", value[1:-1], position, at)
            previous = "text"
        elif kind == "text":
            yield Token("TEXT", value[1:-1], position, at)
            previous = "text"
        elif kind == "name":
            if len(match.group("name")) > MAX_NAME:
                raise ReadError(f"a name of more than {MAX_NAME} letters", place=Place(source, position, at))
            # Empty brackets behind a name, a habit from other languages, say nothing: rev() is rev.
            yield Token("NAME", match.group("name"), position, match.end("name"))
            previous = "name"
        elif kind == "newline":
            if previous != "newline":  # empty lines count once
                yield Token("NEWLINE", value, position, at)
            previous = "newline"
        elif kind == "punctuation":
            tight = value == "=" and previous == "name" and at < end and text[at] not in " \t\n\r"
            yield Token("NAMED" if tight else PUNCTUATION[value], value, position, at)
            previous = "close" if value in ")]}" else "open"
        elif previous != "newline":
            previous = "blank"
        position = at


def _number(source: Source, match: re.Match[str], sign: int) -> int | float | Fraction:
    fraction = match.group("fraction")
    if match.end() - match.start() > MAX_DIGITS:
        raise ReadError("a number too large to hold", place=Place(source, match.start(), match.end()))
    if fraction:
        above, below = fraction.split("/")
        if int(below) == 0:
            raise ReadError("a fraction over zero", place=Place(source, match.start(), match.end()))
        return sign * Fraction(int(above), int(below))
    digits, suffix = match.group("number"), match.group("suffix")
    value: int | float = int(digits) if digits.isdigit() else float(digits)
    if value == float("inf"):
        raise ReadError("a number too large to hold", place=Place(source, match.start(), match.end()))
    if suffix:
        try:
            return quantity(sign * value, suffix)
        except KindError as error:
            start = match.start("suffix")
            raise error.at(Place(source, start, match.end())) from None
    return sign * value


def _unreadable(source: Source, start: int, position: int, end: int) -> ReadError:
    c = source.text[position]
    if c in "\"'":
        stop = end if c == '"' else source.text.find("\n", position, end)
        place = Place(source, position, position + 1)
        line, _ = source.line_and_column(position if stop < 0 else stop)
        return ReadError(
            f"this quote is never closed (the text ends on line {line})", place=place, hint=f"close it with another {c}"
        )
    hint = habits.sign(source.text, start, position)
    return ReadError(f"{c} means nothing here", place=Place(source, position, position + 1), hint=hint)


def _check_brackets(source: Source, raw: list[Token], end: int) -> None:
    opened: list[Token] = []
    for token in raw:
        if token.type in ("LPAR", "LSQB", "LBRACE"):
            opened.append(token)
        elif token.type in ("RPAR", "RSQB", "RBRACE"):
            place = Place(source, token.start, token.end)
            if not opened:
                raise ReadError(f"{token.value} closes nothing", place=place)
            begin = opened.pop()
            if CLOSING[begin.value] != token.value:
                raise ReadError(
                    f"found {token.value}",
                    place=place,
                    expected=f"{CLOSING[begin.value]} to close the {begin.value} "
                    f"in column {source.line_and_column(begin.start)[1]}",
                )
    if opened:
        token = opened[-1]
        raise ReadError(
            f"{token.value} is never closed",
            place=Place(source, token.start, token.end),
            expected=f"{CLOSING[token.value]} before the end of the statement",
            hint=f"# begins a comment: ({lost}) needs no #"
            if (lost := habits.commented(source.text[token.start : end]))
            else "",
        )


def _shape(raw: list[Token], commands: frozenset[str] | None) -> list[Token]:
    """Name the statement's first word, settle which `=` defines, and drop the line breaks that mean a space."""
    significant = [t for t in raw if t.type != "NEWLINE"]
    if not significant or commands is None:
        return significant
    first = significant[0]
    second = significant[1] if len(significant) > 1 else None
    defines = second is not None and second.type in ("EQ", "NAMED")
    if first.type == "NAME" and defines and second is not None:
        second.type = "EQ"
    elif first.type == "NAME" and first.value in KEYWORDS:
        first.type = KEYWORDS[first.value]
        if first.type == "DESIGN" and second is not None and second.value == "effect":
            later = significant[2] if len(significant) > 2 else None
            if later is not None and later.type == "NAME":
                second.type = "EFFECT"
        if len(significant) > 2 and significant[2].type == "NAMED":
            significant[2].type = "EQ"
    elif first.type == "NAME" and first.value in commands:
        first.type = "COMMAND"
    if first.type not in ("LET", "DESIGN"):
        return significant
    return _body_lines(raw)


def _body_lines(raw: list[Token]) -> list[Token]:
    kept: list[Token] = []
    depth = 0
    in_body = False
    for i, token in enumerate(raw):
        if token.type in ("LPAR", "LSQB", "LBRACE"):
            depth += 1
        elif token.type in ("RPAR", "RSQB", "RBRACE"):
            depth -= 1
        elif token.type == "EQ" and not in_body:
            in_body = True
        if token.type != "NEWLINE":
            kept.append(token)
            continue
        after = next((t for t in raw[i + 1 :] if t.type != "NEWLINE"), None)
        goes_on = after is None or after.type in ("PIPE", "PLUS", "MINUS", "STAR", "SLASH", "PERCENT")
        hangs = kept[-1].type in ("PIPE", "PLUS", "MINUS", "STAR", "SLASH", "PERCENT", "COMMA")
        if in_body and depth == 0 and not goes_on and not hangs and kept[-1].type != "NEWLINE":
            kept.append(token)
    return kept


def is_complete(text: str) -> bool:
    """Tell whether Enter may evaluate: brackets and quotes are closed and nothing hangs at the end.

    A bracket that is closed behind a number sign, as in Tidal, is no reason to wait: the mistake is told.
    """
    depth = 0
    last = ""
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            return text[position] not in "\"'"
        if (
            match.lastgroup == "comment"
            and depth > 0
            and ")" in match.group()
            and habits.commented(f" {match.group()}")
        ):
            return True
        if match.lastgroup not in ("blank", "newline", "comment"):
            last = match.group()
            depth += (last in "([{") - (last in ")]}") if len(last) == 1 else 0
        position = match.end()
    if depth > 0:
        return False
    body_hangs = BINDING.match(text.rpartition("\n")[2]) is not None and text.startswith(("design", "let"))
    return not (last in HANGING or body_hangs) or text.endswith("\n\n")
