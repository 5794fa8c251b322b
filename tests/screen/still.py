"""A performance that stands still: a real session and conductor, and an engine that says what it is told to say.

As a program it shows one of the scenes in the stage view: python -m tests.screen.still NAME
"""

from __future__ import annotations

import sys
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import pi, sin
from pathlib import Path
from typing import Any, cast

from livecode.conductor.conductor import Conductor
from livecode.engine.client import EngineProcess
from livecode.engine.clock import Clock, Level, Meters
from livecode.engine.records import Message, Ready, SetMix, bus_order
from livecode.measure.reading import Loudness
from livecode.performance import Performance
from livecode.screen.editor import Script, whole
from livecode.screen.stage import Stage
from livecode.stages.score import score

RATE, BLOCK = 48000, 256
FACTORS = (0.9, 0.5, 0.25, 0.1, 0.05, 0.02)  # the peaks of the buses


@dataclass
class StillEngine:
    """Plays nothing, and its time is always the same."""

    sample: int = 0
    names: list[str] = field(default_factory=lambda: ["master"])
    pushed: bytes = b""

    def send(self, message: Message) -> None:
        if isinstance(message, SetMix):
            self.names = bus_order(message.mix)

    def push(self, records: bytes) -> bool:
        self.pushed += records
        return True

    def clock(self) -> Clock:
        return Clock(self.sample, time.monotonic_ns(), RATE, BLOCK)

    def now(self) -> float:
        return float(self.sample)

    def meters(self) -> Meters:
        levels = {
            n: Level(f, f, f / 2, f / 2, 0.5, held=f)
            for n, f in zip(self.names, FACTORS * len(self.names), strict=False)
        }
        return Meters(0.125, 7, 0, 0, 0.5, 0.4, 0, levels, Loudness(-13.0, -14.2, -15.0, 3.0, -1.0), 0.5)

    def wave(self, count: int) -> array[float]:
        return array("f", (0.5 * sin(2 * pi * 750 * i / RATE) for i in range(count)))

    def marked(self) -> int:
        return 1 << 30

    def stop(self) -> None: ...


def still(text: str, cycle: Fraction, told: Callable[[str], None] = print) -> tuple[Stage, StillEngine]:
    """Give a stage on which a text is performed and time stands at a cycle."""
    engine = StillEngine()
    performance = Performance(cast(EngineProcess, engine), told)
    script = Script(text, Path("set.live"), text)
    stage = Stage(performance, script)
    performance.tell = stage.tell
    stage.evaluate(whole)
    script.flashes.clear()
    made = score(performance.session)
    conductor = Conductor(cast(Any, engine), RATE, BLOCK, lambda error: stage.tell(error.render()))
    stage.watcher.sounding.follow(conductor)
    conductor.begin(made, 0)
    engine.sample = conductor.map.sample(cycle)
    conductor.tick(engine.sample + RATE // 4)
    performance.conductor = conductor
    performance.ready = Ready("jack", "system", RATE, BLOCK, "")
    return stage, engine


DRUMS = """# a set for the snapshots
tempo 120

kick = s "bd*4"
hats = s "hh*8" | gain "[1 0.5]*4"
bass = note "c2 eb2 g2 <c3 bb2>" | s 'bass'

mix kick | gain -3dB
"""

SONG = """kick = s "bd*4"
lead = note "<c4 e4 g4 b4>*2" | s 'pad'

arrange intro 4 = kick
arrange drop 8 = kick, lead
arrange end 4 = lead
arrange song = "intro drop end"

play song
"""

WIDE = """é = s "bd hh" | gain 0.5
音 = note "c4 e4" | s 'pad'
let x = "[0 2]*2"  # 音楽 ♪
"""


@dataclass(frozen=True)
class Scene:
    """A text, the cycle at which it stands, what is pressed, and the size of the terminal."""

    text: str
    cycle: Fraction
    keys: tuple[str, ...] = ()
    columns: int = 80
    rows: int = 24


SCENES = {
    "drums": Scene(DRUMS, Fraction(5, 8)),
    "song": Scene(SONG, Fraction(11, 2), columns=120, rows=36),
    "roll": Scene(DRUMS + "mute hats\n", Fraction(1, 4), ("F5",), columns=100, rows=30),
    "mistake": Scene(DRUMS, Fraction(0), ("Down", "Down", "Down", "End", " | gian 2"), columns=80, rows=24),
    "wide": Scene(WIDE, Fraction(1, 8), ("F6",)),
}

if __name__ == "__main__":
    still(SCENES[sys.argv[1]].text, SCENES[sys.argv[1]].cycle)[0].run()
