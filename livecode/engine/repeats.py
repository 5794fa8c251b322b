"""What hangs on one number of a note alone is looked up in the code that sets up a voice: notes repeat themselves.

The code is of three kinds of lines: `x1 = EXPRESSION`, `s[0](EXPRESSION)`, which calls a setter, and the clamping of a
parameter, `if not 0.0 <= p1 <= 1.0: p1 = ...`. Each name is given a value once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

KEPT = 128  # values of one table
COMPILED = 1024  # codes that are kept
NAME = re.compile(r"\b[px]\d+\b")  # what varies from note to note, by its name in the code
GIVEN = re.compile(r"\b([px]\d+) = ")
SPLIT = re.compile(r"(x\d+ = |s\[\d+\]\()(.*?)(\)?)$")
CALL = re.compile(r"\b(?!clamp\b)\w+\(")
CHANGING = re.compile(r"\b(chance|tape|tape_size)\b")  # what is another thing the next time, for the same numbers


class Table(dict[float, Any]):
    """What some code gives for a number: a dictionary answers faster than any call."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[float], Any]) -> None:
        self.make = make

    def __missing__(self, number: float) -> Any:
        if len(self) >= KEPT:
            self.clear()
        made = self[number] = self.make(number)
        return made


class Tabling:
    """Rewrites the code of one kind of note; `tables` are those it looks things up in, by their names."""

    def __init__(self, lines: Sequence[str], scope: dict[str, Any]) -> None:
        self.tables: dict[str, Table] = {}
        self._scope = scope
        self._given = {found.group(1): line for line in lines if (found := GIVEN.search(line))}
        self._lines = list(lines)

    def steps(self, end: Sequence[str]) -> Generator[None, None, tuple[list[str], list[str]]]:
        """Give the lines, and those at the end, which return what comes of them; a table a step."""
        end = self._looked_up("return ", end) or list(end)
        lines = []
        for line in self._lines:
            head, text, tail = _parts(line)
            found = None
            if head and CALL.search(text):
                yield
                found = self._looked_up(head, [f"return {text}"], tail)
            lines += found or [line]
        used = set(NAME.findall("\n".join(end)))
        kept: list[str] = []
        for line in reversed(lines):  # what only tables asked for is left out
            given = GIVEN.search(line)
            if given is None or given.group(1) in used:
                kept.insert(0, line)
                used.update(NAME.findall(line))
        return kept, end

    def _looked_up(self, head: str, code: Sequence[str], tail: str = "") -> list[str] | None:
        """Write a look-up in the place of some code, if that hangs on one number alone."""
        needed = self._needed(code)
        by_chance = any("chance" in line for line in needed)
        for body in ([*needed, *code], code):  # by the parameter of the note, or else by what comes of several
            text = "\n".join(body)
            names = set(NAME.findall(text)) - {g for g in GIVEN.findall(text) if g[0] == "x"}
            if len(names) == 1 and not CHANGING.search(text) and not by_chance:
                key, name = names.pop(), f"t{len(self.tables)}"
                made: dict[str, Any] = {}
                define(f"make({key})", body, self._scope, made)
                self.tables[name] = Table(made["make"])
                return [f"{head}{name}[{key}]{tail}"]
        return None

    def _needed(self, code: Sequence[str]) -> list[str]:
        """Give the lines that some code needs before it, in their order."""
        found: set[str] = set()
        wanted = set(NAME.findall("\n".join(code)))
        while wanted:
            line = self._given.get(wanted.pop())
            if line is not None and line not in found:
                found.add(line)
                wanted.update(NAME.findall(line))
        return [line for line in self._lines if line in found]


def _parts(line: str) -> tuple[str, str, str]:
    """Split a line into what stands before its expression, that, and what stands behind it."""
    found = SPLIT.match(line)
    if found is None:
        return "", line, ""
    head, text, tail = found.groups()
    return (head, text, tail) if head.startswith("s") else (head, text + tail, "")


def defaults(made: Mapping[str, Any], lines: Sequence[str]) -> str:
    """Write what lines use of what was made as further parameters, with their values."""
    used = set(re.findall(r"\b(?:t|piece)\d+\b", "\n".join(lines)))
    return "".join(f", {name}={name}" for name in made if name in used)


def define(head: str, lines: Sequence[str], scope: dict[str, Any], made: dict[str, Any]) -> None:
    """Make a function of lines of code."""
    exec(compiled("\n    ".join([f"def {head}:", *lines])), scope, made)


@lru_cache(COMPILED)
def compiled(source: str) -> CodeType:
    return compile(source, "<note>", "exec")
