"""Graphs and events the engine's tests share."""

from __future__ import annotations

from typing import Any

import numpy as np

from livecode.engine.offline import OfflineEngine
from livecode.engine.records import (
    EVENT,
    EVENT_FLOATS,
    EVENT_PARAMETERS,
    MORE,
    NOTE,
    AddPool,
    Bus,
    Control,
    Graph,
    Mix,
    Node,
    Parameter,
    Pool,
    Ref,
    SetMix,
)

Wave = np.ndarray[Any, np.dtype[np.float32]]

FREQ = Control("freq")
PLAIN = Graph("plain", (), (Node("in", ()),), Ref(0))


def instrument(name: str, *nodes: Node, params: tuple[Parameter, ...] = ()) -> Graph:
    """Make an instrument whose output is its last node."""
    return Graph(name, EVENT_PARAMETERS + params, nodes, Ref(len(nodes) - 1))


def chain(*nodes: Node, params: tuple[Parameter, ...] = ()) -> Graph:
    """Make a chain of effects; node 0 is its input, its output the last node."""
    return Graph("chain", params, (Node("in", ()), *nodes), Ref(len(nodes)))


BOX = instrument("box", Node("asr", (0.0, 0.0)), Node("sine", (6000.0, 0.25)), Node("mul", (Ref(0), Ref(1))))
CLICK = instrument("click", Node("perc", (0.0, 0.02)), Node("sine", (2000.0, 0.25)), Node("mul", (Ref(0), Ref(1))))
KICK = instrument(
    "kick",
    Node("perc", (0.001, 0.06)),
    Node("mul", (150.0, Ref(0))),
    Node("add", (50.0, Ref(1))),
    Node("sine", (Ref(2), 0.25)),
    Node("perc", (0.001, 0.3)),
    Node("mul", (Ref(3), Ref(4))),
)
TONE = instrument("tone", Node("sine", (FREQ, 0.0)), Node("asr", (0.01, 0.01)), Node("mul", (Ref(0), Ref(1))))
SAW = instrument("saw", Node("saw", (FREQ,)), Node("adsr", (0.005, 0.1, 0.7, 0.1)), Node("mul", (Ref(0), Ref(1))))


def event(time: int, target: int, *floats: float, kind: int = NOTE) -> bytes:
    """Pack one event, with as many MORE records as its floats need."""
    out = b""
    values = list(floats)
    while True:
        part, values = values[:EVENT_FLOATS], values[EVENT_FLOATS:]
        out += EVENT.pack(time, target, kind, len(part), 0, *part, *[0.0] * (EVENT_FLOATS - len(part)))
        if not values:
            return out
        kind = MORE


def one_strip(graph: Graph = PLAIN, *others: Bus, master: Graph = PLAIN, to: str = "master") -> SetMix:
    """Make a mix of a strip called strip, other buses and the master."""
    strip = Bus("strip", "strip", graph, to)
    return SetMix(Mix((strip, *others, Bus("master", "master", master))))


def add(engine: OfflineEngine, number: int, graph: Graph, strip: str = "strip", voices: int = 8) -> None:
    engine.send(AddPool(Pool(number, strip, graph, voices)))


def render(engine: OfflineEngine, samples: int) -> Wave:
    """Compute so many samples from now on, the master's latency taken off; call it once an engine."""
    return engine.advance(samples + engine.latency)[engine.latency :]


def onset(wave: Wave, level: float = 1e-6) -> int:
    """Give the first sample that is not silent."""
    loud = np.abs(wave).max(axis=1) > level
    assert loud.any(), "nothing sounds"
    return int(np.argmax(loud))
