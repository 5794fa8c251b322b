"""The table of unit generators: one row a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any

Build = Callable[..., Any]  # (builder, [text,] arguments) -> value


@dataclass(frozen=True, slots=True)
class Row:
    """A unit generator: how many arguments it takes, whether it reads the node's text, and who builds it."""

    build: Build
    arity: int
    text: bool = False


UGENS: dict[str, Row] = {}


def ugen(name: str = "", *, text: bool = False) -> Callable[[Build], Build]:
    """Register the builder of a unit generator, under its own name or another."""

    def register(build: Build) -> Build:
        key = name or build.__name__
        if key in UGENS:
            raise ValueError(f"{key} is registered twice")
        UGENS[key] = Row(build, len(signature(build).parameters) - (2 if text else 1), text)
        return build

    return register
