"""Random interruptions of a performance over JACK: no note may sound 200 ms past the moment each is meant for.

    python bench/interruptions.py [COUNT [SECONDS [SEED [KIND]]]]

A control process plays long notes to a virtual MIDI input in another process. It is muted, replaced, reloaded, stopped,
hushed; it, its engine or its MIDI process is killed; the port vanishes and returns. What is quantised is meant for its
boundary, what is lost for the moment at which it is back, all else for now. KIND is a pattern for the names of those to
be tried.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from midi import PORT, Listener, jack, told

MS = 1_000_000
OTHER = "livecode bench pulse"
LATEST = 200.0  # ms that a note may sound past an interruption
PATIENCE = 3.0  # s after which a note counts as hanging
STARTED = 20.0  # s within which notes must come, also from processes that have just been started

PLAYER = """
import json, os, signal, sys, time
sys.path.insert(0, sys.argv[1])

def kill(process):
    while process() is None:  # the one before has only just died
        time.sleep(0.005)
    os.kill(process(), signal.SIGKILL)

from livecode.engine.client import EngineProcess
from livecode.errors import Source
from livecode.performance import Performance
engine = EngineProcess()
engine.start("silent")
performance = Performance(engine, lambda text: print(text, file=sys.stderr))
performance.start()
engine.wait_ready(20)
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    verb, text = json.loads(line)
    if verb == "follow":
        performance.follow([Source("bench.live", text)])
    elif verb == "enter":
        performance.enter(text)
    elif verb == "engine":
        kill(lambda: performance.engine.pid)
    elif verb == "midi":
        kill(lambda: performance.outboard.rig._midi.pid)
    elif verb == "ledger":
        midi = performance.outboard.rig._midi
        print(json.dumps([list(key) for slot in range(32) for key in midi.ledger.sounding(slot)]), flush=True)
        continue
    elif verb == "successor":
        print(json.dumps(performance.outboard.rig._midi.standby is not None), flush=True)
        continue
    elif verb == "quit":
        break
    with performance.playing() as conductor:
        begin = conductor.map.sample(conductor.eras[-1].begin)
    print(json.dumps(performance.outboard.rig.line.at(begin)), flush=True)
performance.stop()
"""

# Says something every 4 ms with a line of python-rtmidi: while that does not come JACK itself is at a stand.
PULSE = """
import sys, time
sys.path.insert(0, sys.argv[1])
import rtmidi
from livecode.midi.process import prefer
out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "pulse")
out.open_port(next(i for i, name in enumerate(out.get_ports()) if sys.argv[2] in name))
prefer()
while True:
    out.send_message([0xD0, 1])
    time.sleep(0.004)
"""

MELODY = "midi out '{port}' as out\ntempo 960\nquant 1/4\na = note \"[{keys}] c3\" | clip 64 | midiport 'out'"
KEYS = ("c3,e3,g4", "d3,f3,a4")


class Player:
    """The control process, which is told what to do."""

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parent.parent)
        self.process = subprocess.Popen(
            [sys.executable, "-c", PLAYER, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("LIVECODE_DEBUG") else subprocess.DEVNULL,
            text=True,
            env={**os.environ, "LIVECODE_MIDI": "jack"},
        )
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def do(self, verb: str, text: str = "") -> int:
        """Do something; gives the monotonic time, in ns, at which the newest change takes over."""
        return int(self._ask(verb, text))

    def successor(self) -> bool:
        """Tell whether the successor of the MIDI process has loaded."""
        return bool(self._ask("successor"))

    def ledger(self) -> list[list[int]]:
        """Give channel and key of what sounds, as the MIDI process knows."""
        return list(self._ask("ledger"))

    def _ask(self, verb: str, text: str = "") -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([verb, text]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        if self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(["quit", ""]) + "\n")
            self.process.stdin.flush()
            self.process.wait(10)


@dataclass(slots=True)
class Stage:
    """Who plays and who listens, and the keys that are down there."""

    listener: Listener = field(default_factory=Listener)
    player: Player = field(default_factory=Player)
    down: Counter[tuple[int, int]] = field(default_factory=Counter)
    last: int = 0  # when a key went up last
    other: Listener = field(default_factory=lambda: Listener(OTHER))
    pulses: list[int] = field(default_factory=list)
    alone: bool = False  # the MIDI process was killed while its successor was still loading

    def hear(self, command: str = "") -> None:
        for at, m in self.listener.heard(command):
            if m[0] & 0xF0 == 0x90:
                self.down[m[0] & 15, m[1]] = 1
            elif m[0] & 0xF0 == 0x80:
                if self.down[m[0] & 15, m[1]]:  # what is said again for certain ends nothing
                    self.last = at
                self.down[m[0] & 15, m[1]] = 0

    def until(self, true: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while True:
            self.hear()
            if true():
                return True
            if time.monotonic() > end:
                return False
            time.sleep(0.01)

    def stand(self) -> float:
        """Give the longest time, in ms, for which JACK brought nothing from a client that sends all the time."""
        self.pulses += [at for at, _ in self.other.heard()]
        return max((b - a) / 1e6 for a, b in pairwise(self.pulses)) if len(self.pulses) > 1 else 0.0

    def held(self) -> int:
        return sum(self.down.values())


def _enter(text: str) -> Callable[[Stage], int]:
    return lambda stage: stage.player.do("enter", text)


def _reload(stage: Stage) -> int:
    return stage.player.do("follow", "a = silence")


def _kill_engine(stage: Stage) -> int:
    stage.player.do("engine")
    time.sleep(random.random() * 0.3)
    stage.hear()
    return stage.player.do("enter", "hush")


def _kill_midi(stage: Stage) -> int:
    """Let the music end as its process is killed, so that whatever sounds on was left by that."""
    stage.player.do("enter", "hush") if random.random() < 0.5 else None
    stage.alone = not stage.player.successor()
    at = time.monotonic_ns()
    stage.player.do("midi")
    return max(at, stage.player.do("enter", "hush"))


def _kill_control(stage: Stage) -> int:
    at = time.monotonic_ns()
    stage.player.process.kill()
    stage.player.process.wait()
    return at


def _lose_port(stage: Stage) -> int:
    """Take the port away for a while; nothing can be ended before it is back."""
    early = random.random() < 0.5
    if early:
        stage.player.do("enter", "hush")
        time.sleep(random.random() * 0.1)
    stage.hear("unplug")
    if not early:
        time.sleep(random.random() * 0.2)
        stage.player.do("enter", "hush")
    time.sleep(0.25 + random.random() * 0.2)
    stage.hear("plug")
    return time.monotonic_ns()


# what is done, and how often in proportion
INTERRUPTIONS: dict[str, tuple[Callable[[Stage], int], int]] = {
    "mute": (_enter("mute a"), 20),
    "replace": (_enter("a = silence"), 20),
    "reload": (_reload, 20),
    "stop": (_enter("stop"), 10),
    "hush": (_enter("hush"), 20),
    "panic": (_enter("panic"), 10),
    "port lost and back": (_lose_port, 20),
    "engine killed, then hush": (_kill_engine, 8),
    "MIDI process killed with a hush": (_kill_midi, 4),
    "control process killed": (_kill_control, 8),
}


def interrupt(times: int, budget: float, seed: int, kind: str) -> None:
    stage = Stage()
    pulse = subprocess.Popen([sys.executable, "-c", PULSE, str(Path(__file__).resolve().parent.parent), OTHER])
    random.seed(seed)
    stands: list[float] = []
    past: dict[str, list[float]] = {name: [] for name in INTERRUPTIONS}
    weights = [weight * bool(re.search(kind, name)) for name, (_, weight) in INTERRUPTIONS.items()]
    silent = hanging = 0
    end = time.monotonic() + budget
    for number in range(times):
        if time.monotonic() > end:
            break
        if stage.player.process.poll() is not None:
            stage.player = Player()
        stage.player.do("follow", MELODY.format(port=PORT, keys=KEYS[number % 2]))
        stage.player.do("enter", "unmute\nplay")
        if not stage.until(lambda: stage.held() >= 3, STARTED):
            silent += 1
            continue
        time.sleep(random.random() * 0.1)
        name = random.choices(list(INTERRUPTIONS), weights)[0]
        stage.other.heard()
        stage.pulses.clear()
        stage.alone = False
        stage.last, asked = 0, time.monotonic_ns()
        meant = max(asked, INTERRUPTIONS[name][0](stage))
        # first what is still to begin before that moment, then the silence that must follow
        stage.until(lambda meant=meant: time.monotonic_ns() > meant, 2.0)
        quiet = stage.until(lambda: not stage.held(), PATIENCE)
        time.sleep(0.15)
        stage.hear()  # what begins again would be heard by now
        left = stage.held()
        hanging += left
        stands.append(stage.stand())
        past[name].append(max(stage.last - meant, 0) / 1e6 if quiet and not left else float("inf"))
        if left or past[name][-1] > LATEST:
            said = f"JACK itself stood still for {stage.stand():.0f} ms"
            said += "; its successor was still loading" if stage.alone else ""
            print(f"  {number}: {name}: {past[name][-1]:.0f} ms, {left} left; {said}", flush=True)
            if stage.player.process.poll() is None:
                print(f"    down here: {sorted(+stage.down)}; down in the ledger: {stage.player.ledger()}", flush=True)
                stage.player.do("enter", "panic")
            stage.down.clear()
    pulse.kill()
    pulse.wait()
    stage.player.close()
    stage.listener.close()
    stage.other.close()
    done = sum(map(len, past.values()))
    late = sum(t > LATEST for times_ in past.values() for t in times_)
    print(
        f"{done} interruptions (seed {seed}): {hanging} notes left sounding, {late} with one later than {LATEST:.0f} ms"
    )
    if silent:
        print(f"  ({silent} more could not be begun: no notes came within {STARTED:.0f} s)")
    if stands:
        told("  baseline: the longest silence of a client that only sends, through the same server", stands)
    for name, values in past.items():
        if values:
            told(f"  {name}, {len(values)} times: its last note-off past the moment it is for", values)


def main() -> None:
    given = sys.argv[1:]
    times, budget, seed, kind = (*given, *("1000", "1e9", "3", "")[len(given) :])
    with jack():
        interrupt(int(times), float(budget), int(seed), kind)


if __name__ == "__main__":
    main()
