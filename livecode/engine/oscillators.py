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
MOST_POINTS = 2048
LOUDEST = 8.0  # a level that moves
HIGHEST = 1e6  # a level of an envelope
# The waves of a wavetable, and the phases at which their fundamentals go together.
MORPHS = {
    "sine": ("partials 1.0", 0.0),
    "tri": ("tri", 0.0),
    "saw": ("saw", 0.5),
    "square": ("square", 0.0),
    "pulse": ("impulse", 0.75),
}


Item = float | str  # of a list: a number, or the place of an argument among those that follow


def items(text: str, most: int = MOST_LEVELS) -> list[Item]:
    """Read the list that a node carries as its text: numbers, and `$0`, `$1` for its further arguments.

    Raises SoundError.
    """
    try:
        found: list[Item] = [x if x.startswith("$") else float(x) for x in text.split(",") if x]
    except ValueError:
        raise SoundError(f"{text} is no list of numbers") from None
    if not found or len(found) > most or not all(isinstance(x, str) or math.isfinite(x) for x in found):
        raise SoundError(f"a list of 1 to {most} numbers is wanted here")
    return found


def filled(text: str, more: tuple[Value, ...], most: int = MOST_LEVELS) -> list[Value]:
    """Read a list with its further arguments in their places."""
    return [more[int(x[1:])] if isinstance(x, str) else x for x in items(text, most)]


def _written(kind: str, values: list[Value]) -> str:
    """Name the wave of fixed values; what moves is left out."""
    return f"{kind} {','.join(repr(v) if isinstance(v, float) else '0.0' for v in values)}"


def _moving(values: list[Value]) -> list[tuple[int, Value]]:
    return [(i, v) for i, v in enumerate(values) if not isinstance(v, float)]


def _sum(b: Builder, total: Value, wire: Wire, level: Value) -> Value:
    level = b.clamp(level, -LOUDEST, LOUDEST)
    return b.add(total, b.mul(wire, b.settle(level) if isinstance(level, Wire) else level))


@ugen(text=True)
def partials(b: Builder, levels: str, freq: Value, *more: Value) -> Value:
    """Sum harmonics of the given levels.

    Fixed ones make one wave that peaks at 1; where some move, each of those is a sine, and all are as loud together as
    their levels say, every moving one counted as 1.
    """
    values = filled(levels, more)
    moving = _moving(values)
    if not moving:
        return wave_of(b, _written("partials", values), freq, 0.0)
    freq = b.still(freq)
    out: Value = 0.0
    for i, level in enumerate(values):
        if level != 0.0:
            pitch = b.mul(freq, float(i + 1))
            if not isinstance(pitch, Wire) and not isinstance(level, Wire):
                level = b.evaluated(f"{{0}} if abs({{1}}) < {0.45 * b.rig.rate} else 0.0", level, pitch)
            out = _sum(b, out, sine_of(b, pitch, 0.0), level)
    return b.mul(out, 1.0 / (sum(abs(v) for v in values if isinstance(v, float)) + len(moving)))


@ugen(text=True)
def wave(b: Builder, points: str, freq: Value, *more: Value) -> Value:
    """Play a period drawn by points, without what lies above half the rate.

    Fixed ones make one wave that peaks at 1; where some move, the wave is as it is drawn, less its mean.
    """
    values = filled(points, more, MOST_POINTS)
    moving = _moving(values)
    if not moving:
        return wave_of(b, _written("points", values), freq, 0.0)
    freq = b.still(freq)
    count = len(values)
    out: Value = 0.0
    if any(isinstance(v, float) and v for v in values):
        out = wave_of(b, _written("drawn", values), freq, 0.0)
    tent = "drawn " + ",".join(["1.0", *["0.0"] * (count - 1)])
    for i, level in moving:
        out = _sum(b, out, wave_of(b, tent, freq, -i / count % 1.0), level)
    return out


@ugen(text=True)
def wavetable(b: Builder, shapes: str, freq: Value, position: Value) -> Value:
    """Morph through shapes in a row: 0 is the first of them, 1 the last."""
    found = [_shape(name) for name in shapes.split(";" if ";" in shapes else ",")[:MOST_WAVES]]
    freq = b.still(freq)
    position = b.still(position)
    at = b.still(b.mul(b.clamp(position, 0.0, 1.0), float(len(found) - 1)))
    out: Value = wave_of(b, found[0][0], freq, found[0][1])
    for i, (shape, phase) in enumerate(found[1:]):
        out = b.blend(b.wire(out), wave_of(b, shape, freq, phase), b.clamp(b.sub(at, float(i)), 0.0, 1.0), None)
    return out


def _shape(name: str) -> tuple[str, float]:
    """Give the wave of a shape and its phase; points stand for a wave drawn by them."""
    if name.startswith("points "):
        items(name.partition(" ")[2], MOST_POINTS)
        return name, 0.0
    if name not in MORPHS:
        raise SoundError(f"{name} is no shape of a wavetable", expected=", ".join(MORPHS))
    return MORPHS[name]


@ugen()
def impulse(b: Builder, freq: Value) -> Value:
    """Give a train of pulses, all harmonics at one level."""
    return wave_of(b, "impulse", freq, 0.0)


@ugen()
def fm(b: Builder, freq: Value, ratio: Value, index: Value) -> Value:
    """Let one sine move the frequency of another: index 1 swings by the modulator's own frequency."""
    freq = b.still(freq)
    speed = b.still(b.mul(freq, ratio))
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
    freq = b.still(freq)
    width = b.still(b.clamp(detune, 0.0, 24.0))
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
def env(b: Builder, points: str, curve: Value, *more: Value) -> Value:
    """Follow levels over times: level, seconds, level, seconds, level and so on, then stay at the last."""
    values = filled(points, more)
    if len(values) % 2 == 0 or len(values) < 3:
        raise SoundError("env takes levels with the seconds between them: env [0, 10ms, 1, 300ms, 0]")
    levels = [b.fixed(v, -HIGHEST, HIGHEST) for v in values[::2]]
    seconds = [b.fixed(v, 0.0, 120.0) for v in values[1::2]]
    bend = b.fixed(curve, -20.0, 20.0)
    life: Number | None = None
    if levels[-1] == 0.0:
        life = 0.0
        for time in seconds:
            life = b.number("add", life, time)
    written = (f"({', '.join(map(str, row))},)" for row in (levels, seconds))
    out = envelope(b, f"segments({', '.join(written)}, {bend})", life)
    fixed = [v for v in levels if isinstance(v, float)]
    if len(fixed) < len(levels):
        return replace(out, lo=-math.inf, hi=math.inf)
    return replace(out, lo=min(fixed), hi=max(fixed))


@ugen()
def glide(b: Builder, before: Value, freq: Value, time: Value) -> Value:
    """Slide from the frequency before to this one, in even semitones."""
    start, end = b.fixed(before, 1.0, 20000.0), b.fixed(freq, 1.0, 20000.0)
    seconds = b.fixed(time, 0.0, 60.0)
    return replace(envelope(b, f"glide({start}, {end}, {seconds})", None), lo=-math.inf, hi=math.inf)
