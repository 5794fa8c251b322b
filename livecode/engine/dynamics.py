"""What changes a signal by how loud it or another one is: compressors, gates, expanders, and what dips for a key."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.ugens import cutoff
from livecode.engine.values import Held, Value, Wire
from livecode.errors import SoundError

QUICK, LAZY, LASTING = (0.0005, 0.06), (0.03, 0.06), (0.0005, 0.4)  # s: the rise and fall of followers
AT_ONCE = 0.00002  # s
CLOSING = 0.03  # s in which a gate forgets a peak: longer than the turns of a bass
SPAN = 2.0 * math.pi / math.log(10.0)  # between the times of pyo's followers and those in which 90 % are gone
LONGEST_HOLD = 2.0  # s
HALVED = 2.0 * math.pi / math.log(2.0)  # between the times of pyo's followers and those in which one half is left
WIDEST_KNEE = 40.0  # dB
FLATTEST = 0.01  # dB
MOST_LOOK = 0.05  # s
BUTTERWORTH = 0.7071067811865476
LOW_PASS, HIGH_PASS, ALL_PASS = 0, 1, 4  # kinds of a biquad
ABOVE = 2  # pyo's number of the comparison x > y
DUCK_SLOPE = 200.0  # Hz: rounds the corner of a dip, to about a millisecond
SETTLE, SETTLE_LONGEST = 0.05, 0.4  # s that a compressor takes to find its level, beside its attack; and at most


def linked(b: Builder, wire: Wire) -> Wire:
    """Give one key for both sides: the louder of them."""
    loud = [b.unit("M_Abs", b.channel(wire, c)) for c in range(len(wire.units))]
    return loud[0] if len(loud) == 1 else b.unit("Max", loud[0], loud[1])


def _loudness(b: Builder, key: Wire, attack: Value, release: Value) -> Wire:
    """Follow the peaks of a key, in dB: 90 % of a rise are reached in the attack, in the release they fall by 20 dB.

    The two are apart (a decoupled detector, after Giannoulis, Massberg and Reiss 2012), so that a steady tone is
    measured at its peak whatever the attack is.
    """
    fall = Held(b.mul(b.clamp(release, 1e-3, 5.0), SPAN), "setFalltime", 0.1)
    rise = Held(b.mul(b.clamp(attack, 1e-4, 5.0), SPAN), "setRisetime", 0.01)
    peaks = b.unit("Follower2", linked(b, key), AT_ONCE, fall)
    _settle_in(b, attack)
    return b.unit("AToDB", b.unit("Follower2", peaks, rise, AT_ONCE))


def _settle_in(b: Builder, attack: Value) -> None:
    rise = attack if isinstance(attack, float) else 0.02
    b.circuit.settle = max(b.circuit.settle, min(SETTLE + 8.0 * rise, SETTLE_LONGEST))


def _beyond(b: Builder, over: Value, knee: Value) -> Value:
    """Give by how many dB a level is over a threshold; within the knee around it, it bends as a parabola."""
    over = b.settle(b.wire(over))
    width = b.clamp(knee, FLATTEST, WIDEST_KNEE)
    half = b.mul(width, 0.5)
    inside = b.unit("Clip", b.settle(b.wire(b.add(over, half))), 0.0, Held(width, "setMax"))
    above = b.unit("Max", b.settle(b.wire(b.sub(over, half))), 0.0)
    return b.add(b.mul(b.mul(inside, inside), b.div(0.5, width)), above)


def _turned(b: Builder, decibels: Value) -> Wire:
    """Give the factor of a change in dB, and let the meters know of it."""
    factor = b.settle(b.unit("DBToA", b.settle(b.wire(decibels))))
    _told(b, factor)
    return factor


def _told(b: Builder, *factors: Wire) -> None:
    values: list[Callable[[], float]] = [f.units[0]._getStream().getValue for f in factors]
    b.circuit.gains.append(values[0] if len(values) == 1 else lambda: min(value() for value in values))


def _reduction(
    b: Builder, key: Wire, threshold: Value, ratio: Value, attack: Value, release: Value, knee: Value
) -> Value:
    """Give what a compressor adds, in dB: nothing or less."""
    over = b.sub(_loudness(b, key, attack, release), b.clamp(threshold, -80.0, 0.0))
    return b.mul(_beyond(b, over, knee), b.sub(b.div(1.0, b.clamp(ratio, 1.0, 100.0)), 1.0))


def _louder(b: Builder, source: Value, decibels: Value) -> Value:
    """Make a signal louder by some dB."""
    if isinstance(decibels, Wire):
        return b.mul(b.wire(source), b.settle(b.unit("DBToA", b.settle(decibels))))
    return b.mul(source, b.evaluated("10.0 ** ({0} / 20.0)", b.clamp(decibels, -40.0, 40.0)))  # type: ignore[arg-type]


def _opened(b: Builder, level: Wire, threshold: Value, hold: Value, hysteresis: Value) -> Wire:
    """Give 1 from when a level in dB passes a threshold until it has been under it for the hold, and 0 else.

    Once open, the level has to fall lower by the hysteresis. Between the two thresholds what was stays.
    """
    over = b.settle(b.wire(b.sub(level, threshold)))
    opened = b.settle(b.unit("Compare", over, 0.0, ABOVE))
    if hysteresis != 0.0:
        under = b.settle(b.wire(b.add(over, b.clamp(hysteresis, 0.0, 24.0))))
        between = b.settle(b.wire(b.sub(b.unit("Compare", under, 0.0, ABOVE), opened)))
        opened = b.unit("TrackHold", b.unit("Delay1", opened), between, 1.0)  # it keeps the first it finds there
    if hold != 0.0:
        seconds = b.clamp(hold, 1e-4, LONGEST_HOLD)
        fall = Held(b.mul(seconds, HALVED), "setFalltime", 0.1)
        opened = b.unit("Compare", b.unit("Follower2", opened, AT_ONCE, fall), 0.5, ABOVE)
    return opened


def _keyed(b: Builder, key: str, wire: Wire) -> Wire:
    """Give what a compressor listens to: another bus, or what goes through it."""
    if not key:
        return wire
    if b.voice:
        raise SoundError("a key stands only in a mix: a voice hears no other strip")
    return b.ear(key)


def _times(wire: Wire, b: Builder, factor: Value) -> Value:
    return replace(b.wire(b.mul(wire, factor)), life=wire.life)


@ugen(text=True, late=lambda args, rate: args[6] * rate if isinstance(args[6], float) else 0.0)
def compress(
    b: Builder,
    key: str,
    threshold: Value,
    ratio: Value,
    attack: Value,
    release: Value,
    knee: Value,
    makeup: Value,
    look: Value,
    source: Value,
) -> Value:
    wire = b.settle(b.wire(source))
    reduction = _reduction(b, _keyed(b, key, wire), threshold, ratio, attack, release, knee)
    factor = _turned(b, reduction)
    return _louder(b, _times(_late(b, wire, look), b, factor), makeup)


def _late(b: Builder, wire: Wire, look: Value) -> Wire:
    """Delay a signal by what its key looks ahead; the mixer makes up for it on the other ways."""
    seconds = b.fixed(look, 0.0, MOST_LOOK)
    if not isinstance(seconds, float):
        raise SoundError("look is fixed: it delays the whole strip")
    samples = round(seconds * b.rig.rate)
    if samples and b.voice:
        raise SoundError("look stands only in a mix: a voice cannot come later than the others")
    return b.late(wire, samples)


@ugen()
def squeeze(
    b: Builder, threshold: Value, ratio: Value, knee: Value, attack: Value, release: Value, source: Value
) -> Value:
    """Compress a note, at less cost: pyo's own compressor with a knee of some decibels, around the threshold."""
    wire = b.settle(b.wire(source))
    soft = b.evaluated(f"{{0}} / {WIDEST_KNEE}", b.fixed(knee, 0.0, WIDEST_KNEE))
    reduction = b.unit(
        "Compress",
        linked(b, wire),
        Held(b.clamp(threshold, -80.0, 0.0), "setThresh", 0.0),
        Held(b.clamp(ratio, 1.0, 100.0), "setRatio", 1.0),
        Held(b.clamp(attack, 1e-4, 5.0), "setRiseTime", 0.01),
        Held(b.clamp(release, 1e-3, 5.0), "setFallTime", 0.1),
        0.0,
        Held(soft, "setKnee", 0.3),
        True,
    )
    _settle_in(b, attack)
    return _times(wire, b, reduction)


@ugen()
def glue(b: Builder, amount: Value, source: Value) -> Value:
    """Take about `amount` dB from peaks at -10 dB with a ratio of 2, and give half of it back."""
    amount = b.still(b.clamp(amount, 0.0, 12.0))
    wire = b.settle(b.wire(source))
    reduction = _reduction(b, wire, b.sub(-10.0, b.mul(amount, 2.0)), 2.0, 0.01, 0.15, 6.0)
    squeezed = _times(wire, b, _turned(b, reduction))
    if isinstance(amount, Wire):
        return squeezed
    return b.mul(squeezed, b.evaluated("10.0 ** ({0} / 40.0)", amount))


@ugen(text=True)
def expand(
    b: Builder,
    key: str,
    threshold: Value,
    ratio: Value,
    attack: Value,
    release: Value,
    knee: Value,
    floor: Value,
    hold: Value,
    hysteresis: Value,
    source: Value,
) -> Value:
    """Turn down what is below the threshold, `ratio` - 1 dB for each dB, by `floor` at most.

    While it holds, or the level is within the hysteresis, nothing is turned down.
    """
    wire = b.settle(b.wire(source))
    level = b.settle(_loudness(b, _keyed(b, key, wire), attack, release))
    bottom = b.clamp(threshold, -80.0, 0.0)
    fallen = b.mul(_beyond(b, b.sub(bottom, level), knee), b.sub(1.0, b.clamp(ratio, 1.0, 100.0)))
    if hold != 0.0 or hysteresis != 0.0:
        opened = _moved(b, _opened(b, level, bottom, hold, hysteresis), attack, release)
        fallen = b.mul(b.settle(b.wire(fallen)), b.sub(1.0, opened))
    least = Held(b.clamp(floor, -100.0, 0.0), "setMin", -100.0)
    return _times(wire, b, _turned(b, b.unit("Clip", b.settle(b.wire(fallen)), least, 0.0)))


def _moved(b: Builder, opened: Wire, attack: Value, release: Value) -> Wire:
    """Open in the attack and shut in the release."""
    rise = Held(b.clamp(attack, 0.0, 5.0), "setRiseTime", 0.001)
    return b.settle(b.unit("Port", opened, rise, Held(b.clamp(release, 1e-3, 5.0), "setFallTime", 0.1)))


@ugen(text=True)
def gate(
    b: Builder,
    key: str,
    threshold: Value,
    attack: Value,
    release: Value,
    floor: Value,
    hold: Value,
    hysteresis: Value,
    source: Value,
) -> Value:
    """Shut what is below the threshold down to a floor; it opens in the attack and shuts in the release."""
    wire = b.settle(b.wire(source))
    level = b.settle(_loudness(b, _keyed(b, key, wire), AT_ONCE, CLOSING))
    opened = _opened(b, level, b.clamp(threshold, -100.0, 0.0), hold, hysteresis)
    moved = _moved(b, opened, attack, release)
    floor = b.clamp(floor, -100.0, 0.0)
    if isinstance(floor, Wire):
        shut: Value = b.settle(b.unit("DBToA", b.settle(floor)))
    else:
        shut = b.evaluated("10.0 ** ({0} / 20.0)", floor)
    factor = b.settle(b.wire(b.add(b.mul(moved, b.sub(1.0, shut)), shut)))
    _told(b, factor)
    return _times(wire, b, factor)


def _pass(b: Builder, wire: Wire, freq: Value, kind: int, *, twice: bool = False) -> Wire:
    """Filter at a corner: 12 dB an octave, or 24 as Linkwitz and Riley do, whose halves sum up flat."""
    for _ in range(1 + twice):
        wire = b.settle(b.unit("Biquad", wire, cutoff(b, freq), BUTTERWORTH, kind, life=wire.life))
    return wire


@ugen()
def deess(b: Builder, freq: Value, threshold: Value, ratio: Value, source: Value) -> Value:
    """Compress what lies above a frequency, by its own level."""
    wire = b.settle(b.wire(source))
    rest, sharp = (_pass(b, wire, freq, kind, twice=True) for kind in (LOW_PASS, HIGH_PASS))
    factor = _turned(b, _reduction(b, sharp, threshold, ratio, 0.001, 0.05, 6.0))
    return replace(b.wire(b.add(rest, b.settle(b.wire(b.mul(sharp, factor))))), life=wire.life)


@ugen()
def multiband(
    b: Builder,
    low: Value,
    mid: Value,
    high: Value,
    ratio: Value,
    below: Value,
    above: Value,
    attack: Value,
    release: Value,
    makeup: Value,
    source: Value,
) -> Value:
    """Compress three bands apart; while none is turned down they sum up flat."""
    wire = b.settle(b.wire(source))
    rest = _pass(b, wire, below, HIGH_PASS, twice=True)
    # the low band turns its phase as the other two do at their crossing
    lows = _pass(b, _pass(b, wire, below, LOW_PASS, twice=True), above, ALL_PASS)
    mids, highs = (_pass(b, rest, above, kind, twice=True) for kind in (LOW_PASS, HIGH_PASS))
    total: Value = 0.0
    factors: list[Wire] = []
    for band, threshold in ((lows, low), (mids, mid), (highs, high)):
        reduction = _reduction(b, band, threshold, ratio, attack, release, 6.0)
        factors.append(b.settle(b.unit("DBToA", b.settle(b.wire(reduction)))))
        total = b.add(total, b.settle(b.wire(b.mul(band, factors[-1]))))
    _told(b, *factors)
    return replace(b.wire(_louder(b, total, makeup)), life=wire.life)


@ugen()
def transient(b: Builder, attack: Value, sustain: Value, source: Value) -> Value:
    """Sharpen (above 0) or soften what begins, lengthen or shorten what dies away: at 1 by up to 12 dB.

    The gain is a ratio of two followers of the level, of which one is slower to rise, or to fall.
    """
    wire = b.settle(b.wire(source))
    loud = linked(b, wire)
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
    pressed = b.late(Wire((lane.scan,), -1, slot=2), b.arrival + b.before)  # as late as what it dips
    dipping = b.unit("TrigLinseg", pressed, [(0.0, 0.0), (0.001, 0.0)])

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
