"""The unit generators that play samples."""

from __future__ import annotations

from dataclasses import replace

from livecode.engine.binding import Unit
from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.ugens import envelope
from livecode.engine.values import Expr, Held, Value, Wire
from livecode.errors import SoundError

CUBIC = 4  # pyo's number of this interpolation
GRAIN = 0.1  # s
GRAINS = 4  # at a time
GRAIN_FADE = 0.005  # s
FASTEST = 64.0  # times the speed of the recording


@ugen("sample1")
def _mono(b: Builder, number: Value, speed: Value, begin: Value, length: Value, rise: Value, fall: Value) -> Value:
    """Play a sample of one channel for some seconds, its fades within them."""
    return _play(b, 1, number, speed, begin, length, rise, fall)


@ugen("sample2")
def _stereo(b: Builder, number: Value, speed: Value, begin: Value, length: Value, rise: Value, fall: Value) -> Value:
    return _play(b, 2, number, speed, begin, length, rise, fall)


@ugen("grains1")
def _mono_grains(
    b: Builder, number: Value, speed: Value, begin: Value, end: Value, span: Value, length: Value
) -> Value:
    """Go through a sample in a time of its own, by overlapping grains that keep its pitch."""
    return _scatter(b, 1, number, speed, begin, end, span, length)


@ugen("grains2")
def _stereo_grains(
    b: Builder, number: Value, speed: Value, begin: Value, end: Value, span: Value, length: Value
) -> Value:
    return _scatter(b, 2, number, speed, begin, end, span, length)


def _scatter(
    b: Builder, channels: int, number: Value, speed: Value, begin: Value, end: Value, span: Value, length: Value
) -> Wire:
    if not b.voice or not isinstance(number, Expr):
        raise SoundError("a sample stands only in an instrument")
    dur, time = b.fixed(length, 0.0, 3600.0), b.fixed(span, 0.001, 3600.0)
    size = b.bind(f"tape_size({number})")
    first, last = (b.bind(f"{b.fixed(x, 0.0, 1.0)} * ({size} - 1.0)") for x in (begin, end))
    place = envelope(b, f"travel({first}, {last}, {time})", None)
    pitch = b.fixed(speed, -FASTEST, FASTEST)
    b.circuit.fades = (GRAIN_FADE, GRAIN_FADE)
    units: list[Unit] = []
    out: Wire | None = None
    for channel in range(channels):
        table = Held(b.bind(f"tape({number}, {channel}, {dur})"), "setTable", b.rig.samples.silence())
        window = b.rig.waves.motion("hann", 0.5)
        held = Held(b.evaluated("abs({0})", pitch), "setPitch", 1.0)
        grains = b.unit("Granulator", table, window, held, place, GRAIN, GRAINS, GRAIN)
        out = b.affine(grains, 2.0 / GRAINS, 0.0)
        units += out.units
    assert out is not None
    return replace(out, units=tuple(units), life=b.number("max", b.number("sub", dur, GRAIN_FADE), 0.0))


def _play(
    b: Builder, channels: int, number: Value, speed: Value, begin: Value, length: Value, rise: Value, fall: Value
) -> Wire:
    if not b.voice or not isinstance(number, Expr):
        raise SoundError("a sample stands only in an instrument")
    rise, fall = b.fixed(rise, 0.0, 10.0), b.fixed(fall, 0.0, 10.0)
    dur = b.fixed(length, 0.0, 3600.0)
    life = b.number("max", b.number("sub", dur, fall), 0.0)
    b.circuit.fades = (rise, fall)
    size = b.bind(f"tape_size({number})")
    scale = b.bind(f"{float(b.rig.rate)} / {size}")
    pitch = b.mul(b.clamp(speed, -FASTEST, FASTEST), scale)
    phase = b.bind(f"min({b.fixed(begin, 0.0, 1.0)}, 1.0 - 1.0 / {size})")
    silence = b.rig.samples.silence()
    units: list[Unit] = []
    out: Wire | None = None
    for channel in range(channels):
        table = b.bind(f"tape({number}, {channel}, {dur})")
        out = b.unit(
            "OscTrig",
            Held(table, "setTable", silence),
            b.trigger,
            Held(pitch, "setFreq", 1.0),
            Held(phase, "setPhase", 0.0),
            CUBIC,
        )
        units += out.units
    assert out is not None
    return replace(out, units=tuple(units), life=life)
