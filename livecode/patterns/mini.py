"""Mini-notation as patterns: `bd [sn sn]*2, hh(3,8)`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import isfinite
from typing import Any

from livecode.errors import KindError, LiveError, Place, SizeError, Source
from livecode.patterns import mini_tree as tree
from livecode.patterns.combining import Apply, placed
from livecode.patterns.core import MAX_EVENTS, Pattern
from livecode.patterns.exact import to_time
from livecode.patterns.joins import inner_bind, mix_bind, squeeze_bind
from livecode.patterns.leaves import Gap, Pure, silence
from livecode.patterns.randomness import RandomTurns, degraded, stream
from livecode.patterns.repeats import repeat_cycles
from livecode.patterns.rhythm import euclid_steps, struct_by_steps
from livecode.patterns.sizes import bounded, too_large
from livecode.patterns.steps import common_steps, fraction_lcm, stepped
from livecode.patterns.timing import Slots, SplitQueries, Stack, Turns, fast_by, timecat
from livecode.patterns.values import read_number, to_number

MAX_NESTING = 40
ZERO, ONE = Fraction(0), Fraction(1)

Entered = tuple[Pattern, Fraction | None]  # a pattern and, where a ^ marks it, its step count


def parse(text: str, source: Source | None = None, offset: int = 0) -> tree.Node:
    """Read mini-notation into a tree; `offset` is where its first character stands in the source.

    Raises ReadError with the place of the mistake.
    """
    from livecode.patterns.mini_reader import read

    return read(text, source, offset)


def pattern(text: str, source: Source | None = None, offset: int = 0) -> Pattern:
    """Read mini-notation into a pattern; raises ReadError or SizeError with the place of the mistake."""
    return compile_tree(parse(text, source, offset))


def compile_tree(node: tree.Node) -> Pattern:
    """Make the pattern that a tree means; raises LiveError with the place of the mistake."""
    return _enter(node, 0)[0]


def atom_value(text: str) -> Any:
    """Give the number that a word says, or the word."""
    number = read_number(text)
    return text if number is None else number


def _enter(node: tree.Node, depth: int) -> Entered:
    if depth > MAX_NESTING:
        raise SizeError(f"brackets nest too deep here: more than {MAX_NESTING}", place=node.place)
    try:
        return _ENTER[type(node)](node, depth + 1)
    except LiveError as error:
        raise error.at(node.place) from None


def _atom(node: tree.Atom, depth: int) -> Entered:
    if node.is_rest:
        return silence, None
    return Pure(atom_value(node.text), (node.place,)), None


def _marks(entered: list[Entered]) -> Fraction | None:
    marks = [m for _, m in entered if m is not None]
    return reduce(fraction_lcm, marks) if marks else None


def _sequence(node: tree.Sequence, depth: int) -> Entered:
    entered = [_step(step, depth) for step in node.steps]
    weights = [step.weight for step in node.steps]
    total = sum(weights, ZERO)
    inner = _marks(entered)
    steps = total if inner is None else total * inner
    pat = _in_a_row([p for p, _ in entered], weights, total)
    return stepped(pat, steps), (steps if node.marked or inner is not None else None)


def _in_a_row(patterns: list[Pattern], weights: list[Fraction], total: Fraction) -> Pattern:
    if len(patterns) == 1:
        return patterns[0]
    if total <= 0:
        return Gap(total)
    row = timecat(list(zip(weights, patterns, strict=True)))
    return _flat(row) if type(row) is Slots else row


def _flat(row: Slots) -> Slots:
    """Lay the equal parts of a repeated step beside the other steps, which saves a level."""
    slots: list[tuple[int, int, Pattern]] = []
    for offset, width, inner in row.slots:
        if type(inner) is Slots and inner.total == width and all(w == 1 for _, w, _ in inner.slots):
            slots += [(offset + o, w, p) for o, w, p in inner.slots]
        else:
            slots.append((offset, width, inner))
    return Slots(slots, row.total, row.steps)


def _stack(node: tree.Stack, depth: int) -> Entered:
    entered = [_enter(part, depth) for part in node.parts]
    marks = _marks(entered)
    patterns = [p for p, _ in entered]
    return Stack(patterns, steps=common_steps(patterns) if marks is None else marks), marks


def _choice(node: tree.Choice, depth: int) -> Entered:
    entered = [_enter(part, depth) for part in node.parts]
    marks = _marks(entered)
    chosen = RandomTurns([p for p, _ in entered], to_time(0.0003 * node.seed))
    return stepped(chosen, marks), marks


def _feet(node: tree.Feet, depth: int) -> Entered:
    entered = [_enter(part, depth) for part in node.parts]
    n = len(entered)
    return Slots([(i, 1, p) for i, (p, _) in enumerate(entered)], n, Fraction(n)), None


def _weight(part: tree.Sequence) -> Fraction:
    return sum((step.weight for step in part.steps), ZERO)


def _alternation(node: tree.Alternation, depth: int) -> Entered:
    entered = [_enter(part, depth) for part in node.parts]
    marks = _marks(entered)
    patterns = [_slowed(p, _weight(part)) for (p, _), part in zip(entered, node.parts, strict=True)]
    pat = patterns[0] if len(patterns) == 1 else Stack(patterns, steps=common_steps(patterns))
    return (pat if marks is None else stepped(pat, marks)), marks


def _slowed(pat: Pattern, weight: Fraction) -> Pattern:
    """Give a sequence one step a cycle."""
    inner = pat
    if type(inner) is Slots and inner.total == weight and inner.slots and all(w == 1 for _, w, _ in inner.slots):
        turns: list[Pattern] = [silence] * inner.total
        for offset, _, p in inner.slots:
            turns[offset] = p
        return Turns(turns, steps=inner.steps)
    return fast_by(ONE / weight, pat) if weight > 0 else silence


def _polymeter(node: tree.Polymeter, depth: int) -> Entered:
    entered = [_enter(part, depth) for part in node.parts]
    marks = _marks(entered)
    weights = [_weight(part) for part in node.parts]
    patterns = []
    for (pat, _), weight in zip(entered, weights, strict=True):
        if not weight:
            continue
        if node.steps is None:
            patterns.append(_paced(weights[0] / weight, pat))
        else:
            place = node.steps.place
            patterns.append(
                _varied(lambda n, p=pat, w=weight: _paced(_time(n) / w, p), [node.steps], pat, place, depth)
            )
    made = patterns[0] if len(patterns) == 1 else Stack(patterns, steps=common_steps(patterns))
    return (made if marks is None else stepped(made, marks)), marks


def _paced(factor: Fraction, pat: Pattern) -> Pattern:
    """Speed up; an event that crosses the border of a cycle comes in two fragments, as steps that vary would cut it."""
    if factor == 0:
        raise KindError("no steps fit into no time", found="0", expected="a number of steps a cycle above 0")
    made = fast_by(factor, pat)
    return made if made.cyclic else SplitQueries(made)


_ENTER: dict[type, Callable[[Any, int], Entered]] = {
    tree.Atom: _atom,
    tree.Sequence: _sequence,
    tree.Stack: _stack,
    tree.Choice: _choice,
    tree.Feet: _feet,
    tree.Alternation: _alternation,
    tree.Polymeter: _polymeter,
}


def _time(value: Any) -> Fraction:
    """Read a factor; raises KindError where it is no number."""
    number = to_number(value)
    return to_time(number if isfinite(number) else str(value))


def _varied(
    function: Callable[..., Pattern], nodes: list[tree.Node], pat: Pattern, place: Place, depth: int
) -> Pattern:
    """Apply a function of values: at once where they are constant, else joined as they change.

    An event that crosses the border of a cycle comes in two fragments, unless all values are plain numbers.
    A value that cannot be used is an error with its place.
    """
    amounts = [_enter(node, depth)[0] for node in nodes]

    def placed_errors(*values: Any) -> Pattern:
        try:
            return bounded(function(*values))
        except LiveError as error:
            raise error.at(place) from None

    if all(type(a) is Pure for a in amounts):
        values = [a.value for a in amounts if isinstance(a, Pure)]
        places = tuple(p for a in amounts if isinstance(a, Pure) for p in a.places)
        made = placed(placed_errors(*values), places)
        return made if made.cyclic or all(isinstance(node, tree.Atom) for node in nodes) else SplitQueries(made)
    if len(amounts) == 1:
        return inner_bind(placed_errors, amounts[0], analog=pat.analog)
    together = reduce(lambda left, right: Apply(_append, left, right), amounts[1:], Apply(_pair, *_first(amounts)))
    return inner_bind(lambda values: placed_errors(*values), together, analog=pat.analog)


def _first(amounts: list[Pattern]) -> tuple[Pattern, Pattern]:
    return amounts[0], Pure(())


def _pair(a: Any, _: Any) -> tuple[Any, ...]:
    return (a,)


def _append(values: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    return (*values, value)


def _step(step: tree.Step, depth: int) -> Entered:
    pat, marks = _enter(step.node, depth)
    for operator in step.operators:
        try:
            pat = _OPERATE[type(operator)](operator, pat, depth)
        except LiveError as error:
            raise error.at(operator.place) from None
    return pat, marks


def _fast(op: tree.Fast, pat: Pattern, depth: int) -> Pattern:
    return _varied(lambda n: fast_by(_time(n), pat), [op.amount], pat, op.place, depth)


def _slow(op: tree.Slow, pat: Pattern, depth: int) -> Pattern:
    return _varied(lambda n: _slow_by(_time(n), pat), [op.amount], pat, op.place, depth)


def _slow_by(factor: Fraction, pat: Pattern) -> Pattern:
    return fast_by(ONE / factor, pat) if factor else silence


def _euclid(op: tree.Euclid, pat: Pattern, depth: int) -> Pattern:
    steps = [op.pulses, op.steps] + ([op.rotation] if op.rotation else [])
    nodes = [s.node for s in steps]  # operators inside the brackets mean nothing, as for the peer

    def rhythm(*values: Any) -> Pattern:
        return struct_by_steps(euclid_steps(*values), pat)

    return _varied(rhythm, nodes, pat, op.place, depth)


def _tail(op: tree.Tail, pat: Pattern, depth: int) -> Pattern:
    friend = _enter(op.element, depth)[0]

    def append(a: Any, b: Any) -> list[Any]:
        return [*a, b] if isinstance(a, list) else [a, b]

    if type(pat) is Pure and type(friend) is Pure:
        return Pure(append(pat.value, friend.value), pat.places + friend.places)
    return Apply(append, pat, friend)


def _range(op: tree.Range, pat: Pattern, depth: int) -> Pattern:
    friend = _enter(op.end, depth)[0]

    def numbers(a: Any, b: Any) -> Pattern:
        start, stop = to_number(a), to_number(b)
        if not (isfinite(start) and isfinite(stop)):
            return silence
        count = int(abs(stop - start) + 1)
        if count > MAX_EVENTS:
            raise too_large(count).at(op.place)
        sign = 1 if start < stop else -1
        values = [start + sign * i for i in range(count)]
        if count == 1:
            return Pure(values[0])
        return Slots([(i, 1, Pure(v)) for i, v in enumerate(values)], count, Fraction(count))

    if type(pat) is Pure and type(friend) is Pure:
        return stepped(placed(numbers(pat.value, friend.value), pat.places + friend.places), None)
    return bounded(squeeze_bind(lambda a: mix_bind(lambda b: numbers(a, b), friend), pat, analog=False))


def _degrade(op: tree.Degrade, pat: Pattern, depth: int) -> Pattern:
    amount = 0.5 if op.amount is None else op.amount
    return degraded(pat, amount, stream(op.seed))


def _replicate(op: tree.Replicate, pat: Pattern, depth: int) -> Pattern:
    count = op.count
    if count <= 0:
        return silence
    if count > MAX_EVENTS:
        raise too_large(float(count)).at(op.place)
    if count == 1:
        return pat
    if count.denominator == 1:
        n = count.numerator
        return Slots([(i, 1, pat) for i in range(n)], n, pat.steps)
    return fast_by(count, repeat_cycles(count, pat))


_OPERATE: dict[type, Callable[[Any, Pattern, int], Pattern]] = {
    tree.Fast: _fast,
    tree.Slow: _slow,
    tree.Euclid: _euclid,
    tree.Tail: _tail,
    tree.Range: _range,
    tree.Degrade: _degrade,
    tree.Replicate: _replicate,
}
