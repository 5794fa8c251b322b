"""The unit generators that change a signal: shapers, space, dynamics, routing."""

from __future__ import annotations

import math
from dataclasses import replace

from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.ugens import cutoff
from livecode.engine.values import Expr, Held, Value, Wire
from livecode.errors import SoundError

CHORUS = ((0.0113, 0.37, 0.0), (0.0173, 0.53, 0.31))  # s, Hz, phase of its two voices
CHORUS_DEPTH = 0.004  # s
QUICK, LAZY, LASTING = (0.0005, 0.06), (0.03, 0.06), (0.0005, 0.4)  # s: the rise and fall of followers
WIDEST_KNEE = 40.0  # dB
DUCK_SLOPE = 200.0  # Hz: rounds the corner of a dip, to about a millisecond
SETTLE, SETTLE_LONGEST = 0.05, 0.4  # s that a compressor takes to find its level, beside its attack; and at most


@ugen("in")
def _in(b: Builder) -> Value:
    if not b.source:
        raise SoundError("in stands only in an effect")
    return Wire(b.source, -1, slot=2, life=0.0)


# space


@ugen()
def chorus(b: Builder, depth: Value, mix: Value, source: Value) -> Value:
    dry = b.settle(b.wire(source))
    stereo = Wire(tuple(dry.units[c % len(dry.units)] for c in (0, 1)), dry.made, slot=2, life=dry.life)
    swing = b.mul(b.clamp(depth, 0.0, 1.0), CHORUS_DEPTH)
    if isinstance(swing, Wire):
        swing = b.settle(swing)
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


# dynamics


def _linked(b: Builder, wire: Wire) -> Wire:
    """Give one key for both sides: the louder of them."""
    loud = [b.unit("M_Abs", b.channel(wire, c)) for c in range(len(wire.units))]
    return loud[0] if len(loud) == 1 else b.unit("Max", loud[0], loud[1])


def _compress(
    b: Builder, wire: Wire, threshold: Value, ratio: Value, attack: Value, release: Value, knee: float | Expr = 0.3
) -> Wire:
    reduction = b.unit(
        "Compress",
        _linked(b, wire),
        Held(b.clamp(threshold, -80.0, 0.0), "setThresh", 0.0),
        Held(b.clamp(ratio, 1.0, 100.0), "setRatio", 1.0),
        Held(b.clamp(attack, 1e-4, 5.0), "setRiseTime", 0.01),
        Held(b.clamp(release, 1e-3, 5.0), "setFallTime", 0.1),
        0.0,
        Held(knee, "setKnee", 0.3),
        True,
    )
    out = b.mul(wire, reduction)
    assert isinstance(out, Wire)
    rise = attack if isinstance(attack, float) else 0.02
    b.circuit.settle = max(b.circuit.settle, min(SETTLE + 8.0 * rise, SETTLE_LONGEST))
    return replace(out, life=wire.life)


@ugen()
def compress(b: Builder, threshold: Value, ratio: Value, attack: Value, release: Value, source: Value) -> Value:
    return _compress(b, b.settle(b.wire(source)), threshold, ratio, attack, release)


@ugen()
def squeeze(
    b: Builder, threshold: Value, ratio: Value, knee: Value, attack: Value, release: Value, source: Value
) -> Value:
    """Compress with a knee of some decibels, around the threshold."""
    soft = b.evaluated(f"{{0}} / {WIDEST_KNEE}", b.fixed(knee, 0.0, WIDEST_KNEE))
    return _compress(b, b.settle(b.wire(source)), threshold, ratio, attack, release, soft)


@ugen()
def transient(b: Builder, attack: Value, sustain: Value, source: Value) -> Value:
    """Sharpen (above 0) or soften what begins, lengthen or shorten what dies away: at 1 by up to 12 dB.

    The gain is a ratio of two followers of the level, of which one is slower to rise, or to fall.
    """
    wire = b.settle(b.wire(source))
    loud = _linked(b, wire)
    quick = b.unit("Follower2", loud, *QUICK)
    lazy, lasting = (b.unit("Follower2", quick, *times) for times in (LAZY, LASTING))
    out: Value = wire
    for amount, top, bottom in ((attack, quick, lazy), (sustain, lasting, quick)):
        power = b.clamp(amount, -1.0, 1.0)
        over, under = (b.settle(b.affine(x, 1.0, 1e-4)) for x in (top, bottom))
        ratio = b.unit("Clip", b.unit("M_Div", over, under), 0.25, 4.0)
        gain = b.unit("M_Pow", ratio, Held(power, "setExponent"))
        out = b.mul(b.settle(b.wire(out)), gain)
    return replace(b.wire(out), life=wire.life)


@ugen()
def glue(b: Builder, amount: Value, source: Value) -> Value:
    """Take about `amount` dB from peaks at -10 dB with a ratio of 2, and give half of it back."""
    amount = b.clamp(amount, 0.0, 12.0)
    if isinstance(amount, Wire):
        amount = b.settle(amount)
    squeezed = _compress(b, b.settle(b.wire(source)), b.sub(-10.0, b.mul(amount, 2.0)), 2.0, 0.01, 0.15)
    if isinstance(amount, Wire):
        return squeezed
    return b.mul(squeezed, b.evaluated("10.0 ** ({0} / 40.0)", amount))


@ugen(text=True)
def duck(b: Builder, key: str, depth: Value, time: Value, source: Value) -> Value:
    """Dip by `depth` whenever a note starts on the key, and come back over `time`."""
    made: Value = dip(b, key, depth, 0.0, time, source)
    return made


@ugen(text=True)
def dip(b: Builder, key: str, depth: Value, onset: Value, time: Value, source: Value) -> Value:
    """Go down by `depth` within a time whenever a note starts on the key, and come back over another."""
    if b.voice:
        raise SoundError("duck stands only in a mix")
    wire = b.settle(b.wire(source))
    lane = b.rig.lane()
    b.circuit.keys.append((key, lane))
    seconds = b.clamp(time, 0.005, 10.0)
    fall = b.fixed(onset, 0.0, 10.0)
    assert isinstance(fall, float)
    down = [(0.0, 0.0), (fall, 1.0)] if fall >= 0.001 else [(0.0, 1.0)]
    dipping = b.unit("TrigLinseg", lane.scan, [(0.0, 0.0), (0.001, 0.0)])

    def recover(over: float) -> None:
        dipping.units[0].setList([*down, (down[-1][0] + over, 0.0)])

    if isinstance(seconds, Wire):
        if seconds.lane is None:
            raise SoundError("a signal cannot move the time of duck")
        b.circuit.followers.append((seconds.lane, recover))
    else:
        recover(float(str(seconds)))
    rounded = b.unit("Tone", dipping, DUCK_SLOPE)
    amount = b.clamp(depth, 0.0, 1.0)
    out = b.mul(wire, b.sub(1.0, b.mul(rounded, amount)))
    assert isinstance(out, Wire)
    return replace(out, life=wire.life)


def _equaliser(b: Builder, kind: int, freq: Value, boost: Value, q: Value, source: Value) -> Value:
    wire = b.wire(source)
    quality = Held(b.clamp(q, 0.1, 50.0), "setQ")
    return b.unit(
        "EQ", wire, cutoff(b, freq), quality, Held(b.clamp(boost, -60.0, 30.0), "setBoost", 0.0), kind, life=wire.life
    )


@ugen()
def eq(b: Builder, freq: Value, boost: Value, q: Value, source: Value) -> Value:
    return _equaliser(b, 0, freq, boost, q, source)


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
