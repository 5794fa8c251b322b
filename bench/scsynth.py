"""The pieces on scsynth, in its non-realtime mode, when it is installed: definitions and scores written as bytes.

SynthDef file format 2 and the score format are those of SuperCollider's documentation ("Synth Definition File Format",
"Server Architecture: non-realtime synthesis").
"""

from __future__ import annotations

import resource
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from bench.pieces import RATE, A, B, Event, Piece

SCALAR, CONTROL, AUDIO = 0, 1, 2
MUL, ADD = 2, 0  # special indices of BinaryOpUGen
HALL, LIMITED = 16, 18  # buses


@dataclass(slots=True)
class SynthDef:
    """One definition while it is written."""

    name: str
    params: tuple[tuple[str, float], ...]
    constants: list[float] = field(default_factory=list)
    units: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.params:
            self.unit("Control", CONTROL, outputs=len(self.params))

    def param(self, name: str) -> tuple[int, int]:
        return 0, [n for n, _ in self.params].index(name)

    def unit(
        self, kind: str, rate: int, *inputs: float | tuple[int, int], outputs: int = 1, special: int = 0
    ) -> tuple[int, int]:
        """Add a unit generator; gives its first output."""
        data = _text(kind) + struct.pack(">biih", rate, len(inputs), outputs, special)
        for value in inputs:
            if isinstance(value, tuple):
                data += struct.pack(">ii", *value)
            else:
                if float(value) not in self.constants:
                    self.constants.append(float(value))
                data += struct.pack(">ii", -1, self.constants.index(float(value)))
        self.units.append(data + struct.pack(">b", rate) * outputs)
        return len(self.units) - 1, 0

    def envelope(
        self, gate: tuple[int, int], levels: list[float], times: list[float], sustain: float
    ) -> tuple[int, int]:
        stages = [x for level, time in zip(levels[1:], times, strict=True) for x in (level, time, 5.0, -4.0)]
        return self.unit("EnvGen", CONTROL, gate, 1.0, 0.0, 1.0, 2.0, levels[0], len(times), sustain, -99.0, *stages)

    def out(self, mono: tuple[int, int], bus: float) -> None:
        pan = self.unit("Pan2", AUDIO, mono, self.param("pan"), self.param("gain"), outputs=2)
        self.unit("Out", AUDIO, bus, pan, (pan[0], 1), outputs=0)

    def packed(self) -> bytes:
        data = b"SCgf" + struct.pack(">ih", 2, 1) + _text(self.name)
        data += struct.pack(f">i{len(self.constants)}f", len(self.constants), *self.constants)
        data += struct.pack(f">i{len(self.params)}f", len(self.params), *(v for _, v in self.params))
        data += struct.pack(">i", len(self.params))
        for i, (name, _) in enumerate(self.params):
            data += _text(name) + struct.pack(">i", i)
        return data + struct.pack(">i", len(self.units)) + b"".join(self.units) + struct.pack(">h", 0)


def _text(text: str) -> bytes:
    return struct.pack(">B", len(text)) + text.encode()


NOTE = (("freq", 440.0), ("gain", 0.1), ("pan", 0.0), ("gate", 1.0), ("rate", 0.3))


def _swept() -> SynthDef:
    d = SynthDef("a", NOTE)
    lfo = d.unit("SinOsc", CONTROL, d.param("rate"), 0.0)
    cutoff = d.unit("MulAdd", CONTROL, lfo, 600.0, 1200.0)
    tone = d.unit("RLPF", AUDIO, d.unit("Saw", AUDIO, d.param("freq")), cutoff, 0.4)
    shape = d.envelope(d.param("gate"), [0.0, 1.0, 0.7, 0.0], [0.02, 0.2, 0.3], 2.0)
    d.out(d.unit("BinaryOpUGen", AUDIO, tone, shape, special=MUL), HALL)
    return d


def _plucked() -> SynthDef:
    d = SynthDef("b", NOTE)
    sweep = d.unit("EnvGen", CONTROL, 1.0, 2000.0, 300.0, 1.0, 0.0, 0.0, 2.0, -99.0, -99.0, 1.0, 0.002, 5.0, -4.0,
                   0.0, 0.3, 5.0, -4.0)  # fmt: skip
    tone = d.unit("RLPF", AUDIO, d.unit("Saw", AUDIO, d.param("freq")), sweep, 0.4)
    shape = d.envelope(d.param("gate"), [0.0, 1.0, 0.6, 0.0], [0.002, 0.05, 0.1], 2.0)
    d.out(d.unit("BinaryOpUGen", AUDIO, tone, shape, special=MUL), HALL)
    return d


def _tape() -> SynthDef:
    d = SynthDef("c", NOTE)
    tone = d.unit("PlayBuf", AUDIO, 0.0, d.param("rate"), 1.0, 0.0, 1.0, 0.0)
    shape = d.envelope(d.param("gate"), [0.0, 1.0, 0.0], [0.002, 0.01], 1.0)
    d.out(d.unit("BinaryOpUGen", AUDIO, tone, shape, special=MUL), LIMITED)
    return d


def _effects() -> SynthDef:
    d = SynthDef("fx", ())
    source = d.unit("In", AUDIO, float(HALL), outputs=2)
    dry = d.unit("In", AUDIO, float(LIMITED), outputs=2)
    sides = []
    for c in (0, 1):
        wet = d.unit("FreeVerb", AUDIO, (source[0], c), 0.3, 0.8, 0.4)
        both = d.unit("BinaryOpUGen", AUDIO, wet, (dry[0], c), special=ADD)
        sides.append(d.unit("Limiter", AUDIO, both, 0.89, 0.002))
    d.unit("Out", AUDIO, 0.0, *sides, outputs=0)
    return d


def _message(address: str, *args: str | int | float | bytes) -> bytes:
    tags, data = ",", b""
    for arg in args:
        if isinstance(arg, str):
            tags, data = tags + "s", data + _padded(arg.encode() + b"\0")
        elif isinstance(arg, bytes):
            tags, data = tags + "b", data + struct.pack(">i", len(arg)) + _padded(arg)
        elif isinstance(arg, int):
            tags, data = tags + "i", data + struct.pack(">i", arg)
        else:
            tags, data = tags + "f", data + struct.pack(">f", arg)
    return _padded(address.encode() + b"\0") + _padded(tags.encode() + b"\0") + data


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _bundle(time: float, *messages: bytes) -> bytes:
    data = b"#bundle\0" + struct.pack(">Q", round(time * 2**32))
    data += b"".join(struct.pack(">i", len(m)) + m for m in messages)
    return struct.pack(">i", len(data)) + data


def score(piece: Piece, sample: str) -> bytes:
    """Write a piece as scsynth's score."""
    made = {A.name: _swept, B.name: _plucked}.get(piece.name, _tape)()
    begin = [_message("/d_recv", made.packed()), _message("/d_recv", _effects().packed())]
    if made.name == "c":
        begin.append(_message("/b_allocRead", 0, sample))
    begin += [_message("/g_new", 1, 0, 0), _message("/s_new", "fx", 2, 1, 0)]
    timed: list[tuple[float, bytes]] = []
    for i, note in enumerate(piece.notes):
        timed.append((note.time, _start(made.name, 1000 + i, note)))
        timed.append((note.time + note.dur, _message("/n_set", 1000 + i, "gate", 0.0)))
    timed = sorted((t for t in timed if t[0] < piece.seconds), key=lambda t: t[0])
    end = _bundle(piece.seconds, _message("/c_set", 0, 0.0))
    return _bundle(0.0, *begin) + b"".join(_bundle(t, m) for t, m in timed) + end


def _start(name: str, node: int, note: Event) -> bytes:
    rate = note.more[-1] if note.more else 0.0
    values = {"freq": note.freq, "gain": note.gain, "pan": note.pan * 2 - 1, "rate": rate}
    return _message("/s_new", name, node, 0, 1, *(x for pair in values.items() for x in pair))


def report(piece: Piece, sample: str, block: int) -> None:
    """Print what scsynth needs for a piece, less what it needs for nothing."""
    if shutil.which("scsynth") is None:
        print("  scsynth is not installed: no peer")
        return
    whole, wave = _run(score(piece, sample), block)
    nothing, _ = _run(_bundle(0.0, _message("/c_set", 0, 0.0)) + _bundle(0.1, _message("/c_set", 0, 0.0)), block)
    seconds = whole - nothing
    print(f"  scsynth                    {piece.seconds / seconds:6.1f} x real time ({seconds:.2f} s CPU), "
          f"peak {np.abs(wave).max():.2f}")  # fmt: skip


def _run(data: bytes, block: int) -> tuple[float, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "score.osc", Path(folder) / "out.wav"
        source.write_bytes(data)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ["scsynth", "-N", str(source), "_", str(target), str(RATE), "WAV", "float", "-o", "2", "-n", "4096"]
        subprocess.run([*command, "-z", str(min(block, 64))], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return cpu, soundfile.read(target)[0]
