"""Words that turn values into patterns and play those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livecode.patterns import joins
from livecode.patterns.combining import Map
from livecode.patterns.core import Pattern
from livecode.patterns.leaves import Pure, reify
from livecode.patterns.register import Binder, word
from livecode.patterns.steps import stepped

ROWS: tuple[tuple[str, Callable[..., Pattern], str], ...] = (
    ("", joins.mix_bind, "with the structure of both"),
    ("inner", joins.inner_bind, "with the structure of the inner patterns"),
    ("outer", joins.outer_bind, "with the structure of the outer pattern"),
    ("squeeze", joins.squeeze_bind, "inner cycles squeezed into outer events"),
    ("poly", joins.poly_bind, "with the outer structure, the steps of both aligned"),
    ("step", joins.step_bind, "one after the other, step by step"),
    ("reset", joins.reset_bind, "inner cycles aligned to outer onsets"),
    ("restart", joins.restart_bind, "inner patterns started anew at outer onsets"),
)


def _name(prefix: str, rest: str) -> str:
    return prefix + rest.capitalize() if prefix else rest


def _register(prefix: str, join: Callable[..., Pattern], tells: str) -> None:
    def bind(function: Binder, pat: Pattern) -> Pattern:
        return join(function, pat)

    def flatten(pat: Pattern) -> Pattern:
        return join(_itself, pat)

    bind.__doc__ = f"Turn every value into a pattern and play those: {tells}."
    flatten.__doc__ = f"Play a pattern of patterns: {tells}."
    name = _name(prefix, "bind")
    word(name, example=rf'{name} (\v -> "0 2" + v) "10 [20 30]"', group="joins")(bind)
    name = _name(prefix, "join")
    word(name, example=rf'withValue (\v -> "0 2" + v) "10 20" | {name}', group="joins")(flatten)


def _itself(value: Any) -> Pattern:
    return reify(value)


for row in ROWS:
    _register(*row)


@word("withValue", aliases=("fmap",), example=r'withValue (\v -> v + 10) "0 1 2"', group="joins")
def with_value(function: Binder, pat: Pattern) -> Pattern:
    """Apply a function to every value."""

    def change(value: Any) -> Any:
        made = function(value)
        return made.value if type(made) is Pure else made

    return stepped(Map(change, pat), pat.steps)
