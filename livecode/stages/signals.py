"""Signals as values: expressions of unit generators, and their flattening into a graph for the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar

from livecode.engine.records import Arg, Control, Graph, Node, Parameter, Recording, Ref
from livecode.errors import KindError, NameUnknown, nearest
from livecode.patterns import Pattern


class Signal:
    """One unit generator and what feeds it; `text` names a bus where one is meant."""

    __slots__ = ("args", "text", "ugen")
    spoken: ClassVar[str] = "a signal"

    def __init__(self, ugen: str, args: tuple[Any, ...] = (), text: str = "") -> None:
        self.ugen = ugen
        self.args = args
        self.text = text

    def _with(self, ugen: str, left: Any, right: Any) -> Signal:
        for side in (left, right):
            if not isinstance(side, Signal | int | float) and not hasattr(side, "numerator"):
                kind = "a text" if isinstance(side, str) else "a pattern" if isinstance(side, Pattern) else "this"
                raise KindError(f"a signal goes together with signals and numbers, not with {kind}", found=str(side))
        return Signal(ugen, (_number(left), _number(right)))

    def __add__(self, other: Any) -> Signal:
        return self._with("add", self, other)

    def __radd__(self, other: Any) -> Signal:
        return self._with("add", other, self)

    def __sub__(self, other: Any) -> Signal:
        return self._with("sub", self, other)

    def __rsub__(self, other: Any) -> Signal:
        return self._with("sub", other, self)

    def __mul__(self, other: Any) -> Signal:
        return self._with("mul", self, other)

    def __rmul__(self, other: Any) -> Signal:
        return self._with("mul", other, self)

    def __truediv__(self, other: Any) -> Signal:
        return self._with("div", self, other)

    def __rtruediv__(self, other: Any) -> Signal:
        return self._with("div", other, self)

    def __mod__(self, other: Any) -> Signal:
        return self._with("mod", self, other)

    def __rmod__(self, other: Any) -> Signal:
        return self._with("mod", other, self)


def _number(value: Any) -> Any:
    return value if isinstance(value, Signal) else float(value)


def param(name: str) -> Signal:
    """Stand for a parameter of the graph."""
    return Signal("param", (), name)


_warnings: ContextVar[list[str] | None] = ContextVar("warnings", default=None)


def warn(text: str) -> None:
    """Tell of something that was put right, to whoever evaluates the statement."""
    kept = _warnings.get()
    if kept is not None and text not in kept:
        kept.append(text)


@contextmanager
def warned() -> Iterator[list[str]]:
    """Collect the warnings of what is evaluated inside."""
    kept: list[str] = []
    token = _warnings.set(kept)
    try:
        yield kept
    finally:
        _warnings.reset(token)


_shelf: ContextVar[Mapping[str, tuple[Recording, ...]]] = ContextVar("shelf", default=MappingProxyType({}))


@contextmanager
def reading(samples: Mapping[str, tuple[Recording, ...]]) -> Iterator[None]:
    """Let what is evaluated inside read waves from samples."""
    token = _shelf.set(samples)
    try:
        yield
    finally:
        _shelf.reset(token)


def recordings(name: str) -> tuple[Recording, ...]:
    """Give the recordings of a sample: `name:2` is one of them, `name` all.

    Raises NameUnknown.
    """
    samples = _shelf.get()
    plain, _, number = name.partition(":")
    found = samples.get(plain)
    if not found:
        raise NameUnknown(f"there is no sample {plain}", hint=nearest(plain, samples) or "samples 'folder' reads some")
    if number and not number.isdigit():
        raise NameUnknown(f"{name} is no sample: a number stands behind the colon")
    return (found[int(number) % len(found)],) if number else found


def bus(name: str) -> Signal:
    """Stand for what leaves a bus."""
    return Signal("bus", (), name)


@dataclass(frozen=True, slots=True)
class Lane:
    """A parameter of a chain that a pattern moves."""

    parameter: Parameter
    pattern: Pattern


@dataclass(slots=True)
class Flattening:
    """The nodes of a graph while it is made, and the lanes of its parameters."""

    nodes: list[Node] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    _refs: dict[int, Arg] = field(default_factory=dict)
    _kept: list[Signal] = field(default_factory=list)

    def arg(self, value: Any) -> Arg:
        """Give the graph's argument for a number, a lane or a signal; a shared signal makes one node."""
        if isinstance(value, Lane):
            parameter = replace(value.parameter, name=f"{value.parameter.name}.{len(self.lanes)}")
            self.lanes.append(Lane(parameter, value.pattern))
            return Control(parameter.name)
        if not isinstance(value, Signal):
            return float(value)
        known = self._refs.get(id(value))
        if known is None:
            known = self._refs[id(value)] = self._make(value)
            self._kept.append(value)  # an id is only unique while its object lives
        return known

    def _make(self, signal: Signal) -> Arg:
        if signal.ugen == "param":
            return Control(signal.text)
        if signal.ugen in ("bus", "return"):
            raise KindError(
                f"{signal.text or 'return'} cannot be used as a signal here",
                hint="mix NAME = a + b sums buses, mix NAME = return is fed by send NAME 0.4",
            )
        node = Node(signal.ugen, tuple(self.arg(a) for a in signal.args), signal.text)
        self.nodes.append(node)
        return Ref(len(self.nodes) - 1)


def flatten(name: str, params: tuple[Parameter, ...], out: Any) -> tuple[Graph, tuple[Lane, ...]]:
    """Make a graph of a signal, and tell which of its parameters patterns move.

    Raises KindError when the signal nests too deep or uses a bus where it cannot.
    """
    making = Flattening()
    try:
        result = making.arg(out)
    except RecursionError:
        raise KindError("this signal nests too deep") from None
    lanes = tuple(making.lanes)
    return Graph(name, params + tuple(lane.parameter for lane in lanes), tuple(making.nodes), result), lanes
