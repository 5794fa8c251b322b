"""How a pattern takes over from the one it replaces: fading, thinning out, waiting for its time, dying away."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from livecode.patterns.combining import Placed, placed
from livecode.patterns.core import Changed, Pattern
from livecode.patterns.generators import rand_at
from livecode.patterns.leaves import silence
from livecode.patterns.raws import Raws
from livecode.patterns.steps import Same
from livecode.patterns.timing import stack
from livecode.patterns.values import numeral

DROPPED = object()


class Entering(Same):
    """A pattern that says how it takes over; by itself it is simply the pattern."""

    __slots__ = ("takeover",)

    def __init__(self, child: Pattern, takeover: Takeover) -> None:
        super().__init__(child, child.steps)
        self.takeover = takeover

    def after(self, old: Pattern | None, begin: Fraction) -> Entered:
        """Give the pattern that plays from a cycle on, where `old` (or nothing) played before."""
        if isinstance(old, Entered):
            old = old.at(begin)
        return self.takeover(silence if old is None else old, self.child, begin)

    def of(self, child: Pattern) -> Entering:
        """Give the same way of taking over for another pattern."""
        return Entering(child, self.takeover)


class Entered(Pattern):
    """A takeover under way: what plays meanwhile, and what plays from the cycle on at which it is done."""

    __slots__ = ("done", "later", "meanwhile")

    def __init__(self, meanwhile: Pattern, later: Pattern, done: Fraction) -> None:
        super().__init__((meanwhile, later), analog=meanwhile.analog or later.analog)
        self.meanwhile, self.later, self.done = meanwhile, later, done

    def at(self, cycle: Fraction) -> Pattern:
        """Give what plays from a cycle on."""
        return self.later if cycle >= self.done else self

    def _cycle(self, c: int) -> Raws:
        return (self.later if c >= self.done else self.meanwhile).cycle(c)

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return (self.later if bn >= self.done * den else self.meanwhile).window(bn, en, den)

    def _find_period(self) -> int:
        return 0

    def _find_size(self) -> float:
        return max(self.meanwhile.size(), self.later.size())


Takeover = Callable[[Pattern, Pattern, Fraction], Entered]


class AtOnset(Changed):
    """Every event changed by a function of its value and its onset in cycles; DROPPED leaves it out."""

    __slots__ = ("function",)

    def __init__(self, child: Pattern, function: Callable[[Any, Fraction], Any]) -> None:
        super().__init__((child,), cyclic=child.cyclic, analog=child.analog, steps=child.steps)
        self.child, self.function = child, function

    def _window(self, bn: int, en: int, den: int) -> Raws:
        d, haps = self.child.window(bn, en, den)
        changed = ((h, self.function(h[4], Fraction(h[2] if h[0] is None else h[0], d))) for h in haps)
        return d, [(*h[:4], value, h[5]) for h, value in changed if value is not DROPPED]

    def _find_period(self) -> int:
        return 0


def entry_of(pattern: Pattern) -> Entering | None:
    """Give the takeover that a pattern asks for, or None."""
    if isinstance(pattern, Placed) and isinstance(pattern.child, Entering):
        return pattern.child.of(placed(pattern.child.child, pattern.places))
    return pattern if isinstance(pattern, Entering) else None


def until(cycle: Fraction, pat: Pattern) -> Pattern:
    """Keep the events that begin before a cycle."""
    return AtOnset(pat, lambda value, at: value if at < cycle else DROPPED)


def since(cycle: Fraction, pat: Pattern) -> Pattern:
    """Keep the events that begin at a cycle or later."""
    return AtOnset(pat, lambda value, at: value if at >= cycle else DROPPED)


def louder(level: Callable[[Fraction], float], pat: Pattern) -> Pattern:
    """Multiply the gain of every event by a level at its onset."""

    def change(value: Any, at: Fraction) -> Any:
        controls = value if type(value) is dict else {"value": value}
        return {**controls, "gain": numeral(controls.get("gain", 1)) * level(at)}

    return AtOnset(pat, change)


def thinner(chance: Callable[[Fraction], float], pat: Pattern) -> Pattern:
    """Keep each event with a chance at its onset, by the numbers that degradeBy draws."""
    return AtOnset(pat, lambda value, at: value if rand_at(float(at)) >= 1 - chance(at) else DROPPED)


def rising(begin: Fraction, cycles: Fraction) -> Callable[[Fraction], float]:
    """Give how far a takeover of some cycles has come at a time: 0 to 1."""
    return lambda at: float(min(max((at - begin) / cycles, Fraction(0)), Fraction(1))) if cycles > 0 else 1.0


def crossfade(cycles: Fraction) -> Takeover:
    """Fade the old out and the new in, at equal power."""

    def takeover(old: Pattern, new: Pattern, begin: Fraction) -> Entered:
        done, share = begin + cycles, rising(begin, cycles)
        before = louder(lambda at: math.cos(share(at) * math.pi / 2), until(done, old))
        after = louder(lambda at: math.sin(share(at) * math.pi / 2), new)
        return Entered(stack([before, after]), new, done)

    return takeover


def clutch(cycles: Fraction) -> Takeover:
    """Let events of the old go, and those of the new come, one by one and by chance."""

    def takeover(old: Pattern, new: Pattern, begin: Fraction) -> Entered:
        done, share = begin + cycles, rising(begin, cycles)
        leaving = thinner(lambda at: 1 - share(at), until(done, old))
        return Entered(stack([leaving, thinner(share, new)]), new, done)

    return takeover


def jump(cycles: Fraction) -> Takeover:
    """Keep the old for some cycles, then change at once."""

    def takeover(old: Pattern, new: Pattern, begin: Fraction) -> Entered:
        done = begin + cycles
        return Entered(stack([until(done, old), since(done, new)]), new, done)

    return takeover


def jump_at(grid: Fraction) -> Takeover:
    """Keep the old up to a multiple of some cycles, then change at once."""

    def takeover(old: Pattern, new: Pattern, begin: Fraction) -> Entered:
        done = -(-begin // grid) * grid if grid > 0 else begin
        return Entered(stack([until(done, old), since(done, new)]), new, done)

    return takeover


def wait(cycles: Fraction) -> Takeover:
    """Pause for some cycles, then begin."""

    def takeover(old: Pattern, new: Pattern, begin: Fraction) -> Entered:
        return Entered(since(begin + cycles, new), new, begin + cycles)

    return takeover


def mortal(life: Fraction, release: Fraction) -> Takeover:
    """Play for some cycles, then thin out over some more, and end."""

    def takeover(old: Pattern, new: Pattern, begin: Fraction) -> Entered:
        dying, dead = begin + life, begin + life + release
        share = rising(dying, release)
        return Entered(thinner(lambda at: 1 - share(at), until(dead, new)), silence, dead)

    return takeover
