"""Latency compensation: what comes late on one way through the mixer is waited for on the others.

What looks ahead is late by what it looks ahead, and what reads its past at a mean distance by that distance: the
`late` of their rows. Wherever ways meet, each of them is delayed to the latest: on buses, inside chains, and where a
chain listens to another strip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from livecode.engine.records import KEYED, Bus, Control, Graph, Mix, Ref, bus_key, keys_of
from livecode.engine.rows import UGENS


@dataclass(frozen=True, slots=True)
class Timing:
    """When a bus hears and is heard, in samples after its notes: its input, its output, and the delays behind them.

    `pad` delays what it gives to the bus that it feeds, and `sends` what each of its sends gives. `keys` is when each
    bus that it listens to is there, after its own input; `lanes` when its automated parameters are heard.
    """

    arrival: int = 0
    out: int = 0
    pad: int = 0
    sends: tuple[int, ...] = ()
    keys: tuple[tuple[str, int], ...] = ()
    lanes: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Ways:
    """How late a chain is at each of its nodes, in samples after its input.

    `before` is when all that a node hears is there, `late` when it is heard itself; `heard` says which nodes hear the
    input at all. `sends` are the bus and the lateness of each send, `lanes` the lateness of what a parameter moves.
    """

    keys: Mapping[str, int]
    before: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    heard: list[bool] = field(default_factory=list)
    sends: list[tuple[str, int]] = field(default_factory=list)
    lanes: dict[str, int] = field(default_factory=dict)
    out: int = 0


def ways(graph: Graph, rate: int, keys: Mapping[str, int]) -> Ways:
    """Follow a chain; `keys` tells when the buses that it listens to are there, in samples after its input."""
    made = Ways(keys)
    moved: list[set[str]] = []  # the parameters in what does not hear the input
    for node in graph.nodes:
        refs = [arg.node for arg in node.args if isinstance(arg, Ref)]
        before = max((made.late[i] for i in refs if made.heard[i]), default=0)
        if node.ugen in KEYED and node.text:
            before = max(before, keys.get(node.text, 0))
        names = {arg.name for arg in node.args if isinstance(arg, Control)}
        names.update(name for i in refs for name in moved[i])
        heard = node.ugen == "in" or any(made.heard[i] for i in refs)
        if heard:
            made.lanes |= {name: max(before, made.lanes.get(name, 0)) for name in names}
        row = UGENS.get(node.ugen)
        own = round(row.late(node.args, rate)) if row is not None and row.late is not None else 0
        made.before.append(before)
        made.late.append(before + own if heard else 0)
        made.heard.append(heard)
        moved.append(set() if heard else names)
        if node.ugen == "send":
            made.sends.append((node.text, before))
    made.out = made.late[graph.out.node] if isinstance(graph.out, Ref) else 0
    return made


def timings(mix: Mix, order: Sequence[str], rate: int) -> dict[str, Timing]:
    """Give the timing of every bus; `order` puts each before those it feeds, or that listen to it."""
    buses: dict[str, Bus] = {bus_key(bus): bus for bus in mix.buses}
    arrival = dict.fromkeys(order, 0)
    there: dict[str, int] = {}
    found: dict[str, tuple[str, Ways]] = {}
    for name in order:
        bus = buses.get(name)
        chain = bus.chain if bus is not None else Graph(name, (), (), 0.0)
        heard = {key: there[key] - arrival[name] for key in keys_of(chain) if key in there}
        made = ways(chain, rate, heard)
        to = bus.to if bus is not None and bus.to in arrival else "master"
        found[name] = to, made
        there[name] = arrival[name] + made.out
        if name != "master":
            arrival[to] = max(arrival[to], there[name])
        for target, late in made.sends:
            if target in arrival:
                arrival[target] = max(arrival[target], arrival[name] + late)
    timing: dict[str, Timing] = {}
    for name, (to, made) in found.items():
        at = arrival[name]
        pad = arrival[to] - there[name] if name != "master" else 0
        sends = tuple(arrival.get(target, at + late) - at - late for target, late in made.sends)
        lanes = tuple((lane, at + late) for lane, late in made.lanes.items())
        timing[name] = Timing(at, there[name] + pad, pad, sends, tuple(sorted(made.keys.items())), lanes)
    return timing
