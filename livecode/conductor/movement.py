"""What moves while a note sounds: controls that follow a pattern, and waves and envelopes on any control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from livecode.conductor.growth import WIDE, Growing
from livecode.engine.records import Arg, Parameter
from livecode.patterns import Context, Hap, Pattern, outside
from livecode.patterns.core import asking, playing
from livecode.patterns.moving import Moving

SHORTEST = 0.04  # s: a shorter note does not move
GRID = 0.02  # s between two points of a line, where it bends
MOST = 128  # points of a line
STRAIGHT = 1e-3  # of its range: what a line may miss
INSTANT = Fraction(1, 1 << 20)  # of a cycle
SOON = Fraction(1, 8192)  # of a cycle; chance in the patterns' random numbers shows itself from here on
JUMP = 0.03  # of its range: a value that changes more so soon does not move, it jumps
PROBES = 6  # places where that is looked at

# The gain and the place of a note are set when it starts; what moves them is a stage of its own.
APART = {"gain": "swell", "pan": "place"}

Line = list[tuple[float, float]]
Lines = dict[str, Line]

# What is set when a note starts and stays, and the ends of the names of the others.
FIXED = frozenset(("hold", "curve", "tilt", "plat", "squiz", "vowel", "penv", "panchor", "fanchor", "lpenv", "hpenv"))
FIXED |= frozenset(("bpenv", "fshiftphase", "compressorKnee"))
FIXED_ENDS = ("attack", "decay", "sustain", "release", "skew", "tremolophase")

MOST_MOVEMENTS = 32  # of an event, of each kind
RECENT = 64  # lines that are remembered
_recent: dict[tuple[Any, ...], tuple[Pattern, Line]] = {}


def any_moves(value: Mapping[str, Any]) -> bool:
    return any(type(x) is Moving for x in value.values())


def lines(hap: Hap, seconds: float, context: Context | None) -> Lines:
    """Give, for every control of an event that follows a pattern, the line it moves along: seconds and values.

    What jumps from instant to instant, as `rand` does, and what stays the same, gives no line.
    """
    whole = hap.whole
    if whole is None or seconds < SHORTEST:
        return {}
    out: Lines = {}
    for name, value in hap.value.items():
        if type(value) is Moving:
            line = _known(value, seconds, context or Context())
            if len(line) > 1:
                out[APART.get(name, name)] = line
    return out


@contextmanager
def asked(context: Context) -> Iterator[None]:
    """Let patterns know the tempo and the section while they are asked."""
    before, asking.context = asking.context, context
    try:
        yield
    finally:
        asking.context = before


def _known(moving: Moving, seconds: float, context: Context) -> Line:
    """Give the line of a pattern; the notes of a chord ask for the same one, and it takes a while to draw."""
    key = (id(moving.pattern), moving.begin, moving.end, seconds, context)
    known = _recent.get(key)
    if known is not None and known[0] is moving.pattern:
        return known[1]
    reads = outside.reads()
    with playing(), asked(context):
        line = _line(moving, seconds)
    if outside.reads() == reads:  # else it follows what is played in just now
        if len(_recent) >= RECENT:
            _recent.clear()
        _recent[key] = moving.pattern, line
    return line


def _line(moving: Moving, seconds: float) -> Line:
    count = max(2, min(MOST, round(seconds / GRID) + 1))
    begin, length = moving.begin, moving.end - moving.begin

    pattern = moving.pattern

    def at(cycle: Fraction) -> float | None:
        if pattern.sampled:
            return float(pattern.sample(cycle.numerator, cycle.denominator))
        haps = pattern.query(cycle, cycle + INSTANT)
        return float(haps[0].value) if haps else None

    reads = outside.reads()
    times = [begin + length * i / (count - 1) for i in range(count)]
    values = [at(time) for time in times]
    known = [v for v in values if v is not None]
    if len(known) < 2 or max(known) == min(known):
        # what follows a controller stands still only until somebody moves it
        return [(0.0, known[0]), (seconds, known[0])] if known and outside.reads() > reads else []
    reach = max(known) - min(known)
    probes = range(0, count - 1, max(1, count // PROBES))
    jumps = sum(1 for i in probes if abs((at(times[i] + SOON) or 0.0) - (values[i] or 0.0)) > JUMP * reach)
    if jumps > 1:
        return []
    line = [(seconds * i / (count - 1), v) for i, v in enumerate(values) if v is not None]
    return _simple(line, STRAIGHT * reach)


def _simple(line: Line, error: float) -> Line:
    """Leave out the points that lie on the straight line between their neighbours (Douglas and Peucker)."""
    (t0, v0), (t1, v1) = line[0], line[-1]
    worst, at = error, 0
    for i in range(1, len(line) - 1):
        t, v = line[i]
        miss = abs(v - (v0 + (v1 - v0) * (t - t0) / (t1 - t0)))
        if miss > worst:
            worst, at = miss, i
    if not at:
        return [line[0], line[-1]]
    return _simple(line[: at + 1], error)[:-1] + _simple(line[at:], error)


def packed(params: Sequence[Parameter], moving: Lines) -> tuple[float, ...]:
    """Write lines behind the values of a note, as `records.Pool` says."""
    out: list[float] = []
    for i, parameter in enumerate(params):
        if parameter.moves and parameter.name in moving:
            line = moving[parameter.name]
            out += [float(i), float(len(line))]
            for time, value in line:
                out += [time, min(max(value, parameter.lo), parameter.hi)]
    return tuple(out)


# waves and envelopes on any control


def kinds(items: Any) -> tuple[Any, ...]:
    """Give what of the movements of an event decides which graph plays it.

    Raises ValueError when there are too many.
    """
    if len(items) > MOST_MOVEMENTS:
        raise ValueError(f"{len(items)} movements, and {MOST_MOVEMENTS} of a kind are possible")
    return tuple((item["control"], item.get("shape", "")) for item in items)


def modulations(value: Mapping[str, Any]) -> dict[str, list[tuple[str, int, str]]]:
    """Group the movements of an event by the control they move: (lfo or env, number, shape)."""
    out: dict[str, list[tuple[str, int, str]]] = {}
    for kind in ("lfo", "env"):
        for i, item in enumerate(value.get(kind, ())):
            out.setdefault(item["control"], []).append((kind, i, item.get("shape", "")))
    return out


def fixed(name: str) -> bool:
    """Tell whether a control is what it is when a note starts, so that no wave can move it."""
    plain = name.rstrip("0123456789")
    return plain in FIXED or plain.endswith(FIXED_ENDS)


def modulate(g: Growing, found: Mapping[str, list[tuple[str, int, str]]], apart: set[str]) -> None:
    """Let the controls of a graph be moved, but for those that are moved elsewhere."""
    for name, items in found.items():
        if name not in apart and not fixed(name):
            key = "speed" if name == "freq" and g.sample else name
            g.swapped[key] = g.times(g.knob(key), factor(g, items))


def _swing(g: Growing, kind: str, number: int, shape: str) -> Arg:
    """Give what a movement adds to 1."""
    name = f"{kind}{number}"
    depth = g.number(f"{name}.depth", 0.5, -64.0, 64.0)
    if kind == "lfo":
        wave = g.node("lfo", g.number(f"{name}.rate", 1.0, 0.0, 2000.0), 0.0, 0.5, text=shape)
        return g.node("mul", wave, depth)
    times = (g.number(f"{name}.{part}", d, 0.0, 60.0) for part, d in ENV_PARTS)
    return g.node("mul", g.node("adsr", *times), depth)


ENV_PARTS = (("attack", 0.01), ("decay", 0.2), ("sustain", 0.0), ("release", 0.1))


def factor(g: Growing, items: list[tuple[str, int, str]]) -> Arg:
    """Give the factor of all movements of a control: each multiplies it by 1 and its swing."""
    return g.times(*(g.node("add", 1.0, _swing(g, *item)) for item in items))


def around(g: Growing, middle: float, items: list[tuple[str, int, str]]) -> Arg:
    """Give a middle and the swings of all movements."""
    out: Arg = middle
    for item in items:
        out = g.node("add", out, g.node("mul", _swing(g, *item), 0.5))
    return out


def numbers(value: Mapping[str, Any]) -> dict[str, float]:
    """Give the parameters of all movements of an event."""
    out: dict[str, float] = {}
    for kind in ("lfo", "env"):
        for i, item in enumerate(value.get(kind, ())):
            for part, x in item.items():
                if part not in ("control", "shape"):
                    out[f"{kind}{i}.{part}"] = max(-WIDE, min(WIDE, float(x)))
    return out
