"""The unit generators that work on the spectrum, a window at a time: what they give is late by the window."""

from __future__ import annotations

from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.values import Held, Number, Value, Wire

SIZE = 1024  # samples of a window
OVERLAPS = 4
HANN = 2  # pyo's number of this window
RINGING = 1.2  # what rings on is softer, as its parts are out of step
FADING = (0.15, 8.0)  # s that a smeared spectrum takes to fall by 60 dB: the least and the most
LEAST = 0.75  # of its size is what pyo's spectral reverb keeps of a spectrum from window to window when it keeps least
SHORT = 0.5  # of what that can be told: where a signal begins that moves it
TURNS = (4.0, 1.0)  # how fast parts of a scrambled spectrum waver: Hz, and how far the highest are from that
FULL = 50.0  # times an amount: from a fiftieth on nothing of the sound as it was is heard
CHANCE = 7  # pyo's number of their wave, which is noise


@ugen()
def freeze(b: Builder, amount: Value, source: Value) -> Value:
    """Keep every part of the spectrum at the loudest it has been."""
    return _through(b, source, amount, "PVVerb", 1.0, 0.0, 1.0, 1.0)


@ugen()
def smear(b: Builder, amount: Value, source: Value) -> Value:
    """Let every part of the spectrum ring on for a while."""
    low, high = FADING
    part = b.clamp(amount, 0.0, 1.0)
    hop = SIZE / OVERLAPS / b.rig.rate
    if isinstance(part, Wire):
        kept: Value = b.settle(b.wire(b.add(b.mul(part, 1.0 - SHORT), SHORT)))
        return _through(b, source, amount, "PVVerb", RINGING, high, Held(kept, "setRevtime", 0.5), 1.0)
    seconds = b.evaluated(f"{low} * {high / low} ** {{0}}", part)
    kept = b.evaluated(f"(10.0 ** (-3.0 * {hop} / {{0}}) - {LEAST}) / {1.0 - LEAST}", seconds)
    return _through(b, source, amount, "PVVerb", RINGING, seconds, Held(kept, "setRevtime", 0.5), 1.0)


@ugen()
def scram(b: Builder, amount: Value, source: Value) -> Value:
    """Let every part of the spectrum waver at random, by itself."""
    depth = b.clamp(amount, 0.0, 1.0)
    held = Held(b.settle(depth) if isinstance(depth, Wire) else depth, "setDepth", 0.0)
    return _through(b, source, amount, "PVFreqMod", 1.0, 0.0, *TURNS, held, CHANCE)


def _through(b: Builder, source: Value, amount: Value, kind: str, level: float, tail: Number, *slots: object) -> Wire:
    """Send a sound through its spectrum; an amount of nothing leaves it as it was, as late."""
    wire = b.settle(b.wire(source))
    parts = b.unit("PVAnal", wire, SIZE, OVERLAPS, HANN)
    window = SIZE / b.rig.rate
    made = b.unit("PVSynth", b.unit(kind, parts, *slots), HANN)
    wet = b.settle(b.affine(made, level, 0.0))
    plain = b.settle(b.late(wire, SIZE))
    some = b.clamp(b.mul(amount, FULL), 0.0, 1.0)
    return b.blend(
        plain, wet, b.settle(some) if isinstance(some, Wire) else some, b.tail(wire.life, b.number("add", tail, window))
    )
