"""design: instruments and effects as signal graphs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from livecode.engine.records import EVENT_PARAMETERS, Control, Graph, Parameter
from livecode.errors import KindError
from livecode.language import tree
from livecode.language.evaluate import Scope, evaluate, evaluate_body
from livecode.language.functions import Function, Partial, spoken
from livecode.language.units import Quantity, ratio
from livecode.patterns import WORDS
from livecode.patterns.controls import CONTROLS, canonical, control
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.costs import told
from livecode.stages.signals import Signal, flatten, param, reading, warn
from livecode.stages.ugen_rows import AHEAD, IN, KEYED
from livecode.stages.ugens import DESIGN
from livecode.words import Kind, Param, Word

IMPLICIT = ("freq", "dur", "cycle", "last")
# What an event brings too where a design asks for it: the seconds of a cycle, and the pitch of the note before.
ASKED = (Parameter("cycle", 2.0, 0.001, 3600.0), Parameter("last", 261.6255653005986, 1.0, 20000.0))


@dataclass(frozen=True, slots=True)
class Instrument:
    """A designed sound: its graph, and its own parameters as they are called in patterns."""

    name: str
    graph: Graph
    params: tuple[Param, ...]
    out: Signal


def parameters(statement: tree.Design) -> tuple[Param, ...]:
    """Read the parameters of a design; an alias of a known control stands for that control.

    Raises KindError for a default that is not a number.
    """
    rows: list[Param] = []
    for p in statement.params:
        name = canonical(p.name.name) or p.name.name
        if WORDS.get(name) is not None and name not in CONTROLS and not statement.effect:
            raise KindError(
                f"{name} is a word of the language", place=p.name.place, hint=f"another name is free, as {name}1"
            )
        if name in {r.name for r in rows} or (name in IMPLICIT and not statement.effect):
            raise KindError(f"{p.name.name} is there already", place=p.name.place)
        if p.default is None:
            raise KindError(
                f"{p.name.name} needs a default",
                place=p.name.place,
                hint=f"for example {p.name.name}=0.5",
            )
        value = evaluate(p.default, Scope({}, ()))
        if isinstance(value, bool) or not hasattr(value, "real"):
            raise KindError(f"{p.name.name} must be a number, not {spoken(value)}", place=p.default.place)
        known = CONTROLS.get(name)
        unit = value.unit if isinstance(value, Quantity) else known.unit if known else ""
        default = ratio(value) if unit == "dB" else float(value)
        lo, hi = (known.lo, known.hi) if known else (None, None)
        rows.append(Param(name, Kind.SIGNAL, default, "gain" if unit == "dB" else unit, lo, hi))
    return tuple(rows)


def _names(statement: tree.Design, rows: tuple[Param, ...], given: dict[str, Any]) -> dict[str, Any]:
    """Give what the parameters mean inside, under the names they were written with."""
    return {p.name.name: given[row.name] for p, row in zip(statement.params, rows, strict=True)}


def controls(session: Session) -> dict[str, Any]:
    """Give the parameters of designed instruments as controls, where there is none of that name and unit."""
    found: dict[str, Any] = {}
    for d in session.each(Space.SOUND):
        for row in d.value.params:
            known = CONTROLS.get(row.name)
            if row.name not in found and (known is None or (row.unit and not known.unit)):
                doc = f"Sets {row.name} of {d.name}."
                made = control(row.name, unit=row.unit, lo=row.lo, hi=row.hi, default=row.default, doc=doc)
                found[row.name] = Partial(made)
    return found


def effects(session: Session) -> dict[str, Any]:
    """Give the designed effects as functions."""
    return {d.name: Partial(d.value) for d in session.each(Space.EFFECT)}


def instrument(session: Session, statement: tree.Design) -> tuple[Instrument, set[str]]:
    """Compile an instrument, and tell which effects it is made of.

    Raises LiveError with its place.
    """
    rows = parameters(statement)
    inner = {name: param(name) for name in IMPLICIT}
    inner |= _names(statement, rows, {r.name: param(r.name) for r in rows})
    scope = Scope({**effects(session), **inner}, (DESIGN,), others=tuple(gallery.names(Space.EFFECT)))
    with reading(session.samples):
        out = _signal(evaluate_body(statement.body, scope), statement)
    own = tuple(
        Parameter(
            r.name,
            float(r.default),
            r.lo if r.lo is not None else float("-inf"),
            r.hi if r.hi is not None else float("inf"),
        )
        for r in rows
    )
    graph, _ = flatten(statement.name.name, EVENT_PARAMETERS + own, out)
    read = {arg.name for node in graph.nodes for arg in node.args if isinstance(arg, Control)}
    graph = replace(graph, params=graph.params + tuple(p for p in ASKED if p.name in read))
    _voiced(graph, statement)
    cost = told(graph)
    if cost:
        warn(cost)
    return Instrument(statement.name.name, graph, rows, out), scope.used


def _voiced(graph: Graph, statement: tree.Design) -> None:
    """Raise KindError for what only a strip can do."""
    for node in graph.nodes:
        at = AHEAD.get(node.ugen)
        what = f"key={node.text}" if node.ugen in KEYED and node.text else "look" if at and node.args[at] else ""
        if what:
            raise KindError(
                f"{what} of {node.ugen} stands only in a mix: a voice hears no other strip and comes no later",
                place=statement.name.place,
                hint=f"mix {statement.name.name} | {node.ugen} …",
            )


def effect(session: Session, statement: tree.Design) -> tuple[Word, set[str]]:
    """Make a word of an effect, and tell which other effects it is made of.

    Raises LiveError with its place.
    """
    rows = parameters(statement)
    known = effects(session)
    used: set[str] = set()

    def build(*values: Any) -> Signal:
        given = {row.name: value for row, value in zip((*rows, IN), values, strict=True)}
        names = {**known, **_names(statement, rows, given), "in": given["in"]}
        scope = Scope(names, (DESIGN,), used, tuple(gallery.names(Space.EFFECT)))
        with reading(session.samples):
            return _signal(evaluate_body(statement.body, scope), statement)

    build(*(r.default for r in rows), Signal("in"))
    name = statement.name.name
    word = Word(name, (*rows, IN), f"The effect {name} of this session.", name, build, "effect")
    return word, used


def _signal(value: Any, statement: tree.Design) -> Signal:
    if isinstance(value, Function):
        raise KindError(
            f"{value.name} still waits for its arguments",
            place=statement.body.result.place,
            hint="the last line of a design is a signal: saw freq | lpf 2khz | adsr 5ms 100ms 0.7 200ms",
        )
    if not isinstance(value, Signal):
        raise KindError(f"a design makes a signal, not {spoken(value)}", place=statement.body.result.place)
    return value
