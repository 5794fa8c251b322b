"""Latency compensation: what comes late on one way through the mixer is waited for on the others.

What looks ahead is late by what it looks ahead. Wherever ways meet, each of them is delayed to the latest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livecode.engine.records import Bus, Graph, Mix, Ref, bus_key

LOOKS = {"compress": 6}  # what looks ahead, and which of its arguments says by how many seconds


@dataclass(frozen=True, slots=True)
class Timing:
    """When a bus hears and is heard, in samples after its notes: its input, its output, and the delays behind them.

    `pad` delays what it gives to the bus that it feeds, and `sends` what each of its sends gives.
    """

    arrival: int = 0
    out: int = 0
    pad: int = 0
    sends: tuple[int, ...] = ()


def lateness(graph: Graph, rate: int) -> tuple[int, list[tuple[str, int]]]:
    """Give by how many samples a chain is late, and the bus and the lateness of each of its sends."""
    late: list[int] = []
    sends: list[tuple[str, int]] = []
    for node in graph.nodes:
        before = max((late[arg.node] for arg in node.args if isinstance(arg, Ref)), default=0)
        look = node.args[LOOKS[node.ugen]] if node.ugen in LOOKS else 0.0
        late.append(before + (round(look * rate) if isinstance(look, float) else 0))
        if node.ugen == "send":
            sends.append((node.text, before))
    return (late[graph.out.node] if isinstance(graph.out, Ref) else 0), sends


def timings(mix: Mix, order: Sequence[str], rate: int) -> dict[str, Timing]:
    """Give the timing of every bus; `order` puts each before those it feeds."""
    buses: dict[str, Bus] = {bus_key(bus): bus for bus in mix.buses}
    arrival = dict.fromkeys(order, 0)
    ways: dict[str, tuple[int, str, list[tuple[str, int]]]] = {}
    for name in order:
        bus = buses.get(name)
        out, sends = lateness(bus.chain, rate) if bus is not None else (0, [])
        to = bus.to if bus is not None and bus.to in arrival else "master"
        ways[name] = arrival[name] + out, to, [(target, arrival[name] + late) for target, late in sends]
        if name != "master":
            arrival[to] = max(arrival[to], ways[name][0])
        for target, at in ways[name][2]:
            if target in arrival:
                arrival[target] = max(arrival[target], at)
    found: dict[str, Timing] = {}
    for name, (out, to, told) in ways.items():
        pad = arrival[to] - out if name != "master" else 0
        found[name] = Timing(arrival[name], out + pad, pad, tuple(arrival.get(target, at) - at for target, at in told))
    return found
