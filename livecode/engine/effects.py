"""The unit generators that change a signal: space, equalisers, routing."""

from __future__ import annotations

import math

from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.ugens import cutoff
from livecode.engine.values import Expr, Held, Value, Wire, clamp
from livecode.errors import SoundError

CHORUS = ((0.0113, 0.37, 0.0), (0.0173, 0.53, 0.31))  # s, Hz, phase of its two voices
CHORUS_DEPTH = 0.004  # s
BAND_PASS = 2  # pyo's number
LEAST_Q = 0.1  # of pyo's Biquad


@ugen("in")
def _in(b: Builder) -> Value:
    if not b.source:
        raise SoundError("in stands only in an effect")
    return Wire(b.source, -1, slot=2, life=0.0)


# space


@ugen()
def chorus(b: Builder, depth: Value, mix: Value, source: Value) -> Value:
    dry = b.settle(b.wire(source))
    stereo = b.both(dry)
    swing = b.still(b.mul(b.clamp(depth, 0.0, 1.0), CHORUS_DEPTH))
    wets: list[Wire] = []
    for c in (0, 1):
        total: Value = 0.0
        for time, rate, phase in CHORUS:
            lfo = b.unit("OscTrig", b.rig.waves.sine(), b.trigger, rate, (phase + 0.25 * c) % 1.0, 2)
            moving = b.settle(b.wire(b.add(b.mul(lfo, swing), time)))
            total = b.add(total, b.mul(b.unit("Delay", b.channel(stereo, c), moving, 0.0, 0.05), 0.7))
        assert isinstance(total, Wire)
        wets.append(b.settle(total))
    wet = Wire(wets[0].units + wets[1].units, wets[1].made, slot=2)
    return b.blend(stereo, wet, mix, b.tail(dry.life, 0.03))


@ugen()
def pan(b: Builder, position: Value, source: Value) -> Value:
    return b.place(b.wire(source), position)


@ugen()
def width(b: Builder, amount: Value, source: Value) -> Value:
    wire = b.settle(b.wire(source))
    if len(wire.units) == 1:
        return wire
    amount = b.clamp(amount, 0.0, 4.0)
    left, right = b.channel(wire, 0), b.channel(wire, 1)
    middle = b.settle(b.wire(b.mul(b.add(left, right), 0.5)))
    side = b.settle(b.wire(b.mul(b.mul(b.sub(left, right), 0.5), amount)))
    sides = [b.settle(b.wire(x)) for x in (b.add(middle, side), b.sub(middle, side))]
    return Wire(sides[0].units + sides[1].units, sides[1].made, slot=2, life=wire.life)


@ugen()
def gain(b: Builder, factor: Value, source: Value) -> Value:
    return b.mul(source, b.clamp(factor, -16.0, 16.0))


# equalisers


def _equaliser(b: Builder, kind: int, freq: Value, boost: Value, q: Value, source: Value) -> Value:
    wire = b.wire(source)
    quality = Held(b.clamp(q, 0.1, 50.0), "setQ")
    return b.unit(
        "EQ", wire, cutoff(b, freq), quality, Held(b.clamp(boost, -60.0, 30.0), "setBoost", 0.0), kind, life=wire.life
    )


@ugen()
def eq(b: Builder, freq: Value, boost: Value, q: Value, source: Value) -> Value:
    if isinstance(boost, Wire | Expr) or isinstance(q, Wire | Expr):
        return _equaliser(b, 0, freq, boost, q, source)
    level = clamp(boost, -60.0, 30.0)
    band = clamp(q, 0.1, 50.0) * 10.0 ** (level / 40.0)
    if band < LEAST_Q:
        return _equaliser(b, 0, freq, boost, q, source)
    # The same as pyo's EQ, but that keeps what it has put out in 32 bits, which low frequencies make audible; here only
    # the band is kept.
    wire = b.settle(b.wire(source))
    found = b.unit("Biquad", wire, cutoff(b, freq), band, BAND_PASS, life=wire.life)
    return b.add(wire, b.mul(found, 10.0 ** (level / 20.0) - 1.0))


@ugen()
def lowshelf(b: Builder, freq: Value, boost: Value, source: Value) -> Value:
    return _equaliser(b, 1, freq, boost, math.sqrt(0.5), source)


@ugen()
def highshelf(b: Builder, freq: Value, boost: Value, source: Value) -> Value:
    return _equaliser(b, 2, freq, boost, math.sqrt(0.5), source)


# routing


@ugen()
def limit(b: Builder, ceiling: Value, source: Value) -> Value:
    if not b.master:
        raise SoundError("limit stands only in the master chain")
    ceiling = b.clamp(ceiling, -40.0, 0.0)
    circuit = b.circuit
    if isinstance(ceiling, float):
        circuit.ceiling = ceiling
    elif isinstance(ceiling, Wire) and ceiling.lane is not None:
        circuit.ceiling = ceiling.hi
        circuit.followers.append((ceiling.lane, lambda x: setattr(circuit, "ceiling", x)))
    else:
        raise SoundError("a signal cannot move the ceiling of limit")
    return source


@ugen(text=True)
def send(b: Builder, bus: str, level: Value, source: Value) -> Value:
    wire = b.settle(b.wire(source))
    tap = b.mul(b.unit("Sig", wire), b.clamp(level, 0.0, 16.0))
    if b.gate is not None:
        tap = b.mul(tap, b.gate)
    b.circuit.taps.append((bus, b.settle(b.wire(tap))))
    return wire
