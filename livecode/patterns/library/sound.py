"""Words that cut samples and set several controls at once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from livecode.patterns.combining import Map
from livecode.patterns.core import MAX_EVENTS, Pattern, context
from livecode.patterns.events import Divided, Timed
from livecode.patterns.joins import inner_bind, outer_bind, squeeze_bind
from livecode.patterns.leaves import Pure, silence
from livecode.patterns.library.factories import list_of
from livecode.patterns.library.time import slow_by
from livecode.patterns.operators import operate
from livecode.patterns.register import Number, Time, Value, word
from livecode.patterns.rhythm import count_of
from livecode.patterns.steps import stepped
from livecode.patterns.timing import fast_by, fastcat, slowcat
from livecode.patterns.values import numeral

GROUP = "sound"


def _controls(value: Any) -> dict[str, Any]:
    return value if type(value) is dict else {"s": value}


def _cut(controls: Any, i: int, n: int) -> dict[str, Any]:
    """Give the i-th of n parts of a sample, or of the part that is already cut out."""
    own = controls if type(controls) is dict else {"value": controls}
    begin, end = i / n, (i + 1) / n
    if "begin" in own and "end" in own:
        start, length = own["begin"], own["end"] - own["begin"]
        begin, end = start + begin * length, start + end * length
    return {**own, "begin": begin, "end": end}


@word("chop", example='chop 4 (s "break")', group=GROUP)
def chop(n: Number, pat: Pattern) -> Pattern:
    """Cut every event into n parts of its sample."""
    count = count_of(n, "the number of parts", MAX_EVENTS)
    if not count:
        return silence
    steps = None if pat.steps is None else pat.steps * count
    if pat.analog:
        cut = squeeze_bind(lambda v: fastcat([Pure(_cut(v, i, count)) for i in range(count)]), pat)
        return stepped(cut, steps)
    return stepped(Divided(pat, count, lambda v, i: _cut(v, i, count)), steps)


@word("striate", example='striate 4 (s "break")', group=GROUP)
def striate(n: Number, pat: Pattern) -> Pattern:
    """Play the pattern n times, each time with the next part of its samples."""
    count = count_of(n, "the number of parts", MAX_EVENTS)
    parts = slowcat([Pure({"begin": i / count, "end": (i + 1) / count}) for i in range(count)])
    steps = None if pat.steps is None else pat.steps * count
    return stepped(fast_by(Fraction(count), operate("set", "in", parts, pat)), steps)


def sliced(n: Pattern, indices: Pattern, pat: Pattern) -> Pattern:
    """Play chosen slices of the samples; an index out of range wraps round."""

    def piece(count: Any, index: Any, value: Any) -> Pattern:
        i = int(numeral(index))
        if isinstance(count, list):
            i %= len(count)
            begin = numeral(count[i])
            end = numeral(count[i + 1]) if i + 1 < len(count) else 1
        else:
            number = numeral(count)
            x = numeral(index) % number if number else 0
            begin, end = x / number, (x + 1) / number
        return Pure({"begin": begin, "end": end, "_slices": count, **_controls(value)})

    def for_count(count: Any) -> Pattern:
        return outer_bind(lambda i: outer_bind(lambda v: piece(count, i, v), pat), indices)

    return stepped(inner_bind(for_count, n), indices.steps)


@word("slice", example='slice 8 "0 1 <2 4> 3" (s "break")', group=GROUP)
def slice_word(n: Pattern, indices: Pattern, pat: Pattern) -> Pattern:
    """Play chosen slices of the samples, n in all or at the times of a list; indices wrap."""
    return sliced(n, indices, pat)


def _cps() -> float:
    cps = context().cps
    return 1.0 if cps is None else cps


@word("splice", example='splice 8 "0 1 <2 4> 3" (s "break")', group=GROUP)
def splice(n: Pattern, indices: Pattern, pat: Pattern) -> Pattern:
    """Play chosen slices, at the speed that makes each fill its event; indices wrap."""

    def fitted(value: Any, begin: Fraction, end: Fraction) -> Any:
        count = value["_slices"]
        slices = len(count) if isinstance(count, list) else numeral(count)
        return {"speed": _cps() / slices / float(end - begin), "unit": "c", **value}

    return stepped(Timed(sliced(n, indices, pat), fitted, relative=True), indices.steps)


def _looped(cycles: Fraction, cps: Callable[[], float], pat: Pattern) -> Pattern:
    if not cycles:
        return silence

    def fitted(value: Any) -> Any:
        own = value if type(value) is dict else {"value": value}
        return {**own, "speed": cps() / float(cycles), "unit": "c"}

    return stepped(slow_by(cycles, Map(fitted, pat)), None if pat.steps is None else pat.steps / cycles)


@word("loopAt", aliases=("loopat",), example='loopAt 2 (s "break")', group=GROUP)
def loop_at(cycles: Time, pat: Pattern) -> Pattern:
    """Play samples at the speed that makes them last a number of cycles."""

    def cps() -> float:
        found = context().cps
        return 0.5 if found is None else found

    return _looped(cycles, cps, pat)


@word("loopAtCps", aliases=("loopatcps",), example='loopAtCps 2 0.5 (s "break")', group=GROUP)
def loop_at_cps(cycles: Time, cps: Number, pat: Pattern) -> Pattern:
    """Play samples at the speed that makes them last a number of cycles, at given cycles a second."""
    return _looped(cycles, lambda: float(cps), pat)


@word("fit", example='fit (s "break")', group=GROUP)
def fit(pat: Pattern) -> Pattern:
    """Play samples at the speed that makes each fill its event."""

    def fitted(value: Any, begin: Fraction, end: Fraction) -> Any:
        own = _controls(value)
        part = numeral(own.get("end", 1)) - numeral(own.get("begin", 0))
        return {**own, "speed": _cps() / float(end - begin) * part, "unit": "c"}

    return Timed(pat, fitted, relative=True)


@word("scrub", example='scrub "0.1 0.5 0.25" (s "pad")', group=GROUP)
def scrub(positions: Pattern, pat: Pattern) -> Pattern:
    """Play samples from positions; a list position:speed sets the speed too."""

    def at(position: Any) -> Pattern:
        items = position if isinstance(position, list) else [position]
        speed = items[1] if len(items) > 1 else 1

        def change(value: Any) -> Any:
            own = value if type(value) is dict else {"value": value}
            return {**own, "begin": items[0], "speed": numeral(own.get("speed", 1)) * numeral(speed), "clip": 1}

        return Map(change, pat)

    return outer_bind(at, positions)


def _list(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]


# Words that set several controls of a list: keys, what fills a missing second item, sentence, example.
LISTS: tuple[tuple[str, tuple[str, ...], Any, str, str], ...] = (
    ("adsr", ("attack", "decay", "sustain", "release"), None, "Set the whole envelope.", '".1:.1:.5:.2"'),
    ("ad", ("attack", "decay"), "first", "Set attack and decay.", '".1:.2"'),
    ("ds", ("decay", "sustain"), 0, "Set decay and sustain.", '".1:.5"'),
    ("ar", ("attack", "release"), "first", "Set attack and release.", '".1:.2"'),
    ("control", ("ccn", "ccv"), None, "Set a MIDI controller: its number and its value.", "[74, 0.5]"),
    ("sysex", ("sysexid", "sysexdata"), None, "Send a system message: maker and bytes.", "[1, 2]"),
)


def _register_list(name: str, keys: tuple[str, ...], fill: Any, doc: str, example: str) -> None:
    def call(values: Value, pat: Pattern) -> Pattern:
        items = _list(values)
        if len(items) == 1 and fill is not None:
            items = [items[0], items[0] if fill == "first" else fill]
        controls = dict(zip(keys, items, strict=False))
        return operate("set", "in", Pure(controls), pat)

    call.__doc__ = doc
    word(name, example=f'{name} {example} (s "saw")', group=GROUP)(call)


for row in LISTS:
    _register_list(*row)

ALGORITHMS = ("scurve", "soft", "hard", "cubic", "diode", "asym", "fold", "sinefold", "chebyshev")


def _register_algorithm(name: str) -> None:
    def call(amount: Pattern, pat: Pattern) -> Pattern:
        def controls(value: Any) -> dict[str, Any]:
            items = _list(value)
            return {"distort": items[0], "distortvol": items[1] if len(items) > 1 else 1, "distorttype": name}

        return operate("set", "in", Map(controls, amount), pat)

    call.__doc__ = f"Distort by the {name} algorithm; a list amount:volume sets the level after it."
    word(name, example=f'{name} 0.5 (s "saw")', group=GROUP)(call)


for algorithm in ALGORITHMS:
    _register_algorithm(algorithm)


def _register_whole(name: str, doc: str) -> None:
    def call(values: Pattern, pat: Pattern) -> Pattern:
        return operate("set", "in", Map(lambda v: {name: v}, values), pat)

    call.__doc__ = doc
    word(name, example=f'{name} [1, 0, 0.5] (s "saw")', group=GROUP)(call)


_register_whole("partials", "Set the levels of the harmonics, as a list.")
_register_whole("phases", "Set the phases of the harmonics, as a list.")


@word("FX", aliases=("fx",), example='FX [distort 1.3, gain 0.5] (s "saw")', group=GROUP)
def fx(chains: list[Pattern], pat: Pattern) -> Pattern:
    """Run the sound through further settings of effects, one after the other."""
    return operate("set", "in", Map(lambda items: {"FX": items}, list_of(chains)), pat)


def _percent(x: Any) -> str:
    return f"{numeral(x) * 100:g}%"


@word("hsl", example='hsl 0.5 0.5 0.5 (s "bd")', group=GROUP)
def hsl(hue: Number, saturation: Number, lightness: Number, pat: Pattern) -> Pattern:
    """Show events in a colour of hue, saturation and lightness, each from 0 to 1."""
    colour = f"hsl({hue:g}turn,{_percent(saturation)},{_percent(lightness)})"
    return operate("set", "in", Pure({"color": colour}), pat)


@word("hsla", example='hsla 0.5 0.5 0.5 1 (s "bd")', group=GROUP)
def hsla(hue: Number, saturation: Number, lightness: Number, alpha: Number, pat: Pattern) -> Pattern:
    """Show events in a colour of hue, saturation, lightness and opacity, each from 0 to 1."""
    colour = f"hsla({hue:g}turn,{_percent(saturation)},{_percent(lightness)},{alpha:g})"
    return operate("set", "in", Pure({"color": colour}), pat)
