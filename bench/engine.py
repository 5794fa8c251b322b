"""How much the sound engine bears, and whether it drops a block: `python bench/engine.py [ROW ...] [--peers]`.

Rows: a b c (the three pieces, times real time on one core), voices, notes, idle. Long ones run only when named:
edits (20,000 designs one after the other), evaluations (the same from their text on), processes (the same in a control
process and an engine), hours (simulated music, see --hours), onsets (10,000 of them, offline and live), kills (see
--kills), live (see --minutes).
Offline rows count CPU seconds of the whole process, and give the best of several runs.
`live`, `kills` and `onsets` start a JACK server without a sound card, so jackd must be installed.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import soundfile

from bench import live, onsets, scsynth
from bench.pieces import FREQ, HALL, LIMIT, PLAIN, RATE, RICH, SIMPLE, A, B, C, Piece, instrument, sustained
from livecode.engine.core import Engine
from livecode.engine.offline import OfflineEngine
from livecode.engine.records import AddPool, Bus, Control, DropPool, LoadSample, Mix, Node, Parameter, Pool, Ref, SetMix

RUNS = 5
WARM = 64  # blocks before a piece begins
BARS = {"a": 8.5, "b": 0.0, "c": 45.0}


def resident() -> float:
    """Give the memory this process holds, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tape(folder: str) -> str:
    """Write a second of a harmonic sound; gives its path."""
    t = np.arange(RATE) / RATE
    wave = sum(np.sin(2 * np.pi * 220 * k * t) / k for k in range(1, 12)) * 0.3
    path = str(Path(folder) / "tape.wav")
    soundfile.write(path, wave, RATE)
    return path


def run(piece: Piece, block: int, sample: str = "") -> tuple[float, np.ndarray[Any, Any], int]:
    """Render a piece; gives its CPU seconds, its sound and the voices it had at most."""
    engine = OfflineEngine(RATE, block)
    try:
        if sample:
            engine.send(LoadSample(0, sample, loop=True))
        engine._engine.rig.waves.warm()  # as the live engine does before it plays
        for message in piece.messages():
            engine.send(message)
        for _ in range(piece.voices):  # all voices are made before the piece begins
            engine.advance(block)
        engine.advance(WARM * block)
        start = engine.clock().sample
        engine.push(piece.events(start))
        parts, most = [], 0
        began = time.process_time()
        for _ in range(round(piece.seconds * 4)):
            parts.append(engine.advance(RATE // 4))
            most = max(most, engine.meters().voices)
        return time.process_time() - began, np.concatenate(parts), most
    finally:
        engine.stop()


def pieces(names: list[str], block: int, peers: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sample = tape(folder)
        for name, piece in (("a", A), ("b", B), ("c", C)):
            if name not in names:
                continue
            best, sound, most = min(
                (run(piece, block, sample if piece is C else "") for _ in range(RUNS)), key=lambda r: r[0]
            )
            bar = f", bar {BARS[name]:g}" if BARS[name] else ""
            print(
                f"{piece.name:28} {piece.seconds / best:6.1f} x real time ({best:.2f} s CPU{bar}), "
                f"{most} voices, peak {np.abs(sound).max():.2f}"
            )
            if peers:
                scsynth.report(piece, sample, block)


def voices(block: int) -> None:
    for graph, bar in ((SIMPLE, 500), (RICH, 300)):
        times = []
        for count in (16, 128):
            # the limit of a track is not what is measured: the voices stand on strips of their own
            times.append(min(_held(graph, count, block) for _ in range(RUNS)))
        each = (times[1] - times[0]) / 112
        print(f"{graph.name + ' voices':28} {(1 - times[0] + 16 * each) / each:6.0f} a core (bar {bar}), "
              f"{each * 1e9 / RATE:.1f} ns a sample")  # fmt: skip


def _held(graph: Any, count: int, block: int) -> float:
    """Give the CPU seconds of a second with so many voices held."""
    engine = OfflineEngine(RATE, block)
    try:
        strips = [f"s{i}" for i in range(-(-count // 32))]
        buses = tuple(Bus(s, "strip", PLAIN, "master") for s in strips)
        engine.send(SetMix(Mix((*buses, Bus("master", "master", PLAIN)))))
        notes = sustained(min(count, 32), 60.0, graph, 0.01)
        for i, strip in enumerate(strips):
            engine.send(AddPool(Pool(i + 1, strip, graph, 32)))
        for _ in range(32):
            engine.advance(block * len(strips))
        for i, _ in enumerate(strips):
            packed = [bytearray(n.packed(engine.clock().sample)) for n in notes]
            for p in packed:
                p[8:10] = (i + 1).to_bytes(2, "little")
            engine.push(b"".join(bytes(p) for p in packed))
        engine.advance(RATE)
        assert engine.meters().voices == count, engine.meters().voices
        best = 9.0
        for _ in range(4):
            began = time.process_time()
            engine.advance(RATE)
            best = min(best, time.process_time() - began)
        return best
    finally:
        engine.stop()


FULL = instrument(
    "full",
    Node("saw", (FREQ,)),
    Node("lpf", (Control("cutoff"), Control("resonance"), Ref(0))),
    Node("hpf", (Control("hcutoff"), 0.0, Ref(1))),
    Node("bpf", (Control("bandf"), Control("bandq"), Ref(2))),
    Node("crush", (Control("crush"), Ref(3))),
    Node("drive", (Control("shape"), Ref(4))),
    Node("distort", (Control("distort"), Ref(5))),
    Node("adsr", (0.005, 0.05, 0.6, 0.1)),
    Node("mul", (Ref(6), Ref(7))),
    params=tuple(
        Parameter(n, d, 0.0, 20000.0)
        for n, d in (
            ("cutoff", 3000.0),
            ("resonance", 0.2),
            ("hcutoff", 60.0),
            ("bandf", 900.0),
            ("bandq", 0.5),
            ("crush", 12.0),
            ("shape", 0.1),
            ("distort", 0.1),
        )
    ),
)


def notes(block: int) -> None:
    """Print the Python a note costs, and count the units that were made while it played."""
    for title, piece, bar in (("base objects", B, 20), ("a full chain", replace(B, graph=FULL), 50)):
        spent, made = min(_note(replace(piece, seconds=20.0), block) for _ in range(RUNS))
        print(f"{'a note, ' + title:28} {spent:6.1f} us of Python (bar {bar}), {made} voices made")


def _note(piece: Piece, block: int) -> tuple[float, int]:
    """Give the microseconds of Python that a note takes, and the voices made while the piece plays."""
    spent, made = 0, 0
    fire = Engine._fire

    def timed(self: Engine, *args: Any) -> None:
        nonlocal spent, made
        units = sum(len(p.voices) for p in self.pools.values())
        began = time.thread_time_ns()
        fire(self, *args)
        spent += time.thread_time_ns() - began
        made += sum(len(p.voices) for p in self.pools.values()) - units

    Engine._fire = timed  # type: ignore[method-assign]
    gc.collect()
    gc.freeze()
    gc.disable()  # as the live engine does before it plays
    try:
        run(piece, block)
    finally:
        gc.enable()
        gc.unfreeze()
        Engine._fire = fire  # type: ignore[method-assign]
    return spent / (sum(n.time < piece.seconds for n in piece.notes) + 1) / 1000, made


def idle(block: int) -> None:
    """Print what an engine costs in which nothing sounds, and each silent track of it."""
    costs = []
    for tracks in (0, 40):
        engine = OfflineEngine(RATE, block)
        chain = replace(HALL, nodes=(*HALL.nodes, Node("lpf", (3000.0, 0.2, Ref(1)))), out=Ref(2))
        buses = tuple(Bus(f"s{i}", "strip", chain, "master") for i in range(tracks))
        engine.send(SetMix(Mix((*buses, Bus("master", "master", LIMIT)))))
        for i in range(tracks):
            engine.send(AddPool(Pool(i + 1, f"s{i}", SIMPLE, 64)))
        engine.advance(10 * RATE)
        best = 9.0
        for _ in range(8):
            began = time.process_time()
            engine.advance(RATE)
            best = min(best, time.process_time() - began)
        engine.stop()
        costs.append(best)
    each = (costs[1] - costs[0]) / 40
    print(f"{'nothing sounds':28} {costs[0]:6.2%} of a core; each silent track {each:.4%} (bar 0.1 %)")


def edits(count: int) -> None:
    """Change a design again and again while it plays."""
    engine = OfflineEngine()
    engine.send(SetMix(Mix((Bus("strip", "strip", HALL, "master"), Bus("master", "master", LIMIT)))))
    begun = 0.0
    for i in range(count + 500):
        graph = replace(SIMPLE, nodes=(SIMPLE.nodes[0], Node("lpf", (500.0 + i, 0.3, Ref(0))), *SIMPLE.nodes[2:]))
        engine.send(AddPool(Pool(i % 60000, "strip", graph, 8)))
        if i >= 1:
            engine.send(DropPool((i - 1) % 60000))
        event = bytearray(sustained(1, 0.01, graph, 0.1)[0].packed(engine.clock().sample))
        event[8:10] = (i % 60000).to_bytes(2, "little")
        engine.push(bytes(event))
        engine.advance(2048)
        if i == 500:
            gc.collect()
            begun = resident()
        if i >= 500 and (i - 500) % (count // 8) == 0:
            print(f"  after {i - 500:6} designs {resident() - begun:+7.1f} MB")
    gc.collect()
    print(f"{'designs changed':28} {count} leak {resident() - begun:.1f} MB (bar 50 for 20,000)")
    engine.stop()


def evaluations(count: int) -> None:
    """Evaluate a design again and again while it plays: session, conductor, and an engine that builds in steps."""
    from livecode.conductor.conductor import Conductor
    from livecode.errors import Source
    from livecode.stages.prelude import prelude
    from livecode.stages.score import score
    from livecode.stages.statements import evaluate_text

    design = "design probe =\n    saw freq | lpf ({0} * (1 + {1} * perc 1ms 30ms)) 0.3 | perc 1ms 60ms\n"
    begin = design.format(500, 1) + 'tempo 240\ncompose x = s "probe*4" | gain 0.3'
    session = evaluate_text(prelude(), Source("typed", begin)).session
    engine = OfflineEngine()
    conductor = Conductor(engine, RATE, 256, lambda error: print("  ", error.render()))
    conductor.begin(score(session), 64 * 256)
    engine._engine.eager = False
    begun = 0.0
    for i in range(count + 1000):
        session = evaluate_text(session, Source("typed", design.format(500 + i, 1 + i / 1000))).session
        played, now = score(session), int(engine.now())
        conductor.change(played, now, Fraction(1, 4))
        for _ in range(2):
            conductor.tick(int(engine.now()) + RATE // 4)
            engine.advance(RATE // 8)
        if i == 1000:
            gc.collect()
            begun = resident()
        if i >= 1000 and (i - 1000) % (count // 8) == 0:
            print(f"  after {i - 1000:6} evaluations {resident() - begun:+7.1f} MB", flush=True)
    gc.collect()
    print(f"{'designs evaluated again':28} {count} leak {resident() - begun:.1f} MB (bar 50 for 20,000)")
    engine.stop()


def hours(length: float, block: int, music: str) -> None:
    """Play a file of bench/ offline for hours of its own time and print the memory it holds."""
    from livecode.conductor.conductor import Conductor
    from livecode.errors import Source
    from livecode.stages.prelude import prelude
    from livecode.stages.score import score
    from livecode.stages.statements import evaluate_text

    text = (Path(__file__).parent / music).read_text()
    evaluation = evaluate_text(prelude(), Source(music, text))
    assert not evaluation.errors, [e.render() for e in evaluation.errors]
    engine = OfflineEngine(RATE, block)
    conductor = Conductor(engine, RATE, block, lambda error: print("  ", error.render()))
    conductor.begin(score(evaluation.session), 64 * block)
    began, told, cpu = resident(), 0.0, time.process_time()
    while (done := engine.now() / RATE) < length * 3600:
        conductor.tick(int(engine.now()) + RATE // 2)
        engine.advance(RATE // 4)
        if done >= told:
            print(f"  {done / 3600:6.2f} h {resident():7.1f} MB, {time.process_time() - cpu:7.0f} s CPU", flush=True)
            told += length * 3600 / 96
    print(f"{'hours of music':28} {length:g} h, memory {resident() - began:+.1f} MB, {engine.meters().late} notes late")
    for report in engine.reports():
        print("  ", report)
    engine.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "rows", nargs="*", help="a b c voices notes idle edits evaluations processes hours onsets live kills"
    )
    parser.add_argument("--block", type=int, default=256)
    parser.add_argument("--peers", action="store_true", help="run scsynth on the same pieces, when it is installed")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the live test")
    parser.add_argument("--hours", type=float, default=24.0, help="of simulated music")
    parser.add_argument("--music", default="night.live", help="that is simulated; day.live is 6 times lighter")
    parser.add_argument("--notes", type=int, default=10000, help="of the onset test")
    parser.add_argument("--edits", type=int, default=20000)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    rows = options.rows or ["a", "b", "c", "voices", "notes", "idle"]
    pieces(rows, options.block, options.peers)
    later = {
        "voices": lambda: voices(options.block),
        "notes": lambda: notes(options.block),
        "idle": lambda: idle(options.block),
        "edits": lambda: edits(options.edits),
        "evaluations": lambda: evaluations(options.edits),
        "hours": lambda: hours(options.hours, options.block, options.music),
        "processes": lambda: live.evaluations(options.edits),
        "live": lambda: live.dropouts(options.minutes),
        "kills": lambda: live.kills(options.kills),
        "onsets": lambda: onsets.onsets(options.notes),
    }
    for row in rows:
        if row in later:
            later[row]()


if __name__ == "__main__":
    main()
