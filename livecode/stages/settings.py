"""tempo, meter and key: how they are read, for the session and for a section."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from livecode.errors import KindError, LiveError
from livecode.language import tree
from livecode.language.evaluate import Scope, evaluate, pattern_of
from livecode.language.functions import spoken
from livecode.language.units import convert
from livecode.patterns import Pattern, pure
from livecode.patterns.scales import read_scale


def number(e: tree.Expression, scope: Scope, name: str, unit: str, lo: float, hi: float, example: str) -> Any:
    """Read the number of a setting.

    Raises KindError with its place: another kind, another unit, out of range.
    """
    value = evaluate(e, scope)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise KindError(f"{name} takes a number, not {spoken(value)}", place=e.place, hint=example)
    try:
        value = convert(value, unit, name) if isinstance(value, float) else value
    except LiveError as error:
        raise error.at(e.place) from None
    if not lo <= value <= hi:
        raise KindError(f"{name} {value} is out of range", place=e.place, expected=f"{lo:g} to {hi:g}")
    return value


def tempo(e: tree.Expression, scope: Scope) -> Pattern:
    """Read a tempo in beats a minute: a number, a pattern or a ramp."""
    if isinstance(e, tree.Number):
        return pure(number(e, scope, "tempo", "bpm", 10, 999, "tempo 126"))
    return pattern_of(e, scope)


def meter(e: tree.Expression, scope: Scope) -> Fraction:
    """Read the beats of a cycle: 4, 3/4, 7/8."""
    value = number(e, scope, "meter", "", 1 / 16, 64, "meter 4, meter 3/4 or meter 7/8")
    return value * 4 if isinstance(value, Fraction) else Fraction(value)


def key(e: tree.Expression, scope: Scope) -> str:
    """Read a key as the name of a scale."""
    text = e.text if isinstance(e, tree.Mini) else e.value if isinstance(e, tree.Text) else ""
    if not text:
        raise KindError("key takes a scale", place=e.place, hint='key "c:minor"')
    text = text.replace(":", " ")
    try:
        read_scale(text)
    except LiveError as error:
        raise error.at(e.place) from None
    return text


# Of a section, by the name under which it is given and the field in which it is kept.
OF_SECTIONS: dict[str, tuple[str, Callable[[tree.Expression, Scope], Any]]] = {
    "tempo": ("tempo", tempo),
    "meter": ("beats", meter),
    "key": ("key", key),
}
