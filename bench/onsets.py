"""Whether every note begins on its sample: many short notes of mixed designs and samples, offline and live."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench.live import jackd
from bench.pieces import FREQ, LIMIT, PLAIN, RATE, Event, instrument
from livecode.engine.client import EngineProcess
from livecode.engine.offline import OfflineEngine
from livecode.engine.records import (
    AddPool,
    Bus,
    Control,
    LoadSample,
    Message,
    Mix,
    Node,
    Parameter,
    Pool,
    Record,
    Ref,
    SetMix,
)

BLOCKS = (64, 128, 256, 1024)
GAP = (240, 340)  # samples between two notes
LOUD, QUIET = 0.02, 0.01  # of the onset's own sample, and of the three before it

# Each begins with a jump, so that its first sample can be told from silence.
CLICK = (Node("perc", (0.0, 0.002)), Node("mul", (Ref(0), Ref(1))))
DESIGNS = (
    instrument("sine", Node("sine", (FREQ, 0.25)), *CLICK),
    instrument(
        "sum",
        Node("sine", (FREQ, 0.25)),
        Node("perc", (0.0, 0.002)),
        Node("sine", (FREQ, 0.2)),
        Node("add", (Ref(0), Ref(2))),
        Node("mul", (Ref(3), Ref(1))),
    ),
    instrument(
        "filtered",
        Node("sine", (FREQ, 0.25)),
        Node("lpf", (8000.0, 0.0, Ref(0))),
        Node("perc", (0.0, 0.002)),
        Node("mul", (Ref(1), Ref(2))),
    ),
    instrument(
        "tape",
        Node("sample1", (Control("tape"), 1.0, 0.0, Control("dur"), 0.0, 0.001)),
        params=(Parameter("tape", 0.0, 0.0, 1e6),),
    ),
)


def _messages(sample: str) -> list[Message]:
    mix = Mix((Bus("strip", "strip", PLAIN, "master"), Bus("master", "master", LIMIT)))
    pools = [AddPool(Pool(i + 1, "strip", graph, 16)) for i, graph in enumerate(DESIGNS)]
    return [LoadSample(0, sample), SetMix(mix), *pools]


def _tape(folder: str) -> str:
    path = str(Path(folder) / "jump.wav")
    soundfile.write(path, np.cos(2 * np.pi * 3000 * np.arange(RATE // 4) / RATE), RATE)
    return path


def _notes(count: int) -> tuple[list[int], list[int], list[float]]:
    """Draw the samples, the designs and the pitches of so many notes."""
    chance = random.Random(5)
    times, at = [], 0
    for _ in range(count):
        times.append(at)
        at += chance.randint(*GAP)
    return times, [chance.randrange(len(DESIGNS)) for _ in times], [chance.uniform(1000, 4000) for _ in times]


def _packed(start: int, notes: tuple[list[int], list[int], list[float]]) -> bytes:
    out = []
    for at, design, freq in zip(*notes, strict=True):
        record = bytearray(Event(0.0, 0.002, freq, 0.5, 0.5, (0.0,) if design == 3 else ()).packed(0))
        record[:8] = (start + at).to_bytes(8, "little")
        record[8:10] = (design + 1).to_bytes(2, "little")
        out.append(bytes(record))
    return b"".join(out)


def _errors(wave: np.ndarray[Any, Any], times: list[int]) -> tuple[int, int]:
    """Count the notes that do not begin on their sample, and give the greatest error in samples."""
    loud = np.abs(wave)
    wrong = worst = 0
    for at in times:
        if loud[at] > LOUD and loud[max(0, at - 3) : at].max(initial=0.0) < QUIET:
            continue
        wrong += 1
        near = np.flatnonzero(loud[max(0, at - 64) : at + 64] > LOUD)
        worst = max(worst, abs(int(near[0]) - min(64, at)) if len(near) else 64)
    return wrong, worst


def onsets(count: int) -> None:
    notes = _notes(count)
    with tempfile.TemporaryDirectory() as folder:
        sample = _tape(folder)
        for block in BLOCKS:
            engine = OfflineEngine(RATE, block)
            for message in _messages(sample):
                engine.send(message)
            engine.advance(64 * 1024)  # whole blocks
            engine.push(_packed(engine.clock().sample, notes))
            wave = engine.advance(engine.latency + notes[0][-1] + 480)[engine.latency :, 0]
            late = engine.meters().late
            engine.stop()
            wrong, worst = _errors(wave, notes[0])
            print(
                f"onsets offline at {block:4}      {count} notes: {wrong} off their sample, at most {worst}; "
                f"{late} late"
            )
        for block in BLOCKS:
            wave, late, dropouts = _live(sample, block, notes, Path(folder) / "take.wav")
            wrong, worst = _errors(wave, notes[0])
            print(
                f"onsets live at {block:4}         {count} notes: {wrong} off their sample, at most {worst}; "
                f"{late} late; {dropouts} drop-outs",
                flush=True,
            )


def _live(sample: str, block: int, notes: Any, path: Path) -> tuple[np.ndarray[Any, Any], int, int]:
    """Play the notes on JACK and record them; the recording is cut at the first onset."""
    with jackd(block):
        engine = EngineProcess()
        engine.start("jack")
        engine.wait_ready()
        for message in _messages(sample):
            engine.send(message)
        time.sleep(1.5)
        engine.send(Record(str(path)))
        time.sleep(0.3)
        late = engine.meters()
        start = int(engine.now()) + RATE // 4
        engine.push(_packed(start, notes))
        while engine.clock().sample < start + notes[0][-1] + RATE // 4:
            time.sleep(0.1)
        done = engine.meters()
        engine.stop()
    wave = soundfile.read(path)[0][:, 0]
    first = int(np.argmax(np.abs(wave) > LOUD))
    return wave[first:], done.late - late.late, done.dropouts - late.dropouts
