"""The unit generators that resonate: state-variable and comb filters, formants, vocoder, phasers and flangers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from livecode.engine.builder import Builder
from livecode.engine.formants import FORMANTS, formant
from livecode.engine.rows import ugen
from livecode.engine.ugens import cutoff, resonance
from livecode.engine.values import Expr, Held, LaneRef, Number, Value, Wire

TURN = 0.08  # s: how long a delay of the pitch shifter runs
NEAREST = 0.001  # s: where it begins
BANDS = 20  # of the vocoder
SPEECH = 0.5  # the gain with which it speaks, in the mean of noise and tones, as loud as its voice
NOTCHES = 6  # all-passes of the phaser
FLANGER = (0.0005, 0.006)  # s: the shortest and longest delay
SEMITONE = 0.057762 / math.tau  # s Hz: how far a delay swings whose pitch goes up and down by one
SHORTEST, FARTHEST = 0.0005, 0.02  # s: the delay of a vibrato at its shortest, and how far from its middle it swings


@ugen()
def svf(b: Builder, freq: Value, res: Value, mode: Value, source: Value) -> Value:
    """Filter with a state-variable filter whose mode goes from low-pass 0 over band-pass 0.5 to high-pass 1."""
    wire = b.settle(b.wire(source))
    mode = b.still(b.clamp(mode, 0.0, 1.0))
    freq = b.still(freq)
    quality = resonance(b, res)
    low, band, high = (b.unit("Biquad", wire, cutoff(b, freq), quality, kind) for kind in (0, 2, 1))
    twice = b.still(b.mul(mode, 2.0))
    first = b.blend(low, band, b.clamp(twice, 0.0, 1.0), None)
    return b.blend(first, high, b.clamp(b.sub(twice, 1.0), 0.0, 1.0), wire.life)


@ugen()
def comb(b: Builder, freq: Value, feedback: Value, source: Value) -> Value:
    """Ring at a frequency and its harmonics: what comes out is fed back a period later."""
    wire = b.wire(source)
    freq = b.clamp(freq, 20.0, 0.25 * b.rig.rate)
    amount = b.still(b.clamp(feedback, 0.0, 0.995))
    if isinstance(freq, Wire):
        freq = replace(b.settle(freq), lo=20.0, hi=0.25 * b.rig.rate)
    time = b.clamp(b.div(1.0, freq), 1.0 / b.rig.rate, 0.05)
    level = b.sub(1.0, b.mul(amount, 0.7))
    echo = b.unit("Delay", wire, Held(time, "setDelay", 0.01), Held(amount, "setFeedback", 0.0), 0.06)
    ring: Number = 1.0
    if not isinstance(amount, Wire) and not isinstance(freq, Wire):
        text = "min(20.0, 3.0 / max(0.001, -log10(max({0}, 1e-3))) / {1})"
        ring = b.evaluated(text, amount, freq)
    return replace(b.wire(b.mul(b.add(wire, b.mul(echo, amount)), level)), life=b.tail(wire.life, ring))


@ugen()
def vowel(b: Builder, which: Value, source: Value) -> Value:
    """Filter as a mouth does that says a vowel, by five bands."""
    wire = b.settle(b.wire(source))
    last = float(len(FORMANTS) - 1)
    if isinstance(which, Wire) and which.lane is not None:
        return _turning(b, replace(which.lane, lo=0.0, hi=last), wire)
    chosen = b.fixed(which, 0.0, last)
    out: Value = 0.0
    for band in range(5):
        freq, q, level = (b.evaluated(f"formant({{0}}, {band}, {part})", chosen) for part in range(3))
        formant = b.unit("Biquad", wire, Held(freq, "setFreq", 1000.0), Held(q, "setQ"), 2)
        out = b.add(out, b.mul(formant, level))
    return replace(b.wire(out), life=wire.life)


def _turning(b: Builder, lane: LaneRef, wire: Wire) -> Wire:
    """Make the bands of a vowel that changes, block by block."""
    out: Value = 0.0
    for band in range(5):
        formants = b.unit("Biquad", wire, 1000.0, 1.0, 2)
        levels = b.unit("Sig", formants)
        for filtered, levelled in zip(formants.units, levels.units, strict=True):
            for part, setter in enumerate((filtered.setFreq, filtered.setQ, levelled.setMul)):
                b.circuit.followers.append((lane, partial(_say, setter, band, part)))
        out = b.add(out, replace(levels, slot=1))
    return replace(b.wire(out), life=wire.life)


def _say(setter: Callable[[float], Any], band: int, part: int, which: float) -> None:
    setter(formant(which, band, part))


@ugen()
def vocoder(b: Builder, carrier: Value, source: Value) -> Value:
    """Let what goes in speak with the voice of a carrier."""
    voice = b.settle(b.wire(source))
    tone = b.settle(b.wire(carrier))
    wet = b.unit("Vocoder", voice, tone, 80.0, 1.28, 18.0, 0.5, BANDS, life=voice.life)
    return b.mul(wet, SPEECH)


@ugen()
def phaser(b: Builder, rate: Value, depth: Value, center: Value, span: Value, source: Value) -> Value:
    """Let notches wander around a frequency."""
    dry = b.settle(b.wire(source))
    middle = b.clamp(center, 50.0, 8000.0)
    swing = b.mul(b.clamp(span, 0.0, 8000.0), 0.5)
    if isinstance(middle, Expr | float) and isinstance(swing, Expr | float):
        swing = b.evaluated("min({0}, 0.9 * {1})", swing, middle)
    wave = _slow(b, rate)
    moving = b.clamp(b.add(b.mul(wave, swing), middle), 30.0, 0.2 * b.rig.rate)
    wet = b.unit("Phaser", dry, Held(moving, "setFreq", 1000.0), 1.5, 3.0, 0.3, NOTCHES)
    return b.blend(dry, wet, b.mul(b.clamp(depth, 0.0, 1.0), 0.5), dry.life)


@ugen()
def flanger(b: Builder, rate: Value, depth: Value, feedback: Value, mix: Value, source: Value) -> Value:
    """Add a copy whose short delay swings, a jet's whoosh."""
    dry = b.settle(b.wire(source))
    low, high = FLANGER
    wave = _slow(b, rate)
    middle, reach = (low + high) / 2, (high - low) / 2
    time = b.clamp(b.add(b.mul(b.mul(wave, b.clamp(depth, 0.0, 1.0)), reach), middle), low, high)
    amount = b.clamp(feedback, -0.95, 0.95)
    wet = b.unit("Delay", dry, Held(time, "setDelay", middle), Held(amount, "setFeedback", 0.0), 0.02)
    return b.blend(dry, wet, mix, b.tail(dry.life, 0.2))


def _slow(b: Builder, rate: Value) -> Wire:
    held = Held(b.clamp(rate, 0.0, 100.0), "setFreq", 1.0)
    return replace(b.unit("OscTrig", b.rig.waves.sine(), b.trigger, held, 0.0, 2), lo=-1.0, hi=1.0)


@ugen()
def ring(b: Builder, freq: Value, amount: Value, source: Value) -> Value:
    """Multiply with a sine: sums and differences of frequencies, metal and bells."""
    dry = b.settle(b.wire(source))
    pitch = Held(b.clamp(freq, 0.0, 0.45 * b.rig.rate), "setFreq", 100.0)
    carrier = b.unit("OscTrig", b.rig.waves.sine(), b.trigger, pitch, 0.0, 2)
    wet = b.settle(b.wire(b.mul(dry, carrier)))
    return b.blend(dry, wet, amount, dry.life)


@ugen()
def tremolo(b: Builder, rate: Value, depth: Value, source: Value) -> Value:
    """Let the level tremble."""
    wire = b.wire(source)
    half = b.still(b.mul(b.clamp(depth, 0.0, 1.0), 0.5))
    level = b.add(b.mul(_slow(b, rate), half), b.sub(1.0, half))
    return replace(b.wire(b.mul(wire, level)), life=wire.life)


def _middle(args: Sequence[Any], rate: int) -> float:
    """Tell around how many samples the delay of a vibrato swings."""
    speed, depth, _ = args
    if not isinstance(speed, float) or not isinstance(depth, float):
        return SHORTEST * rate
    return (min(SEMITONE * depth / min(max(speed, 0.1), 20.0), FARTHEST) + SHORTEST) * rate


@ugen(late=_middle)
def vibrato(b: Builder, rate: Value, depth: Value, source: Value) -> Value:
    """Let the pitch of what goes in tremble, by `depth` semitones, through a delay that swings."""
    wire = b.wire(source)
    speed = b.still(b.clamp(rate, 0.1, 20.0))
    swing = b.mul(b.clamp(depth, 0.0, 12.0), SEMITONE)
    reach = b.still(b.clamp(b.div(swing, speed), 0.0, FARTHEST))
    time = b.settle(b.wire(b.add(b.mul(_slow(b, speed), reach), b.add(reach, SHORTEST))))
    return b.unit("Delay", wire, time, 0.0, 0.05, life=b.tail(wire.life, 0.04))


@ugen(late=lambda args, rate: (TURN / 2 + NEAREST) * rate)
def shift(b: Builder, semitones: Value, source: Value) -> Value:
    """Raise or lower the pitch of what goes in, by two delays that run and take turns (pyo's Harmonizer gives NaN)."""
    wire = b.settle(b.wire(source))
    amount = b.clamp(semitones, -48.0, 48.0)
    if isinstance(amount, Wire):
        octaves = b.settle(b.affine(amount, 1.0 / 12.0, 0.0))
        ratio: Value = b.unit("M_Pow", b.wire(2.0), octaves)
    else:
        ratio = b.evaluated("2.0 ** ({0} / 12.0)", amount)
    speed: Value = b.mul(b.sub(1.0, ratio), 1.0 / TURN)
    speed = b.still(speed)
    pitch = Held(speed, "setFreq", 0.0)
    out: Value = 0.0
    for phase in (0.0, 0.5):
        place = b.unit("OscTrig", b.rig.waves.motion("sweep", 0.5), b.trigger, pitch, phase, 2)
        window = b.unit("OscTrig", b.rig.waves.motion("hann", 0.5), b.trigger, pitch, phase, 2)
        time = b.settle(b.affine(place, TURN, NEAREST))
        out = b.add(out, b.mul(b.unit("Delay", wire, time, 0.0, TURN + 0.01), window))
    return replace(b.wire(out), life=b.tail(wire.life, TURN))


@ugen()
def squiz(b: Builder, ratio: Value, freq: Value, source: Value) -> Value:
    """Raise the pitch crudely: play every piece of the wave, a period long, several times as fast and as often."""
    wire = b.settle(b.wire(source))
    fast, pitch = b.fixed(ratio, 1.0, 64.0), b.fixed(freq, 20.0, 2000.0)
    sweep = b.rig.waves.motion("sweep", 0.5)
    place = b.unit("OscTrig", sweep, b.trigger, Held(pitch, "setFreq", 100.0), 0.0, 1)
    ahead = b.unit("OscTrig", sweep, b.trigger, Held(b.number("mul", pitch, fast), "setFreq", 100.0), 0.0, 1)
    turns = b.settle(b.affine(b.settle(b.wire(b.sub(place, ahead))), 1.0, 1.0))
    time = b.settle(b.affine(turns, b.number("div", 1.0, pitch), 0.0))
    return b.unit("Delay", wire, time, 0.0, 0.11, life=b.tail(wire.life, 0.1))


@ugen()
def fshift(b: Builder, hertz: Value, source: Value) -> Value:
    made: Value = sideband(b, hertz, 0.0, source)
    return made


@ugen()
def sideband(b: Builder, hertz: Value, phase: Value, source: Value) -> Value:
    """Move all frequencies by the same number of hertz, from a phase (in turns) on at every note."""
    wire = b.settle(b.wire(source))
    start = b.fixed(phase, -1e6, 1e6)
    turns = [Held(b.number("mod", b.number("add", start, part), 1.0), "setPhase", 0.0) for part in (0.0, 0.25)]
    amount = Held(b.clamp(hertz, -5000.0, 5000.0), "setFreq", 1.0)
    sides = []
    for c in range(len(wire.units)):
        main = b.unit("HilbertMain", b.channel(wire, c))
        real, imaginary = (b.read("Hilbert", main, i) for i in (0, 1))
        sin = b.unit("OscTrig", b.rig.waves.sine(), b.trigger, amount, turns[0], 2)
        cos = b.unit("OscTrig", b.rig.waves.sine(), b.trigger, amount, turns[1], 2)
        sides.append(b.settle(b.wire(b.add(b.mul(real, cos), b.mul(imaginary, sin)))))
    units = tuple(u for side in sides for u in side.units)
    return replace(sides[-1], units=units, life=wire.life)
