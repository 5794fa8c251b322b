"""Words for what comes from outside: MIDI controllers and OSC."""

from __future__ import annotations

from livecode.patterns import outside
from livecode.patterns.core import Pattern, context
from livecode.patterns.leaves import Signal
from livecode.patterns.register import Number, Text, word

GROUP = "outside"
BPM = "sync/bpm"  # the tempo of an external clock
TEMPO: Pattern = Signal(lambda n, d: outside.value(BPM) or 120.0)


def _following(key: str) -> Pattern:
    def now(n: int, d: int) -> float:
        context()  # what is made of this is remembered only until something outside moves
        return outside.value(key)

    return Signal(now)


@word("cc", example="s 'saw' | lpf (cc 'nano' 1 | range 200 4000)", group=GROUP)
def cc(device: Text, number: Number) -> Pattern:
    """Follow a controller of a MIDI input, from 0 to 1."""
    return _following(outside.controller(device, int(number)))


@word("knob", example="s 'saw' | lpf (knob 'brightness' | range 200 4000)", group=GROUP)
def knob(name: Text) -> Pattern:
    """Follow a learned controller by its name, or what OSC sends to an address, as it comes."""
    return _following(name)
