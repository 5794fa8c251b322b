"""The named arguments of commands: `export song 'a.wav' bits=24`, each a row that says how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from livecode.errors import KindError, LiveError, nearest
from livecode.language import tree
from livecode.language.units import convert

YES = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}


@dataclass(frozen=True, slots=True)
class Option:
    """A named argument: how it is read, its unit, range or choices, and what it sets where that has another name."""

    read: Callable[[tree.Expression, Option, str], Any]
    unit: str = ""
    lo: float = 0.0
    hi: float = 0.0
    choices: tuple[object, ...] = ()
    sets: str = ""


def read(word: str, named: tuple[tuple[str, tree.Expression], ...], table: Mapping[str, Option]) -> dict[str, Any]:
    """Read the named arguments of a command.

    Raises KindError with its place.
    """
    found: dict[str, Any] = {}
    for name, e in named:
        option = table.get(name)
        if option is None:
            raise KindError(f"{word} has no {name}", place=e.place, hint=nearest(name, table) or ", ".join(table))
        found[option.sets or name] = option.read(e, option, name)
    return found


def number(e: tree.Expression, option: Option, name: str) -> float:
    if not isinstance(e, tree.Number):
        raise KindError(f"{name} takes a number", place=e.place)
    try:
        value = float(convert(e.value, option.unit, name) if isinstance(e.value, float) else e.value)
    except LiveError as error:
        raise error.at(e.place) from None
    if not option.lo <= value <= option.hi:
        raise KindError(f"{name} {value:g} is out of range", place=e.place, expected=f"{option.lo:g} to {option.hi:g}")
    return value


def whole(e: tree.Expression, option: Option, name: str) -> int:
    value = number(e, option, name)
    if value != int(value) or (option.choices and int(value) not in option.choices):
        wanted = ", ".join(map(str, option.choices)) or "a whole number"
        raise KindError(f"{name} {value:g} is not possible", place=e.place, expected=wanted)
    return int(value)


def yes(e: tree.Expression, option: Option, name: str) -> bool:
    text = e.name if isinstance(e, tree.Name) else ""
    if text not in YES:
        raise KindError(f"{name} is yes or no", place=e.place)
    return YES[text]


def text(e: tree.Expression, option: Option, name: str) -> str:
    value = e.value if isinstance(e, tree.Text) else e.name if isinstance(e, tree.Name) else None
    if isinstance(e, tree.Number) and not option.choices:
        value = str(e.value)
    if value is None:
        raise KindError(f"{name} takes a text", place=e.place, hint=f"{name}='Night bus'")
    if option.choices and value not in option.choices:
        raise KindError(f"{name} cannot be {value}", place=e.place, expected=", ".join(map(str, option.choices)))
    return value


def texts(e: tree.Expression, option: Option, name: str) -> tuple[str, ...]:
    if not isinstance(e, tree.ListOf):
        raise KindError(f"{name} takes a list", place=e.place, hint=f"{name}=['Night bus', 'Day bus']")
    return tuple(text(item, option, name) for item in e.items)
