"""Words that follow the section of a song that they stand in."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

from livecode.patterns.combining import Apply, Map
from livecode.patterns.core import Changed, Pattern, asking, context
from livecode.patterns.exact import Context
from livecode.patterns.leaves import Signal
from livecode.patterns.raws import Raws
from livecode.patterns.register import Function, Number, Setter, Text, Time, word
from livecode.patterns.timing import stack
from livecode.patterns.transitions import DROPPED, AtOnset, since, until
from livecode.patterns.values import numeral

GROUP = "sections"
DEFAULT_CYCLES = Fraction(8)


class InSection(Changed):
    """A pattern that knows how many cycles its section lasts; its cycle 0 is the section's first."""

    __slots__ = ("length",)

    def __init__(self, child: Pattern, length: Fraction) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, sampled=child.sampled, steps=child.steps)
        self.child, self.length = child, length

    def _inside(self) -> Context:
        return Context(asking.context.cps, self.length)

    def _cycle(self, c: int) -> Raws:
        before, asking.context = asking.context, self._inside()
        try:
            return self.child.cycle(c)
        finally:
            asking.context = before

    def _window(self, bn: int, en: int, den: int) -> Raws:
        before, asking.context = asking.context, self._inside()
        try:
            return self.child.window(bn, en, den)
        finally:
            asking.context = before

    def sample(self, n: int, d: int) -> Any:
        before, asking.context = asking.context, self._inside()
        try:
            return self.child.sample(n, d)
        finally:
            asking.context = before


def section(length: Fraction, pat: Pattern) -> Pattern:
    """Let a pattern know that it stands in a section of so many cycles."""
    return InSection(pat, length)


@word("inSection", example='s "bd*4" | fadeOut 2 | inSection 4', group=GROUP)
def in_section(cycles: Time, pat: Pattern) -> Pattern:
    """Let a pattern think that its section lasts so many cycles, whatever it stands in."""
    return InSection(pat, cycles)


@word("playFor", example='s "bd*4" | playFor 2 4', group=GROUP)
def play_for(begin: Time, end: Time, pat: Pattern) -> Pattern:
    """Keep the events that begin from one cycle of the section up to another."""
    return since(begin, until(end, pat))


@word("onStrip", example="s 'bd' | onStrip 'drums'", group=GROUP)
def on_strip(name: Text, pat: Pattern) -> Pattern:
    """Play on the channel strip of a name, unless the events name one already."""
    return Map(partial(_on_strip, name), pat)


def _on_strip(name: str, value: Any) -> Any:
    return {"strip": name, **value} if type(value) is dict else value


def _ramp(lo: float, hi: float, over: Fraction | None) -> Pattern:
    """Go straight from one value to another; the time counts from the pattern's cycle 0."""

    def at(n: int, d: int) -> float:
        length = over
        if length is None:
            length = context().section or DEFAULT_CYCLES
        share = n * length.denominator / (d * length.numerator) if length > 0 else 1.0
        return lo + (hi - lo) * min(max(share, 0.0), 1.0)

    return Signal(at)


@word("ramp", example="s 'saw' | lpf (ramp 200hz 8khz)", group=GROUP)
def ramp(begin: Number, end: Number, over: Time = None) -> Pattern:  # type: ignore[assignment]
    """Go straight from one value to another over the section, or over a number of cycles, and stay there."""
    return _ramp(float(begin), float(end), over)


def _faded(envelope: Pattern, pat: Pattern) -> Pattern:
    def softer(value: Any, factor: Any) -> Any:
        controls = value if type(value) is dict else {"value": value}
        return {**controls, "gain": numeral(controls.get("gain", 1)) * factor}

    return Apply(softer, pat, envelope)


@word("fadeIn", example='s "bd*4" | fadeIn 4', group=GROUP)
def fade_in(cycles: Time, pat: Pattern) -> Pattern:
    """Fade in over the first cycles of the section."""
    return _faded(_ramp(0.0, 1.0, cycles), pat)


@word("fadeOut", example='s "bd*4" | fadeOut 4', group=GROUP)
def fade_out(cycles: Time, pat: Pattern) -> Pattern:
    """Fade out over the last cycles of the section."""

    def at(n: int, d: int) -> float:
        length = context().section or DEFAULT_CYCLES
        left = length - Fraction(n, d)
        return float(min(max(left / cycles, Fraction(0)), Fraction(1))) if cycles > 0 else 1.0

    return _faded(Signal(at), pat)


def _in_last(cycles: Fraction) -> Callable[[Fraction], bool]:
    """Tell whether a time lies in the last cycles of its section; outside one, of every eight cycles."""

    def test(at: Fraction) -> bool:
        length = context().section
        if length is None:
            at, length = at % DEFAULT_CYCLES, DEFAULT_CYCLES
        return at >= length - cycles

    return test


def _where(test: Callable[[Fraction], bool], pat: Pattern) -> Pattern:
    return AtOnset(pat, lambda value, at: value if test(at) else DROPPED)


@word("fill", example='s "bd*4" | fill 1 (fast 4)', group=GROUP)
def fill(cycles: Time, f: Function, pat: Pattern) -> Pattern:
    """Play a function of the pattern, or another pattern, in the last cycles of the section.

    Outside a section, of every eight cycles.
    """
    last = _in_last(cycles)
    other = f.pattern if isinstance(f, Setter) else f(pat)
    return stack([_where(lambda at: not last(at), pat), _where(last, other)])


@word("pickup", example='s "bd*4" | pickup 1/2 (s "sn*16")', group=GROUP)
def pickup(cycles: Time, upbeat: Pattern, pat: Pattern) -> Pattern:
    """Play another pattern too in the last cycles of the section, leading into the next.

    Outside a section, of every eight cycles.
    """
    return stack([pat, _where(_in_last(cycles), upbeat)])
