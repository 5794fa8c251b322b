"""How an event plays a sample: which recording, how fast, from where to where, and how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from livecode.engine.records import Capture, Control, Graph, LoadSample, Node, Parameter, Recording, Ref

FADE = 0.001  # s, at a cut inside a recording
FADE_SHARE = 0.19  # of the sound at most, as SuperDirt has it
ROOT = 60.0  # the note at which a sample has its own pitch
ONCE = 3600.0  # s, the longest sound
INPUT = "input: "  # begins the path of a recording that came in
STEPS = 1 << 20  # parts of a recording on which a loop may begin and end

# What a sampler's graph has beyond what every event brings.
PARAMETERS = (
    Parameter("sample", 0.0, 0.0, 1e9),
    Parameter("speed", 1.0, -64.0, 64.0),
    Parameter("begin", 0.0, 0.0, 1.0),
    Parameter("length", 1.0, 0.0, ONCE),
    Parameter("fadein", 0.0, 0.0, 10.0),
    Parameter("fadeout", FADE, 0.0, 10.0),
)
STRETCHED = (Parameter("finish", 1.0, 0.0, 1.0), Parameter("span", 1.0, 0.001, ONCE))
PLAIN, INTRO, GRAINS = "plain", "intro", "grains"
LOOPED = (Parameter("looped", 0.0, 0.0, 1e9), Parameter("looppos", 0.0, 0.0, 1.0), Parameter("loopat", 0.0, 0.0, ONCE))


def sampler(channels: int, way: str, basics: tuple[Parameter, ...]) -> Graph:
    """Give the graph that plays recordings of so many channels: plain, with a part before its loop, or by grains."""
    play = tuple(Control(p.name) for p in PARAMETERS)
    name = f"sample{channels}"
    if way == GRAINS:
        names = ("sample", "speed", "begin", "finish", "span", "length")
        node = Node(f"grains{channels}", tuple(Control(n) for n in names))
        return Graph(name, (*basics, *PARAMETERS, *STRETCHED), (node,), Ref(0))
    intro = way == INTRO
    nodes: list[Node] = [Node(name, play)]
    if intro:
        nodes += [
            Node(name, (Control("looped"), Control("speed"), Control("looppos"), *play[3:])),
            Node("sub", (Ref(1), Ref(0))),
            Node("after", (Control("loopat"),)),
            Node("mul", (Ref(2), Ref(3))),
            Node("add", (Ref(0), Ref(4))),
        ]
    return Graph(name, (*basics, *PARAMETERS, *(LOOPED if intro else ())), tuple(nodes), Ref(len(nodes) - 1))


@dataclass(slots=True)
class Tapes:
    """The samples an engine was asked for, each by its number."""

    send: Callable[[LoadSample | Capture], object]
    asked: dict[tuple[Any, ...], float] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def number(self, recording: Recording, begin: float = 0.0, end: float = 1.0, *, loop: bool = False) -> float:
        """Give the number of a part of a recording, and have it loaded when it is new."""
        key = (recording.path, recording.changed, begin, end, loop)
        known = self.asked.get(key)
        if known is not None:
            return known
        if recording.path.startswith(INPUT):
            raise ValueError(
                "what came in cannot be played round and round: repeat it in the pattern"
                if (recording.path, recording.changed, 0.0, 1.0, False) in self.asked
                else "what came in is gone: loopback records it again"
            )
        number = self.asked.setdefault(key, new := float(next(self._numbers)))
        if number is new:  # else another thread was first
            self.send(LoadSample(int(number), recording.path, begin, end, loop, recording.changed))
        return number

    def capture(self, recording: Recording, start: int, frames: int) -> int:
        """Have a recording filled from the input, from a sample of the engine on; gives its number."""
        number = next(self._numbers)
        self.asked[recording.path, recording.changed, 0.0, 1.0, False] = float(number)
        self.send(Capture(number, recording.channels, start, frames))
        return number


def named(samples: Mapping[str, tuple[Recording, ...]], name: str, bank: str) -> tuple[str, tuple[Recording, ...]]:
    """Give the recordings of a name in a bank, and the name they are found under; none when there is no such name."""
    if not bank:
        return name, samples.get(name, ())
    lower = {n.lower(): n for n in samples}
    for joined in (f"{bank}_{name}", f"{bank}{name}"):
        found = lower.get(joined.lower())
        if found is not None:
            return found, samples[found]
    return f"{bank}_{name}", ()


@dataclass(frozen=True, slots=True)
class Played:
    """One sample as one event plays it: the values of its parameters, and which graph plays it."""

    recording: Recording
    values: dict[str, float]
    way: str = PLAIN


def _rate(value: Mapping[str, Any], recording: Recording, pitch: float) -> float:
    """Give how fast a recording runs: `unit` r counts its own speed, c and s how often it fits into a second.

    What fits samples to cycles (loopAt, fit, splice) puts the cycles a second into the speed.
    """
    speed = float(value.get("speed", 1)) * pitch
    if str(value.get("unit", "r"))[:1] in ("c", "s"):
        speed *= recording.seconds
    return max(-64.0, min(64.0, speed))


def played(value: Mapping[str, Any], recording: Recording, pitch: float, seconds: float, tapes: Tapes) -> Played:
    """Give how an event of some seconds plays a recording, at a pitch relative to its own.

    Raises TypeError or ValueError for values that make no sense.
    """
    rate = _rate(value, recording, pitch)
    begin, end = (min(max(float(value.get(k, d)), 0.0), 1.0) for k, d in (("begin", 0.0), ("end", 1.0)))
    if "length" in value:
        end = min(begin + max(float(value["length"]), 0.0), 1.0)
    if end < begin:
        begin, end, rate = end, begin, -rate
    turns = float(value.get("loop", 0))
    held = seconds * float(value.get("clip", 1))
    mean = abs(rate) * max(1 + float(value.get("accelerate", 0)) / 2, 1 / 64)
    values = {"speed": rate}
    intro = False
    if turns > 0:
        first, last = float(value.get("loopBegin", begin)), float(value.get("loopEnd", end))
        first, last = (round(min(max(x, 0.0), 1.0) * STEPS) / STEPS for x in (first, max(last, first)))
        last = max(last, first + 1 / STEPS)
        length = (last - first) * recording.seconds
        intro = rate > 0 and begin < first
        looped = tapes.number(recording, first, last, loop=True)
        before = (first - begin) * recording.seconds if intro else 0.0
        total = held if turns < 2 or "clip" in value else (before + turns * length) / max(mean, 1e-6)
        if intro:
            turned = (-before / length) % 1.0
            values |= {"looped": looped, "looppos": turned, "loopat": before / max(rate, 1e-6)}
            values |= {"sample": tapes.number(recording), "begin": begin}
        else:
            values |= {"sample": looped, "begin": 1.0 if rate < 0 else 0.0}
        values["fadein"] = FADE if first > 0 or rate < 0 else 0.0
    else:
        total = (end - begin) * recording.seconds / max(mean, 1e-6)
        if "timescale" in value:
            scale = min(max(float(value["timescale"]), 0.05), 100.0)
            total = min((end - begin) * recording.seconds * scale, ONCE)
            values |= {"span": total, "finish": begin if rate < 0 else end}
        if "clip" in value or "duration" in value:
            total = min(total, held)
        values |= {"sample": tapes.number(recording), "begin": end if rate < 0 else begin}
        values["fadein"] = FADE if (end < 1.0 if rate < 0 else begin > 0.0) else 0.0
    total = min(total, ONCE)
    values["fadein"] = float(value.get("fadeInTime", values["fadein"]))
    values["fadeout"] = float(value.get("fadeTime", FADE))
    for key in ("fadein", "fadeout"):
        values[key] = min(values[key], FADE_SHARE * total)
    values["dur"] = total
    return Played(recording, values, INTRO if intro else GRAINS if "span" in values else PLAIN)
