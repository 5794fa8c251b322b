"""Continuous shapes over time."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from livecode.patterns.combining import Map
from livecode.patterns.core import Pattern
from livecode.patterns.leaves import Signal, SpanSignal
from livecode.patterns.timing import fastcat, late_by

TWO_PI = 2 * math.pi


def to_bipolar(x: Any) -> Any:
    """Stretch 0..1 to -1..1."""
    return x * 2 - 1


def from_bipolar(x: Any) -> Any:
    """Squash -1..1 to 0..1."""
    return (x + 1) / 2


saw: Pattern = Signal(lambda n, d: (n % d) / d, 1)
isaw: Pattern = Signal(lambda n, d: 1 - (n % d) / d, 1)
sine2: Pattern = Signal(lambda n, d: math.sin(TWO_PI * ((n % d) / d)), 1)
sine: Pattern = Signal(lambda n, d: (math.sin(TWO_PI * ((n % d) / d)) + 1) / 2, 1)
cosine: Pattern = late_by(Fraction(-1, 4), sine)
cosine2: Pattern = late_by(Fraction(-1, 4), sine2)
square: Pattern = Signal(lambda n, d: float((2 * n // d) % 2), 1)  # a float moves under a long note
saw2, isaw2, square2 = Map(to_bipolar, saw), Map(to_bipolar, isaw), Map(to_bipolar, square)
tri: Pattern = fastcat([saw, isaw])
tri2: Pattern = fastcat([saw2, isaw2])
itri: Pattern = fastcat([isaw, saw])
itri2: Pattern = fastcat([isaw2, saw2])
time: Pattern = Signal(lambda n, d: Fraction(n, d))
cycles_per: Pattern = SpanSignal(lambda b, e, d: Fraction(e - b, d))
per: Pattern = SpanSignal(lambda b, e, d: Fraction(d, e - b) if e > b else math.inf)
perx: Pattern = SpanSignal(lambda b, e, d: math.log2(d / (e - b)) + 1 if e > b else math.inf)
