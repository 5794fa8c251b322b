"""Words of chance; the same cycle always gives the same."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Any

from livecode.errors import KindError, nearest
from livecode.patterns import randomness
from livecode.patterns.chance import seeding
from livecode.patterns.combining import Apply, Map
from livecode.patterns.core import MAX_EVENTS, Pattern
from livecode.patterns.generators import GENERATORS
from livecode.patterns.joins import inner_bind, mix_bind, outer_bind
from livecode.patterns.leaves import Pure, Signal, reify, silence
from livecode.patterns.library.factories import list_of
from livecode.patterns.library.time import segmented, zoom_to
from livecode.patterns.randomness import RandomTurns, Seeded, degrade_by, rand
from livecode.patterns.register import Function, Number, Text, Time, constant_word, word
from livecode.patterns.repeats import repeat_cycles
from livecode.patterns.rhythm import count_of
from livecode.patterns.signals import from_bipolar, to_bipolar
from livecode.patterns.steps import stepped
from livecode.patterns.timing import SplitQueries, fast_by, stack
from livecode.patterns.values import numeral

GROUP = "random"
ZERO, ONE = Fraction(0), Fraction(1)

inverse_rand = Map(lambda r: 1 - r, rand)

constant_word("rand", rand, "Be random between 0 and 1.", example="segment 8 rand", group=GROUP)
constant_word("rand2", Map(to_bipolar, rand), "Be random between -1 and 1.", example="segment 8 rand2", group=GROUP)
constant_word(
    "perlin", Signal(randomness.perlin_at), "Wander smoothly between 0 and 1.", example="segment 8 perlin", group=GROUP
)
constant_word(
    "berlin", Signal(randomness.berlin_at), "Ramp between random heights.", example="segment 8 berlin", group=GROUP
)
constant_word(
    "brand", Map(lambda r: r < 0.5, rand), "Be true or false at random.", example="segment 8 brand", group=GROUP
)


@word("brandBy", example="segment 8 (brandBy 0.2)", group=GROUP)
def brand_by(probability: Number) -> Pattern:
    """Be true with a probability."""
    return Apply(lambda r, p: r < p, rand, Pure(probability))


@word("irand", example="segment 8 (irand 8)", group=GROUP)
def irand(n: Number) -> Pattern:
    """Be a random whole number below n."""
    return irand_of(n)


def irand_of(n: Any) -> Pattern:
    """Be a random whole number below n."""
    return Apply(lambda r, m: int(r * m), rand, Pure(n))


@word("randL", example="segment 2 (randL 4)", group=GROUP)
def rand_l(n: Pattern) -> Pattern:
    """Be a list of n random numbers."""
    return Apply(lambda t, count: _several(t, max(0, ceil(numeral(count)))), _moment, n)


def _several(time: Fraction, count: int) -> list[float]:
    return [abs(x) for x in GENERATORS[seeding.generator](time, ZERO, count)]


_moment: Pattern = Signal(lambda n, d: Fraction(n, d))


@word("randrun", example="randrun 8", group=GROUP)
def randrun(n: Number) -> Pattern:
    """Give the numbers below n in a random order each cycle."""
    return randrun_of(count_of(n, "the number of steps", MAX_EVENTS))


def randrun_of(n: int) -> Pattern:
    """Give the numbers below n in a random order each cycle."""
    if n < 1:
        return silence

    def at(num: int, den: int) -> int:
        cycle = num // den
        return randomness.permutation_at(cycle, n)[(num - cycle * den) * n // den]

    return segmented(Fraction(n), Signal(at))


def _rearranged(order: Pattern, n: int, pat: Pattern) -> Pattern:
    pieces = [zoom_to(Fraction(i, n), Fraction(i + 1, n), pat) for i in range(n)]
    count = Fraction(n)
    ready = [fast_by(count, repeat_cycles(count, p)) for p in pieces]
    return inner_bind(lambda i: ready[int(i) % n], order, analog=pat.analog)


@word("shuffle", example='shuffle 4 "0 1 2 3"', group=GROUP)
def shuffle(n: Number, pat: Pattern) -> Pattern:
    """Play n parts of the cycle in a random order, each once."""
    count = count_of(n, "the number of parts")
    return _rearranged(randrun_of(count), count, pat)


@word("scramble", example='scramble 4 "0 1 2 3"', group=GROUP)
def scramble(n: Number, pat: Pattern) -> Pattern:
    """Play n parts of the cycle at random."""
    count = count_of(n, "the number of parts")
    return _rearranged(segmented(Fraction(count), irand_of(count)), count, pat)


def _chosen(signal: Pattern, patterns: list[Any], join: Callable[..., Pattern]) -> Pattern:
    if not patterns:
        return silence
    items = [reify(p) for p in patterns]
    last = len(items) - 1
    index = Apply(lambda r, n: r * n, signal, Pure(len(items)))
    return join(lambda i: items[min(max(int(numeral(i) // 1), 0), last)], index)


@word("choose", aliases=("chooseOut",), example="choose [0, 2, 7] | segment 8", group=GROUP)
def choose(patterns: list[Pattern]) -> Pattern:
    """Choose at random, with the structure from outside."""
    return _chosen(rand, patterns, outer_bind)


@word("chooseIn", example='chooseIn ["0 1", "2 3 4"]', group=GROUP)
def choose_in(patterns: list[Pattern]) -> Pattern:
    """Choose at random, with the structure of what is chosen."""
    return _chosen(rand, patterns, inner_bind)


@word("chooseWith", example="chooseWith saw [0, 1, 2] | segment 4", group=GROUP)
def choose_with(signal: Pattern, patterns: list[Pattern]) -> Pattern:
    """Choose by a pattern of numbers from 0 to 1, which gives the structure."""
    return _chosen(signal, patterns, outer_bind)


@word("chooseInWith", example='chooseInWith "0 0.5" ["a b", "c d e"]', group=GROUP)
def choose_in_with(signal: Pattern, patterns: list[Pattern]) -> Pattern:
    """Choose by a pattern of numbers from 0 to 1, with the structure of what is chosen."""
    return _chosen(signal, patterns, inner_bind)


@word("choose2", example="sine2 | segment 4 | choose2 0 10", group=GROUP)
def choose2(a: Pattern, b: Pattern, pat: Pattern) -> Pattern:
    """Choose between two by a pattern of numbers from -1 to 1."""
    return _chosen(Map(from_bipolar, pat), [a, b], outer_bind)


@word("chooseCycles", aliases=("randcat",), example='randcat ["a b", "c d e"]', group=GROUP)
def choose_cycles(patterns: list[Pattern]) -> Pattern:
    """Choose one pattern a cycle at random."""
    return RandomTurns([reify(p) for p in patterns], Fraction(0)) if patterns else silence


def _weighed(signal: Pattern, pairs: list[Any]) -> Pattern:
    """Give the pattern of the items chosen by weight; pairs are [item, weight]."""
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise KindError("an item and its weight are wanted in each list", expected="[item, weight]")
    items = [reify(p) for p, _ in pairs]
    weights = list_of([w for _, w in pairs])

    def pick(limits: list[Any], r: Any) -> Pattern:
        sums = list(accumulate(numeral(w) for w in limits))
        goal = numeral(r) * sums[-1]
        return next((item for item, s in zip(items, sums, strict=True) if s > goal), items[-1])

    return mix_bind(lambda r: Map(lambda limits: pick(limits, r), weights), signal)


@word("wchoose", example="wchoose [[0, 3], [7, 1]] | segment 8", group=GROUP)
def wchoose(pairs: list[Pattern]) -> Pattern:
    """Choose at random by weight, with the structure from outside."""
    return outer_bind(lambda p: p, _weighed(rand, pairs))


@word("wchooseCycles", aliases=("wrandcat",), example='wrandcat [["a b", 3], ["c", 1]]', group=GROUP)
def wchoose_cycles(pairs: list[Pattern]) -> Pattern:
    """Choose one pattern a cycle at random by weight."""
    return inner_bind(lambda p: p, _weighed(segmented(ONE, rand), pairs))


@word("degradeBy", example='degradeBy 0.3 "hh*8"', group=GROUP, keep_steps=True)
def degrade_by_word(probability: Number, pat: Pattern) -> Pattern:
    """Drop events with a probability."""
    return degraded(probability, pat)


def degraded(x: float, pat: Pattern) -> Pattern:
    """Keep the events whose random number is above a limit."""
    return randomness.degraded(pat, x)


def undegraded(x: float, pat: Pattern) -> Pattern:
    """Keep the events that degrading by the complement drops."""
    return randomness.degraded(pat, x, inverse=True)


@word("degrade", example='degrade "hh*8"', group=GROUP, keep_steps=True)
def degrade(pat: Pattern) -> Pattern:
    """Drop half of the events."""
    return degraded(0.5, pat)


@word("undegradeBy", example='undegradeBy 0.3 "hh*8"', group=GROUP, keep_steps=True)
def undegrade_by(probability: Number, pat: Pattern) -> Pattern:
    """Drop the events that degradeBy of 1 minus the probability keeps."""
    return undegraded(probability, pat)


@word("undegrade", example='undegrade "hh*8"', group=GROUP, keep_steps=True)
def undegrade(pat: Pattern) -> Pattern:
    """Drop the events that degrade keeps."""
    return undegraded(0.5, pat)


@word(
    "degradeByWith", aliases=("_degradeByWith",), example='degradeByWith sine 0.5 "hh*8"', group=GROUP, keep_steps=True
)
def degrade_by_with(signal: Pattern, limit: Number, pat: Pattern) -> Pattern:
    """Keep the events at whose onset a signal is above a limit."""
    return degrade_by(pat, signal, lambda r: numeral(r) > limit)


@word("sometimesBy", example='sometimesBy 0.3 (fast 2) "bd sn"', group=GROUP)
def sometimes_by(probability: Number, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to a random part of the events."""
    return sometimes_of(probability, f, pat)


def sometimes_of(x: float, f: Function, pat: Pattern) -> Pattern:
    """Apply a function to a random part of the events."""
    return stepped(SplitQueries(stack([degraded(x, pat), f(undegraded(1 - x, pat))])), None)


FAMILY = (
    ("sometimes", 0.5, "half"),
    ("often", 0.75, "three quarters"),
    ("rarely", 0.25, "a quarter"),
    ("almostNever", 0.1, "a tenth"),
    ("almostAlways", 0.9, "nine tenths"),
)


def _register(name: str, probability: float, share: str) -> None:
    def call(f: Function, pat: Pattern) -> Pattern:
        return sometimes_of(probability, f, pat)

    call.__doc__ = f"Apply a function to {share} of the events, at random."
    word(name, example=f'{name} (fast 2) "bd sn"', group=GROUP)(call)


for _name, _probability, _share in FAMILY:
    _register(_name, _probability, _share)


@word("never", example='never rev "a b"', group=GROUP)
def never(f: Function, pat: Pattern) -> Pattern:
    """Do not apply a function."""
    return pat


@word("always", example='always rev "a b"', group=GROUP)
def always(f: Function, pat: Pattern) -> Pattern:
    """Apply a function."""
    return f(pat)


def _some_cycles(x: float, f: Function, pat: Pattern) -> Pattern:
    a, b = segmented(ONE, rand), segmented(ONE, inverse_rand)
    kept = degrade_by(pat, a, lambda r: r > x)
    changed = f(degrade_by(pat, b, lambda r: r > 1 - x))
    return stepped(SplitQueries(stack([kept, changed])), None)


@word("someCyclesBy", example='someCyclesBy 0.3 rev "a b c"', group=GROUP)
def some_cycles_by(probability: Number, f: Function, pat: Pattern) -> Pattern:
    """Apply a function in some cycles, at random."""
    return _some_cycles(probability, f, pat)


@word("someCycles", example='someCycles rev "a b c"', group=GROUP)
def some_cycles(f: Function, pat: Pattern) -> Pattern:
    """Apply a function in half of the cycles, at random."""
    return _some_cycles(0.5, f, pat)


@word("seed", example="rand | segment 8 | seed 3", group=GROUP)
def seed(n: Time, pat: Pattern) -> Pattern:
    """Draw the random numbers of a pattern from another stream."""
    return Seeded(pat, n)


@word("useRNG", example="rand | segment 8 | useRNG 'precise'", group=GROUP)
def use_rng(generator: Text, pat: Pattern) -> Pattern:
    """Draw the random numbers of a pattern by another generator: legacy (the usual), precise or tidal."""
    if generator not in GENERATORS:
        raise KindError(
            f"{generator} is no random generator",
            found=generator,
            expected="legacy, precise or tidal",
            hint=nearest(generator, GENERATORS),
        )
    return Seeded(pat, ZERO, generator)
