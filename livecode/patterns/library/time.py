"""Words that change when things happen."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from math import floor, lcm
from typing import Any

from livecode.patterns.combining import Apply
from livecode.patterns.core import MAX_EVENTS, Changed, Pattern
from livecode.patterns.events import Inside
from livecode.patterns.exact import to_time
from livecode.patterns.joins import inner_bind, restart_bind, squeeze_bind
from livecode.patterns.leaves import Gap, Pure, reify, silence
from livecode.patterns.library.factories import nothing
from livecode.patterns.operators import operate
from livecode.patterns.raws import Raws, moved
from livecode.patterns.register import Function, Number, Time, Value, word
from livecode.patterns.repeats import repeat_cycles
from livecode.patterns.rhythm import count_of, struct_by
from livecode.patterns.sizes import too_large
from livecode.patterns.steps import stepped
from livecode.patterns.timing import (
    FastGap,
    Mirror,
    Ply,
    Rev,
    Split,
    Turns,
    compress_to,
    fast_by,
    fastcat,
    late_by,
    slowcat,
)
from livecode.patterns.values import to_number, truthy

GROUP = "time"
ONE, HALF, QUARTER = Fraction(1), Fraction(1, 2), Fraction(1, 4)


def slow_by(factor: Fraction, pat: Pattern) -> Pattern:
    """Slow a pattern down; a factor of 0 or less leaves silence."""
    return fast_by(ONE / factor, pat) if factor > 0 else silence


@word("fast", example='fast 2 "bd sn"', group=GROUP, keep_steps=True)
def fast(factor: Time, pat: Pattern) -> Pattern:
    """Speed a pattern up by a factor."""
    return fast_by(factor, pat)


@word("slow", aliases=("sparsity",), example='slow 2 "bd sn"', group=GROUP)
def slow(factor: Time, pat: Pattern) -> Pattern:
    """Slow a pattern down by a factor."""
    return slow_by(factor, pat)


@word("early", example='early 1/8 "bd sn"', group=GROUP, keep_steps=True)
def early(cycles: Time, pat: Pattern) -> Pattern:
    """Shift a pattern earlier."""
    return late_by(-cycles, pat)


@word("late", example='late 1/8 "bd sn"', group=GROUP, keep_steps=True)
def late(cycles: Time, pat: Pattern) -> Pattern:
    """Shift a pattern later."""
    return late_by(cycles, pat)


class Zoom(Split, Changed):
    """The part of each cycle from begin on, `length` long, stretched over the cycle."""

    __slots__ = ("begin", "length")

    def __init__(self, child: Pattern, begin: Fraction, length: Fraction, steps: Fraction | None) -> None:
        super().__init__((child,), cyclic=True, analog=child.analog, steps=steps)
        self.child, self.begin, self.length = child, begin, length

    def _piece(self, c: int, bn: int, en: int, den: int) -> Raws:
        # The time c + x here is c + begin + x * length there; all is counted in 1/(den * scale).
        scale = lcm(self.begin.denominator, self.length.denominator)
        o, k = int(self.begin * scale), int(self.length * scale)
        base = c * scale * den + o * den
        d, haps = self.child.window(base + (bn - c * den) * k, base + (en - c * den) * k, den * scale)
        whole = lcm(d, scale)
        return whole * k, moved(moved(haps, whole // d, -(c * scale + o) * (whole // scale)), scale, c * whole * k)

    def _find_size(self) -> float:
        return self.child.size() * float(self.length)


def zoom_to(begin: Fraction, end: Fraction, pat: Pattern) -> Pattern:
    """Play a part of each cycle, stretched over the cycle."""
    if begin >= end:
        return nothing
    if begin == 0 and end == 1:
        return pat
    if end - begin > MAX_EVENTS:
        raise too_large(float(end - begin))
    return Zoom(pat, begin, end - begin, None if pat.steps is None else pat.steps * (end - begin))


@word("zoom", aliases=("zoomArc", "zoomarc"), example='zoom 1/4 3/4 "a b c d"', group=GROUP)
def zoom(begin: Time, end: Time, pat: Pattern) -> Pattern:
    """Play a part of each cycle, stretched over the cycle."""
    return zoom_to(begin, end, pat)


@word("compress", aliases=("compressSpan", "compressspan"), example='compress 1/4 3/4 "a b"', group=GROUP)
def compress(begin: Time, end: Time, pat: Pattern) -> Pattern:
    """Squash each cycle into a part of it, with silence around."""
    return compress_to(begin, end, pat)


@word("fastGap", aliases=("fastgap",), example='fastGap 2 "a b"', group=GROUP)
def fast_gap(factor: Time, pat: Pattern) -> Pattern:
    """Speed a pattern up and leave the rest of each cycle silent."""
    return FastGap(pat, factor) if factor > 0 else silence


def focus_on(begin: Fraction, end: Fraction, pat: Pattern) -> Pattern:
    """Squash each cycle into a part, with its neighbours before and after."""
    if begin >= end:
        return silence
    return late_by(begin, fast_by(ONE / (end - begin), late_by(-Fraction(floor(begin)), pat)))


@word("focus", aliases=("focusSpan", "focusspan"), example='focus 1/4 3/4 "a b"', group=GROUP)
def focus(begin: Time, end: Time, pat: Pattern) -> Pattern:
    """Squash each cycle into a part of it, without gaps around."""
    return focus_on(begin, end, pat)


def plied(n: Fraction, pat: Pattern) -> Pattern:
    """Repeat every event inside its own span."""
    if n == 1 or isinstance(pat, Gap):
        return pat
    steps = None if pat.steps is None else pat.steps * n
    if n.denominator == 1 and n > 0 and not pat.analog:
        return stepped(Ply(pat, int(n)), steps)
    return stepped(squeeze_bind(lambda v: fast_by(n, Pure(v)), pat, analog=pat.analog), steps)


@word("ply", example='ply 2 "bd sn"', group=GROUP)
def ply(n: Time, pat: Pattern) -> Pattern:
    """Repeat every event n times inside its own span."""
    return plied(n, pat)


def applied(n: int, f: Function, pat: Pattern) -> Pattern:
    """Apply a function n times."""
    for _ in range(n):
        pat = f(pat)
    return pat


@word("plyWith", aliases=("plywith",), example='plyWith 3 (+ 2) "0 4"', group=GROUP)
def ply_with(n: Number, f: Function, pat: Pattern) -> Pattern:
    """Repeat every event n times, with a function applied once more at each repeat."""
    count = count_of(n, "the number of repeats", MAX_EVENTS)

    def repeats(value: Any) -> Pattern:
        first: Pattern = Pure(value)
        return fastcat(list(accumulate(range(1, count), lambda made, _: f(made), initial=first))[:count])

    return stepped(squeeze_bind(repeats, pat), None if pat.steps is None else pat.steps * count)


@word("plyForEach", aliases=("plyforeach",), example='plyForEach 3 (+ 2) "0 10"', group=GROUP)
def ply_for_each(n: Number, f: Function, pat: Pattern) -> Pattern:
    """Repeat every event n times, with a function applied to each repeat but the first."""
    count = count_of(n, "the number of repeats", MAX_EVENTS)

    def repeats(value: Any) -> Pattern:
        return fastcat([Pure(value), *(indexed(f, Pure(value), i) for i in range(1, count))])

    return stepped(squeeze_bind(repeats, pat), None if pat.steps is None else pat.steps * count)


def indexed(f: Callable[..., Any], pat: Pattern, i: int) -> Pattern:
    """Apply a function that may want the number of the repeat besides the pattern."""
    made = f(pat)
    value = made.value if type(made) is Pure else made
    return reify(value(i)) if callable(value) and not isinstance(value, Pattern) else made


@word("hurry", example='hurry 2 (s "bd sn")', group=GROUP)
def hurry(factor: Time, pat: Pattern) -> Pattern:
    """Speed a pattern up and its samples with it."""
    number = factor.numerator if factor.denominator == 1 else float(factor)
    return operate("mul", "in", Pure({"speed": number}), fast_by(factor, pat))


def inside_of(n: Fraction, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to the slowed pattern and speed the result up again."""
    return fast_by(n, f(slow_by(n, pat)))


@word("inside", example='inside 2 rev "0 1 2 3"', group=GROUP)
def inside(n: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function inside each n-th of a cycle."""
    return inside_of(n, f, pat)


@word("outside", example='outside 2 rev "<0 1 2 3>"', group=GROUP)
def outside(n: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to n cycles as if they were one."""
    return inside_of(ONE / n, f, pat) if n > 0 else silence


@word("linger", example='linger 1/4 "a b c d"', group=GROUP, keep_steps=True)
def linger(fraction: Time, pat: Pattern) -> Pattern:
    """Loop the first part of each cycle; the last part when negative."""
    if fraction == 0:
        return silence
    part = zoom_to(Fraction(0), fraction, pat) if fraction > 0 else zoom_to(1 + fraction, ONE, pat)
    return slow_by(abs(fraction), part)


@word("ribbon", aliases=("rib",), example='ribbon 2 1 "<a b c d>"', group=GROUP)
def ribbon(offset: Time, cycles: Time, pat: Pattern) -> Pattern:
    """Loop a number of cycles of a pattern, from an offset on."""
    return ribbon_of(offset, cycles, pat)


def ribbon_of(offset: Fraction, cycles: Fraction, pat: Pattern) -> Pattern:
    """Loop a cut of the timeline."""
    if cycles <= 0:
        return silence
    cut = late_by(-offset, pat)
    return restart_bind(lambda _: cut, slow_by(cycles, Pure(1)))


@word("rev", example='rev "a b c"', group=GROUP)
def rev(pat: Pattern) -> Pattern:
    """Play each cycle backwards."""
    return Rev(pat)


@word("revv", example='revv "<a b c>"', group=GROUP)
def revv(pat: Pattern) -> Pattern:
    """Play all of time backwards."""
    return Mirror(pat)


@word("palindrome", example='palindrome "a b c d"', group=GROUP, keep_steps=True)
def palindrome(pat: Pattern) -> Pattern:
    """Play every second cycle backwards."""
    return Turns([pat, Rev(pat)], absolute=True)


def iterated(n: Fraction, pat: Pattern, back: bool) -> Pattern:
    """Start each cycle an n-th later, or earlier."""
    if n < 1:
        return silence
    sign = 1 if back else -1
    return slowcat([late_by(sign * i / n, pat) for i in range(count_of(n, "the number of parts"))])


@word("iter", example='iter 4 "a b c d"', group=GROUP, keep_steps=True)
def iter_word(n: Time, pat: Pattern) -> Pattern:
    """Start each cycle an n-th later than the one before."""
    return iterated(n, pat, False)


@word("iterBack", aliases=("iterback",), example='iterBack 4 "a b c d"', group=GROUP, keep_steps=True)
def iter_back(n: Time, pat: Pattern) -> Pattern:
    """Start each cycle an n-th earlier than the one before."""
    return iterated(n, pat, True)


@word("repeatCycles", example='repeatCycles 2 "<a b c>"', group=GROUP, keep_steps=True)
def repeat_cycles_word(n: Time, pat: Pattern) -> Pattern:
    """Play every cycle n times."""
    return repeat_cycles(n, pat)


@word("press", example='press "bd sn"', group=GROUP)
def press(pat: Pattern) -> Pattern:
    """Move events to the second half of their span."""
    return pressed(HALF, pat)


@word("pressBy", example='pressBy 1/3 "bd sn"', group=GROUP)
def press_by(fraction: Time, pat: Pattern) -> Pattern:
    """Start events at a fraction of their span."""
    return pressed(fraction, pat)


def pressed(fraction: Fraction, pat: Pattern) -> Pattern:
    """Start events at a fraction of their span."""
    if not 0 <= fraction < 1:
        return silence
    return Inside(pat, fraction, ONE)


@word("brak", example='brak "bd sn hh cp"', group=GROUP)
def brak(pat: Pattern) -> Pattern:
    """Squash every second cycle into a half and move it by a quarter: a breakbeat."""
    broken = late_by(QUARTER, fastcat([pat, silence]))
    return inner_bind(lambda on: broken if on else pat, slowcat([Pure(False), Pure(True)]), analog=pat.analog)


@word("bite", example='bite 4 "3 2 1 0" "0 1 2 3 4 5 6 7"', group=GROUP)
def bite(n: Pattern, indices: Pattern, pat: Pattern) -> Pattern:
    """Play slices of the cycle, n in all, in another order; indices wrap."""

    def piece(found: Any) -> Pattern:
        i, count = to_time(found[0]), to_time(found[1])
        begin = (i / count) % 1
        return zoom_to(begin, begin + ONE / count, pat)

    return squeeze_bind(piece, Apply(lambda i, count: (i, count), indices, n), analog=pat.analog)


@word("segment", aliases=("seg",), example="segment 8 saw", group=GROUP)
def segment(n: Time, pat: Pattern) -> Pattern:
    """Sample a pattern n times a cycle."""
    return segmented(n, pat)


def segmented(n: Fraction, pat: Pattern) -> Pattern:
    """Sample a pattern n times a cycle."""
    return stepped(struct_by(fast_by(n, Pure(True)), pat), n)


@word("swingBy", example='swingBy 1/3 4 "hh*8"', group=GROUP, keep_steps=True)
def swing_by(amount: Time, n: Time, pat: Pattern) -> Pattern:
    """Delay the second half of each of n slices of the cycle."""
    return swung(amount, n, pat)


@word("swing", example='swing 4 "hh*8"', group=GROUP)
def swing(n: Time, pat: Pattern) -> Pattern:
    """Swing by a third in n slices of the cycle."""
    return stepped(swung(Fraction(1, 3), n, pat), pat.steps)


def swung(amount: Fraction, n: Fraction, pat: Pattern) -> Pattern:
    """Delay the second half of each of n slices of the cycle."""
    delays = fastcat([Pure(Fraction(0)), Pure(amount / 2)])
    return inside_of(n, lambda p: inner_bind(lambda t: late_by(t, p), delays, analog=p.analog), pat)


@word("cpm", example='cpm 90 "bd sn"', group=GROUP)
def cpm(cycles: Time, pat: Pattern) -> Pattern:
    """Play a number of cycles a minute where one a second is meant."""
    return fast_by(cycles / 60, pat)


@word("timeline", example='timeline "<1 2>/2" "<0 1 2 3>"', group=GROUP, keep_steps=True)
def timeline(number: Pattern, pat: Pattern) -> Pattern:
    """Start the pattern anew when the number of its timeline changes; timeline 0 is the common one."""
    anew = restart_bind(lambda _: pat, number, cut=False)
    return inner_bind(lambda n: pat if n == 0 else anew, number)


@word("hush", example='hush "bd"', group=GROUP)
def hush(pat: Pattern) -> Pattern:
    """Silence a pattern."""
    return silence


@word("bypass", example='bypass "<0 1>" "bd sn"', group=GROUP, keep_steps=True)
def bypass(flag: Value, pat: Pattern) -> Pattern:
    """Silence a pattern while a flag is not 0."""
    return silence if truthy(to_number(flag)) else pat


@word("beat", example='beat "0,7,10" 16 "bd"', group=GROUP)
def beat(positions: Time, steps: Time, pat: Pattern) -> Pattern:
    """Place events at positions of a grid of steps."""
    at = (positions % steps) / steps
    until = at + 1 / steps
    return inner_bind(lambda v: compress_to(at, until, Pure(v)), pat)
