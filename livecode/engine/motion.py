"""The unit generators that move others: low-frequency waves, bends, ramps."""

from __future__ import annotations

from dataclasses import replace

from livecode.engine.builder import Builder
from livecode.engine.rows import ugen
from livecode.engine.tables import MOTIONS
from livecode.engine.ugens import envelope, times
from livecode.engine.values import Held, Value, Wire
from livecode.errors import SoundError

FASTEST = 2000.0  # Hz


@ugen(text=True)
def lfo(b: Builder, shape: str, rate: Value, phase: Value, skew: Value) -> Value:
    """Swing between -1 and 1, from `phase` on at every note."""
    if shape not in MOTIONS:
        raise SoundError(f"{shape} is no shape of an lfo", expected=", ".join(MOTIONS))
    waves = b.rig.waves
    lean = b.fixed(skew, 0.0, 1.0)
    start = waves.motion(shape, 0.5)
    table = waves.motion(shape, lean) if isinstance(lean, float) else b.bind(f"motion({shape!r}, {lean})")
    pitch = b.div(b.clamp(rate, 0.0, FASTEST), float(MOTIONS[shape]))
    turned = b.number("mod", b.fixed(phase, -1e6, 1e6), 1.0)
    held = Held(table, "setTable", start)
    out = b.unit("OscTrig", held, b.trigger, Held(pitch, "setFreq", 1.0), Held(turned, "setPhase", 0.0), 2)
    return replace(out, lo=-1.0, hi=1.0)


@ugen()
def bent(b: Builder, attack: Value, hold: Value, decay: Value, sustain: Value, release: Value, curve: Value) -> Value:
    """Do what an envelope of these times does, along bent lines: a curve below 0 is fast at first."""
    a, h, d, r = times(b, attack, hold, decay, release)
    s, bow = b.fixed(sustain, 0.0, 1.0), b.fixed(curve, -20.0, 20.0)
    dur = b.length()
    return envelope(b, f"curved({dur}, {a}, {h}, {d}, {s}, {r}, {bow})", b.number("add", dur, r))


@ugen()
def swell(b: Builder, time: Value, peak: Value, flat: Value, curve: Value) -> Value:
    """Rise and fall once over a time; `peak` says where in it the top lies, `flat` how much of it is the top."""
    length = b.fixed(time, 0.001, 3600.0)
    where, share, bow = b.fixed(peak, 0.0, 1.0), b.fixed(flat, 0.0, 1.0), b.fixed(curve, -20.0, 20.0)
    return envelope(b, f"swell({length}, {where}, {share}, {bow})", length)


@ugen()
def after(b: Builder, time: Value) -> Value:
    """Be 0 for a time and 1 from then on, a millisecond on the way."""
    return envelope(b, f"after({b.fixed(time, 0.0, 3600.0)})", None)


@ugen()
def ramp(b: Builder, time: Value) -> Value:
    """Rise from 0 to 1 over a time and stay there."""
    return envelope(b, f"ramp({b.fixed(time, 0.0, 3600.0)})", None)


@ugen()
def bend(
    b: Builder, octaves: Value, anchor: Value, attack: Value, decay: Value, sustain: Value, release: Value
) -> Value:
    """Give a factor that an envelope moves by octaves; the anchor says which part of the way lies below 1."""
    a, d, r = times(b, attack, decay, release)
    s = b.fixed(sustain, 0.0, 1.0)
    span, low = b.fixed(octaves, -10.0, 10.0), b.fixed(anchor, 0.0, 1.0)
    out = envelope(b, f"bend({b.length()}, {a}, {d}, {s}, {r}, {span}, {low})", None)
    assert isinstance(out, Wire)
    return replace(out, lo=-float("inf"), hi=float("inf"))
