"""Words that work on the steps of patterns."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import chain
from math import lcm
from typing import Any

from livecode.patterns.core import Pattern
from livecode.patterns.exact import to_time
from livecode.patterns.joins import inner_bind, squeeze_bind
from livecode.patterns.leaves import Gap, reify, silence
from livecode.patterns.library.factories import flat, nothing, stepcat_of
from livecode.patterns.library.time import slow_by, zoom_to
from livecode.patterns.register import Time, Value, word
from livecode.patterns.repeats import repeat_cycles
from livecode.patterns.steps import fraction_lcm, stepped
from livecode.patterns.timing import Stack, fast_by, slowcat, stack, timecat

GROUP = "stepwise"
ZERO, ONE = Fraction(0), Fraction(1)


def paced(steps: Fraction, pat: Pattern) -> Pattern:
    """Let a number of steps fill a cycle."""
    if pat.steps is None:
        return pat
    if pat.steps == 0:
        return nothing
    return stepped(fast_by(steps / pat.steps, pat), steps)


@word("pace", aliases=("steps",), example='pace 4 "a b c"', group=GROUP)
def pace(steps: Time, pat: Pattern) -> Pattern:
    """Let a number of steps fill a cycle."""
    return paced(steps, pat)


def taken(n: Fraction, pat: Pattern) -> Pattern:
    """Take the first steps, or the last when negative."""
    if pat.steps is None or pat.steps <= 0 or n == 0:
        return nothing
    share = abs(n) / pat.steps
    if share >= 1:
        return pat
    return zoom_to(1 - share, ONE, pat) if n < 0 else zoom_to(ZERO, share, pat)


@word("take", aliases=("s_add",), example='take 2 "a b c d"', group=GROUP, join="step")
def take(n: Time, pat: Pattern) -> Pattern:
    """Take the first n steps; the last ones when negative."""
    return taken(n, pat)


@word("drop", aliases=("s_sub",), example='drop 1 "a b c d"', group=GROUP, join="step")
def drop(n: Time, pat: Pattern) -> Pattern:
    """Leave out the first n steps; the last ones when negative."""
    if pat.steps is None:
        return nothing
    return taken(pat.steps + n if n < 0 else n - pat.steps, pat)


def _times(n: Fraction, pat: Pattern) -> Pattern:
    return stepped(pat, None if pat.steps is None else pat.steps * n)


@word("extend", aliases=("s_extend",), example='stepcat [extend 2 "a b", "c d"]', group=GROUP, join="step")
def extend(n: Time, pat: Pattern) -> Pattern:
    """Speed up and take up as many more steps."""
    return _times(n, fast_by(n, pat))


@word("replicate", example='replicate 2 "a b"', group=GROUP, join="step")
def replicate(n: Time, pat: Pattern) -> Pattern:
    """Repeat each cycle n times, with as many more steps."""
    return _times(n, fast_by(n, repeat_cycles(n, pat)))


@word("expand", aliases=("s_expand",), example='stepcat [expand 2 "a b", "c d"]', group=GROUP, join="step")
def expand(n: Time, pat: Pattern) -> Pattern:
    """Take up n times as many steps."""
    return _times(n, pat)


@word("contract", aliases=("s_contract",), example='stepcat [contract 2 "a b", "c d"]', group=GROUP, join="step")
def contract(n: Time, pat: Pattern) -> Pattern:
    """Take up n times fewer steps."""
    return _times(1 / n, pat) if n else nothing


def shrunk(amount: Any, pat: Pattern, sign: int) -> list[Pattern]:
    """Give ever shorter versions of a pattern: tails for a positive amount, heads for a negative one."""
    if pat.steps is None:
        return [pat]
    pair = amount if isinstance(amount, list) else [amount, pat.steps]
    step, times = sign * to_time(pair[0]), to_time(pair[1])
    if step == 0 or times == 0 or not pat.steps:
        return [pat]
    share = abs(step) / pat.steps
    out: list[Pattern] = []
    i = 0
    while i < times and share * i <= 1:
        out.append(zoom_to(share * i, ONE, pat) if step > 0 else zoom_to(ZERO, 1 - share * i, pat))
        i += 1
    return out


def _in_steps(patterns: list[Pattern]) -> Pattern:
    return stepped(stepcat_of(list(patterns)), sum((p.steps or ZERO for p in patterns), ZERO))


@word("shrink", aliases=("s_taper",), example='shrink 1 "a b c d"', group=GROUP, join="step")
def shrink(amount: Value, pat: Pattern) -> Pattern:
    """Play ever shorter versions of a pattern in a row."""
    if pat.steps is None:
        return nothing
    return _in_steps(shrunk(amount, pat, 1))


@word("grow", example='grow 1 "a b c d"', group=GROUP, join="step")
def grow(amount: Value, pat: Pattern) -> Pattern:
    """Play ever longer versions of a pattern in a row."""
    if pat.steps is None:
        return nothing
    return _in_steps(shrunk(amount, pat, -1)[::-1])


@word("polymeter", aliases=("pm", "s_polymeter"), example='polymeter ["a b c", "d e"]', group=GROUP)
def polymeter(patterns: list[Pattern]) -> Pattern:
    """Play patterns together with equally long steps, until their step counts meet."""
    items = [flat(p) for p in patterns]
    return polymeter_of(items)


def polymeter_of(items: list[Pattern]) -> Pattern:
    """Play patterns together with equally long steps, until their step counts meet."""
    counted = [p for p in items if p.steps is not None]
    steps = ONE
    for p in counted:
        steps = fraction_lcm(steps, p.steps or ZERO)
    if not counted or steps == 0:
        return nothing
    return stepped(Stack([paced(steps, p) for p in counted]), steps)


@word("zip", aliases=("s_zip",), example='zip ["a b", "c d"]', group=GROUP)
def zip_word(patterns: list[Pattern]) -> Pattern:
    """Play the steps of patterns in turn."""
    counted = [p for p in map(flat, patterns) if p.steps]
    if not counted:
        return nothing
    steps = ONE
    for p in counted:
        steps = fraction_lcm(steps, p.steps or ONE)
    return stepped(fast_by(steps, slowcat([slow_by(p.steps or ONE, p) for p in counted])), steps)


@word("stepalt", aliases=("s_alt",), example='stepalt [["bd cp", "mt"], "bd"]', group=GROUP)
def stepalt(patterns: list[Pattern]) -> Pattern:
    """Play patterns step by step in a row, lists taking turns."""
    groups = [[reify(p) for p in g] if isinstance(g, list) else [reify(g)] for g in patterns]
    rounds = lcm(*[len(g) or 1 for g in groups]) if groups else 0
    row = [g[i % len(g)] if g else silence for i in range(rounds) for g in groups]
    return _in_steps([p for p in row if p.steps])


@word("tour", aliases=("s_tour",), example='tour ["a b", "c"] "x"', group=GROUP)
def tour(patterns: list[Pattern], pat: Pattern) -> Pattern:
    """Put a pattern at an ever earlier place among others."""
    many = [flat(p) for p in patterns]
    n = len(many)
    rows = [[*many[: n - i], pat, *many[n - i :]] for i in range(n)]
    return stepcat_of([*chain(*rows), pat, *many])


def _padded(patterns: list[Pattern], pad: Callable[[Fraction, Pattern], list[Pattern]]) -> Pattern:
    if any(p.steps is None for p in patterns) or not patterns:
        return stack(patterns)
    longest = max(p.steps or ZERO for p in patterns)
    padded = []
    for p in patterns:
        missing = longest - (p.steps or ZERO)
        padded.append(p if not missing else timecat([(x.steps or ZERO, x) for x in pad(missing, p)]))
    return stack(padded)


WAYS: dict[str, Callable[[list[Pattern]], Pattern]] = {
    "left": lambda ps: _padded(ps, lambda n, p: [p, Gap(n)]),
    "right": lambda ps: _padded(ps, lambda n, p: [Gap(n), p]),
    "centre": lambda ps: _padded(ps, lambda n, p: [Gap(n / 2), p, Gap(n / 2)]),
    "expand": stack,
    "repeat": lambda ps: paced(max((p.steps or ZERO for p in ps), default=ZERO), polymeter_of(ps)),
}


@word("stackLeft", example='stackLeft ["a b c d", "x y"]', group=GROUP)
def stack_left(patterns: list[Pattern]) -> Pattern:
    """Play patterns together, shorter ones padded at their end."""
    return WAYS["left"](list(map(flat, patterns)))


@word("stackRight", example='stackRight ["a b c d", "x y"]', group=GROUP)
def stack_right(patterns: list[Pattern]) -> Pattern:
    """Play patterns together, shorter ones padded at their start."""
    return WAYS["right"](list(map(flat, patterns)))


@word("stackCentre", example='stackCentre ["a b c d", "x y"]', group=GROUP)
def stack_centre(patterns: list[Pattern]) -> Pattern:
    """Play patterns together, shorter ones padded on both sides."""
    return WAYS["centre"](list(map(flat, patterns)))


@word("stackBy", example='stackBy "<left right>" ["a b c d", "x y"]', group=GROUP)
def stack_by(how: Pattern, patterns: list[Pattern]) -> Pattern:
    """Play patterns together, aligned by name: left, right, centre, expand or repeat."""
    items = list(map(flat, patterns))
    made = {name: way(items) for name, way in WAYS.items()}
    picked = squeeze_bind(lambda name: reify(_Boxed(made.get(str(name), silence))), how)
    return stepped(inner_bind(lambda box: box.pattern, picked), max((p.steps or ZERO for p in items), default=None))


class _Boxed:
    """A pattern as a value."""

    __slots__ = ("pattern",)

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
