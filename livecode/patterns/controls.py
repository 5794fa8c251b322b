"""Controls: the named settings of events, a row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from livecode.patterns.combining import Apply, Map
from livecode.patterns.control_rows import BUS, all_rows
from livecode.patterns.core import Pattern
from livecode.patterns.leaves import Pure, reify
from livecode.patterns.moving import Followed
from livecode.patterns.register import WORDS
from livecode.words import Kind, Param, Word


@dataclass(frozen=True, slots=True)
class Control:
    """One control: its names, unit, range and meaning.

    `scale` is lin, log or dB; `scope` is event, bus or midi; `keys` are set in order by a list value.
    """

    name: str
    aliases: tuple[str, ...]
    unit: str
    lo: float | None
    hi: float | None
    default: float | str | None
    scale: str
    scope: str
    keys: tuple[str, ...]
    doc: str
    example: str


TEXTS = {
    "s": "s 'bd'",
    "note": 'note "c e g"',
    "n": 'n "0 2 4"',
    "chord": 'chord "<C Am>"',
    "vowel": "s 'saw' | vowel \"<a e>\"",
    "bank": "s 'bd' | bank 'tr909'",
    "unit": "s 'bd' | unit 'c'",
    "color": "s 'bd' | color 'red'",
}


def _number(text: str) -> float | None:
    return None if text == "-" else float(text)


def _read(line: str, scope: str) -> Control:
    names, numbers, keys, doc = [part.strip() for part in line.split("|")]
    name, aliases = names.split()
    unit, lo, hi, default, scale = numbers.split()
    value: float | str | None
    try:
        value = _number(default)
    except ValueError:
        value = default
    low, high = _number(lo), _number(hi)
    number = value if isinstance(value, float) else low if low is not None else 1
    return Control(
        name,
        () if aliases == "-" else tuple(aliases.split(",")),
        "" if unit == "-" else unit,
        low,
        high,
        value,
        "lin" if scale == "-" else scale,
        "bus" if name in BUS else scope,
        () if keys == "-" else tuple(keys.split()),
        doc,
        TEXTS.get(name) or f"s 'bd' | {name} {number:g}",
    )


CONTROLS: dict[str, Control] = {}
_CANONICAL: dict[str, str] = {}


def canonical(name: str) -> str:
    """Give the key that a control's name or alias writes."""
    return _CANONICAL.get(name, name)


def maker(key: str, keys: tuple[str, ...]) -> Callable[[Any], Any]:
    """Make the function from a value to controls; a list sets several keys."""

    def make(value: Any) -> Any:
        kind = type(value)
        if kind is list:
            return dict(zip(keys, value, strict=False)) if keys else {key: value}
        if kind is dict and "value" in value:
            rest = {k: v for k, v in value.items() if k != "value"}
            inner = make(value["value"])
            return {**rest, **inner}
        return {key: value}

    return make


def _caller(key: str, keys: tuple[str, ...]) -> Callable[..., Pattern]:
    make = maker(key, keys)

    def put(old: Any, value: Any) -> Any:
        kind = type(value)
        if type(old) is dict:
            if kind is list or kind is dict:
                return {**old, **make(value)}
            return {**old, key: value}
        return {"value": old, **make(value)}

    def call(value: Any, pat: Any = None) -> Pattern:
        values = reify(value)
        if pat is not None and values.analog:
            values = Followed(values)
        if pat is not None:
            return Apply(put, reify(pat), values)
        if type(values) is Pure:
            return Pure(make(values.value), values.places)
        return Map(make, values)

    return call


def word_of(row: Control) -> Word:
    """Make the word of a control: with one argument it makes controls of values, with two it sets them."""
    params = (
        Param("value", Kind.PATTERN, unit=row.unit, lo=row.lo, hi=row.hi),
        Param("pat", Kind.PATTERN, None),
    )
    return Word(row.name, params, row.doc, row.example, _caller(row.name, row.keys), "controls", row.aliases)


def control(
    name: str,
    aliases: tuple[str, ...] = (),
    *,
    unit: str = "",
    lo: float | None = None,
    hi: float | None = None,
    default: float | None = None,
    doc: str = "",
) -> Word:
    """Make a control at run time, for a parameter of a designed instrument; no table is changed."""
    example = f"s 'bd' | {name} {1 if default is None else default:g}"
    row = Control(name, aliases, unit, lo, hi, default, "lin", "event", (), doc or f"Set {name}.", example)
    return word_of(row)


def _register() -> None:
    for line, scope in all_rows():
        row = _read(line, scope)
        CONTROLS[row.name] = row
        for name in (row.name, *row.aliases):
            _CANONICAL[name] = row.name
        WORDS.add(word_of(row))


_register()
