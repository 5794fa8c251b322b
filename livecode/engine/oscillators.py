"""The unit generators that sound by a wave of their own: drawn, additive, morphing, modulated, in unison."""

from __future__ import annotations

import math
from dataclasses import replace

from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.ugens import envelope, noise_of, sine_of, wave_of
from livecode.engine.values import Number, Value, Wire
from livecode.errors import SoundError

MOST_VOICES = 9  # in unison
MOST_WAVES = 8  # of a wavetable
MOST_LEVELS = 128
# The waves of a wavetable, and the phases at which their fundamentals go together.
MORPHS = {
    "sine": ("partials 1.0", 0.0),
    "tri": ("tri", 0.0),
    "saw": ("saw", 0.5),
    "square": ("square", 0.0),
    "pulse": ("impulse", 0.75),
}


def numbers(text: str, most: int = MOST_LEVELS) -> tuple[float, ...]:
    """Read the numbers that a node carries as its text.

    Raises SoundError.
    """
    try:
        found = tuple(float(x) for x in text.split(",") if x)
    except ValueError:
        raise SoundError(f"{text} is no list of numbers") from None
    if not found or len(found) > most or not all(math.isfinite(x) for x in found):
        raise SoundError(f"a list of 1 to {most} numbers is wanted here")
    return found


@ugen(text=True)
def partials(b: Builder, levels: str, freq: Value) -> Value:
    """Sum harmonics of the given levels."""
    return wave_of(b, f"partials {','.join(map(repr, numbers(levels)))}", freq, 0.0)


@ugen(text=True)
def wave(b: Builder, points: str, freq: Value) -> Value:
    """Play a period drawn by points, without what lies above half the rate."""
    return wave_of(b, f"points {','.join(map(repr, numbers(points)))}", freq, 0.0)


@ugen(text=True)
def wavetable(b: Builder, shapes: str, freq: Value, position: Value) -> Value:
    """Morph through shapes in a row: 0 is the first of them, 1 the last."""
    names = shapes.split(",")[:MOST_WAVES]
    unknown = next((n for n in names if n not in MORPHS), None)
    if unknown is not None:
        raise SoundError(f"{unknown} is no shape of a wavetable", expected=", ".join(MORPHS))
    if isinstance(freq, Wire):
        freq = b.settle(freq)
    if isinstance(position, Wire):
        position = b.settle(position)
    at = b.mul(b.clamp(position, 0.0, 1.0), float(len(names) - 1))
    if isinstance(at, Wire):
        at = b.settle(at)
    out: Value = wave_of(b, MORPHS[names[0]][0], freq, MORPHS[names[0]][1])
    for i, name in enumerate(names[1:]):
        shape, phase = MORPHS[name]
        out = b.blend(b.wire(out), wave_of(b, shape, freq, phase), b.clamp(b.sub(at, float(i)), 0.0, 1.0), None)
    return out


@ugen()
def impulse(b: Builder, freq: Value) -> Value:
    """Give a train of pulses, all harmonics at one level."""
    return wave_of(b, "impulse", freq, 0.0)


@ugen()
def fm(b: Builder, freq: Value, ratio: Value, index: Value) -> Value:
    """Let one sine move the frequency of another: index 1 swings by the modulator's own frequency."""
    if isinstance(freq, Wire):
        freq = b.settle(freq)
    speed = b.mul(freq, ratio)
    if isinstance(speed, Wire):
        speed = b.settle(speed)
    swing = b.mul(b.mul(sine_of(b, speed, 0.0), index), speed)
    if isinstance(swing, Wire):
        swing = replace(b.settle(swing), lo=-math.inf, hi=math.inf)
    return sine_of(b, b.add(freq, swing), 0.0)


@ugen(text=True)
def unison(b: Builder, shape: str, freq: Value, count: Value, detune: Value, spread: Value) -> Value:
    """Play copies of a wave side by side, `detune` semitones from the lowest to the highest."""
    if not isinstance(count, float):
        raise SoundError("the count of unison is a fixed number")
    n = max(1, min(MOST_VOICES, round(count)))
    if isinstance(freq, Wire):
        freq = b.settle(freq)
    width = b.clamp(detune, 0.0, 24.0)
    if isinstance(width, Wire):
        width = b.settle(width)
    level = 1.0 / math.sqrt(n)
    out: Value = 0.0
    for i in range(n):
        place = (i / (n - 1) - 0.5) if n > 1 else 0.0
        factor = b.add(1.0, b.mul(width, place * math.log(2.0) / 12.0))
        voice = b.mul(wave_of(b, shape, b.mul(freq, factor), i * i / (2.0 * n) % 1.0), level)
        side = b.add(0.5, b.mul(b.clamp(spread, 0.0, 1.0), place if i % 2 else -place))
        out = b.add(out, b.place(b.wire(voice), side) if n > 1 else voice)
    return out


@ugen()
def brown(b: Builder) -> Value:
    return noise_of(b, "brown")


@ugen(text=True)
def env(b: Builder, points: str, curve: Value) -> Value:
    """Follow levels over times: level, seconds, level, seconds, level and so on, then stay at the last."""
    found = numbers(points)
    if len(found) % 2 == 0 or len(found) < 3:
        raise SoundError("env takes levels with the seconds between them: env [0, 10ms, 1, 300ms, 0]")
    levels, seconds = found[::2], tuple(max(0.0, min(120.0, t)) for t in found[1::2])
    bend = b.fixed(curve, -20.0, 20.0)
    life: Number | None = sum(seconds) if levels[-1] == 0.0 else None
    out = envelope(b, f"segments({levels}, {seconds}, {bend})", life)
    return replace(out, lo=min(levels), hi=max(levels))


@ugen()
def glide(b: Builder, before: Value, freq: Value, time: Value) -> Value:
    """Slide from the frequency before to this one, in even semitones."""
    start, end = b.fixed(before, 1.0, 20000.0), b.fixed(freq, 1.0, 20000.0)
    seconds = b.fixed(time, 0.0, 60.0)
    return replace(envelope(b, f"glide({start}, {end}, {seconds})", None), lo=-math.inf, hi=math.inf)
