"""Words that move a control while its note sounds."""

from __future__ import annotations

from typing import Any

from livecode.errors import KindError
from livecode.patterns.combining import Map
from livecode.patterns.controls import CONTROLS, canonical
from livecode.patterns.core import Pattern, context
from livecode.patterns.leaves import Signal
from livecode.patterns.register import Number, Text, constant_word, word

GROUP = "motion"
SHAPES = ("sine", "tri", "saw", "ramp", "square", "random")


def _seconds(n: int, d: int) -> float:
    cps = context().cps
    return 2.0 if cps is None else 1.0 / cps


constant_word(
    "cycle",
    Signal(_seconds),
    "The seconds that a cycle lasts: delay (cycle / 8) on a strip follows the tempo.",
    example="segment 1 cycle",
    group=GROUP,
)


def _target(name: str) -> str:
    row = CONTROLS.get(canonical(name))
    if row is not None and row.scope != "event":
        raise KindError(f"{name} belongs to a shared effect and cannot be moved by one note")
    return canonical(name)


def _added(pat: Pattern, kind: str, item: dict[str, Any]) -> Pattern:
    def add(value: Any) -> Any:
        own = value if type(value) is dict else {"value": value}
        return {**own, kind: [*own.get(kind, []), item]}

    return Map(add, pat)


RATE = {"rate": "Hz"}


@word("lfo", example="lfo 'cutoff' 4hz 0.5 (s 'bass')", group=GROUP, units=RATE)
def lfo(control: Text, rate: Number, depth: Number, pat: Pattern) -> Pattern:
    """Let a slow sine move a control of every note: rate in Hz, depth as a part of the control's value."""
    return _added(pat, "lfo", {"control": _target(control), "rate": rate, "depth": depth, "shape": "sine"})


@word("lfoshape", example="lfoshape 'square' 'gain' 8hz 0.4 (s 'bass')", group=GROUP, units=RATE)
def lfo_shape(shape: Text, control: Text, rate: Number, depth: Number, pat: Pattern) -> Pattern:
    """Let a slow wave of a shape (sine tri saw ramp square random) move a control of every note."""
    if shape not in SHAPES:
        raise KindError(f"{shape} is no shape of a slow wave", expected=", ".join(SHAPES))
    return _added(pat, "lfo", {"control": _target(control), "rate": rate, "depth": depth, "shape": shape})


@word("env", example="env 'cutoff' 4 10ms 300ms (s 'bass')", group=GROUP, units={"attack": "s", "decay": "s"})
def env(control: Text, depth: Number, attack: Number, decay: Number, pat: Pattern) -> Pattern:
    """Let an envelope raise a control of every note by so many times its value: attack and decay in seconds."""
    item = {"control": _target(control), "depth": depth, "attack": attack, "decay": decay}
    return _added(pat, "env", item)
