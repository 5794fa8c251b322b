"""Words for what comes from outside: MIDI controllers and OSC."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from urllib.parse import quote, unquote

from livecode.errors import KindError
from livecode.patterns import outside
from livecode.patterns.core import Pattern, context
from livecode.patterns.leaves import Signal
from livecode.patterns.register import Number, Text, Time, word

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


@word("knobWas", example="s 'saw' | lpf (knobWas 'bright=0:0.2,1/2:0.8' 0 'bright' | range 200 4000)", group=GROUP)
def knob_was(moves: Text, begin: Time, name: Text) -> Pattern:
    """Follow a knob as it was turned: what `capture` writes of it, read from a cycle on."""
    return _recalled(moves, begin, name)


@word("ccWas", example="s 'saw' | lpf (ccWas 'nano/1=0:0.2,1/2:0.8' 0 'nano' 1 | range 200 4000)", group=GROUP)
def cc_was(moves: Text, begin: Time, device: Text, number: Number) -> Pattern:
    """Follow a controller as it was turned: what `capture` writes of it, read from a cycle on."""
    return _recalled(moves, begin, outside.controller(device, int(number)))


def written_moves(moves: dict[str, tuple[tuple[Fraction, float], ...]]) -> str:
    """Write what was turned as a text that `knobWas` and `ccWas` read."""
    points = {key: ",".join(f"{at}:{value:.4g}" for at, value in row) for key, row in moves.items()}
    return ";".join(f"{quote(key, safe='/ ')}={row}" for key, row in sorted(points.items()))


def _recalled(moves: str, begin: Fraction, key: str) -> Pattern:
    points: list[tuple[Fraction, float]] = []
    try:
        for part in moves.split(";"):
            name, _, row = part.partition("=")
            if unquote(name) == key:
                points = [(Fraction(at), float(value)) for at, _, value in (p.partition(":") for p in row.split(","))]
    except (ValueError, ZeroDivisionError):
        raise KindError("this is not what was turned", hint="knobWas 'bright=0:0.2,1/2:0.8' 0 'bright'") from None
    if not points:
        return _following(key)
    times, values = [at for at, _ in points], [value for _, value in points]

    def then(n: int, d: int) -> float:
        return values[max(0, bisect_right(times, begin + Fraction(n, d)) - 1)]

    return Signal(then)
