"""The chain of effects of a single event: what each stage reads, in the order it stands, and the nodes it makes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from livecode.conductor.growth import Growing
from livecode.engine.records import Arg, Control

OPERATORS = 8  # of frequency modulation
MOST_COPIES = 9  # of a sound in unison
ENVELOPE_PARTS = ("attack", "decay", "sustain", "release")
SEMITONE = math.log(2.0) / 12.0
STEEP = (0.0, 0.0, 0.0, 0.3)  # the resonances of eight poles that together fall by 3 dB at their frequency
BRICKS = 20000.0  # Hz: what a brick wall sees as the whole spectrum
WINDOW = 1024  # samples of a spectrum, by which what works on it is late
COMB = 0.01  # s: the latest echo of a comb
BINS = 3000.0  # Hz: how far the parts of a spectrum are shifted at most
OVERTONES = 800.0  # Hz: above it overtones are made of what is there
STILL = Control("freq")  # the pitch that an event has, whatever moves it
EXPONENT = 3.0  # bends a straight envelope nearly as an exponential one of 60 dB
VOWELS = ("a", "e", "i", "o", "u", "ae", "aa", "oe", "ue", "y", "uh", "un", "en", "an", "on")
SHAPES = {"tri": "tri", "triangle": "tri", "square": "square", "sine": "sine", "saw": "saw", "ramp": "ramp"}
SHAPE_NUMBERS = ("tri", "sine", "ramp", "saw", "square")
DISTORTIONS = ("scurve", "soft", "hard", "cubic", "diode", "asym", "fold", "sinefold", "chebyshev")


@dataclass(frozen=True, slots=True)
class Stage:
    """One effect: the controls that call for it, and how its nodes are made."""

    name: str
    calls: tuple[str, ...]
    build: Callable[[Growing, Arg], Arg]
    hot: bool = False  # what it does depends on how loud the sound is
    late: int = 0  # samples by which it is late: the note starts as much earlier


def _plain(ugen: str, *controls: str) -> Callable[[Growing, Arg], Arg]:
    return lambda g, x: g.node(ugen, *(g.knob(c) for c in controls), x)


# filters


def envelope_knobs(g: Growing, prefix: str) -> tuple[Arg, ...]:
    return tuple(g.knob(f"{prefix}{part}") for part in ENVELOPE_PARTS)


def filter_frequency(g: Growing, prefix: str, control: str) -> Arg:
    """Give a filter's frequency, moved by the envelope and the wave that an event asks for."""
    freq = g.knob(control)
    if g.has(f"{prefix}env"):
        ratio = g.node("bend", g.knob(f"{prefix}env"), g.knob("fanchor"), *envelope_knobs(g, prefix))
        freq = g.node("mul", freq, ratio)
    if g.has(f"{prefix}rate") or g.has(f"{prefix}sync"):
        swing = _swings(g, prefix)
        if g.has(f"{prefix}depthfrequency"):
            freq = g.node("add", freq, g.node("mul", swing, g.knob(f"{prefix}depthfrequency")))
        else:
            freq = g.node("mul", freq, g.node("add", 1.0, g.node("mul", swing, g.knob(f"{prefix}depth"))))
    return freq


def _swings(g: Growing, prefix: str) -> Arg:
    """Give the wave that moves a filter or a wavetable, from -0.5 to 0.5 and shifted."""
    shape = g.text(f"{prefix}shape", "tri")
    wave = g.node("lfo", g.knob(f"{prefix}rate"), 0.0, g.knob(f"{prefix}skew"), text=shape)
    return g.node("add", g.node("mul", wave, 0.5), g.knob(f"{prefix}dc"))


def table_position(g: Growing, name: str) -> Arg:
    """Give the place in a wavetable, or its warp, moved by the envelope and the wave that an event asks for."""
    place = g.knob(name)
    if g.has(f"{name}env"):
        envelope = g.node("adsr", *envelope_knobs(g, name))
        place = g.node("add", place, g.node("mul", envelope, g.knob(f"{name}env")))
    if g.has(f"{name}rate") or g.has(f"{name}sync"):
        place = g.node("add", place, g.node("mul", _swings(g, name), g.knob(f"{name}depth")))
    return place


def pulse_width(g: Growing) -> Arg:
    """Give the width of a pulse, moved at a rate by an amount."""
    wave = g.node("lfo", g.knob("pwrate"), 0.0, 0.5, text="tri")
    return g.node("add", g.knob("pw"), g.node("mul", wave, g.knob("pwsweep")))


# What an event moves of what a sound has as a parameter of its own: the parameter, what calls for it, how it is made.
OWN_MOTIONS: tuple[tuple[str, tuple[str, ...], Callable[[Growing], Arg]], ...] = (
    *(
        (
            control,
            tuple(f"{p}{part}" for part in ("env", "rate", "sync")),
            partial(filter_frequency, prefix=p, control=control),
        )
        for p, control in (("lp", "cutoff"), ("hp", "hcutoff"), ("bp", "bandf"))
    ),
    *(
        (name, tuple(f"{name}{part}" for part in ("env", "rate", "sync")), partial(table_position, name=name))
        for name in ("wt", "warp")
    ),
    ("pw", ("pwrate", "pwsweep"), pulse_width),
)


def _low(g: Growing, x: Arg) -> Arg:
    freq = filter_frequency(g, "lp", "cutoff")
    return _poles(g, "lpf", freq, g.knob("resonance"), x)


def _high(g: Growing, x: Arg) -> Arg:
    return _poles(g, "hpf", filter_frequency(g, "hp", "hcutoff"), g.knob("hresonance"), x)


def _poles(g: Growing, ugen: str, freq: Arg, res: Arg, x: Arg) -> Arg:
    kind = g.text("ftype", "12db")
    if kind == "ladder" and ugen == "lpf":
        return g.node("moog", freq, res, g.node("tanh", g.node("mul", x, g.node("add", g.knob("drive"), 0.31))))
    x = g.node(ugen, freq, res, x)
    return g.node(ugen, freq, 0.0, x) if kind == "24db" else x


def _band(g: Growing, x: Arg) -> Arg:
    return g.node("bpf", filter_frequency(g, "bp", "bandf"), g.knob("bandq"), x)


def _djf(g: Growing, x: Arg) -> Arg:
    return g.node("hpf", g.number("djhigh", 20.0), 0.2, g.node("lpf", g.number("djlow", 20000.0), 0.2, x))


def _bricks(g: Growing, ugen: str, part: Arg, x: Arg) -> Arg:
    """Cut off steeply, by eight poles, at a part of the spectrum."""
    freq = g.node("mul", part, BRICKS)
    for resonance in STEEP:
        x = g.node(ugen, freq, resonance, x)
    return x


# level


def _noise(g: Growing, x: Arg) -> Arg:
    """Put noise in the place of a part of the sound, with its envelope, or that of the event where it has one."""
    noise: Arg = g.node("pink")
    own = {p.name for p in g.base.params}
    if not any(g.has(part) and part not in own for part in (*ENVELOPE_PARTS, "hold")):
        noise = _amp(g, noise)
    share = g.knob("noise")
    return g.node("add", g.node("mul", x, g.node("sub", 1.0, share)), g.node("mul", noise, share))


def _amp(g: Growing, x: Arg) -> Arg:
    parts = [g.knob(k) for k in ("attack", "hold", "decay", "sustain", "release")]
    return g.node("mul", x, g.node("bent", *parts, g.knob("curve")) if g.has("curve") else g.node("ahdsr", *parts))


def _swell(g: Growing, x: Arg) -> Arg:
    """Let the sound rise and fall once, as a grain does."""
    length = g.knob("length") if g.sample else g.knob("dur")
    return g.node("mul", x, g.node("swell", length, g.knob("tilt"), g.knob("plat"), g.knob("curve")))


def _tremolo(g: Growing, x: Arg) -> Arg:
    shape = g.text("tremoloshape", "tri")
    wave = g.node("lfo", g.knob("tremolo"), g.knob("tremolophase"), g.knob("tremoloskew"), text=shape)
    half = g.node("mul", g.knob("tremolodepth"), 0.5)
    dip = g.node("mul", g.node("sub", 1.0, wave), half)
    return g.node("mul", x, g.node("sub", 1.0, dip))


def _compressor(g: Growing, x: Arg) -> Arg:
    names = ("compressor", "compressorRatio", "compressorKnee", "compressorAttack", "compressorRelease")
    return g.node("squeeze", *(g.knob(n) for n in names), x)


def _pan(g: Growing, x: Arg) -> Arg:
    return g.node("pan", g.number("place", 0.5, 0.0, 1.0), x)


# shapers


def _shape(g: Growing, x: Arg) -> Arg:
    x = g.node("drive", g.knob("shape"), x)
    return g.node("mul", x, g.number("shapevol", 1.0, 0.0, 4.0)) if g.has("shapevol") else x


def _distort(g: Growing, x: Arg) -> Arg:
    kind = g.text("distorttype", "scurve")
    if kind == "scurve":
        x = g.node("distort", g.knob("distort"), x)
    else:
        x = g.node("waveshape", g.knob("distort"), x, text=kind)
    return g.node("mul", x, g.knob("distortvol")) if g.has("distortvol") else x


def _octaves(g: Growing, x: Arg) -> Arg:
    return g.node("octaves", *(g.knob(f"octer{below}") for below in ("", "sub", "subsub")), STILL, x)


def _ring(g: Growing, x: Arg) -> Arg:
    freq = g.knob("ringf")
    if g.has("ringdf"):
        freq = g.node("add", freq, g.node("mul", g.knob("ringdf"), g.node("ramp", g.knob("dur"))))
    return g.node("ring", freq, g.knob("ring"), x)


def _comb(g: Growing, x: Arg) -> Arg:
    """Take out what an echo cancels: notches all along the spectrum, more of them the later it comes."""
    echo = g.node("delay", g.node("mul", g.knob("comb"), COMB), 0.0, 1.0, x)
    return g.node("mul", g.node("add", x, echo), 0.5)


def _krush(g: Growing, x: Arg) -> Arg:
    return g.node("lpf", g.knob("kcutoff"), 0.1, g.node("waveshape", g.knob("krush"), x, text="asym"))


def _sideband(g: Growing, x: Arg) -> Arg:
    hertz = g.knob("fshift")
    if g.has("fshiftnote"):
        hertz = g.node("add", hertz, g.node("mul", g.knob("freq"), g.knob("fshiftnote")))
    return g.node("sideband", hertz, g.node("div", g.knob("fshiftphase"), math.tau), x)


def _phaser(g: Growing, x: Arg) -> Arg:
    names = ("phaserrate", "phaserdepth", "phasercenter", "phasersweep")
    return g.node("phaser", *(g.knob(n) for n in names), x)


STAGES: tuple[Stage, ...] = (
    Stage("noise", ("noise",), _noise),
    Stage("stretch", ("stretch",), lambda g, x: g.node("shift", g.number("transpose", 0.0, -48.0, 48.0), x)),
    Stage("psrate", ("psrate",), lambda g, x: g.node("shift", g.number("pstranspose", 0.0, -48.0, 48.0), x)),
    Stage("transient", ("transient", "transsustain"), _plain("transient", "transient", "transsustain")),
    Stage("amp", (*ENVELOPE_PARTS, "hold"), _amp),
    Stage("swell", ("tilt", "plat"), _swell),
    Stage("lpf", ("cutoff",), _low),
    Stage("hpf", ("hcutoff",), _high),
    Stage("bpf", ("bandf",), _band),
    Stage("djf", ("djf",), _djf),
    Stage("hbrick", ("hbrick",), lambda g, x: _bricks(g, "hpf", g.knob("hbrick"), x)),
    Stage("lbrick", ("lbrick",), lambda g, x: _bricks(g, "lpf", g.node("sub", 1.0, g.knob("lbrick")), x)),
    Stage("vowel", ("vowel",), _plain("vowel", "vowel")),
    Stage("coarse", ("coarse",), _plain("coarse", "coarse")),
    Stage("crush", ("crush",), _plain("crush", "crush"), True),
    Stage("shape", ("shape", "overshape"), _shape, True),
    Stage("distort", ("distort",), _distort, True),
    Stage("triode", ("triode",), lambda g, x: g.node("waveshape", g.knob("triode"), x, text="diode"), True),
    Stage("waveloss", ("waveloss",), _plain("waveloss", "waveloss")),
    Stage("squiz", ("squiz",), lambda g, x: g.node("squiz", g.knob("squiz"), STILL, x)),
    Stage("fshift", ("fshift", "fshiftnote"), _sideband),
    Stage("krush", ("krush",), _krush, True),
    Stage("octer", ("octer", "octersub", "octersubsub"), _octaves),
    Stage("ring", ("ring", "ringf"), _ring),
    Stage("enhance", ("enhance",), lambda g, x: g.node("excite", g.knob("enhance"), OVERTONES, x), True),
    Stage("freeze", ("freeze",), _plain("freeze", "freeze"), late=WINDOW),
    Stage("comb", ("comb",), _comb),
    Stage("smear", ("smear",), _plain("smear", "smear"), late=WINDOW),
    Stage("scram", ("scram",), _plain("scram", "scram"), late=WINDOW),
    Stage("binshift", ("binshift",), lambda g, x: g.node("sideband", g.node("mul", g.knob("binshift"), BINS), 0.0, x)),
    Stage("tremolo", ("tremolo", "tremolosync"), _tremolo),
    Stage("compressor", ("compressor",), _compressor, True),
    Stage("chorus", ("chorus",), lambda g, x: g.node("chorus", 0.4, g.knob("chorus"), x)),
    Stage("phaser", ("phaserrate",), _phaser),
    Stage("leslie", ("leslie",), _plain("leslie", "lrate", "lsize", "leslie")),
    Stage("pan", (), _pan),
)
BY_CALL = {call: stage for stage in STAGES for call in stage.calls}
BY_NAME = {stage.name: stage for stage in STAGES}


# what is moved before the sound


def pitch(g: Growing) -> list[Arg]:
    """Give the factors by which an event moves its pitch."""
    factors: list[Arg] = []
    if g.has("vib"):
        wave = g.node("lfo", g.knob("vib"), 0.0, 0.5, text="sine")
        swing = g.node("mul", g.knob("vibmod"), SEMITONE)
        factors.append(g.node("add", 1.0, g.node("mul", wave, swing)))
    if g.has("penv"):
        octaves = g.node("div", g.knob("penv"), 12.0)
        if g.text("pcurve", "lin") == "exp":
            way = g.node("sub", g.node("pow", g.node("adsr", *envelope_knobs(g, "p")), EXPONENT), g.knob("panchor"))
            factors.append(g.node("pow", 2.0, g.node("mul", way, octaves)))
        else:
            factors.append(g.node("bend", octaves, g.knob("panchor"), *envelope_knobs(g, "p")))
    if g.has("accelerate"):
        length = g.knob("length") if g.sample else g.knob("dur")
        factors.append(g.node("add", 1.0, g.node("mul", g.knob("accelerate"), g.node("ramp", length))))
    return factors


def _number(operator: int) -> str:
    return "" if operator == 1 else str(operator)


def links(source: int, target: int) -> tuple[str, ...]:
    """Name the controls by which an operator moves the frequency of another; number 0 is the sound itself."""
    plain = (f"fmi{_number(source)}",) if source == target + 1 else ()
    return (*plain, f"fmi{source}{target}")


LINKS = {
    target: [(source, name) for source in range(1, OPERATORS + 1) for name in links(source, target)]
    for target in range(OPERATORS + 1)
}
FM_CONTROLS = frozenset(name for row in LINKS.values() for _, name in row)


def modulated(g: Growing, freq: Arg) -> Arg:
    """Add what the operators of frequency modulation do to a frequency; a link that closes a circle is left out."""
    swings: dict[int, Arg | None] = {}

    def moved(own: Arg, target: int) -> Arg:
        for source, name in LINKS[target]:
            if g.has(name) and (swing := operator(source)) is not None:
                own = g.node("add", own, g.node("mul", swing, g.knob(name)))
        return own

    def operator(source: int) -> Arg | None:
        if source not in swings:
            swings[source] = None  # for as long as it is made: whoever asks for it now closes a circle
            own = g.node("mul", freq, g.knob(f"fmh{_number(source)}"))
            swings[source] = _swing(g, own, moved(own, source), _number(source))
        return swings[source]

    return moved(freq, 0)


def _swing(g: Growing, own: Arg, moved: Arg, n: str) -> Arg:
    """Give the hertz by which an operator of some frequency moves another at an index of 1."""
    shape = g.text(f"fmwave{n}", "sine")
    more = {"sine": (0.0,), "square": (0.5,)}.get(shape, ())
    wave = g.node(shape, moved, *more)
    if any(g.has(f"fm{part}{n}") for part in ENVELOPE_PARTS):
        envelope = g.node("adsr", *(g.knob(f"fm{part}{n}") for part in ENVELOPE_PARTS))
        if g.text(f"fmenv{n}", "exp") == "exp":
            envelope = g.node("pow", envelope, EXPONENT)
        own = g.node("mul", own, envelope)
    return g.node("mul", wave, own)


def in_unison(g: Growing, key: str) -> Arg:
    """Put in a sound several times, out of tune with each other, from side to side; `key` is its pitch or speed."""
    count = int(g.text("unison", "1"))
    if count == 1:
        return g.grow()
    pitch = g.swapped[key]
    out: Arg = 0.0
    for i in range(count):
        place = i / (count - 1) - 0.5
        g.swapped[key] = g.times(pitch, g.node("add", 1.0, g.node("mul", g.knob("detune"), place * SEMITONE)))
        side = g.node("add", 0.5, g.node("mul", g.knob("spread"), place if i % 2 else -place))
        copy = g.node("pan", side, g.node("mul", g.grow(), 1.0 / math.sqrt(count)))
        out = g.node("add", out, copy) if i else copy
    g.swapped[key] = pitch
    return out


# from what an event says to the numbers of the parameters


def _resonance(x: Any) -> float:
    """Read 0 to 1 as an amount, more as decibels at the peak, as superdough has it."""
    value = float(x)
    if value <= 1.0:
        return value
    return max(0.0, min(1.0, math.log(10 ** (value / 20) / math.sqrt(0.5), 32)))


def _distortion(x: Any) -> float:
    """Read the amount of superdough: the curve (1 + k) x / (1 + k |x|) with k = exp(amount) - 1."""
    k = math.expm1(min(max(float(x), 0.0), 10.0))
    return k / (k + 2.0)


def _vowel(x: Any) -> float:
    if str(x) not in VOWELS:
        raise ValueError(f"{x} is not a vowel: there are {' '.join(VOWELS)}")
    return float(VOWELS.index(str(x)))


READERS: dict[str, Callable[[Any], float]] = {
    "resonance": _resonance,
    "hresonance": _resonance,
    "distort": _distortion,
    "vowel": _vowel,
}


def shape_name(x: Any) -> str:
    """Name the wave of a tremolo or filter by its number or name."""
    name = SHAPE_NUMBERS[int(x) % len(SHAPE_NUMBERS)] if not isinstance(x, str) else SHAPES.get(x, "")
    if not name:
        raise ValueError(f"{x} is not the shape of a wave: there are {' '.join(SHAPES)}")
    return name


def _one_of(names: tuple[str, ...], what: str) -> Callable[[Any], str]:
    def read(x: Any) -> str:
        name = x if isinstance(x, str) else names[int(x) % len(names)]
        if name not in names:
            raise ValueError(f"{name} is not {what}: there are {' '.join(names)}")
        return name

    return read


def _copies(x: Any) -> str:
    return str(round(min(max(float(x), 1.0), MOST_COPIES)))


WAVES = {"sine": "sine", "sin": "sine", "saw": "saw", "sawtooth": "saw", "square": "square", "tri": "tri"}


def _wave(x: Any) -> str:
    name = WAVES.get(str(x), "tri" if str(x) == "triangle" else "")
    if not name:
        raise ValueError(f"{x} is not the wave of an operator: there are {' '.join(WAVES)}")
    return name


# Controls whose values choose between graphs.
TEXTS: dict[str, Callable[[Any], str]] = {
    "unison": _copies,
    "ftype": _one_of(("12db", "ladder", "24db"), "a kind of filter"),
    "pcurve": _one_of(("lin", "exp"), "the curve of an envelope"),
    "distorttype": _one_of(DISTORTIONS, "a distortion"),
    "tremoloshape": shape_name,
    **{f"{prefix}shape": shape_name for prefix in ("lp", "hp", "bp", "wt", "warp")},
    **{f"fmwave{n}": _wave for n in ("", *range(2, OPERATORS + 1))},
    **{f"fmenv{n}": _one_of(("lin", "exp"), "a kind of envelope") for n in ("", *range(2, OPERATORS + 1))},
}
# Controls whose presence makes another graph, beside those that call for a stage.
SWITCHES = frozenset(
    [
        *("shapevol", "distortvol", "ringdf", "vib", "penv", "accelerate", "fshiftnote"),
        *(call for _, calls, _ in OWN_MOTIONS for call in calls),
        *(f"{p}depthfrequency" for p in ("lp", "hp", "bp")),
        "dry",
        "curve",
        *FM_CONTROLS,
        *(f"fm{part}{n}" for n in ("", *range(2, OPERATORS + 1)) for part in ENVELOPE_PARTS),
    ]
)


def envelope_defaults(value: Mapping[str, Any], names: tuple[str, str, str, str], given: dict[str, Any]) -> None:
    """Fill in an envelope as superdough does: where a decay is given and no level, it decays to nothing."""
    _, decay, sustain, _ = names
    if sustain in value or not any(n in value for n in names):
        return
    given[sustain] = 1.0 if decay not in value else 0.0


def rate_of(value: Mapping[str, Any], rate: str, sync: str, cycle: float) -> float | None:
    """Give a rate in Hz, of a wave that may be timed in cycles; `cycle` is its length in seconds."""
    if sync in value:
        return float(value[sync]) / max(cycle, 1e-6)
    return float(value[rate]) if rate in value else None
