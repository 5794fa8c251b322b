"""The returns that `room` and `delay` of an event feed: one for each setting of the room or of the delay.

Without a setting they are the returns of those names in the mixer. An event that sets the size of the room, the time of
the delay or the orbit feeds a return of its own kind, which is added to the mixer while it plays.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from livecode.conductor.orbits import Orbits
from livecode.engine.records import Bus, Graph, Mix, Node, Ref

ROOM_KEYS = ("roomsize", "roomfade", "roomlp", "roomdim")
DELAY_KEYS = ("delaytime", "delaysync", "delayfeedback", "lock")
MOST = 16  # returns beside those of the mixer
LONGEST = 8.0  # s, of a delay
RATE = 48000.0  # Hz
FREEVERB_LOOP = 0.02685  # s
DAMP_SHARE = 0.4
FALLEN = 20.0  # dB that roomdim has fallen beyond the lows when the room has faded

Setting = tuple[Any, ...]


@dataclass(slots=True)
class Returns:
    """The returns that events have asked for so far."""

    settings: dict[Setting, str] = field(default_factory=dict)
    orbits: Orbits = field(default_factory=Orbits)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def name(self, send: str, value: Mapping[str, Any], cycle: float) -> str:
        """Give the bus that an event's send feeds; when there are too many, the plain one."""
        if send == "bus":
            return f"bus{int(float(value['bus']))}"
        setting = _room(value) if send == "room" else _delay(value, cycle)
        orbit = int(float(value.get("orbit", 0)))
        if setting is None and not orbit:
            return send
        key = (send, orbit, *(setting or _plain(send)))
        known = self.settings.get(key)
        if known is None:
            if len(self.settings) >= MOST:
                return send
            known = self.settings.setdefault(key, f"{send} {next(self._numbers)}")  # another thread may be first
        return known

    def extended(self, mix: Mix) -> Mix:
        """Give the mixer with these returns in it."""
        known = {bus.name for bus in mix.buses}
        mix = self.orbits.extended(mix)
        if not self.settings:
            return mix
        buses = [
            Bus(name, "return", _chain(key, self.orbits.dips(key[1], known)), "")
            for key, name in [*self.settings.items()]
        ]
        return Mix((*mix.buses, *buses), mix.lanes)


def _plain(send: str) -> Setting:
    return (2.0, 20000.0, 0.0) if send == "room" else (0.375, 0.45)


def _room(value: Mapping[str, Any]) -> Setting | None:
    """Give the seconds of a room, the top of its band and where its highs fall to, on steps that can be heard."""
    if not any(k in value for k in ROOM_KEYS):
        return None
    seconds = float(value.get("roomfade", value.get("roomsize", 2.0)))
    top = min(max(float(value.get("roomlp", 20000.0)), 20.0), 20000.0)
    dim = min(max(float(value.get("roomdim", 0.0)), 0.0), 20000.0)
    return (round(min(max(seconds, 0.1), 30.0), 1), float(round(top)), float(round(dim)))


def damping(seconds: float, dim: float) -> float:
    """Give the damping (0 to 1) of a room's combs in which a frequency falls by `FALLEN` dB more than the lows.

    Each turn through a comb passes a low-pass of one pole, of which the damping is 0.4 of the coefficient.
    """
    turn = 10.0 ** (-FALLEN / 20.0 / max(seconds / FREEVERB_LOOP, 1.0))
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        d = DAMP_SHARE * middle
        passed = (1.0 - d) / math.sqrt(1.0 - 2.0 * d * math.cos(2.0 * math.pi * min(dim / RATE, 0.5)) + d * d)
        low, high = (middle, high) if passed > turn else (low, middle)
    return round(low, 3)


def _delay(value: Mapping[str, Any], cycle: float) -> Setting | None:
    if not any(k in value for k in DELAY_KEYS):
        return None
    time = float(value.get("delaytime", 0.375))
    if "delaysync" in value:
        time = float(value["delaysync"]) * cycle
    elif float(value.get("lock", 0)):
        time *= cycle
    feedback = min(max(float(value.get("delayfeedback", 0.5)), 0.0), 0.98)
    return (round(min(max(time, 0.001), LONGEST), 4), round(feedback, 2))


def _chain(key: Setting, dips: tuple[Node, ...]) -> Graph:
    send, _, *setting = key
    nodes: list[Node] = [Node("in", ())]

    def add(ugen: str, *args: float) -> None:
        nodes.append(Node(ugen, (*args, Ref(len(nodes) - 1))))

    if send == "room":
        seconds, top, dim = setting
        add("hpf", 200.0, 0.0)
        add("delay", 0.012, 0.0, 1.0)
        if dim:
            add("hall", seconds, damping(seconds, dim), 1.0)
        else:
            add("reverb", seconds, 1.0)
        add("lpf", min(top, 20000.0), 0.0)
        add("gain", 10 ** (-3 / 20))
    else:
        time, feedback = setting
        add("hpf", 180.0, 0.0)
        add("delay", time, feedback, 1.0)
    for dip in dips:
        nodes.append(Node(dip.ugen, (*dip.args, Ref(len(nodes) - 1)), dip.text))
    return Graph(send, (), tuple(nodes), Ref(len(nodes) - 1))
