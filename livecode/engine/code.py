"""The code that sets up a voice for a note: its lines, and the functions that are made of them.

What varies from note to note has short names in it: `p1` is a parameter of the note, `x1` what was made of others.
Each is given a value once, a parameter only to force it into its range.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

COMPILED = 1024  # codes that are kept
NAME = re.compile(r"\b[px]\d+\b")
MADE = re.compile(r"\b(?:t|piece)\d+\b")


class Line(NamedTuple):
    """A line: an expression, what stands before and behind it, and the name that it is given, if any."""

    head: str
    text: str
    tail: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.head}{self.text}{self.tail}"


def named(name: str, text: str) -> Line:
    return Line(f"{name} = ", text, name=name)


def setting(index: int, text: str) -> Line:
    """Call a setter of the voice, by its number."""
    return Line(f"s[{index}](", text, ")")


def bounding(name: str, lo: float, hi: float) -> Line:
    """Force a parameter into its range."""
    return Line(f"if not {lo} <= {name} <= {hi}: {name} = ", f"clamp({name}, {lo}, {hi})", name=name)


def names(code: Iterable[object]) -> set[str]:
    """Give the names of what varies that stand in some lines."""
    return set(NAME.findall("\n".join(map(str, code))))


def defaults(made: Mapping[str, Any], code: Sequence[object]) -> str:
    """Write what lines use of what was made as further parameters, with their values."""
    used = set(MADE.findall("\n".join(map(str, code))))
    return "".join(f", {name}={name}" for name in made if name in used)


def define(head: str, code: Sequence[object], scope: dict[str, Any], made: dict[str, Any]) -> None:
    """Make a function of lines."""
    exec(_compiled("\n    ".join([f"def {head}:", *map(str, code)])), scope, made)


@lru_cache(COMPILED)
def _compiled(source: str) -> CodeType:
    return compile(source, "<note>", "exec")
