"""The table of unit generators: one row a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

Build = Callable[..., Any]  # (builder, [text,] arguments) -> value
Late = Callable[[Sequence[Any], int], float]  # (the arguments of a node, Hz) -> samples


@dataclass(frozen=True, slots=True)
class Row:
    """A unit generator: who builds it, how many arguments it takes (or more), and whether it reads the node's text.

    `late` tells by how much its output comes after its input, where that is constant: the mixer makes up for it.
    """

    build: Build
    arity: int
    text: bool = False
    more: bool = False
    late: Late | None = None

    def takes(self, count: int) -> bool:
        """Tell whether it can be built with so many arguments."""
        return count >= self.arity if self.more else count == self.arity


UGENS: dict[str, Row] = {}


def ugen(name: str = "", *, text: bool = False, late: Late | None = None) -> Callable[[Build], Build]:
    """Register the builder of a unit generator, under its own name or another."""

    def register(build: Build) -> Build:
        key = name or build.__name__
        if key in UGENS:
            raise ValueError(f"{key} is registered twice")
        kinds = [p.kind for p in signature(build).parameters.values()]
        more = Parameter.VAR_POSITIONAL in kinds
        UGENS[key] = Row(build, len(kinds) - (2 if text else 1) - more, text, more, late)
        return build

    return register
