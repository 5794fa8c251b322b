"""The unit generators of designs and channel strips, one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from livecode.engine.records import Parameter
from livecode.errors import KindError
from livecode.language.functions import Partial
from livecode.patterns import Pattern
from livecode.stages.signals import Lane, Signal
from livecode.words import REQUIRED, Kind, Missing, Param, Word, Words

DESIGN = Words("unit generators of a design")
CHAIN = Words("effects of a channel strip")
RETURN = Words("effects of a return")  # the same, but heard alone: `mix` is 1 unless given

IN = Param("in", Kind.INPUT)
OPTIONAL_IN = Param("in", Kind.INPUT, None)


def _param(name: str, unit: str, lo: float, hi: float, default: float | Missing = REQUIRED) -> Param:
    return Param(name, Kind.SIGNAL, default, unit, lo, hi)


FREQ = _param("freq", "Hz", 0.01, 20000.0)
CUTOFF = _param("freq", "Hz", 20.0, 20000.0)
RES = _param("res", "", 0.0, 1.0, 0.0)
Q = _param("q", "", 0.1, 100.0, 1.0)


def _amount(name: str, default: float | Missing = REQUIRED) -> Param:
    return _param(name, "", 0.0, 1.0, default)


def _time(name: str, hi: float, default: float | Missing = REQUIRED) -> Param:
    return _param(name, "s", 0.0, hi, default)


# name, parameters, where (d: designs, c: chains), sentence, example
SOURCES: tuple[tuple[str, tuple[Param, ...], str, str], ...] = (
    ("sine", (FREQ, _amount("phase", 0.0)), "A sine wave.", "sine freq | adsr 10ms 100ms 0.7 200ms"),
    ("saw", (FREQ,), "A sawtooth wave, bright and full.", "saw freq | lpf 2khz | adsr 5ms 100ms 0.7 200ms"),
    ("square", (FREQ, _param("width", "", 0.05, 0.95, 0.5)), "A square wave; width 0.5 is even.", "square freq 0.3"),
    ("tri", (FREQ,), "A triangle wave, soft and hollow.", "tri freq | perc 2ms 400ms"),
    ("supersaw", (FREQ, _amount("detune", 0.4)), "Seven detuned sawtooth waves.", "supersaw freq 0.5 | lpf 4khz"),
    ("noise", (), "White noise.", "noise | hpf 6khz | perc 1ms 60ms"),
    ("pink", (), "Pink noise, falling 3 dB an octave.", "pink | lpf 800hz | asr 1s 1s"),
    (
        "pluck",
        (FREQ, _time("decay", 20.0, 1.5)),
        "A plucked string after Karplus and Strong.",
        "pluck freq 2s | lpf 5khz",
    ),
)
ENVELOPES: tuple[tuple[str, tuple[Param, ...], str, str], ...] = (
    (
        "adsr",
        (_time("attack", 60.0), _time("decay", 60.0), _amount("sustain"), _time("release", 60.0)),
        "An envelope that holds while the note lasts.",
        "saw freq | adsr 5ms 100ms 0.7 200ms",
    ),
    (
        "perc",
        (_time("attack", 60.0), _time("decay", 60.0)),
        "An envelope that strikes and dies away, however long the note is.",
        "sine freq | perc 1ms 300ms",
    ),
    (
        "asr",
        (_time("attack", 60.0), _time("release", 60.0)),
        "An envelope that swells, holds while the note lasts, and fades.",
        "supersaw freq | asr 500ms 1s",
    ),
)
EFFECTS: tuple[tuple[str, tuple[Param, ...], str, str], ...] = (
    ("lpf", (CUTOFF, RES), "Lets what lies below the frequency through.", "lpf 800hz 0.3"),
    ("hpf", (CUTOFF, RES), "Lets what lies above the frequency through.", "hpf 200hz"),
    ("bpf", (CUTOFF, Q), "Lets a band around the frequency through.", "bpf 1khz 4"),
    ("notch", (CUTOFF, Q), "Takes a band around the frequency out.", "notch 50hz 8"),
    ("moog", (CUTOFF, RES), "A ladder low-pass, four poles, singing near res 1.", "moog 600hz 0.7"),
    ("drive", (_amount("amount", 0.5),), "Warm saturation; the level stays.", "drive 0.4"),
    ("distort", (_amount("amount", 0.5),), "Hard saturation; the level stays.", "distort 0.7"),
    ("tanh", (), "Bends peaks softly to at most 1.", "tanh"),
    ("fold", (_amount("amount", 0.5),), "Folds peaks back, ringing and metallic.", "fold 0.4"),
    ("crush", (_param("bits", "bits", 1.0, 16.0, 8.0),), "Rounds the signal to few bits.", "crush 6"),
    ("clip", (_param("level", "gain", 0.0, 8.0, 1.0),), "Cuts peaks at a level.", "clip 0.8"),
    (
        "delay",
        (_time("time", 8.0, 0.375), _amount("feedback", 0.4), _amount("mix", 0.35)),
        "Echoes; on a return only the echoes are heard.",
        "delay 0.375s 0.5 0.3",
    ),
    (
        "reverb",
        (_param("time", "s", 0.6, 9.0, 2.0), _amount("mix", 0.35)),
        "A room that dies away by 60 dB in a time; on a return only the room is heard.",
        "reverb 3s 0.4",
    ),
    ("chorus", (_amount("depth", 0.5), _amount("mix", 0.5)), "Slowly moving copies, wide and liquid.", "chorus 0.4"),
    ("pan", (_amount("position", 0.5),), "Places the signal from left 0 to right 1.", "pan 0.25"),
    ("width", (_param("amount", "", 0.0, 2.0, 1.0),), "Narrows (below 1) or widens the stereo image.", "width 1.2"),
    ("gain", (_param("factor", "gain", 0.0, 16.0),), "Makes louder or softer, by a factor or decibels.", "gain -3dB"),
    (
        "compress",
        (
            _param("threshold", "dB", -80.0, 0.0),
            _param("ratio", "", 1.0, 100.0, 4.0),
            _time("attack", 1.0, 0.005),
            _time("release", 5.0, 0.1),
        ),
        "Turns down what is louder than the threshold.",
        "compress -18dB 4",
    ),
    ("glue", (_param("amount", "dB", 0.0, 12.0, 2.0),), "Gentle compression that holds a mix together.", "glue 2"),
    (
        "eq",
        (CUTOFF, _param("level", "dB", -40.0, 40.0), Q),
        "Raises or lowers a band around the frequency.",
        "eq 60hz 2dB",
    ),
    (
        "lowshelf",
        (CUTOFF, _param("level", "dB", -40.0, 40.0)),
        "Raises or lowers all below the frequency.",
        "lowshelf 120hz -3dB",
    ),
    (
        "highshelf",
        (CUTOFF, _param("level", "dB", -40.0, 40.0)),
        "Raises or lowers all above the frequency.",
        "highshelf 8khz 2dB",
    ),
)
# Only on strips: they need a bus, or the master's look-ahead.
ROUTING: tuple[tuple[str, tuple[Param, ...], str, str], ...] = (
    (
        "send",
        (Param("bus", Kind.NAME), _param("level", "gain", 0.0, 4.0, 0.5)),
        "Feeds a return or another bus from this place of the chain.",
        "send room 0.4",
    ),
    (
        "duck",
        (Param("key", Kind.NAME), _amount("depth", 0.8), _time("time", 5.0, 0.1)),
        "Dips whenever a note starts on another strip, and comes back in a time.",
        "duck kick 0.8 80ms",
    ),
    (
        "limit",
        (_param("ceiling", "dB", -40.0, 0.0, -1.0),),
        "Holds every peak of the master below a ceiling.",
        "limit -1dB",
    ),
)


def _number_functions() -> None:
    number = (_param("a", "", float("-inf"), float("inf")), _param("b", "", float("-inf"), float("inf")))
    rows = (
        ("min", "The smaller of two values.", "saw freq | lpf (min 8khz (freq * 4))"),
        ("max", "The larger of two values.", "saw freq | lpf (max 200hz (freq * 2))"),
        ("pow", "A power.", "sine freq * pow 2 -1"),
    )
    for name, doc, example in rows:
        DESIGN.add(Word(name, number, doc, example, _maker(name, number, wide=False), "arithmetic"))


def _maker(ugen: str, params: tuple[Param, ...], *, wide: bool) -> Callable[..., Any]:
    """Give the function that makes a signal of the row; `wide` allows patterns, which become lanes."""

    def make(*values: Any) -> Any:
        text = ""
        args: list[Any] = []
        for row, value in zip(params, values, strict=True):
            if row.kind is Kind.NAME:
                text = _bus_name(ugen, value)
            elif isinstance(value, Pattern):
                args.append(_lane(ugen, row, value, wide))
            else:
                args.append(_signal(ugen, row, value))
        return Signal(ugen, tuple(args), text)

    return make


def _lane(ugen: str, row: Param, pattern: Pattern, wide: bool) -> Lane:
    if not wide or row.kind is Kind.INPUT:
        raise KindError(
            f"{ugen} in a design cannot read a pattern",
            hint="give the design a parameter (cutoff=800hz) and set it from a pattern: s 'acid' | cutoff (sine | …)",
        )
    lo = row.lo if row.lo is not None else float("-inf")
    hi = row.hi if row.hi is not None else float("inf")
    default = row.default if not row.required else lo
    return Lane(Parameter(row.name, float(default), lo, hi), pattern)


def _signal(ugen: str, row: Param, value: Any) -> Any:
    if isinstance(value, Signal):
        return value
    if isinstance(value, bool) or (not isinstance(value, int | float) and not hasattr(value, "numerator")):
        raise KindError(f"{row.name} of {ugen} must be a number or a signal")
    number = float(value)
    if row.unit == "gain" and number < 0:
        raise KindError(f"{ugen} {value} would turn the signal over", hint=f"decibels have a unit: {value}dB")
    if row.lo is not None and row.hi is not None and not row.lo <= number <= row.hi:
        raise KindError(
            f"{row.name} of {ugen} is {number:g}",
            expected=f"{row.lo:g} to {row.hi:g} {row.unit}".strip(),
        )
    return number


def _bus_name(ugen: str, value: Any) -> str:
    if isinstance(value, Signal) and value.ugen == "bus":
        return value.text
    if isinstance(value, Partial) and not value.args:
        return value.name  # a bus may have the name of an effect, as `delay` has
    if isinstance(value, str):
        return value
    raise KindError(f"{ugen} wants the name of a pattern or bus")


def _envelope(name: str, params: tuple[Param, ...]) -> Callable[..., Any]:
    make = _maker(name, params, wide=False)

    def envelope(*values: Any) -> Any:
        *own, source = values
        return make(*own) if source is None else make(*own) * source

    return envelope


def _register() -> None:
    for name, params, doc, example in SOURCES:
        DESIGN.add(Word(name, params, doc, example, _maker(name, params, wide=False), "source"))
    for name, params, doc, example in ENVELOPES:
        DESIGN.add(Word(name, (*params, OPTIONAL_IN), doc, example, _envelope(name, params), "envelope"))
    for name, params, doc, example in EFFECTS:
        every = (*params, IN)
        DESIGN.add(Word(name, every, doc, example, _maker(name, every, wide=False), "effect"))
        _add_to_chains(name, every, doc, example, "effect")
    for name, params, doc, example in ROUTING:
        every = (*params, IN)
        _add_to_chains(name, every, doc, example, "routing")
    _number_functions()


def _add_to_chains(name: str, params: tuple[Param, ...], doc: str, example: str, group: str) -> None:
    wet = tuple(replace(p, default=1.0) if p.name == "mix" else p for p in params)
    CHAIN.add(Word(name, params, doc, example, _maker(name, params, wide=True), group))
    RETURN.add(Word(name, wet, doc, example, _maker(name, wet, wide=True), group))


_register()
