"""The unit generators of designs and channel strips as words: how a row becomes a signal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from livecode.conductor.chain import VOWELS
from livecode.engine.records import Parameter
from livecode.errors import KindError
from livecode.files.waves import periods
from livecode.language.functions import Partial
from livecode.patterns import Pattern
from livecode.patterns.combining import Map
from livecode.stages.signals import Lane, Signal, param, recordings, warn
from livecode.stages.ugen_rows import EFFECTS as EFFECT_ROWS
from livecode.stages.ugen_rows import (
    ENVELOPES,
    FUNCTIONS,
    IN,
    INSTRUMENT_EFFECTS,
    OPTIONAL_IN,
    ROUTING,
    SOURCES,
    Row,
)
from livecode.words import Kind, Param, Word, Words

POINTS, TABLE_POINTS = 1024, 512  # of a period that a file holds
MOST_WAVES = 8  # of a wavetable
MORPHS = ("sine", "tri", "saw", "square", "pulse")
NAMED = {("vowel", "which"): VOWELS}  # numbers that have names

DESIGN = Words("unit generators of a design")
CHAIN = Words("effects of a channel strip")
RETURN = Words("effects of a return")  # the same, but heard alone: `mix` is 1 unless given


def _maker(ugen: str, params: tuple[Param, ...], *, wide: bool) -> Callable[..., Any]:
    """Give the function that makes a signal of the row; `wide` allows patterns, which become lanes."""

    def make(*values: Any) -> Any:
        text = ""
        args: list[Any] = []
        more: list[Any] = []  # the items of a list that are no fixed numbers
        for row, value in zip(params, values, strict=True):
            if row.kind is Kind.NAME:
                text = _bus_name(ugen, value)
            elif row.kind is Kind.TEXT:
                text = CHOICES.get((ugen, row.name), _choice)(ugen, row, value)
            elif row.kind is Kind.LIST:
                text = LISTS.get(ugen, _listed)(ugen, row, value, more)
            elif isinstance(value, Pattern):
                args.append(_lane(ugen, row, value, wide))
            else:
                args.append(_signal(ugen, row, value))
        return Signal(ugen, (*args, *more), text)

    return make


def _choice(ugen: str, row: Param, value: Any) -> str:
    if not isinstance(value, str):
        raise KindError(f"{row.name} of {ugen} is a name in single quotes", hint=f"{row.name}='{row.default}'")
    return value


def _recorded(ugen: str, row: Param, value: Any) -> str:
    """Write which recording is meant: its channels, its version and its path."""
    recording = recordings(_choice(ugen, row, value))[0]
    return f"{recording.channels} {recording.changed} {recording.path}"


def _listed(ugen: str, row: Param, values: list[Any], more: list[Any]) -> str:
    """Write a list as the text of a node: numbers, and the places of its signals among the node's last arguments."""
    out: list[str] = []
    for value in values:
        if isinstance(value, Signal):
            out.append(f"${len(more)}")
            more.append(value)
        elif isinstance(value, bool | Pattern | str) or not hasattr(value, "real"):
            raise KindError(f"{row.name} of {ugen} is a list of numbers and signals", hint=f"{ugen} [1, 0.5, 0.25]")
        else:
            out.append(repr(float(value)))
    return ",".join(out)


def _drawn(ugen: str, row: Param, values: list[Any], more: list[Any]) -> str:
    """Write the points of a wave, or those that the file of a sample holds."""
    if len(values) == 1 and isinstance(values[0], str):
        return _points(periods(Path(recordings(values[0])[0].path), 1, POINTS)[0])
    return _listed(ugen, row, values, more)


def _shapes(ugen: str, row: Param, values: list[Any], more: list[Any]) -> str:
    """Write the shapes of a wavetable: names of them, or the periods of a sample's files."""
    out: list[str] = []
    for value in values:
        if not isinstance(value, str):
            raise KindError(f"{row.name} of {ugen} are names", hint="wavetable ['sine', 'saw'] freq 0.5")
        if value in MORPHS:
            out.append(value)
            continue
        room = max(1, MOST_WAVES // len(values))
        files = [r.path for r in recordings(value)]
        share = max(1, room // len(files))
        found = [period for file in files[:room] for period in periods(Path(file), share, TABLE_POINTS)]
        out += (f"points {_points(period)}" for period in found)
    return ";".join(out)


def _points(period: tuple[float, ...]) -> str:
    return ",".join(map(repr, period))


CHOICES = {("granular", "sample"): _recorded, ("stretch", "sample"): _recorded}
LISTS: dict[str, Callable[[str, Param, list[Any], list[Any]], str]] = {"wave": _drawn, "wavetable": _shapes}


def _named(ugen: str, row: Param, value: Any) -> Any:
    """Give the number of what has a name."""
    if isinstance(value, str) and value in NAMED[ugen, row.name]:
        return NAMED[ugen, row.name].index(value)
    if isinstance(value, str):
        raise KindError(f"{value} is no {ugen}", expected=" ".join(NAMED[ugen, row.name]))
    return value


def _lane(ugen: str, row: Param, pattern: Pattern, wide: bool) -> Lane:
    if not wide or row.kind is Kind.INPUT:
        raise KindError(
            f"{ugen} in a design cannot read a pattern",
            hint="give the design a parameter (cutoff=800hz) and set it from a pattern: s 'acid' | cutoff (sine | …)",
        )
    if row.kind is Kind.VALUE:
        raise KindError(f"{row.name} of {ugen} stays as it is written: no pattern moves it")
    lo = row.lo if row.lo is not None else float("-inf")
    hi = row.hi if row.hi is not None else float("inf")
    default = row.default if not row.required else lo
    if (ugen, row.name) in NAMED:
        pattern = Map(lambda x: _named(ugen, row, x), pattern)
    return Lane(Parameter(row.name, float(default), lo, hi), pattern)


def _signal(ugen: str, row: Param, value: Any) -> Any:
    if isinstance(value, Signal):
        return value
    if (ugen, row.name) in NAMED:
        value = _named(ugen, row, value)
    if isinstance(value, bool) or (not isinstance(value, int | float) and not hasattr(value, "numerator")):
        raise KindError(f"{row.name} of {ugen} must be a number or a signal")
    number = float(value)
    if row.unit == "gain" and number < 0:
        raise KindError(f"{ugen} {value} would turn the signal over", hint=f"decibels have a unit: {value}dB")
    if row.lo is not None and row.hi is not None and not row.lo <= number <= row.hi:
        kept = min(max(number, row.lo), row.hi)
        warn(
            f"{row.name} of {ugen} is {number:g}, and {kept:g} is taken: "
            f"it goes from {row.lo:g} to {row.hi:g} {row.unit}".rstrip()
        )
        return kept
    return number


def _bus_name(ugen: str, value: Any) -> str:
    if isinstance(value, Signal) and value.ugen == "bus":
        return value.text
    if isinstance(value, Partial) and not value.args:
        return value.name  # a bus may have the name of an effect, as `delay` has
    if isinstance(value, str):
        return value
    raise KindError(f"{ugen} wants the name of a pattern or bus")


def _envelope(name: str, params: tuple[Param, ...]) -> Callable[..., Any]:
    make = _maker(name, params, wide=False)

    def envelope(*values: Any) -> Any:
        *own, source = values
        if source is None and isinstance(own[-1], Signal) and not params[-1].required:
            source, own[-1] = own[-1], params[-1].default  # what came through the pipe, not the last option
        return make(*own) if source is None else make(*own) * source

    return envelope


def _sliding(make: Callable[..., Any]) -> Callable[..., Any]:
    """Give the frequency of the note before to what slides from it."""

    def glide(*values: Any) -> Any:
        made = make(*values)
        return Signal(made.ugen, (param("last"), *made.args))

    return glide


def _sum(signals: list[Any]) -> Signal:
    """Add signals up, each at the share that keeps the sum as loud as one of them."""
    if not signals:
        raise KindError("mix adds up signals", hint="mix [saw freq, sine freq]")
    total = signals[0]
    for signal in signals[1:]:
        total = total + signal
    if not isinstance(total, Signal):
        raise KindError("mix adds up signals", hint="mix [saw freq, sine freq]")
    return total * (1.0 / len(signals))


def _register() -> None:
    for row in SOURCES:
        make = _maker(row.name, row.params, wide=False)
        _add_to_designs(row, row.params, _sliding(make) if row.name == "glide" else make, "source")
    for row in ENVELOPES:
        _add_to_designs(row, (*row.params, OPTIONAL_IN), _envelope(row.name, row.params), "envelope")
    for row in FUNCTIONS:
        _add_to_designs(row, row.params, _maker(row.name, row.params, wide=False), "arithmetic")
    for row in (*EFFECT_ROWS, *INSTRUMENT_EFFECTS):
        every = (*row.params, IN)
        _add_to_designs(row, every, _maker(row.name, every, wide=False), "effect")
    for row in EFFECT_ROWS:
        _add_to_chains(row, "effect")
    for row in ROUTING:
        _add_to_chains(row, "routing")
    signals = (Param("signals", Kind.LIST),)
    DESIGN.add(Word("mix", signals, "The mean of signals.", "mix [saw freq, sine (freq / 2)]", _sum, "arithmetic"))


def _add_to_designs(row: Row, params: tuple[Param, ...], call: Callable[..., Any], group: str) -> None:
    DESIGN.add(Word(row.name, params, row.doc, row.example, call, group))


def _add_to_chains(row: Row, group: str) -> None:
    params = (*row.params, IN)
    wet = tuple(replace(p, default=1.0) if p.name == "mix" else p for p in params)
    CHAIN.add(Word(row.name, params, row.doc, row.example, _maker(row.name, params, wide=True), group))
    RETURN.add(Word(row.name, wet, row.doc, row.example, _maker(row.name, wet, wide=True), group))


_register()
