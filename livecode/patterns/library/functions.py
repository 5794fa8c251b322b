"""Words that take functions: now and then, here and there, layered and echoed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from livecode.patterns.combining import Keep, Map
from livecode.patterns.core import Pattern
from livecode.patterns.events import Fragments, OnsetFilter, Timed
from livecode.patterns.joins import inner_bind
from livecode.patterns.leaves import Pure
from livecode.patterns.library.time import applied, indexed, iterated, ribbon_of
from livecode.patterns.operators import operate
from livecode.patterns.raws import Raw
from livecode.patterns.register import Binder, Function, Number, Time, Value, word
from livecode.patterns.repeats import repeat_cycles
from livecode.patterns.rhythm import count_of
from livecode.patterns.steps import fraction_lcm, stepped
from livecode.patterns.timing import SplitQueries, Turns, fastcat, late_by, stack
from livecode.patterns.values import numeral, truthy

GROUP = "functions"


def _on_cycle(n: Any, f: Function, pat: Pattern, at: int) -> Pattern:
    count = max(1, count_of(n, "the number of cycles"))
    turns = [pat] * count
    turns[at] = f(pat)
    return Turns(turns, absolute=True)


@word("every", aliases=("firstOf",), example='every 4 rev "bd sn hh cp"', group=GROUP)
def every(n: Number, f: Function, pat: Pattern) -> Pattern:
    """Apply a function in the first of every n cycles."""
    return _on_cycle(n, f, pat, 0)


@word("lastOf", example='lastOf 4 rev "bd sn hh cp"', group=GROUP)
def last_of(n: Number, f: Function, pat: Pattern) -> Pattern:
    """Apply a function in the last of every n cycles."""
    return _on_cycle(n, f, pat, -1)


@word("when", example='when "<0 1>" rev "a b c"', group=GROUP)
def when(on: Value, f: Function, pat: Pattern) -> Pattern:
    """Apply a function while a pattern is true."""
    return f(pat) if truthy(on) else pat


def when_of(on: Pattern, f: Function, pat: Pattern) -> Pattern:
    """Apply a function while a pattern is true."""
    changed = f(pat)
    return inner_bind(lambda v: changed if truthy(v) else pat, on, analog=pat.analog or changed.analog)


@word("off", example='off 1/8 (+ 7) (n "0 2 4")', group=GROUP)
def off(time: Time, f: Function, pat: Pattern) -> Pattern:
    """Play a shifted, changed copy as well."""
    return stack([pat, f(late_by(time, pat))])


@word("superimpose", example='superimpose (fast 2) "a b"', group=GROUP)
def superimpose(functions: list[Function], pat: Pattern) -> Pattern:
    """Play changed copies as well."""
    return stack([pat, *(f(pat) for f in functions)])


@word("layer", example='layer [rev, fast 2] "a b c"', group=GROUP)
def layer(functions: list[Function], pat: Pattern) -> Pattern:
    """Play changed copies only."""
    return stack([f(pat) for f in functions])


@word("apply", example='apply rev "a b c"', group=GROUP)
def apply(f: Function, pat: Pattern) -> Pattern:
    """Apply a function."""
    return f(pat)


@word("id", example='id "a b c"', group=GROUP)
def identity(pat: Pattern) -> Pattern:
    """Leave a pattern as it is."""
    return pat


@word("applyN", example='applyN 3 (fast 2) "a b"', group=GROUP)
def apply_n(n: Number, f: Function, pat: Pattern) -> Pattern:
    """Apply a function n times."""
    return applied(count_of(n, "the number of times"), f, pat)


def panned(by: float) -> Callable[[Any], Any]:
    """Make the function that moves the pan of controls, which is 0.5 unless set."""

    def pan(value: Any) -> Any:
        controls = value if type(value) is dict else {"value": value}
        return {**controls, "pan": numeral(controls.get("pan", 0.5)) + by}

    return pan


def _jux(width: float, f: Function, pat: Pattern) -> Pattern:
    left, right = Map(panned(-width / 2), pat), f(Map(panned(width / 2), pat))
    steps = fraction_lcm(left.steps, right.steps) if left.steps and right.steps else None
    return stepped(stack([left, right]), steps)


@word("jux", example='jux rev (n "0 1 2")', group=GROUP)
def jux(f: Function, pat: Pattern) -> Pattern:
    """Apply a function on the right channel only."""
    return _jux(1, f, pat)


@word("juxBy", aliases=("juxby",), example='juxBy 0.5 rev (n "0 1 2")', group=GROUP)
def jux_by(width: Number, f: Function, pat: Pattern) -> Pattern:
    """Apply a function on the right only, with a stereo width from 0 to 1."""
    return _jux(float(width), f, pat)


@word("echoWith", aliases=("echowith", "stutWith", "stutwith"), example='echoWith 3 1/8 (+ 2) "0"', group=GROUP)
def echo_with(times: Number, time: Time, f: Function, pat: Pattern) -> Pattern:
    """Play several copies, each later, with a function of the copy (and its number)."""
    copies = range(count_of(times, "the number of copies"))
    return stack([indexed(f, late_by(time * i, pat), i) for i in copies])


def _echo(times: Any, time: Fraction, feedback: Any, pat: Pattern) -> Pattern:
    return stack(
        [
            operate("mul", "in", Pure({"gain": numeral(feedback) ** i}), late_by(time * i, pat))
            for i in range(count_of(times, "the number of copies"))
        ]
    )


@word("echo", example='echo 3 1/6 0.8 (s "bd sn")', group=GROUP)
def echo(times: Number, time: Time, feedback: Number, pat: Pattern) -> Pattern:
    """Play several copies, each later and softer by a factor."""
    return _echo(times, time, feedback, pat)


@word("stut", example='stut 3 0.8 1/6 (s "bd sn")', group=GROUP)
def stut(times: Number, feedback: Number, time: Time, pat: Pattern) -> Pattern:
    """Play several copies, each softer by a factor and later."""
    return _echo(times, time, feedback, pat)


def _first_of(n: Fraction) -> Pattern:
    count = max(1, count_of(n, "the number of parts"))
    return fastcat([Pure(i == 0) for i in range(count)])


def _chunk(n: Fraction, f: Function, pat: Pattern, back: bool, quick: bool) -> Pattern:
    bools = iterated(n, _first_of(n), not back)
    source = pat if quick else repeat_cycles(n, pat)
    return stepped(when_of(bools, f, source), pat.steps)


@word("chunk", aliases=("slowChunk", "slowchunk"), example='chunk 4 (hurry 2) (s "a b c d")', group=GROUP)
def chunk(n: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to one n-th of the cycle, the next one each cycle; source cycles repeat."""
    return _chunk(n, f, pat, False, False)


@word("chunkBack", aliases=("chunkback",), example='chunkBack 4 (+ 7) "0 1 2 3"', group=GROUP)
def chunk_back(n: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to one n-th of the cycle, the one before each cycle; source cycles repeat."""
    return _chunk(n, f, pat, True, False)


@word("fastChunk", aliases=("fastchunk",), example='fastChunk 4 (ply 2) "<0 1> 2 3 4"', group=GROUP)
def fast_chunk(n: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to one n-th of the cycle, the next one each cycle."""
    return _chunk(n, f, pat, False, True)


def looped(bools: Pattern, f: Function, pat: Pattern) -> Pattern:
    """Loop and change the parts of a pattern where another is true."""

    def piece(value: Any, begin: Fraction, end: Fraction) -> Pattern:
        return f(ribbon_of(begin, end - begin, pat)) if truthy(value) else pat

    return inner_bind(lambda p: p, Timed(bools, piece))


@word("into", example='into "1 0" (fast 2) "0 1 2 3"', group=GROUP)
def into(bools: Pattern, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to the looped parts where the first pattern is true."""
    return looped(bools, f, pat)


@word("chunkInto", aliases=("chunkinto",), example='chunkInto 4 (fast 2) "a b c d"', group=GROUP)
def chunk_into(n: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to a looped n-th of the cycle, the next one each cycle."""
    return looped(iterated(n, _first_of(n), True), f, pat)


@word("chunkBackInto", aliases=("chunkbackinto",), example='chunkBackInto 4 (fast 2) "a b c d"', group=GROUP)
def chunk_back_into(n: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to a looped n-th of the cycle, the one before each cycle."""
    return looped(late_by(Fraction(-1), iterated(n, _first_of(n), False)), f, pat)


@word("within", example='within 0 1/2 (fast 2) "a b c d"', group=GROUP)
def within(begin: Time, end: Time, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to the events that begin in a part of the cycle."""
    bn, bd, en, ed = begin.numerator, begin.denominator, end.numerator, end.denominator

    def inside(n: int, d: int) -> bool:
        return n * bd >= bn * d and n * ed <= en * d

    return stack([f(OnsetFilter(pat, inside)), OnsetFilter(pat, lambda n, d: not inside(n, d))])


def plain(pat: Pattern) -> Any:
    """Give the first value of a pattern, or None."""
    if type(pat) is Pure:
        return pat.value
    haps = pat.cycle(0)[1]
    return haps[0][4] if haps else None


@word("filterValues", aliases=("filter",), example=r'filterValues (\v -> gt 1 v) "0 1 2 3"', group=GROUP)
def filter_values(test: Binder, pat: Pattern) -> Pattern:
    """Keep the events whose value passes a test."""
    return Keep(lambda v: truthy(plain(test(v))), pat)


@word("filterWhen", example=r'filterWhen (\t -> lt 1 t) "a b"', group=GROUP)
def filter_when(test: Binder, pat: Pattern) -> Pattern:
    """Keep the events whose begin, in cycles, passes a test."""
    timed = Timed(pat, lambda v, b, e: (truthy(plain(test(b))), v))
    return Map(lambda pair: pair[1], Keep(lambda pair: bool(pair[0]), timed))


@word("onsetsOnly", example='onsetsOnly "a/2 b"', group=GROUP)
def onsets_only(pat: Pattern) -> Pattern:
    """Keep only what begins, not what goes on."""
    return Fragments(pat, lambda d, haps: [h for h in haps if h[0] is not None and h[0] == h[2]])


@word("discreteOnly", example="discreteOnly sine", group=GROUP)
def discrete_only(pat: Pattern) -> Pattern:
    """Keep only events, not continuous values."""
    return Fragments(pat, lambda d, haps: [h for h in haps if h[0] is not None])


@word("removeUndefineds", example='removeUndefineds "a b"', group=GROUP)
def remove_undefineds(pat: Pattern) -> Pattern:
    """Drop events without a value."""
    return Keep(lambda v: v is not None, pat)


@word("splitQueries", example='splitQueries "a/3 b"', group=GROUP)
def split_queries(pat: Pattern) -> Pattern:
    """Break events at cycle borders."""
    return stepped(SplitQueries(pat), None)


def _defragmented(d: int, haps: list[Raw]) -> list[Raw]:
    out: list[Raw] = []
    for hap in sorted(haps, key=lambda h: h[2]):
        for i, other in enumerate(out):
            if other[:2] == hap[:2] and other[3] == hap[2] and other[4] == hap[4] and hap[0] is not None:
                out[i] = (*other[:3], hap[3], *other[4:])
                break
        else:
            out.append(hap)
    return out


@word("defragmentHaps", example='defragmentHaps "a b"', group=GROUP)
def defragment_haps(pat: Pattern) -> Pattern:
    """Join the fragments of events."""
    return Fragments(pat, _defragmented, steps=pat.steps)


@word("tag", example="tag 'loud' \"a b\"", group=GROUP, keep_steps=True)
def tag(name: Value, pat: Pattern) -> Pattern:
    """Name a pattern for tools; nothing is heard of it."""
    return pat
