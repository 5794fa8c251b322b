"""A graph that grows before and behind a sound: what single events add to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from livecode.engine.records import Arg, Control, Graph, Node, Parameter, Ref
from livecode.patterns.controls import CONTROLS

WIDE = 1e6  # the bound of a control that has none

# Ranges and defaults that the engine bears, where those of the controls are wider, or not numbers.
KNOBS: dict[str, tuple[float, float, float]] = {  # default, lowest, highest
    "cutoff": (20000.0, 20.0, 20000.0),
    "resonance": (0.0, 0.0, 1.0),
    "hcutoff": (20.0, 20.0, 20000.0),
    "hresonance": (0.0, 0.0, 1.0),
    "bandf": (1000.0, 20.0, 20000.0),
    "bandq": (1.0, 0.1, 100.0),
    "distort": (0.0, 0.0, 0.98),
    "vowel": (0.0, 0.0, 14.0),
    "penv": (0.0, -96.0, 96.0),
    "panchor": (1.0, 0.0, 1.0),
    "vib": (5.0, 0.0, 100.0),
    "level": (1.0, 0.0, 16.0),
    "attack": (0.001, 0.0, 60.0),
    "decay": (0.05, 0.0, 60.0),
    "release": (0.01, 0.0, 60.0),
    "speed": (1.0, -64.0, 64.0),
    "phaserrate": (1.0, 0.0, 100.0),
    "tremolo": (1.0, 0.0, 2000.0),
    "ring": (0.0, 0.0, 1.0),
    "ringf": (440.0, 0.0, 20000.0),
    "swell": (1.0, 0.0, 16.0),
    "place": (0.5, 0.0, 1.0),
    "pwsweep": (0.3, 0.0, 1.0),
    "dry": (1.0, 0.0, 1.0),
    "curve": (-3.0, -20.0, 20.0),
    **{f"{prefix}depth": (1.0, -16.0, 16.0) for prefix in ("lp", "hp", "bp")},
    **{f"{prefix}depth": (0.5, -16.0, 16.0) for prefix in ("wt", "warp")},
}
LOUDEST_SEND = 4.0


def knob(name: str) -> Parameter:
    """Give a control as a parameter of a graph."""
    plain = name.rpartition(":")[2]
    row = CONTROLS.get(plain)
    if plain in KNOBS:
        default, lo, hi = KNOBS[plain]
    elif row is None:
        default, lo, hi = 0.0, -WIDE, WIDE
    else:
        lo = row.lo if row.lo is not None else -WIDE
        hi = row.hi if row.hi is not None else WIDE
        default = row.default if isinstance(row.default, float) else max(lo, min(hi, 0.0))
    return Parameter(name, default, lo, hi)


@dataclass(slots=True)
class Growing:
    """The nodes and parameters of a graph while event stages are added.

    `prefix` stands before the names of the controls that are read now; `texts` holds the values that choose between
    graphs; `given` are all controls that the event has; `moving` those that move while it sounds.
    """

    base: Graph
    texts: Mapping[str, str]
    given: frozenset[str]
    moving: frozenset[str]
    sample: bool = False
    prefix: str = ""
    params: dict[str, Parameter] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    swapped: dict[str, Arg] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)  # the controls that the stages have looked at

    def __post_init__(self) -> None:
        self.params = {p.name: self._mobile(p) for p in self.base.params}

    def _mobile(self, parameter: Parameter) -> Parameter:
        return replace(parameter, moves=True) if parameter.name in self.moving else parameter

    def has(self, name: str) -> bool:
        """Tell whether the event sets a control."""
        return self.prefix + name in self.given

    def text(self, name: str, default: str) -> str:
        self.asked.add(self.prefix + name)
        return self.texts.get(self.prefix + name, default)

    def knob(self, name: str) -> Arg:
        """Give the value of a control, whatever already moves it."""
        key = self.prefix + name
        self.asked.add(key)
        if key in self.swapped:
            return self.swapped[key]
        if key not in self.params:
            self.params[key] = self._mobile(knob(key))
        return Control(key)

    def number(self, name: str, default: float, lo: float = 0.0, hi: float = WIDE) -> Arg:
        """Give a parameter that is no control."""
        key = self.prefix + name
        self.params.setdefault(key, Parameter(key, default, lo, hi))
        return Control(key)

    def send(self, name: str) -> None:
        """Add how much goes to a return."""
        self.params[name] = self._mobile(Parameter(name, 0.0, 0.0, LOUDEST_SEND))

    def node(self, ugen: str, *args: Arg, text: str = "") -> Ref:
        self.nodes.append(Node(ugen, args, text))
        return Ref(len(self.nodes) - 1)

    def times(self, *factors: Arg) -> Arg:
        """Multiply."""
        out = factors[0]
        for factor in factors[1:]:
            out = self.node("mul", out, factor)
        return out

    def grow(self) -> Arg:
        """Put in the nodes of the sound itself; gives its output."""
        first = len(self.nodes)

        def moved(arg: Arg) -> Arg:
            if isinstance(arg, Ref):
                return Ref(first + arg.node)
            return self.swapped.get(arg.name, arg) if isinstance(arg, Control) else arg

        for node in self.base.nodes:
            self.nodes.append(replace(node, args=tuple(moved(a) for a in node.args)))
        return moved(self.base.out)

    def graph(self, out: Arg) -> Graph:
        return Graph(self.base.name, tuple(self.params.values()), tuple(self.nodes), out)


def own(graph: Graph) -> frozenset[str]:
    """Name the parameters of a graph: an event stage leaves them to the sound itself."""
    return frozenset(p.name for p in graph.params)


def value_of(values: Mapping[str, Any], key: str) -> Any:
    """Give a control of an event; `fx1:cutoff` is that of the second of its further chains."""
    prefix, _, name = key.rpartition(":")
    if not prefix:
        return values.get(name)
    return values["FX"][int(prefix[2:])].get(name)
