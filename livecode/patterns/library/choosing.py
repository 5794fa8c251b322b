"""Words that choose patterns by index or name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from livecode.errors import KindError
from livecode.patterns.core import Pattern
from livecode.patterns.joins import inner_bind, outer_bind, reset_bind, restart_bind, squeeze_bind
from livecode.patterns.leaves import silence
from livecode.patterns.register import FunctionTable, Table, word
from livecode.patterns.values import numeral

GROUP = "choosing"


def _half_up(x: Any) -> int:
    return math.floor(numeral(x) + 0.5)


def chooser(table: Any, wrap: bool) -> Callable[[Any], Any]:
    """Make the function from an index or a name to an item; an index is rounded, then wrapped or clamped."""
    if isinstance(table, dict):
        return lambda key: table.get(str(key), silence)
    count = len(table)
    if not count:
        raise KindError("there is nothing to pick from", expected="a list with items")
    if wrap:
        return lambda key: table[_half_up(key) % count]
    return lambda key: table[min(max(_half_up(key), 0), count - 1)]


JOINS: tuple[tuple[str, str, tuple[str, ...], Callable[..., Pattern], str], ...] = (
    ("pick", "pickmod", (), inner_bind, "with their own structure"),
    ("pickOut", "pickmodOut", (), outer_bind, "with the structure of the index"),
    ("pickReset", "pickmodReset", (), reset_bind, "aligned to each onset of the index"),
    ("pickRestart", "pickmodRestart", (), restart_bind, "started anew at each onset of the index"),
    ("inhabit", "inhabitmod", ("pickSqueeze", "pickmodSqueeze"), squeeze_bind, "squeezed into the index's events"),
)


def _register(name: str, alias: tuple[str, ...], wrap: bool, join: Callable[..., Pattern], tells: str) -> None:
    def call(table: Table, pat: Pattern) -> Pattern:
        return join(chooser(table, wrap), pat)

    how = "wraps round" if wrap else "stops at the ends"
    call.__doc__ = f"Choose patterns of a list or record by index or name, {tells}; an index {how}."
    word(name, aliases=alias, example=f'{name} ["a b", "c"] "<0 1>"', group=GROUP)(call)


for _name, _mod, _aliases, _join, _tells in JOINS:
    _register(_name, _aliases[:1], False, _join, _tells)
    _register(_mod, _aliases[1:], True, _join, _tells)


@word("squeeze", example='squeeze "0 1 2" ["a b", "c", "d"]', group=GROUP)
def squeeze(index: Pattern, patterns: list[Pattern]) -> Pattern:
    """Choose patterns by an index that wraps, a cycle of each squeezed into the index's events."""
    return squeeze_bind(chooser(patterns, True), index)


@word("pickF", example='pickF "<0 1>" [rev, fast 2] "a b c"', group=GROUP)
def pick_f(index: Pattern, functions: FunctionTable, pat: Pattern) -> Pattern:
    """Choose by an index the function to apply; the index stops at the ends."""
    choose = chooser(functions, False)
    return inner_bind(lambda key: choose(key)(pat), index)


@word("pickmodF", example='pickmodF "<0 1 2>" [rev, fast 2] "a b c"', group=GROUP)
def pickmod_f(index: Pattern, functions: FunctionTable, pat: Pattern) -> Pattern:
    """Choose by an index the function to apply; the index wraps round."""
    choose = chooser(functions, True)
    return inner_bind(lambda key: choose(key)(pat), index)
