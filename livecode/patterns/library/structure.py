"""Words that give a pattern another structure, or take events out."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from livecode.patterns.combining import Map
from livecode.patterns.core import Pattern
from livecode.patterns.leaves import Pure, silence
from livecode.patterns.operators import operate
from livecode.patterns.raws import Raw, Raws
from livecode.patterns.register import Number, Time, Value, word
from livecode.patterns.rhythm import bjorklund, euclid_steps, struct_by_steps, whole_number
from livecode.patterns.steps import stepped
from livecode.patterns.timing import Split, late_by, timecat
from livecode.patterns.values import numeral, truthy

GROUP = "structure"

# Words that are another name for a binary function: name, function, way, sentence, example.
ROWS = (
    ("struct", "keepif", "out", "Take structure and truth from the first pattern, values from the second.", '"x(3,8)"'),
    ("structAll", "keep", "out", "Take the structure of the first pattern, whatever its values.", '"x ~ x x"'),
    ("mask", "keepif", "in", "Drop events where the first pattern is false or silent.", '"<1 [0 1]>"'),
    ("maskAll", "keep", "in", "Drop events where the first pattern is silent.", '"1 ~ 1"'),
    ("reset", "keepif", "reset", "Restart at the position in the cycle at each true event.", '"1 1"'),
    ("restart", "keepif", "restart", "Restart at cycle 0 at each true event.", '"1 1"'),
    ("resetAll", "keep", "reset", "Restart at the position in the cycle at each event.", '"x ~ x"'),
    ("restartAll", "keep", "restart", "Restart at cycle 0 at each event.", '"x ~ x"'),
)


def _register(name: str, function: str, way: str, doc: str, example: str) -> None:
    def call(bools: Pattern, pat: Pattern) -> Pattern:
        return operate(function, way, bools, pat)

    call.__doc__ = doc
    word(name, example=f'{name} {example} "a b c d"', group=GROUP)(call)


for row in ROWS:
    _register(*row)


@word("euclid", example='euclid 3 8 "bd"', group=GROUP)
def euclid(pulses: Number, steps: Number, pat: Pattern) -> Pattern:
    """Spread pulses evenly over steps; negative pulses swap sound and silence."""
    return struct_by_steps(euclid_steps(pulses, steps), pat)


@word("euclidRot", aliases=("euclidrot",), example='euclidRot 3 8 2 "bd"', group=GROUP)
def euclid_rot(pulses: Number, steps: Number, rotation: Number, pat: Pattern) -> Pattern:
    """Spread pulses evenly over steps, turned right by a rotation."""
    return struct_by_steps(euclid_steps(pulses, steps, rotation), pat)


@word("bjork", example='bjork "<3:8 5:8:2>" "bd"', group=GROUP)
def bjork(rhythm: Value, pat: Pattern) -> Pattern:
    """Spread pulses evenly over steps, given as a list pulses:steps:rotation."""
    items = rhythm if isinstance(rhythm, list) else [rhythm]
    pulses, steps, rotation = [*items, *[items[0], 0][len(items) - 1 :]][:3] if len(items) < 3 else items[:3]
    return struct_by_steps(euclid_steps(pulses, steps, rotation), pat)


def _legato(pulses: Any, steps: Any, rotation: Any, pat: Pattern) -> Pattern:
    if numeral(pulses) < 1:
        return silence
    rhythm = euclid_steps(pulses, steps)
    onsets = [i for i, x in enumerate(rhythm) if x]
    lengths = [b - a for a, b in zip(onsets, [*onsets[1:], len(rhythm)], strict=True)]
    row = timecat([(Fraction(n), Pure(True)) for n in lengths])
    turn = Fraction(whole_number(rotation, "a rotation"), len(rhythm))
    return late_by(turn, operate("keepif", "out", row, pat))


@word("euclidLegato", example='euclidLegato 3 8 "bd"', group=GROUP)
def euclid_legato(pulses: Number, steps: Number, pat: Pattern) -> Pattern:
    """Spread pulses evenly over steps, each held until the next."""
    return _legato(pulses, steps, 0, pat)


@word("euclidLegatoRot", example='euclidLegatoRot 3 8 2 "bd"', group=GROUP)
def euclid_legato_rot(pulses: Number, steps: Number, rotation: Number, pat: Pattern) -> Pattern:
    """Spread pulses evenly over steps, turned right and each held until the next."""
    return _legato(pulses, steps, rotation, pat)


class Grid(Split):
    """The value true at fixed spans of each cycle."""

    __slots__ = ("spans",)

    def __init__(self, spans: list[tuple[Fraction, Fraction]]) -> None:
        super().__init__(cyclic=True)
        self.spans = spans

    def _cycle(self, c: int) -> Raws:
        den = 1
        for b, e in self.spans:
            den = max(den, b.denominator * e.denominator * den // _gcd(den, b.denominator * e.denominator))
        out: list[Raw] = []
        for b, e in self.spans:
            wb, we = int(b * den), int(e * den)
            if wb < den and we > 0:
                out.append((wb, we, max(wb, 0), min(we, den), True, ()))
        return den, out

    def _find_period(self) -> int:
        return 1

    def _find_size(self) -> float:
        return float(len(self.spans))


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def morphed(source: list[Any], target: list[Any], by: Fraction) -> Pattern:
    """Slide the true steps of one list to those of another."""
    length = Fraction(1, max(1, len(source)))
    starts = [Fraction(i, len(source)) for i, x in enumerate(source) if truthy(x)]
    ends = [Fraction(i, len(target)) for i, x in enumerate(target) if truthy(x)]
    begins = [a + by * (b - a) for a, b in zip(starts, ends, strict=False)]
    return Grid([(b, b + length) for b in begins])


@word("euclidish", aliases=("eish",), example='euclidish 3 8 0.5 "bd"', group=GROUP)
def euclidish(pulses: Number, steps: Number, groove: Time, pat: Pattern) -> Pattern:
    """Spread pulses over steps, between the Euclidean rhythm (0) and perfectly even pulses (1)."""
    rhythm = bjorklund(whole_number(pulses, "the number of pulses"), whole_number(steps, "the number of steps"))
    bools = morphed(list(rhythm), [1] * sum(rhythm), groove)
    return stepped(operate("keepif", "out", bools, pat), Fraction(len(rhythm)))


@word("morph", example='struct (morph "1:0:1:0" "1:1:0:0" 0.5) "bd"', group=GROUP)
def morph(source: Value, target: Value, by: Time) -> Pattern:
    """Give a rhythm between two lists of 0 and 1; `by` goes from 0 to 1."""
    return morphed(
        source if isinstance(source, list) else [source], target if isinstance(target, list) else [target], by
    )


@word("invert", aliases=("inv",), example='invert "1 0 1 1"', group=GROUP)
def invert(pat: Pattern) -> Pattern:
    """Swap true and false."""
    return Map(lambda v: not truthy(v), pat)
