"""The unit generators: one row a name, and how each is built."""

from __future__ import annotations

import math
from dataclasses import replace

from livecode.engine.builder import Builder
from livecode.engine.circuit import Sustain
from livecode.engine.rows import ugen
from livecode.engine.tables import NOISE_SIZE
from livecode.engine.values import Expr, Held, Number, Value, Wire
from livecode.errors import SoundError

LOWEST = 10.0  # Hz, of filters
PLUCKED = 0.6  # of each half of what strikes a string
HOTTEST = 4.0  # the level that a ladder takes before it clips
LADDER = 0.583, 1.97  # its level at 0 Hz, and what each turn of its cutoff a sample adds: pyo's is 4.7 to 0 dB too loud
WHISTLING = 1.13, 13.4  # the same of the resonance with which it begins to whistle by itself, to 5 kHz
SUPERSAW = (-0.11002313, -0.06288439, -0.01952356, 0.0, 0.01991221, 0.06216538, 0.10745242)  # A. Szabo, 2010


# operators


@ugen("add")
def _add(b: Builder, x: Value, y: Value) -> Value:
    return b.add(x, y)


@ugen("sub")
def _sub(b: Builder, x: Value, y: Value) -> Value:
    return b.sub(x, y)


@ugen("mul")
def _mul(b: Builder, x: Value, y: Value) -> Value:
    return b.mul(x, y)


@ugen("neg")
def _neg(b: Builder, x: Value) -> Value:
    return b.mul(x, -1.0)


@ugen("div")
def _div(b: Builder, x: Value, y: Value) -> Value:
    return b.div(x, y)


@ugen("mod")
def _mod(b: Builder, x: Value, y: Value) -> Value:
    if isinstance(x, Wire):
        return b.unit("Wrap", x, 0.0, Held(b.clamp(y, 1e-6, 1e9), "setMax"))
    if isinstance(y, Wire):
        return b.unit("Wrap", b.wire(x), 0.0, Held(b.clamp(y, 1e-6, 1e9), "setMax"))
    return b.number("mod", x, y)


@ugen("pow")
def _pow(b: Builder, x: Value, y: Value) -> Value:
    if not isinstance(x, Wire) and not isinstance(y, Wire):
        return b.number("pow", x, y)
    whole = isinstance(y, float) and y == int(y) and y >= 0
    base = b.wire(x) if whole or (isinstance(x, Wire) and x.lo >= 0) else b.unit("Max", b.wire(x), 1e-9)
    life = x.life if isinstance(x, Wire) else None
    power = b.unit("M_Pow", base, Held(y, "setExponent"))
    return replace(b.guard(power, 1e6), life=life, lo=-math.inf, hi=math.inf)  # cut there, but no range to be mapped


@ugen("abs")
def _abs(b: Builder, x: Value) -> Value:
    if not isinstance(x, Wire):
        return b.evaluated("abs({0})", x)
    return b.unit("M_Abs", x, life=x.life)


@ugen("min")
def _min(b: Builder, x: Value, y: Value) -> Value:
    return _compare(b, "min", "Min", x, y)


@ugen("max")
def _max(b: Builder, x: Value, y: Value) -> Value:
    return _compare(b, "max", "Max", x, y)


def _compare(b: Builder, op: str, kind: str, x: Value, y: Value) -> Value:
    if not isinstance(x, Wire) and not isinstance(y, Wire):
        return b.number(op, x, y)
    if not isinstance(x, Wire):
        x, y = y, x
    life = b.latest(x.life, y.life) if isinstance(x, Wire) and isinstance(y, Wire) else None
    return b.unit(kind, x, Held(y, "setComp"), life=life)


# sources


def _pitch(b: Builder, freq: Value) -> Value:
    """Keep a frequency in the range an oscillator bears, negative too."""
    limit = 0.45 * b.rig.rate
    if isinstance(freq, Wire) and not freq.bounded:
        return b.guard(freq, limit)
    return b.clamp(freq, -limit, limit)


def _phase(b: Builder, phase: Value) -> Value:
    if isinstance(phase, Wire):
        return b.unit("Wrap", b.guard(phase, 1024.0), 0.0, 1.0)  # beyond its table pyo's oscillator crashes
    return b.number("mod", phase, 1.0)


def wave_of(b: Builder, shape: str, freq: Value, phase: Value) -> Wire:
    top = b.top(freq)
    start = b.rig.waves.wave(shape, 100.0)
    table = b.rig.waves.wave(shape, abs(top)) if isinstance(top, float) else b.bind(f"wave({shape!r}, {top})")
    pitch = Held(_pitch(b, freq), "setFreq", 100.0)
    out = b.unit("OscTrig", Held(table, "setTable", start), b.trigger, pitch, Held(phase, "setPhase", 0.0), 2)
    return replace(out, lo=-1.0, hi=1.0)


@ugen()
def sine(b: Builder, freq: Value, phase: Value) -> Value:
    return sine_of(b, freq, phase)


def sine_of(b: Builder, freq: Value, phase: Value) -> Wire:
    pitch = Held(_pitch(b, freq), "setFreq", 100.0)
    phased = Held(_phase(b, phase), "setPhase", 0.0)
    return replace(b.unit("OscTrig", b.rig.waves.sine(), b.trigger, pitch, phased, 2), lo=-1.0, hi=1.0)


@ugen()
def saw(b: Builder, freq: Value) -> Value:
    return wave_of(b, "saw", freq, 0.5)


@ugen()
def tri(b: Builder, freq: Value) -> Value:
    return wave_of(b, "tri", freq, 0.0)


@ugen()
def square(b: Builder, freq: Value, width: Value) -> Value:
    if width == 0.5:
        return wave_of(b, "square", freq, 0.0)
    width = b.clamp(width, 0.01, 0.99)
    freq = b.still(freq)
    width = b.still(width)
    ramp = wave_of(b, "saw", freq, 0.0)
    return b.sub(ramp, wave_of(b, "saw", freq, width))


@ugen()
def supersaw(b: Builder, freq: Value, detune: Value) -> Value:
    detune = b.clamp(detune, 0.0, 1.0)
    out: Value = 0.0
    freq = b.still(freq)
    detune = b.still(detune)
    for i, offset in enumerate(SUPERSAW):
        pitch = b.mul(freq, b.add(b.mul(detune, offset), 1.0))
        out = b.add(out, b.mul(wave_of(b, "saw", pitch, i * 0.618034 % 1.0), 0.36))
    return out


@ugen()
def noise(b: Builder) -> Value:
    return noise_of(b, "white")


@ugen()
def pink(b: Builder) -> Value:
    return noise_of(b, "pink")


def noise_of(b: Builder, colour: str) -> Wire:
    chance: Number = Expr("chance") if b.voice else 0.0
    speed = b.rig.rate / NOISE_SIZE
    return b.unit("OscTrig", b.rig.waves.noise(colour), b.trigger, speed, Held(chance, "setPhase", 0.0), 1)


@ugen()
def pluck(b: Builder, freq: Value, decay: Value) -> Value:
    """A string after Karplus and Strong: one period in a damped loop.

    Half of it is noise, as they have it; half a saw, so that no string lacks the lowest of its partials by chance.
    """
    if not b.voice:
        raise SoundError("pluck stands only in an instrument")
    if isinstance(freq, Wire):
        freq = b.given(1)
    freq = b.clamp(freq, 20.0, 0.2 * b.rig.rate)
    decay = b.clamp(decay, 0.02, 60.0)
    if isinstance(decay, Wire):
        raise SoundError("the decay of pluck cannot be moved by a signal")
    burst = envelope(b, f"burst(1.0 / {freq})", None)
    struck = b.add(b.mul(noise_of(b, "white"), PLUCKED), b.mul(wave_of(b, "saw", freq, 0.5), PLUCKED))
    string = b.unit(
        "Waveguide", b.mul(b.settle(b.wire(struck)), burst), Held(freq, "setFreq", 100.0), Held(decay, "setDur"), 20.0
    )
    for unit in string.units:
        b.on_note(unit.reset, "")
    return replace(string, life=decay)


# envelopes


def envelope(b: Builder, text: str, life: Number | None) -> Wire:
    if not b.voice:
        raise SoundError("an envelope stands only in an instrument")
    shape = [(0.0, 0.0), (0.001, 0.0)]
    out = b.first(b.unit("TrigLinseg", b.trigger, shape, life=life))
    b.on_note(out.units[0].setList, text)
    return replace(out, lo=0.0, hi=1.0)


def times(b: Builder, *values: Value) -> list[Number]:
    out: list[Number] = []
    for value in values:
        value = b.clamp(b.onset(value), 0.0, 120.0)
        if isinstance(value, Wire):
            raise SoundError("the times of an envelope are fixed when the note starts")
        out.append(value)
    return out


@ugen()
def adsr(b: Builder, attack: Value, decay: Value, sustain: Value, release: Value) -> Value:
    made: Value = ahdsr(b, attack, 0.0, decay, sustain, release)
    return made


@ugen()
def ahdsr(b: Builder, attack: Value, hold: Value, decay: Value, sustain: Value, release: Value) -> Value:
    a, h, d, r = times(b, attack, hold, decay, release)
    s = b.fixed(sustain, 0.0, 1.0)
    dur = b.length()
    held = "" if h == 0.0 else f", {h}"
    out = envelope(b, f"adsr({dur}, {a}, {d}, {s}, {r}{held})", b.number("add", dur, r))
    b.circuit.sustains.append(Sustain(out.units[0], b.number("add", b.number("add", a, h), d), s, dur, r))
    return out


@ugen()
def asr(b: Builder, attack: Value, release: Value) -> Value:
    a, r = times(b, attack, release)
    dur = b.length()
    out = envelope(b, f"asr({dur}, {a}, {r})", b.number("add", dur, r))
    b.circuit.sustains.append(Sustain(out.units[0], a, 1.0, dur, r))
    return out


@ugen()
def perc(b: Builder, attack: Value, decay: Value) -> Value:
    a, d = times(b, attack, decay)
    return envelope(b, f"perc({a}, {d})", b.number("add", a, d))


# filters


def cutoff(b: Builder, freq: Value, highest: float = 0.45) -> Held:
    """Keep a filter's frequency where it is stable."""
    return Held(b.clamp(freq, LOWEST, highest * b.rig.rate), "setFreq", 1000.0)


def resonance(b: Builder, res: Value) -> Held:
    """Map 0 to 1 on a quality from 0.707 (flat) to 22.6 (ringing), in equal ratios."""
    res = b.clamp(res, 0.0, 1.0)
    if isinstance(res, Wire):
        moving = b.settle(res)  # a signal follows a parabola between the same ends
        curve = b.mul(b.mul(moving, moving), 31.0 * math.sqrt(0.5))
        return Held(b.add(curve, math.sqrt(0.5)), "setQ")
    return Held(b.number("mul", b.number("pow", 32.0, res), math.sqrt(0.5)), "setQ")


def _biquad(b: Builder, kind: int, freq: Value, q: Held, source: Value) -> Value:
    wire = b.wire(source)
    return b.unit("Biquad", wire, cutoff(b, freq), q, kind, life=wire.life)


@ugen()
def lpf(b: Builder, freq: Value, res: Value, source: Value) -> Value:
    return _biquad(b, 0, freq, resonance(b, res), source)


@ugen()
def hpf(b: Builder, freq: Value, res: Value, source: Value) -> Value:
    return _biquad(b, 1, freq, resonance(b, res), source)


@ugen()
def bpf(b: Builder, freq: Value, q: Value, source: Value) -> Value:
    return _biquad(b, 2, freq, Held(b.clamp(q, 0.1, 100.0), "setQ"), source)


@ugen()
def notch(b: Builder, freq: Value, q: Value, source: Value) -> Value:
    return _biquad(b, 3, freq, Held(b.clamp(q, 0.1, 100.0), "setQ"), source)


@ugen()
def moog(b: Builder, freq: Value, res: Value, source: Value) -> Value:
    # pyo's ladder runs away from an input above 1.5, sooner the higher its frequency
    wire = b.wire(b.clamp(b.affine(b.wire(source), 1.0 / HOTTEST, 0.0), -1.0, 1.0))
    corner, turn = (b.still(x) for x in (cutoff(b, freq, 0.4).value, b.clamp(res, 0.0, 1.0)))
    level, most = (b.still(b.add(b.mul(corner, slope / b.rig.rate), least)) for least, slope in (LADDER, WHISTLING))
    # resonance takes up to 14 dB from what is below it, of which it gives 6 back
    level = b.still(b.mul(level, b.still(b.add(turn, 1.0))))
    turned = Held(b.mul(turn, most), "setRes", 0.0)
    ladder = b.unit("MoogLP", wire, Held(corner, "setFreq", 1000.0), turned, life=wire.life)
    return replace(b.wire(b.mul(b.affine(ladder, HOTTEST, 0.0), level)), life=wire.life)
