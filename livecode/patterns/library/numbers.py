"""Words that change numbers and other values."""

from __future__ import annotations

import math
from typing import Any

from livecode.patterns import signals
from livecode.patterns.combining import Apply, Map
from livecode.patterns.core import Pattern
from livecode.patterns.leaves import Pure
from livecode.patterns.register import Number, Value, word
from livecode.patterns.values import numeral

GROUP = "values"


def _at_pitch(function: Any) -> Any:
    """Let a function of numbers act on the pitch of controls too (`note`, else `n`)."""

    def change(value: Any) -> Any:
        if type(value) is not dict:
            return function(numeral(value))
        key = "note" if "note" in value else "n"
        return {**value, key: function(numeral(value[key]))} if key in value else value

    return change


@word("round", example='round "0.2 1.5"', group=GROUP)
def round_word(pat: Pattern) -> Pattern:
    """Round numbers, halves up."""
    return Map(_at_pitch(lambda x: math.floor(x + 0.5)), pat)


@word("floor", example='floor "0.2 1.5"', group=GROUP)
def floor(pat: Pattern) -> Pattern:
    """Round numbers down."""
    return Map(_at_pitch(math.floor), pat)


@word("ceil", example='ceil "0.2 1.5"', group=GROUP)
def ceil(pat: Pattern) -> Pattern:
    """Round numbers up."""
    return Map(_at_pitch(math.ceil), pat)


@word("toBipolar", example="toBipolar saw", group=GROUP)
def to_bipolar(pat: Pattern) -> Pattern:
    """Stretch 0..1 to -1..1."""
    return Map(_at_pitch(signals.to_bipolar), pat)


@word("fromBipolar", example="fromBipolar sine2", group=GROUP)
def from_bipolar(pat: Pattern) -> Pattern:
    """Squash -1..1 to 0..1."""
    return Map(_at_pitch(signals.from_bipolar), pat)


def ranged(lo: float, hi: float, pat: Pattern) -> Pattern:
    """Stretch 0..1 to lo..hi."""
    width = hi - lo
    stretch = _at_pitch(lambda x: x * width + lo)
    return Apply(lambda v, _: stretch(v), pat, Pure(0))


@word("range", example="sine | range 200 2000 | segment 8", group=GROUP)
def range_word(lo: Number, hi: Number, pat: Pattern) -> Pattern:
    """Stretch 0..1 to a range."""
    return ranged(lo, hi, pat)


@word("rangex", example="sine | rangex 200 2000 | segment 8", group=GROUP)
def rangex(lo: Number, hi: Number, pat: Pattern) -> Pattern:
    """Stretch 0..1 to a range, exponentially, as for frequencies; both ends must be above 0."""
    return Map(_at_pitch(math.exp), ranged(math.log(lo), math.log(hi), pat))


@word("range2", example="sine2 | range2 200 2000 | segment 8", group=GROUP)
def range2(lo: Number, hi: Number, pat: Pattern) -> Pattern:
    """Stretch -1..1 to a range."""
    return ranged(lo, hi, Map(_at_pitch(signals.from_bipolar), pat))


@word("ratio", example='ratio "1 5:4 3:2"', group=GROUP)
def ratio(pat: Pattern) -> Pattern:
    """Divide the items of a list: 5:4 is 1.25."""

    def divide(v: Any) -> Any:
        if not isinstance(v, list):
            return v
        out = numeral(v[0])
        for x in v[1:]:
            out = out / numeral(x)
        return out

    return Map(divide, pat)


@word("asNumber", example='asNumber "c3 e4"', group=GROUP)
def as_number(pat: Pattern) -> Pattern:
    """Read texts and note names as numbers."""
    return Map(numeral, pat)


@word("as", example='as "lpf:gain" "500:0.5 1000"', group=GROUP)
def as_word(names: Value, pat: Pattern) -> Pattern:
    """Name the items of a list as controls."""
    from livecode.patterns.controls import canonical

    keys = [canonical(str(name)) for name in (names if isinstance(names, list) else [names])]
    return Map(lambda v: dict(zip(keys, v if isinstance(v, list) else [v], strict=False)), pat)
