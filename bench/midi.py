"""MIDI through a JACK server without a sound card: lateness, jitter, lost notes and hanging notes, by real rtmidi.

    python bench/midi.py [notes|direct|clock|kill|orphan|keys|controls|idle]...

Starts `jackd -d dummy -p 128` of its own, opens a virtual MIDI input in another process and hears there what the MIDI
process sends to it. JACK hands messages over once a block of 2.7 ms, so the lateness of sending is taken where the
message is handed to the driver, and what arrives is counted and compared. The server runs in real time and waits for
its clients (-R -S). Without -S a client that is not done within its block makes JACK lose or repeat the messages of
that block, whoever sends them; what overran was Python called back in JACK's own thread, in the listener of this bench.

Lost of 12,000 notes on two cores that six others wanted. With that listener, on -R: 1 of ours, 11 of python-rtmidi
alone (`direct`); on -r: 0 and 0. With the listener that only asks rtmidi's queue, as now, on -R: 0 of ours. (When each
of our processes had two idle clients more, for its lists of ports, 7 of 4,000 were lost on -R and 25 on -r.)
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from livecode.conductor.tempo import TempoMap, cycle_length
from livecode.engine.client import EngineProcess
from livecode.errors import Source
from livecode.midi import messages
from livecode.midi.client import MidiProcess
from livecode.midi.records import NOTE, SEND, Lateness, Measure, Opened, OpenOut, event
from livecode.performance import Performance

MS = 1_000_000
SERVER = "livecode-bench"
PORT = "livecode bench in"

# Messages wait in rtmidi's own queue, with the times between them: a callback would let JACK's thread wait for Python.
LISTENER = """
import json, sys, threading, time
import rtmidi
log = []
lock = threading.Lock()
class In:
    def __init__(self):
        self.inp = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "bench", 65536)
        self.inp.ignore_types(sysex=False, timing=False)
        self.inp.open_virtual_port(sys.argv[1])
        self.since, self.start = 0.0, None
    def poll(self):
        while (found := self.inp.get_message()) is not None:
            self.since += found[1]
            begun = time.monotonic() - self.since
            self.start = begun if self.start is None else min(self.start, begun)
            log.append((round((self.start + self.since) * 1e9), found[0]))
    def close(self):
        self.poll()
        self.inp.close_port()
        self.inp.delete()
inp = In()
def run():
    while True:
        with lock:
            if inp is not None:
                inp.poll()
        time.sleep(0.001)
threading.Thread(target=run, daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "quit":
        break
    with lock:
        if line.strip() == "unplug":
            inp.close()
            inp = None
        if line.strip() == "plug":
            inp = In()
        if inp is not None:
            inp.poll()
        found, log[:] = list(log), []
    print(json.dumps(found), flush=True)
"""

IDLE = """
import sys, time
sys.path.insert(0, sys.argv[1])
from livecode.midi.process import SPIN, prefer
prefer()
late = []
due = time.monotonic_ns() + 20_000_000
for i in range(int(sys.argv[2])):
    due += 2_000_000
    time.sleep(max(0.0, (due - SPIN - time.monotonic_ns()) / 1e9))
    while time.monotonic_ns() < due:
        pass
    late.append((time.monotonic_ns() - due) / 1e6)
late.sort()
print(late[len(late) // 2], late[int(len(late) * 0.99)], late[-1])
"""


class Listener:
    """A virtual MIDI input in a process of its own."""

    def __init__(self, name: str = PORT) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", LISTENER, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def heard(self, command: str = "") -> list[tuple[int, list[int]]]:
        """Take what has arrived: monotonic time in ns and message; `unplug` and `plug` do so with the port."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return [(at, message) for at, message in json.loads(self.process.stdout.readline())]

    def wait_note(self, seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not any(m[0] & 0xF0 == 0x90 for _, m in self.heard()):
            if time.monotonic() > end:
                raise SystemExit("no note comes")
            time.sleep(0.01)

    def closed_after(self, at: int, seconds: float = 2.0) -> float:
        """Give the ms from a time to the first note-off after it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            offs = [t for t, m in self.heard() if m[0] & 0xF0 == 0x80 and t > at]
            if offs:
                return (offs[0] - at) / 1e6
            time.sleep(0.01)
        return float("inf")

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait(5)


@contextmanager
def jack(*options: str) -> Iterator[None]:
    """Run a server: in real time and waiting for its clients, if no options say otherwise."""
    os.environ["JACK_DEFAULT_SERVER"] = SERVER
    os.environ["JACK_NO_START_SERVER"] = "1"
    options = options or ("-R", "-P", "60", "-S")
    command = ["jackd", "-n", SERVER, *options, "-d", "dummy", "-r", "48000", "-p", "128"]
    if hasattr(os, "sched_setscheduler") and os.geteuid() == 0:
        command = ["nice", "-n", "-15", *command]  # its threads that take in and let go of clients are of no real time
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.5)
    try:
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(5)


def sender() -> MidiProcess:
    midi = MidiProcess("jack")
    midi.start()
    midi.send(OpenOut(1, PORT))
    end = time.monotonic() + 5
    while not any(isinstance(r, Opened) for r in midi.reports()):
        if time.monotonic() > end:
            raise SystemExit("the listener's port does not appear")
        time.sleep(0.01)
    return midi


def lateness(midi: MidiProcess) -> list[float]:
    """Give how late each record was since this was last asked, in ms."""
    midi.send(Measure())
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for report in midi.reports():
            if isinstance(report, Lateness):
                return [n / 1e6 for n in report.late]
        time.sleep(0.01)
    raise SystemExit("the MIDI process does not answer")


def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)


def told(name: str, values: list[float]) -> None:
    values = sorted(values)
    p50, p99 = values[len(values) // 2], values[int(len(values) * 0.99)]
    print(f"{name}: p50 {p50:.3f} ms, p99 {p99:.3f} ms, worst {values[-1]:.3f} ms", flush=True)


@contextmanager
def load() -> Iterator[None]:
    """Keep this process, the control process, busy: it sorts lists and evaluates patterns."""
    from livecode.stages.prelude import prelude
    from livecode.stages.statements import evaluate_text

    over = threading.Event()
    base = prelude()

    def work() -> None:
        while not over.is_set():
            sorted(random.random() for _ in range(100_000))
            evaluation = evaluate_text(base, Source("load", 'note "0 .. 15" | every 4 rev | off 1/8 (+ 7) | jux rev'))
            evaluation.session.values()["main"].onsets(Fraction(0), Fraction(8))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def idle(count: int = 5000) -> None:
    """The baseline: the same waiting, and nothing sent."""
    root = str(Path(__file__).resolve().parent.parent)
    done = subprocess.run([sys.executable, "-c", IDLE, root, str(count)], capture_output=True, text=True, check=True)
    p50, p99, worst = map(float, done.stdout.split())
    print(f"idle baseline, waiting on a 2 ms grid: p50 {p50:.3f} ms, p99 {p99:.3f} ms, worst {worst:.3f} ms")


def notes(count: int = 10_000) -> None:
    """10,000 notes on a 2 ms grid while the control process is busy."""
    listener = Listener()
    midi = sender()
    lateness(midi)
    begin = time.monotonic_ns() + 500 * MS
    sent: Counter[tuple[int, ...]] = Counter()
    with load():
        for block in range(0, count, 50):
            records = []
            for i in range(block, min(block + 50, count)):
                key, velocity = 20 + i % 80, 1 + i % 127
                records.append(event(begin + i * 2 * MS, 1, 0, NOTE, bytes((i % 16, key, velocity, 64)), MS))
                sent[0x90 | i % 16, key, velocity] += 1
            midi.push(b"".join(records))
            # as the conductor does: a quarter of a second ahead
            wait = (begin + block * 2 * MS - time.monotonic_ns()) / 1e9 - 0.25
            if wait > 0:
                time.sleep(wait)
        time.sleep(1.0)
    heard = listener.heard()
    late = lateness(midi)
    midi.stop()
    listener.close()
    got: Counter[tuple[int, ...]] = Counter(tuple(m) for _, m in heard if m[0] & 0xF0 == 0x90)
    lost, doubled = sum((sent - got).values()), sum((got - sent).values())
    offs = sum(m[0] & 0xF0 == 0x80 for _, m in heard)
    print(f"{count} notes on a 2 ms grid: {len(late)} sent; {lost} lost, {doubled} doubled, {offs} note-offs")
    told("  lateness of sending", late)


DIRECT = """
import sys, time
import rtmidi
sys.path.insert(0, sys.argv[1])
from livecode.midi.process import SPIN, prefer
out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "direct")
out.open_port(next(i for i, name in enumerate(out.get_ports()) if sys.argv[2] in name))
prefer()
begin = time.monotonic_ns() + 300_000_000
for i in range(int(sys.argv[3])):
    for at, message in ((0, [0x90 | i % 16, 20 + i % 80, 1 + i % 127]), (1_000_000, [0x80 | i % 16, 20 + i % 80, 64])):
        due = begin + i * 2_000_000 + at
        time.sleep(max(0.0, (due - SPIN - time.monotonic_ns()) / 1e9))
        while time.monotonic_ns() < due:
            pass
        out.send_message(message)
time.sleep(1.0)
"""


def direct(count: int = 10_000) -> None:
    """The same notes from python-rtmidi alone, without a line of our sender: what is lost now is lost by JACK."""
    listener = Listener()
    root = str(Path(__file__).resolve().parent.parent)
    with load():
        subprocess.run([sys.executable, "-c", DIRECT, root, PORT, str(count)], check=True)
    sent: Counter[tuple[int, ...]] = Counter((0x90 | i % 16, 20 + i % 80, 1 + i % 127) for i in range(count))
    got: Counter[tuple[int, ...]] = Counter(tuple(m) for _, m in listener.heard() if m[0] & 0xF0 == 0x90)
    listener.close()
    lost, doubled = sum((sent - got).values()), sum((got - sent).values())
    print(f"{count} notes from python-rtmidi alone, for comparison: {lost} lost, {doubled} doubled")


def clock(seconds: float = 20.0, bpm: float = 126.0) -> None:
    """Clock out while the control process is busy, as it arrives and as it is handed over; then 30 minutes of sums."""
    listener = Listener()
    midi = sender()
    period = 60e9 / bpm / messages.PPQN
    count = int(seconds * 1e9 / period)
    begin = time.monotonic_ns() + 500 * MS
    lateness(midi)
    with load():
        for block in range(0, count, 12):
            ticks = range(block, min(block + 12, count))
            midi.push(b"".join(event(begin + round(i * period), 1, 0, SEND, messages.CLOCK) for i in ticks))
            wait = (begin + block * period - time.monotonic_ns()) / 1e9 - 0.25
            if wait > 0:
                time.sleep(wait)
        time.sleep(0.7)
    late = lateness(midi)
    heard = [at for at, m in listener.heard() if m[0] == 0xF8]
    midi.stop()
    listener.close()
    jitter = [abs(b - a) for a, b in pairwise(late)]
    print(f"{count} clock ticks: {count - len(heard)} lost")
    told("  jitter of intervals, as sent", jitter)
    arrived = [abs((b - a) / 1e6 - period / 1e6) for a, b in pairwise(heard)]
    told("  jitter of intervals, as it arrives through JACK's blocks of 2.7 ms", arrived)
    print(f"  drift over 30 simulated minutes with tempo changes: {drift():.4f} ticks")


def drift() -> float:
    """Count the ticks that 30 minutes of changing tempo lose or gain against exact sums."""
    rate, beats = 48000, Fraction(4)
    random.seed(1)
    tempi = [Fraction(random.randrange(8000, 18000), 100) for _ in range(120)]
    cycles = [Fraction(bpm * 15, 60) / beats for bpm in tempi]  # 15 s of each
    map = TempoMap(0, cycle_length(tempi[0], beats, rate))
    at = Fraction(0)
    for bpm, length in zip(tempi, cycles, strict=True):
        map.change(at, cycle_length(bpm, beats, rate))
        at += length
    ticks = at * beats * messages.PPQN
    ended = map.sample(at)
    return abs(float((ended - 1800 * rate) / map.length(at) * beats * messages.PPQN)) if ticks else 0.0


def kill(times: int = 20) -> None:
    """Kill the MIDI process while a note sounds; how long until its successor has closed it."""
    took: list[float] = []
    for _ in range(times):
        listener = Listener()
        midi = sender()
        until(lambda m=midi: m.standby is not None)
        midi.push(event(time.monotonic_ns(), 1, 0, NOTE, bytes((0, 60, 100, 64)), 10**12))
        listener.wait_note()
        assert midi.pid is not None
        os.kill(midi.pid, signal.SIGKILL)
        took.append(listener.closed_after(time.monotonic_ns()))
        midi.stop()
        listener.close()
    told(f"{times} times the MIDI process was killed; its note is closed after", took)


CONTROL = """
import sys, time
from livecode.midi.client import MidiProcess
from livecode.midi.records import OpenOut, NOTE, event
midi = MidiProcess("jack")
midi.start()
midi.send(OpenOut(1, sys.argv[1]))
midi.wait_ports()
time.sleep(0.3)
midi.push(event(time.monotonic_ns(), 1, 0, NOTE, bytes((0, 60, 100, 64)), 10**12))
time.sleep(0.2)
print(midi.pid, flush=True)
time.sleep(60)
"""


def orphan(times: int = 30) -> None:
    """Kill the control process while a note sounds; how long until the MIDI process has closed it."""
    took: list[float] = []
    for _ in range(times):
        listener = Listener()
        control = subprocess.Popen([sys.executable, "-c", CONTROL, PORT], stdout=subprocess.PIPE, text=True)
        assert control.stdout is not None
        control.stdout.readline()
        listener.wait_note()
        control.kill()
        took.append(listener.closed_after(time.monotonic_ns()))
        control.wait()
        listener.close()
    told(f"{times} times the control process was killed; its note is closed after", took)


PLAYER = """
import random, sys, time
import rtmidi
out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "player")
out.open_virtual_port(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
random.seed(5)
for i in range(int(sys.argv[2])):
    out.send_message([0x90, 40 + i % 40, 1 + i % 127])
    time.sleep(0.02 + 0.03 * random.random())
    out.send_message([0x80, 40 + i % 40, 64])
    if i % 2:
        out.send_message([0xB0, 7, i // 2 % 128])
    time.sleep(0.02 + 0.03 * random.random())
"""


def keys(count: int = 1000) -> None:
    """Play an instrument by hand while patterns sound: from the arrival of a key to the engine's ring."""
    with playing(PLAYER, count) as (performance, go):
        performance.enter("design held = saw freq | lpf 2000 | adsr 5ms 0.1 0.6 0.2")
        performance.enter("midi in 'bench player' as k play=held")
        performance.enter('a = s "bd*8, hh*16" | every 4 (fast 2)')
        performance.enter('b = note "0 .. 15" | s "bass" | off 1/8 (+ 7) | gain 0.3')
        took: dict[str, list[float]] = {"down": [], "up": []}
        straight: list[bool] = []
        rig = performance.outboard.rig
        hear = rig._hear

        def timed(alias: str, at: int, message: bytes, played: int = 0) -> None:
            hear(alias, at, message, played)
            kind = {0x90: "down", 0x80: "up"}.get(message[0] & 0xF0)
            if kind:
                took[kind].append(((played or time.monotonic_ns()) - at) / 1e6)
                straight.append(played > 0)

        rig._hear = timed  # type: ignore[method-assign]
        go()
    print(f"{count} keys played while patterns sound, a block lasts 2.667 ms; {sum(straight)} of {2 * count} straight")
    for kind, values in took.items():
        print(f"  {kind}: {count - len(values)} lost")
        told("    from arrival to the ring", values)


TURNER = """
import random, sys, time
import rtmidi
out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "turner")
out.open_virtual_port(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
random.seed(5)
for i in range(int(sys.argv[2])):
    out.send_message([0xB0, 7, i % 127 + 1])
    time.sleep(0.03 + 0.04 * random.random())
"""


def controls(count: int = 500) -> None:
    """Turn a controller that a strip and a held note follow while patterns sound: from its arrival to the ring."""
    from livecode.engine.records import AIM, EVENT

    with playing(TURNER, count) as (performance, go):
        performance.enter("midi in 'bench player' as k")
        performance.enter('a = s "bd*8, hh*16" | every 4 (fast 2)')
        performance.enter('b = note "0 .. 15" | s "bass" | off 1/8 (+ 7) | lpf (cc \'k\' 7 | range 200 4000)')
        performance.enter("mix b | gain (cc 'k' 7)")
        rig, engine = performance.outboard.rig, performance.engine
        hear, push = rig._hear, engine.push
        waiting: list[int] = []
        took: list[float] = []

        def heard(alias: str, at: int, message: bytes, played: int = 0) -> None:
            waiting.append(at)
            hear(alias, at, message, played)

        def pushed(records: bytes) -> bool:
            done = push(records)
            if waiting and any(record[2] == AIM for record in EVENT.iter_unpack(records)):
                took.extend((time.monotonic_ns() - at) / 1e6 for at in waiting)
                waiting.clear()
            return done

        rig._hear, engine.push = heard, pushed  # type: ignore[method-assign, assignment]
        go()
        print(f"{count} values of a controller while patterns sound: {count - len(took)} lost")
        told("  from arrival to the ring", took)


def _complain(text: str) -> None:
    if not text.startswith("MIDI: "):
        print(text, file=sys.stderr)


@contextmanager
def playing(player: str, count: int) -> Iterator[tuple[Performance, Callable[[], None]]]:
    """Have a performance and a script that plays to it, and what lets it begin and waits for its end."""
    script = subprocess.Popen(
        [sys.executable, "-c", player, "bench player", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert script.stdin is not None and script.stdout is not None
    script.stdout.readline()
    os.environ["LIVECODE_MIDI"] = "jack"
    engine = EngineProcess()
    engine.start("silent", block=128)
    performance = Performance(engine, _complain)
    performance.start()
    engine.wait_ready(20)

    def go() -> None:
        assert script.stdin is not None
        time.sleep(2.0)
        script.stdin.write(b"\n")
        script.stdin.flush()
        script.wait()
        time.sleep(0.3)

    try:
        yield performance, go
    finally:
        performance.stop()


BENCHES: dict[str, Callable[[], None]] = {
    "idle": idle,
    "notes": notes,
    "direct": direct,
    "clock": clock,
    "kill": kill,
    "orphan": orphan,
    "keys": keys,
    "controls": controls,
}


def main() -> None:
    with jack():
        for name in sys.argv[1:] or BENCHES:
            BENCHES[name]()


if __name__ == "__main__":
    main()
