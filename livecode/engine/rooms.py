"""The unit generators that make space: echoes and rooms."""

from __future__ import annotations

from dataclasses import replace

from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.values import Held, Number, Value, Wire

LONGEST_DELAY = 8.0  # s
FREEVERB_LOOP = 0.02685  # s: the mean loop of Freeverb's combs, measured from its decay
FREEVERB_MAKEUP = 2.5  # brings an ordinary room near the level of the dry sound
FREEVERB_TIMES = (0.62, 9.0)  # s: what its size can say
DIFFUSION = ((0.00512, 0.00937), (0.00683, 0.01171))  # s: all-passes of the left and of the right
SMALL = ((0.0113, 0.0137, 0.0161, 0.0179), (0.0119, 0.0131, 0.0167, 0.0173))  # s: combs of a small room
PLATE_LOOP = 0.0557  # s: the mean loop of pyo's waveguide reverb, measured from its decay
PLATE_MAKEUP = 1.6
SOUND = 343.0  # m/s
HORN = 0.35  # how much softer a horn is that points away


@ugen()
def delay(b: Builder, time: Value, feedback: Value, mix: Value, source: Value) -> Value:
    dry = b.settle(b.wire(source))
    time = b.clamp(time, 1.0 / b.rig.rate, LONGEST_DELAY)
    feedback = b.clamp(feedback, 0.0, 0.98)
    room = time if isinstance(time, float) else LONGEST_DELAY
    wet = b.unit("Delay", dry, Held(time, "setDelay", 0.1), Held(feedback, "setFeedback", 0.0), room + 0.01)
    echoes: Number = LONGEST_DELAY
    if not isinstance(time, Wire) and not isinstance(feedback, Wire):
        echoes = b.evaluated("{0} * (1.0 + 3.0 / max(0.01, -log10(max({1}, 1e-3))))", time, feedback)
    return b.blend(dry, wet, mix, b.tail(dry.life, echoes))


@ugen()
def reverb(b: Builder, time: Value, mix: Value, source: Value) -> Value:
    """Freeverb on each side, its decay set to `time`, the sides parted by unequal all-passes.

    Shorter than 0.62 s it is a small room of combs, longer than 9 s a plate; a time that varies stays between them.
    """
    shortest, longest = FREEVERB_TIMES
    if isinstance(time, float) and time < shortest:
        return _small(b, max(time, 0.05), mix, source)
    if isinstance(time, float) and time > longest:
        return _plate(b, time, mix, source)
    made: Value = hall(b, time, 0.4, mix, source)
    return made


@ugen()
def hall(b: Builder, time: Value, damp: Value, mix: Value, source: Value) -> Value:
    """A room of combs whose highs die away sooner, from 0, all alike, to 1."""
    shortest, longest = FREEVERB_TIMES
    dry = b.settle(b.wire(source))
    time = b.clamp(time, shortest, longest)
    # The bend is measured: with it, 1, 2 and 4 s are within 5 % of that from 150 to 1200 Hz.
    text = f"(10.0 ** (-3.0 * {FREEVERB_LOOP} / ({{0}} / 1.25) ** 0.9) - 0.7) / 0.28"
    if isinstance(time, Wire):
        straight = b.add(b.mul(time, 0.05), 0.55)
        size: Value = b.clamp(straight, 0.0, 1.0)
    else:
        size = b.evaluated(text, time)
    stereo = b.both(dry)
    wet = b.unit("Freeverb", stereo, Held(size, "setSize", 0.5), Held(b.clamp(damp, 0.0, 1.0), "setDamp", 0.4), 1.0)
    sides = []
    for c, times in enumerate(DIFFUSION):
        side = b.channel(wet, c)
        for t in times:
            side = b.unit("Allpass", side, t, 0.6, t + 0.001)
        sides.append(side)
    parted = Wire(sides[0].units + sides[1].units, sides[1].made)
    loud = b.settle(b.affine(parted, FREEVERB_MAKEUP, 0.0))
    seconds = time if not isinstance(time, Wire) else 9.0
    return b.blend(stereo, loud, mix, b.tail(dry.life, seconds))


def _small(b: Builder, time: float, mix: Value, source: Value) -> Value:
    """Four combs a side and an all-pass behind them (Schroeder)."""
    dry = b.settle(b.wire(source))
    stereo = b.both(dry)
    sides = []
    for c, times in enumerate(SMALL):
        total: Value = 0.0
        for t in times:
            comb = b.unit("Delay", b.channel(stereo, c), t, 10.0 ** (-3.0 * t / time), t + 0.01)
            total = b.add(total, b.mul(comb, 0.5))
        side = b.unit("Allpass", b.wire(total), DIFFUSION[c][0], 0.6, 0.02)
        sides.append(b.settle(side))
    wet = Wire(sides[0].units + sides[1].units, sides[1].made, slot=2)
    return b.blend(stereo, wet, mix, b.tail(dry.life, time))


@ugen()
def plate(b: Builder, time: Value, mix: Value, source: Value) -> Value:
    return _plate(b, time, mix, source)


def _plate(b: Builder, time: Value, mix: Value, source: Value) -> Value:
    """Eight waveguides in a net behind short all-passes: dense, bright and long, its decay set to `time`."""
    dry = b.settle(b.wire(source))
    time = b.clamp(time, 0.1, 60.0)
    text = f"min(0.9995, 10.0 ** (-3.0 * {PLATE_LOOP} / {{0}}))"
    feedback: Value = (
        b.clamp(b.add(b.mul(time, 0.02), 0.85), 0.0, 0.99) if isinstance(time, Wire) else (b.evaluated(text, time))
    )
    stereo = b.both(dry)
    sides = []
    for c, times in enumerate(DIFFUSION):
        side: Wire = b.channel(stereo, c)
        for t in times:
            side = b.unit("Allpass", side, t / 2, 0.6, t)
        side = b.unit("WGVerb", side, Held(feedback, "setFeedback", 0.5), 9000.0 + 500.0 * c, 1.0)
        sides.append(b.settle(b.affine(side, PLATE_MAKEUP, 0.0)))
    wet = Wire(sides[0].units + sides[1].units, sides[1].made, slot=2)
    return b.blend(stereo, wet, mix, b.tail(dry.life, 60.0 if isinstance(time, Wire) else time))


@ugen()
def pingpong(b: Builder, time: Value, feedback: Value, mix: Value, source: Value) -> Value:
    """Throw echoes from side to side."""
    dry = b.settle(b.wire(source))
    time = b.clamp(time, 0.001, LONGEST_DELAY / 2)
    feedback = b.still(b.clamp(feedback, 0.0, 0.98))
    time = b.still(time)
    mono = dry if len(dry.units) == 1 else b.settle(b.wire(b.mul(b.add(b.channel(dry, 0), b.channel(dry, 1)), 0.5)))
    # Echo n comes at n times the time, its level feedback to the power n - 1; odd ones left, even ones right.
    odd = b.unit("Delay", mono, Held(time, "setDelay", 0.1), 0.0, LONGEST_DELAY + 0.01)
    back = b.still(b.mul(feedback, feedback))
    twice = b.still(b.mul(time, 2.0))
    loop = (Held(twice, "setDelay", 0.1), Held(back, "setFeedback", 0.0), LONGEST_DELAY + 0.01)
    left = b.settle(b.wire(b.add(b.mul(b.unit("Delay", odd, *loop), back), odd)))
    right = b.settle(b.wire(b.mul(b.unit("Delay", mono, *loop), feedback)))
    wet = Wire(left.units + right.units, right.made, slot=2)
    return b.blend(b.both(dry), wet, mix, b.tail(dry.life, LONGEST_DELAY))


@ugen()
def haas(b: Builder, time: Value, source: Value) -> Value:
    """Delay one side by some milliseconds, which the ear hears as width; below 0 it is the left."""
    wire = b.both(b.settle(b.wire(source)))
    seconds = b.still(b.clamp(time, -0.04, 0.04))
    sides = []
    for c, sign in enumerate((-1.0, 1.0)):
        late = b.clamp(b.mul(seconds, sign), 1.0 / b.rig.rate, 0.04)
        sides.append(b.settle(b.unit("Delay", b.channel(wire, c), Held(late, "setDelay", 0.001), 0.0, 0.05)))
    return replace(sides[1], units=sides[0].units + sides[1].units, life=b.tail(wire.life, 0.04))


@ugen()
def leslie(b: Builder, rate: Value, size: Value, mix: Value, source: Value) -> Value:
    """Turn a horn of a size in metres before two ears: its pitch and level swing, the ears a quarter turn apart."""
    dry = b.both(b.settle(b.wire(source)))
    turning = Held(b.clamp(rate, 0.0, 50.0), "setFreq", 1.0)
    reach = b.still(b.mul(b.clamp(size, 0.0, 10.0), 0.5 / SOUND))
    sides = []
    for c, phase in enumerate((0.0, 0.25)):
        wave, loud = (b.unit("OscTrig", b.rig.waves.sine(), b.trigger, turning, p, 2) for p in (phase, phase + 0.5))
        time = b.settle(b.wire(b.add(b.mul(wave, reach), b.add(reach, 0.0005))))
        moved = b.unit("Delay", b.channel(dry, c), time, 0.0, 0.05)
        sides.append(b.settle(b.wire(b.mul(moved, b.settle(b.affine(loud, HORN, 1.0 - HORN))))))
    wet = Wire(sides[0].units + sides[1].units, sides[1].made, slot=2)
    return b.blend(dry, wet, mix, b.tail(dry.life, 0.05))
