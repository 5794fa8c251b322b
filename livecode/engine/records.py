"""What the control process sends to the engine and hears back: plain data, no pyo, no language."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """The output of an earlier node of the same graph."""

    node: int


@dataclass(frozen=True, slots=True)
class Control:
    """The value of a parameter of the graph."""

    name: str


Arg = float | Ref | Control


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a graph; a value sent to it is clamped to [lo, hi].

    One that moves in an instrument may follow a line while the note sounds.
    """

    name: str
    default: float
    lo: float = float("-inf")
    hi: float = float("inf")
    moves: bool = False


# What every event brings, in this order, before the parameters of its sound.
EVENT_PARAMETERS = (
    Parameter("dur", 0.25, 0.0, 3600.0),
    Parameter("freq", 261.6255653005986, 1.0, 20000.0),
    Parameter("gain", 1.0, 0.0, 16.0),
    Parameter("pan", 0.5, 0.0, 1.0),
)


@dataclass(frozen=True, slots=True)
class Node:
    """One unit generator with all its arguments; `text` names a bus where one is meant (send, duck)."""

    ugen: str
    args: tuple[Arg, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A signal graph: nodes in signal order; the node `in` stands for the input of an effect."""

    name: str
    params: tuple[Parameter, ...]
    nodes: tuple[Node, ...]
    out: Arg


@dataclass(frozen=True, slots=True)
class Pool:
    """A set of equal voices of one instrument on one strip.

    The graph's first parameters are always `dur` (seconds until the gate closes), `freq`, `gain` and `pan`;
    an event's floats are given in the order of `graph.params`. Behind them may stand lines of parameters that move:
    the parameter's index, the count of points, and of each point the seconds after the onset and the value.
    A parameter `cut` that is not 0 is a group: a note fades the others of its group. A parameter `dry` is the level at
    which the strip hears the note, and the buses of `sends` do not care.
    Each pair in `sends` is a bus and the parameter that is its level. `ahead` voices are made before the first note,
    the others as they are needed, up to `voices`.
    """

    number: int
    strip: str
    graph: Graph
    voices: int
    sends: tuple[tuple[str, str], ...] = ()
    ahead: int = 1


@dataclass(frozen=True, slots=True)
class Bus:
    """A channel strip, group, return or the master: what it sums and the chain behind it.

    `kind` is strip, group, return or master. `to` names the bus it feeds ("" for the master).
    A parameter of the chain that patterns move is a `Control`; its lane is set by `AUTOMATE` events.
    """

    name: str
    kind: str
    chain: Graph
    to: str = ""


@dataclass(frozen=True, slots=True)
class Mix:
    """The whole mixer; the engine orders the buses itself, see `bus_order`."""

    buses: tuple[Bus, ...]
    lanes: tuple[tuple[str, str], ...] = ()  # (bus, parameter) of every automated parameter; index = lane number


def bus_key(bus: Bus) -> str:
    """Name a bus as meters do: the master is always `master`."""
    return "master" if bus.kind == "master" else bus.name


KEYED = ("compress", "expand", "gate")  # what may listen to another bus, which its text names


def keys_of(graph: Graph) -> set[str]:
    """Name the buses that a chain listens to."""
    return {node.text for node in graph.nodes if node.ugen in KEYED and node.text}


def bus_order(mix: Mix) -> list[str]:
    """Order buses so that each comes before what it feeds, sends to or is the key of, the master last.

    Of a circle, one link sounds a block late. The peaks of the engine's meters come in this order.
    """
    buses = {bus_key(b): b for b in mix.buses}
    order: list[str] = []
    entered = {"master"}
    listeners: dict[str, list[str]] = {}
    for name, bus in buses.items():
        for key in sorted(keys_of(bus.chain)):
            listeners.setdefault(key, []).append(name)

    def visit(name: str) -> None:
        if name in entered or name not in buses:
            return
        entered.add(name)
        bus = buses[name]
        for target in [bus.to, *(n.text for n in bus.chain.nodes if n.ugen == "send"), *listeners.get(name, ())]:
            visit(target)
        order.append(name)

    for name in reversed(buses):
        visit(name)
    return [*reversed(order), "master"]


# One record of the event ring: sample time, target (pool or lane number), kind, count of floats, note id, floats.
EVENT = struct.Struct("<QHBBI12f")
EVENT_FLOATS = 12
TIME = struct.Struct("<Q")  # with which it begins
NOTE = 0  # target: pool; floats: the values of graph.params, in order
MORE = 1  # the next floats of the note before it
CANCEL = 2  # forget every queued event at or after this time
AUTOMATE = (
    3  # target: lane; floats: the value to be reached, in a straight line from the breakpoint before, at this time
)
CUT = 4  # at this time, fade what sounds over floats[0] seconds; forget what was queued from then on; target: a pool
START = 5  # the transport starts: cycle 0 begins at this time, and everything that moves by itself begins anew
RELEASE = 6  # at this time, the notes of the group floats[0] go into their own release; target: a pool
# At this time, leave the line of a lane (the target) and move to floats[0] within floats[1] s. With a third float
# the target is a pool, and that the index of a parameter of the notes whose onset (32 bits of it) is the note id.
AIM = 7
EVERYTHING = 0xFFFF  # the target of a CUT or RELEASE that means every pool


@dataclass(frozen=True, slots=True)
class AddPool:
    pool: Pool


@dataclass(frozen=True, slots=True)
class DropPool:
    number: int


@dataclass(frozen=True, slots=True)
class Recording:
    """An audio file as a sample: one or two channels of some seconds; `changed` tells versions of it apart."""

    path: str
    channels: int
    seconds: float
    changed: int = 0


@dataclass(frozen=True, slots=True)
class LoadSample:
    """Have a part of an audio file ready, from `begin` to `end` of its length; notes name it by its number.

    With `loop` it is played round and round.
    """

    number: int
    path: str
    begin: float = 0.0
    end: float = 1.0
    loop: bool = False
    changed: int = 0  # another number, another version of the file


@dataclass(frozen=True, slots=True)
class Capture:
    """Fill a sample from the inputs, from a sample of the engine's clock on; then notes play it by its number.

    `channels` is 1 (the first input) or 2; `frames` is its length in samples of the engine, 20 minutes at most. Notes
    that come before it is full play what is there, and silence behind that; what came in more than two seconds before
    this message is silence too. `Captured` tells that it is full; another engine in the place of a dead one tells it
    again.
    """

    number: int
    channels: int
    start: int
    frames: int


@dataclass(frozen=True, slots=True)
class SetMix:
    mix: Mix


@dataclass(frozen=True, slots=True)
class Record:
    """Write what leaves the master to a 32-bit float WAV file until told to stop with an empty path."""

    path: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Write what the notes of some samples of the engine's clock were heard as to a 32-bit float WAV file.

    What is older than a few minutes is gone. `Captured` tells that it is written.
    """

    number: int
    path: str
    start: int
    frames: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Tell (`EngineProcess.marked`) when everything that was sent before this can sound.

    Without `samples` those that are still being read are not waited for.
    """

    number: int
    samples: bool = True


@dataclass(frozen=True, slots=True)
class Quit:
    pass


@dataclass(frozen=True, slots=True)
class Begin:
    """The first message of all: boot, and count samples on from where an engine before stood, if there was one."""

    backend: str  # jack, portaudio or silent; "" takes the first that works
    rate: int  # where the backend lets us choose, as the block
    block: int
    sample: int = 0
    since: int = 0  # the monotonic time in ns at which it stood there


Message = Begin | AddPool | DropPool | LoadSample | Capture | SetMix | Record | Keep | Mark | Quit


@dataclass(frozen=True, slots=True)
class Standing:
    """All is loaded: this engine can take the place of another at once."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine runs: on which backend and device, at what rate, and why not on a better one."""

    backend: str  # jack, portaudio, silent, offline
    device: str
    rate: int
    block: int
    reason: str = ""
    inputs: int = 0  # channels that can be captured


@dataclass(frozen=True, slots=True)
class Captured:
    """A capture is full, or the inputs of its engine gave no more."""

    number: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Samples are being read for a while: how many of those that were asked for are ready."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something went wrong in the engine; the sound goes on."""

    message: str
    bus: str = ""


Report = Ready | Captured | Reading | Trouble
