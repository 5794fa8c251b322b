"""The unit generators that bend a wave: saturation, folding, rounding, and what goes by its zero crossings."""

from __future__ import annotations

from dataclasses import replace

from livecode.engine.builder import LOUDEST, Builder
from livecode.engine.rows import ugen
from livecode.engine.tables import TRANSFERS
from livecode.engine.ugens import cutoff
from livecode.engine.values import Expr, Held, Number, Value, Wire
from livecode.errors import SoundError

REFERENCE = 0.5  # the level that shapers keep
SPARSE = 0.6180339887  # parts of a turn: numbers that follow each other by it fill the circle evenly
TURNS = 987  # steps after which it has gone round
LOWS = 1.5  # times the frequency: what an octave below is made of
HEAT = 8.0  # the gain before the saturation of an exciter
EXCITED = 0.25  # and of what it adds
FLAT, HIGH_PASS = 0.7071067811865476, 1  # the quality and the kind of its filters
FINEST = 24.0  # bits: with more, pyo's whole numbers do not hold what is louder than 1
REACH = 8.0  # the loudest that a waveshaper's table knows


def _makeup(b: Builder, amount: Value, text: str) -> Number:
    """Compute a make-up gain from an amount; a moving amount is made up for at its middle."""
    return b.bind(text.format(amount)) if isinstance(amount, Expr) else b.constant(text, amount)


@ugen()
def drive(b: Builder, amount: Value, source: Value) -> Value:
    wire = b.wire(source)
    amount = b.clamp(amount, 0.0, 1.0)
    hot = b.wire(b.mul(wire, b.add(b.mul(amount, 15.0), 1.0)))
    gain = _makeup(b, amount, f"{REFERENCE} / tanh({REFERENCE} * (1.0 + 15.0 * {{0}}))")
    return b.mul(b.unit("M_Tanh", hot, life=wire.life), gain)


@ugen()
def distort(b: Builder, amount: Value, source: Value) -> Value:
    wire = b.wire(source)
    amount = b.clamp(amount, 0.0, 0.98)
    slope = "2.0 * {0} / (1.0 - {0})"
    gain = _makeup(b, amount, f"(1.0 + {REFERENCE} * {slope}) / (1.0 + {slope})")
    return b.mul(b.unit("Disto", wire, Held(amount, "setDrive", 0.0), 0.0, life=wire.life), gain)


@ugen()
def excite(b: Builder, amount: Value, freq: Value, source: Value) -> Value:
    """Add the overtones that saturation makes of what lies above a frequency, without what lay there before."""
    wire = b.settle(b.wire(source))
    high = b.settle(b.unit("Biquad", wire, cutoff(b, freq), FLAT, HIGH_PASS, life=wire.life))
    hot = b.unit("M_Tanh", b.settle(b.affine(high, HEAT, 0.0)))
    over = b.settle(b.unit("Biquad", hot, cutoff(b, freq), FLAT, HIGH_PASS, life=wire.life))
    return replace(b.wire(b.add(wire, b.mul(over, b.mul(b.clamp(amount, 0.0, 1.0), EXCITED)))), life=wire.life)


@ugen()
def tanh(b: Builder, source: Value) -> Value:
    wire = b.wire(source)
    return b.unit("M_Tanh", wire, life=wire.life)


@ugen()
def fold(b: Builder, amount: Value, source: Value) -> Value:
    wire = b.wire(source)
    hot = b.wire(b.mul(wire, b.add(b.mul(b.clamp(amount, 0.0, 1.0), 7.0), 1.0)))
    return b.unit("Mirror", b.guard(hot, 32.0), -1.0, 1.0, life=wire.life)  # pyo folds in a loop that may never end


@ugen()
def crush(b: Builder, bits: Value, source: Value) -> Value:
    wire = b.settle(b.wire(source))
    above = b.settle(b.affine(wire, 1.0, LOUDEST))  # pyo rounds towards zero: below it, by another step
    rounded = b.unit("Degrade", above, Held(b.clamp(bits, 1.0, FINEST), "setBitdepth", FINEST), 1.0)
    return replace(b.affine(rounded, 1.0, -LOUDEST), life=wire.life)


@ugen()
def clip(b: Builder, level: Value, source: Value) -> Value:
    wire = b.wire(source)
    level = b.still(b.clamp(level, 1e-4, 8.0))
    low = b.mul(level, -1.0)
    return b.unit("Clip", wire, Held(low, "setMin", -1.0), Held(level, "setMax", 1.0), life=wire.life)


@ugen()
def coarse(b: Builder, factor: Value, source: Value) -> Value:
    """Hold every so-manieth sample."""
    wire = b.wire(source)
    part = b.div(1.0, b.clamp(factor, 1.0, 64.0))
    return b.unit("Degrade", wire, FINEST, Held(part, "setSrscale", 1.0), life=wire.life)


@ugen(text=True)
def waveshape(b: Builder, kind: str, amount: Value, source: Value) -> Value:
    """Bend a wave by a curve; more amount, hotter into it, at the level of the quiet parts."""
    if kind not in TRANSFERS:
        raise SoundError(f"{kind} is no curve", expected=", ".join(TRANSFERS))
    wire = b.wire(source)
    amount = b.clamp(amount, 0.0, 0.98)
    if isinstance(amount, Wire):
        amount = b.settle(amount)
        steep: Value = b.div(b.mul(amount, 2.0), b.sub(1.0, amount))
        gain: Value = b.add(steep, 1.0)
    else:
        gain = b.evaluated("1.0 + 2.0 * {0} / (1.0 - {0})", amount)
    hot = b.wire(b.mul(b.mul(wire, gain), 1.0 / REACH))
    index = b.unit("Clip", hot, -0.9999, 0.9999)
    return b.unit("Lookup", b.rig.waves.transfer(kind), index, life=wire.life)


# by zero crossings


@ugen()
def octaves(b: Builder, up: Value, down: Value, deep: Value, freq: Value, source: Value) -> Value:
    """Add an octave above, one below and two below a frequency.

    Above is the wave folded at zero; below its lows are turned over at every rise through zero, or at every second.
    """
    wire = b.settle(b.wire(source))
    top = Held(b.number("mul", b.fixed(freq, 20.0, 4000.0), LOWS), "setFreq", 1000.0)
    lows = b.settle(b.affine(b.unit("Tone", b.unit("Tone", wire, top), top), 1.0 + LOWS**-2, 0.0))
    rises = b.unit("Thresh", lows, 0.0, 0)
    above = b.unit("Atone", b.settle(b.affine(b.unit("M_Abs", wire), 2.0, 0.0)), 20.0)
    half = b.settle(b.affine(b.unit("Counter", rises, 0, 2, 0), -2.0, 1.0))
    quarter = b.settle(b.affine(b.unit("Counter", rises, 0, 4, 0), 1.0, -1.5))
    fourth = b.settle(b.affine(b.unit("Clip", quarter, -0.5, 0.5), 2.0, 0.0))
    out: Value = wire
    for amount, voice in ((up, above), (down, b.mul(lows, half)), (deep, b.mul(lows, fourth))):
        level = b.clamp(amount, 0.0, 4.0)
        out = b.add(out, b.mul(b.settle(b.wire(voice)), b.settle(level) if isinstance(level, Wire) else level))
    return replace(b.wire(out), life=wire.life)


@ugen()
def waveloss(b: Builder, percent: Value, source: Value) -> Value:
    """Leave out so many of a hundred pieces of the wave, each from one rise through zero to the next."""
    wire = b.settle(b.wire(source))
    loss = b.mul(b.clamp(percent, 0.0, 100.0), 0.01)
    number = b.unit("Counter", b.unit("Thresh", wire, 0.0, 0), 0, TURNS, 0)
    turn = b.unit("Wrap", b.settle(b.affine(number, SPARSE, SPARSE)), 0.0, 1.0)
    loss = b.still(loss)
    over = b.settle(b.affine(b.settle(b.wire(b.sub(turn, loss))), 1e4, 0.0))
    return replace(b.wire(b.mul(wire, b.unit("Clip", over, 0.0, 1.0))), life=wire.life)
