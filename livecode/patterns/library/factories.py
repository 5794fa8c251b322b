"""Words that make patterns: constants, sequences, stacks, runs and bits."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import floor
from typing import Any

from livecode.errors import KindError
from livecode.patterns.combining import Apply, Map
from livecode.patterns.core import MAX_EVENTS, Pattern
from livecode.patterns.exact import to_time
from livecode.patterns.joins import inner_bind
from livecode.patterns.leaves import Gap, Pure, Signal, pure, reify, silence
from livecode.patterns.operators import operate
from livecode.patterns.register import Number, Time, Value, constant_word, word
from livecode.patterns.rhythm import count_of, struct_by
from livecode.patterns.signals import saw
from livecode.patterns.sizes import too_large
from livecode.patterns.steps import stepped
from livecode.patterns.timing import Slots, Stack, Turns, compress_to, fast_by, fastcat, slowcat, stack, timecat
from livecode.patterns.values import numeral

GROUP = "factories"
ZERO, ONE = Fraction(0), Fraction(1)

constant_word("silence", silence, "Play nothing.", example="silence", group=GROUP)
nothing = Gap(ZERO)
constant_word("nothing", nothing, "Play nothing, and take up no steps.", example="nothing", group=GROUP)


def flat(x: Any) -> Pattern:
    """Read a list inside a list as a sequence."""
    return fastcat([flat(v) for v in x]) if isinstance(x, list) else reify(x)


@word("pure", example="pure 1", group=GROUP)
def pure_word(value: Value) -> Pattern:
    """Repeat one value every cycle."""
    return pure(value)


@word("gap", example='stepcat ["a b", gap 1, "c"]', group=GROUP)
def gap(steps: Time) -> Pattern:
    """Play nothing for a number of steps."""
    return Gap(steps)


@word("steady", example="steady 10", group=GROUP)
def steady(value: Value) -> Pattern:
    """Hold a value continuously."""
    return Signal(lambda n, d: value, 1)


@word("stack", aliases=("polyrhythm", "pr"), example='stack ["bd*2", "hh*4"]', group=GROUP)
def stack_word(patterns: list[Pattern]) -> Pattern:
    """Play patterns at the same time."""
    return stack([flat(p) for p in patterns])


@word("slowcat", aliases=("cat",), example='cat ["a b", "c d e"]', group=GROUP)
def slowcat_word(patterns: list[Pattern]) -> Pattern:
    """Play one pattern a cycle; no cycle of a source is left out."""
    return slowcat([flat(p) for p in patterns])


@word("slowcatPrime", example='slowcatPrime ["<a b>", "c"]', group=GROUP)
def slowcat_prime(patterns: list[Pattern]) -> Pattern:
    """Play one pattern a cycle; all sources count cycles together."""
    return Turns([flat(p) for p in patterns], absolute=True) if patterns else silence


@word("fastcat", aliases=("seq", "sequence"), example='fastcat ["a", "b c"]', group=GROUP)
def fastcat_word(patterns: list[Pattern]) -> Pattern:
    """Play patterns one after the other, all in one cycle."""
    return flat(patterns) if patterns else silence


def weighted(x: Any) -> tuple[Fraction | None, Pattern]:
    """Read an item of a list with weights: [weight, pattern], or a pattern that weighs its steps."""
    if isinstance(x, list):
        if len(x) != 2 or type(x[0]) is not Pure:
            raise KindError("a weight and a pattern are wanted in each list", expected="[2, pattern]")
        return to_time(x[0].value), flat(x[1])
    pat = reify(x)
    return pat.steps, pat


def stepcat_of(items: list[Any]) -> Pattern:
    """Put patterns in a row, each as long as its weight or its steps; those without weigh 1."""
    if not items:
        return nothing
    return timecat([(ONE if w is None else w, p) for w, p in map(weighted, items)])


@word("stepcat", aliases=("timecat", "timeCat", "s_cat"), example='stepcat [[3, "a"], [1, "b"]]', group=GROUP)
def stepcat(patterns: list[Pattern]) -> Pattern:
    """Play patterns one after the other in one cycle, in proportion to their weights or steps."""
    return stepcat_of(patterns)


def _in_sections(sections: list[tuple[Fraction, Pattern]]) -> Pattern:
    total = sum((n for n, _ in sections), ZERO)
    row = timecat([(n, fast_by(n, p)) for n, p in sections])
    return fast_by(ONE / total, row)


@word("arrange", example='arrange [[2, "a b"], [1, "c"]]', group=GROUP)
def arrange(sections: list[Pattern]) -> Pattern:
    """Play sections of several cycles each, one after the other."""
    pairs = [weighted(x) for x in sections]
    return _in_sections([(w or ONE, p) for w, p in pairs])


@word("seqPLoop", example='seqPLoop [[0, 2, "bd*2"], [1, 3, "cp"]]', group=GROUP)
def seq_p_loop(sections: list[Pattern]) -> Pattern:
    """Play patterns from a start to a stop cycle each, over and over."""
    total = ZERO
    parts: list[tuple[Fraction, Fraction, Pattern]] = []
    for section in sections:
        if not isinstance(section, list):
            raise KindError("start, stop and pattern are wanted in each list", expected="[0, 2, pattern]")
        *times, pat = section
        start, stop = [to_time(t.value) for t in ([Pure(total), *times] if len(times) == 1 else times)]
        total = stop
        parts.append((start, stop, pat))
    row = Stack([compress_to(b / total, e / total, Pure(p)) for b, e, p in parts])
    return inner_bind(lambda p: p, fast_by(ONE / total, row))


@word("run", example="run 8", group=GROUP)
def run(n: Pattern) -> Pattern:
    """Count from 0 to n-1 in one cycle."""
    if type(n) is Pure:
        return _counted(n.value)
    count = Map(lambda x: floor(x + 0.5), operate("mul", "in", n, saw))
    return inner_bind(lambda k: struct_by(fast_by(to_time(k), Pure(True)), count), n)


def _counted(n: Any) -> Pattern:
    count = int(numeral(n))
    if count > MAX_EVENTS:
        raise too_large(count)
    if count < 1:
        return silence
    return Slots([(i, 1, Pure(i)) for i in range(count)], count, Fraction(count))


def bits_of(n: Any, width: int) -> list[int]:
    """Give the lowest bits of a number, the highest first."""
    number = int(numeral(n))
    return [number >> i & 1 for i in range(width - 1, -1, -1)]


def _bit_width(n: Any) -> int:
    return max(1, int(numeral(n)).bit_length())


def _bits(n: Any, width: Any) -> Pattern:
    count = count_of(width, "a width")
    if not count:
        return silence
    return Slots([(i, 1, Pure(b)) for i, b in enumerate(bits_of(n, count))], count, Fraction(count))


@word("binary", example='struct (binary 5) "hh"', group=GROUP)
def binary(n: Number) -> Pattern:
    """Give the bits of a number as steps of 0 and 1."""
    return stepped(_bits(n, _bit_width(n)), None)


@word("binaryN", example='struct (binaryN 55532 16) "hh"', group=GROUP)
def binary_n(n: Number, bits: Number = 16) -> Pattern:
    """Give the lowest bits of a number as steps of 0 and 1."""
    return _bits(n, bits)


@word("binaryL", example="partials (binaryL 5) (s 'saw')", group=GROUP)
def binary_l(n: Pattern) -> Pattern:
    """Give the bits of a number as one list."""
    return Map(lambda v: bits_of(v, _bit_width(v)), n)


@word("binaryNL", example="partials (binaryNL 5 8) (s 'saw')", group=GROUP)
def binary_nl(n: Pattern, bits: Number = 16) -> Pattern:
    """Give the lowest bits of a number as one list."""
    width = count_of(bits, "a width")
    return Map(lambda v: bits_of(v, width), n)


def list_of(patterns: list[Pattern]) -> Pattern:
    """Give the pattern of the lists of what patterns hold together."""
    start: Pattern = Pure([])
    return reduce(lambda acc, p: Apply(lambda items, v: [*items, v], acc, p, "mix"), patterns, start)


@word("sequenceP", example='sequenceP ["0 1", "2 3 4"]', group=GROUP)
def sequence_p(patterns: list[Pattern]) -> Pattern:
    """Turn a list of patterns into a pattern of lists."""
    return stepped(list_of(patterns), None)


@word("parray", example='parray ["0 1", 2]', group=GROUP)
def parray(patterns: list[Pattern]) -> Pattern:
    """Turn a list of patterns into a pattern of lists, with the structure of all."""
    return list_of(patterns)


@word("xfade", example='xfade (s "bd*2") 0.3 (s "hh*4")', group=GROUP)
def xfade(a: Pattern, position: Pattern, b: Pattern) -> Pattern:
    """Fade from one pattern of controls to another through their gain; 0 is the first, 1 the second."""
    from livecode.patterns.operators import operate

    out = Map(lambda v: {"gain": 1 if v < 0.5 else 1 - (v - 0.5) / 0.5}, position)
    in_ = Map(lambda v: {"gain": 1 if v > 0.5 else v / 0.5}, position)
    return stack([operate("mul", "in", out, a), operate("mul", "in", in_, b)])
