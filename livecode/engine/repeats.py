"""What hangs on one number of a note alone is looked up in the code that sets up a voice: notes repeat themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from typing import Any

from livecode.engine.code import Line, define, names

KEPT = 128  # values of one table
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

    def __init__(self, lines: Sequence[Line], scope: dict[str, Any]) -> None:
        self.tables: dict[str, Table] = {}
        self._scope = scope
        self._given = {line.name: line for line in lines if line.name}
        self._lines = list(lines)

    def steps(self, end: Sequence[str]) -> Generator[None, None, tuple[list[Line], list[str]]]:
        """Give the lines, and those at the end, which return what comes of them; a table a step."""
        found = self._look_up(end)
        end = [f"return {found}"] if found else list(end)
        lines = []
        for line in self._lines:
            if CALL.search(line.text):
                yield
                line = line._replace(text=self._look_up([f"return {line.text}"]) or line.text)
            lines.append(line)
        used = names(end)
        kept: list[Line] = []
        for line in reversed(lines):  # what only tables asked for is left out
            if not line.name or line.name in used:
                kept.insert(0, line)
                used |= names([line])
        return kept, end

    def _look_up(self, code: Sequence[str]) -> str | None:
        """Write a look-up in the place of some code that returns a value, if that hangs on one number alone."""
        needed = self._needed(code)
        if any("chance" in line.text for line in needed):
            return None
        for lines in (needed, []):  # by the parameter of the note, or else by what comes of several
            body = [*map(str, lines), *code]
            free = names(body) - {line.name for line in lines if line.name[0] == "x"}
            if len(free) == 1 and not any(map(CHANGING.search, body)):
                key, name = free.pop(), f"t{len(self.tables)}"
                made: dict[str, Any] = {}
                define(f"make({key})", body, self._scope, made)
                self.tables[name] = Table(made["make"])
                return f"{name}[{key}]"
        return None

    def _needed(self, code: Sequence[str]) -> list[Line]:
        """Give the lines that some code needs before it, in their order."""
        found: set[Line] = set()
        wanted = names(code)
        while wanted:
            line = self._given.get(wanted.pop())
            if line is not None and line not in found:
                found.add(line)
                wanted |= names([line])
        return [line for line in self._lines if line in found]
