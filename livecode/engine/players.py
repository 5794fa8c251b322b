"""The unit generators that play samples."""

from __future__ import annotations

from dataclasses import replace

from livecode.engine.binding import Unit
from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.ugens import envelope, noise_of
from livecode.engine.values import Expr, Held, Value, Wire
from livecode.errors import SoundError

CUBIC = 4  # pyo's number of this interpolation
GRAIN = 0.1  # s
GRAINS = 4  # at a time
GRAIN_FADE = 0.005  # s
STRAY = 0.015  # s: times noise, by which grains begin beside their place
FULLER = 1.5  # what grains are louder by that are not in step
ROOT = 261.6255653005986  # Hz: c4, at which a recording has its own pitch
ENDLESS = 60.0  # s that a recording is kept for a note that says not how long it plays
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


@ugen(text=True)
def granular(b: Builder, recording: str, freq: Value, position: Value, size: Value) -> Value:
    """Scatter grains of a recording around a position that may move."""
    if not isinstance(size, float):
        raise SoundError("the size of grains is a fixed number")
    number, channels, last = _recording(b, recording)
    where = b.still(b.clamp(position, 0.0, 1.0))
    length = min(max(size, 0.01), 1.0)
    farthest = b.bind(f"max({last} - {length * b.rig.rate}, 0.0)")  # from where a grain still finds all of itself
    place = b.settle(b.wire(b.mul(where, farthest)))
    return _strewn(b, channels, number, _relative(b, freq), place, length)


@ugen(text=True)
def stretch(b: Builder, recording: str, freq: Value, factor: Value) -> Value:
    """Go through a recording in a multiple of its time, at any pitch."""
    number, channels, last = _recording(b, recording)
    time = b.bind(f"{last} / {float(b.rig.rate)} * {b.fixed(factor, 0.01, 100.0)}")
    place = envelope(b, f"travel(0.0, {last}, {time})", None)
    out = _strewn(b, channels, number, _relative(b, freq), place, GRAIN)
    return replace(out, life=time)


def _strewn(b: Builder, channels: int, number: float, pitch: Value, place: Wire, size: float) -> Wire:
    """Let grains begin by chance a little beside their place.

    Those that begin in even steps cancel each other at some frequencies, and what is left is out of tune with them.
    """
    apart = b.add(place, b.settle(b.affine(noise_of(b, "white"), STRAY * b.rig.rate, 0.0)))
    begin = b.settle(b.unit("Max", b.wire(apart), 0.0))
    return b.settle(b.affine(_grains(b, channels, number, pitch, begin, ENDLESS, size), FULLER, 0.0))


def _recording(b: Builder, text: str) -> tuple[float, int, Expr]:
    """Give the number, the channels and the last place of the recording that a node names."""
    if not b.voice:
        raise SoundError("a sample stands only in an instrument")
    channels, _, rest = text.partition(" ")
    changed, _, path = rest.partition(" ")
    if channels not in ("1", "2") or not changed.lstrip("-").isdigit():
        raise SoundError(f"{text} names no recording")
    number = b.rig.samples.named(path, int(changed))
    return number, int(channels), b.bind(f"tape_size({number}) - 1.0")


def _relative(b: Builder, freq: Value) -> Value:
    """Give the speed at which a recording has a pitch."""
    return b.clamp(b.mul(freq, 1.0 / ROOT), 0.0, FASTEST)


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
    out = _grains(b, channels, number, b.evaluated("abs({0})", pitch), place, dur, GRAIN)
    return replace(out, life=b.number("max", b.number("sub", dur, GRAIN_FADE), 0.0))


def _grains(
    b: Builder, channels: int, number: float | Expr, pitch: Value, place: Wire, dur: float | Expr, size: float
) -> Wire:
    units: list[Unit] = []
    out: Wire | None = None
    for channel in range(channels):
        table = Held(b.bind(f"tape({number}, {channel}, {dur})"), "setTable", b.rig.samples.silence())
        window = b.rig.waves.motion("hann", 0.5)
        grains = b.unit("Granulator", table, window, Held(pitch, "setPitch", 1.0), place, size, GRAINS, size)
        out = b.affine(grains, 2.0 / GRAINS, 0.0)
        units += out.units
    assert out is not None
    return replace(out, units=tuple(units))


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
