"""The pieces that `bench/engine.py` plays, for our engine and for its peers: plain data of notes and graphs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from livecode.engine.records import (
    EVENT,
    EVENT_FLOATS,
    EVENT_PARAMETERS,
    START,
    AddPool,
    Bus,
    Control,
    Graph,
    Message,
    Mix,
    Node,
    Parameter,
    Pool,
    Ref,
    SetMix,
)

RATE = 48000
FREQ = Control("freq")


@dataclass(frozen=True, slots=True)
class Event:
    """One note: seconds, seconds held, hertz, gain, pan, and the further parameters of its graph."""

    time: float
    dur: float
    freq: float
    gain: float
    pan: float
    more: tuple[float, ...] = ()

    def packed(self, start: int) -> bytes:
        values = (self.dur, self.freq, self.gain, self.pan, *self.more)
        padded = (*values, *[0.0] * (EVENT_FLOATS - len(values)))
        return EVENT.pack(start + round(self.time * RATE), 1, 0, len(values), 0, *padded)


@dataclass(frozen=True, slots=True)
class Piece:
    """Notes of one graph on one strip."""

    name: str
    seconds: float
    graph: Graph
    voices: int
    notes: tuple[Event, ...]
    chain: Graph
    master: Graph

    def messages(self) -> list[Message]:
        strip = Bus("strip", "strip", self.chain, "master")
        return [
            SetMix(Mix((strip, Bus("master", "master", self.master)))),
            AddPool(Pool(1, "strip", self.graph, self.voices, ahead=self.voices)),
        ]

    def events(self, start: int) -> bytes:
        begin = EVENT.pack(start, 0, START, 0, 0, *[0.0] * EVENT_FLOATS)
        return b"".join([begin, *(n.packed(start) for n in self.notes)])


def instrument(name: str, *nodes: Node, params: tuple[Parameter, ...] = ()) -> Graph:
    return Graph(name, EVENT_PARAMETERS + params, nodes, Ref(len(nodes) - 1))


def chain(*nodes: Node) -> Graph:
    return Graph("chain", (), (Node("in", ()), *nodes), Ref(len(nodes)))


PLAIN = chain()
HALL = chain(Node("reverb", (2.0, 0.3, Ref(0))))
LIMIT = chain(Node("limit", (-1.0, Ref(0))))

SWEPT = instrument(
    "swept",
    Node("saw", (FREQ,)),
    Node("sine", (Control("rate"), 0.0)),
    Node("mul", (Ref(1), 600.0)),
    Node("add", (Ref(2), 1200.0)),
    Node("lpf", (Ref(3), 0.35, Ref(0))),
    Node("adsr", (0.02, 0.2, 0.7, 0.3)),
    Node("mul", (Ref(4), Ref(5))),
    params=(Parameter("rate", 0.3, 0.0, 20.0),),
)
SIMPLE = instrument(
    "simple",
    Node("saw", (FREQ,)),
    Node("lpf", (1500.0, 0.3, Ref(0))),
    Node("adsr", (0.01, 0.1, 0.7, 0.1)),
    Node("mul", (Ref(1), Ref(2))),
)
RICH = instrument(
    "rich",
    Node("saw", (FREQ,)),
    Node("mul", (FREQ, 1.006)),
    Node("saw", (Ref(1),)),
    Node("add", (Ref(0), Ref(2))),
    Node("perc", (0.01, 1.5)),
    Node("mul", (Ref(4), 2500.0)),
    Node("add", (Ref(5), 300.0)),
    Node("moog", (Ref(6), 0.4, Ref(3))),
    Node("drive", (0.2, Ref(7))),
    Node("adsr", (0.01, 0.1, 0.7, 0.1)),
    Node("mul", (Ref(8), Ref(9))),
)
PLUCKED = instrument(
    "plucked",
    Node("saw", (FREQ,)),
    Node("perc", (0.002, 0.3)),
    Node("mul", (Ref(1), 2000.0)),
    Node("add", (Ref(2), 300.0)),
    Node("lpf", (Ref(3), 0.35, Ref(0))),
    Node("adsr", (0.002, 0.05, 0.6, 0.1)),
    Node("mul", (Ref(4), Ref(5))),
)
TAPE = instrument(
    "tape",
    Node("sample1", (Control("tape"), Control("speed"), 0.0, Control("dur"), 0.002, 0.01)),
    params=(Parameter("tape", 0.0, 0.0, 1e6), Parameter("speed", 1.0, -64.0, 64.0)),
)


def sustained(count: int, seconds: float, graph: Graph, gain: float, *, more: bool = False) -> tuple[Event, ...]:
    """Hold a spread of pitches for the whole length."""
    return tuple(
        Event(
            0.05 + 0.001 * i,
            seconds,
            55.0 * 2 ** ((i * 7 % 48) / 12),
            gain,
            (i * 13 % 32) / 31,
            (0.1 + 0.01 * i,) if more else (),
        )
        for i in range(count)
    )


A = Piece("a: 64 sustained swept saws", 30.0, SWEPT, 64, sustained(64, 31.0, SWEPT, 0.02, more=True), HALL, LIMIT)
B = Piece(
    "b: 16 notes a second",
    60.0,
    PLUCKED,
    32,
    tuple(
        Event(0.05 + i / 16 + 0.00001 * i, 0.12, 110.0 * 2 ** ((i * 5 % 24) / 12), 0.2, (i * 3 % 16) / 15)
        for i in range(16 * 60 - 4)
    ),
    HALL,
    LIMIT,
)
C = Piece(
    "c: 32 pitched samples",
    30.0,
    TAPE,
    32,
    tuple(Event(0.05 + 0.001 * i, 31.0, 440.0, 0.05, (i * 13 % 32) / 31, (0.0, 0.5 + i / 32)) for i in range(32)),
    PLAIN,
    LIMIT,
)
