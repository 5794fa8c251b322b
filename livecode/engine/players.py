"""The unit generators that play samples."""

from __future__ import annotations

from dataclasses import replace

from livecode.engine.binding import Unit
from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.values import Expr, Held, Value, Wire
from livecode.errors import SoundError

CUBIC = 4  # pyo's number of this interpolation
FASTEST = 64.0  # times the speed of the recording


@ugen("sample1")
def _mono(b: Builder, number: Value, speed: Value, begin: Value, length: Value, rise: Value, fall: Value) -> Value:
    """Play a sample of one channel for some seconds, its fades within them."""
    return _play(b, 1, number, speed, begin, length, rise, fall)


@ugen("sample2")
def _stereo(b: Builder, number: Value, speed: Value, begin: Value, length: Value, rise: Value, fall: Value) -> Value:
    return _play(b, 2, number, speed, begin, length, rise, fall)


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
