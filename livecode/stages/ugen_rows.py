"""The rows of all unit generators of designs and channel strips: arguments, units, ranges, meaning."""

from __future__ import annotations

from typing import NamedTuple

from livecode.words import REQUIRED, Kind, Missing, Param


class Row(NamedTuple):
    """One unit generator: its arguments, what it does, and an example that runs."""

    name: str
    params: tuple[Param, ...]
    doc: str
    example: str


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


KNEE = _param("knee", "dB", 0.0, 40.0, 6.0)
MAKEUP = _param("makeup", "dB", -24.0, 24.0, 0.0)
KEY = Param("key", Kind.NAME, "")

SOURCES: tuple[Row, ...] = (
    Row("sine", (FREQ, _amount("phase", 0.0)), "A sine wave.", "sine freq | adsr 10ms 100ms 0.7 200ms"),
    Row("saw", (FREQ,), "A sawtooth wave, bright and full.", "saw freq | lpf 2khz | adsr 5ms 100ms 0.7 200ms"),
    Row("square", (FREQ, _param("width", "", 0.05, 0.95, 0.5)), "A square wave; width 0.5 is even.", "square freq 0.3"),
    Row("tri", (FREQ,), "A triangle wave, soft and hollow.", "tri freq | perc 2ms 400ms"),
    Row("supersaw", (FREQ, _amount("detune", 0.4)), "Seven detuned sawtooth waves.", "supersaw freq 0.5 | lpf 4khz"),
    Row("noise", (), "White noise.", "noise | hpf 6khz | perc 1ms 60ms"),
    Row("pink", (), "Pink noise, falling 3 dB an octave.", "pink | lpf 800hz | asr 1s 1s"),
    Row(
        "pluck",
        (_param("freq", "Hz", 20.0, 9600.0), _param("decay", "s", 0.02, 20.0, 1.5)),
        "A plucked string after Karplus and Strong, 40 dB softer when its decay is over; highs die sooner.",
        "pluck freq 2s | lpf 5khz",
    ),
    Row("brown", (), "Brown noise, falling 6 dB an octave.", "brown | asr 500ms 1s"),
    Row("impulse", (FREQ,), "A train of pulses, all harmonics alike.", "impulse freq | lpf 3khz | perc 1ms 400ms"),
    Row(
        "partials",
        (Param("levels", Kind.LIST), FREQ),
        "Harmonics added up, each at its level, which may be a signal.",
        "partials [1, 0.5, 0.3, 0.2] freq | asr 10ms 200ms",
    ),
    Row(
        "wave",
        (Param("points", Kind.LIST), FREQ),
        "A wave of your own: a period drawn by points, which may be signals, or that of a sample's file.",
        "wave [0, 1, 0.2, -0.5, -1] freq | lpf 4khz",
    ),
    Row(
        "wavetable",
        (Param("shapes", Kind.LIST), FREQ, _amount("position", 0.0)),
        "A row of shapes (sine tri saw square pulse, or samples) with a position between them.",
        "wavetable ['sine', 'tri', 'saw'] freq (0.5 + 0.5 * lfo 0.3hz)",
    ),
    Row(
        "fm",
        (FREQ, _param("ratio", "", 0.0, 64.0, 1.0), _param("index", "", 0.0, 64.0, 1.0)),
        "A sine whose frequency another sine moves.",
        "fm freq 2 (3 * perc 1ms 400ms) | adsr 5ms 200ms 0.5 300ms",
    ),
    Row(
        "granular",
        (Param("sample", Kind.TEXT), FREQ, _amount("position", 0.0), _param("size", "s", 0.01, 1.0, 0.1)),
        "Grains of a sample around a position in it, which may move; the sample has its own pitch at c4.",
        "granular 'tape' freq (0.5 + 0.4 * lfo 0.1hz) 80ms | asr 100ms 300ms",
    ),
    Row(
        "stretch",
        (Param("sample", Kind.TEXT), FREQ, _param("factor", "", 0.05, 100.0, 2.0)),
        "A sample that lasts longer by a factor, at the pitch of the note.",
        "stretch 'tape' freq 4 | asr 50ms 300ms",
    ),
    Row(
        "unison",
        (
            Param("shape", Kind.TEXT, "saw"),
            FREQ,
            _param("count", "", 1.0, 9.0, 5.0),
            _param("detune", "semitones", 0.0, 24.0, 0.3),
            _amount("spread", 0.8),
        ),
        "Several waves (saw square tri) side by side, out of tune with each other.",
        "unison 'saw' freq 7 0.4 | lpf 3khz | asr 50ms 400ms",
    ),
    Row(
        "glide",
        (FREQ, _time("time", 10.0, 0.08)),
        "A frequency that slides from the note before.",
        "saw (glide freq 80ms) | lpf 2khz | adsr 5ms 100ms 0.7 100ms",
    ),
    Row(
        "lfo",
        (
            _param("rate", "Hz", 0.0, 2000.0),
            Param("shape", Kind.TEXT, "sine"),
            _amount("phase", 0.0),
            _amount("skew", 0.5),
        ),
        "A slow wave from -1 to 1: sine tri saw ramp square random; a rate in cycles is 1 / cycle.",
        "saw freq | lpf (1khz + 600 * lfo 4hz)",
    ),
)
ENVELOPES: tuple[Row, ...] = (
    Row(
        "adsr",
        (_time("attack", 60.0), _time("decay", 60.0), _amount("sustain"), _time("release", 60.0)),
        "An envelope that holds while the note lasts.",
        "saw freq | adsr 5ms 100ms 0.7 200ms",
    ),
    Row(
        "perc",
        (_time("attack", 60.0), _time("decay", 60.0)),
        "An envelope that strikes and dies away, however long the note is.",
        "sine freq | perc 1ms 300ms",
    ),
    Row(
        "asr",
        (_time("attack", 60.0), _time("release", 60.0)),
        "An envelope that swells, holds while the note lasts, and fades.",
        "supersaw freq | asr 500ms 1s",
    ),
    Row(
        "env",
        (Param("points", Kind.LIST), _param("curve", "", -20.0, 20.0, 0.0)),
        "An envelope of your own: level, time, level, time, level; the curve bends it (below 0: fast first).",
        "saw freq | env [0, 10ms, 1, 200ms, 0.3, 1s, 0] -3",
    ),
)
EFFECTS: tuple[Row, ...] = (
    Row("lpf", (CUTOFF, RES), "Lets what lies below the frequency through.", "lpf 800hz 0.3"),
    Row("hpf", (CUTOFF, RES), "Lets what lies above the frequency through.", "hpf 200hz"),
    Row("bpf", (CUTOFF, Q), "Lets a band around the frequency through.", "bpf 1khz 4"),
    Row("notch", (CUTOFF, Q), "Takes a band around the frequency out.", "notch 50hz 8"),
    Row("moog", (CUTOFF, RES), "A ladder low-pass, four poles, singing near res 1.", "moog 600hz 0.7"),
    Row("drive", (_amount("amount", 0.5),), "Warm saturation; the level stays.", "drive 0.4"),
    Row("distort", (_amount("amount", 0.5),), "Hard saturation; the level stays.", "distort 0.7"),
    Row("tanh", (), "Bends peaks softly to at most 1.", "tanh"),
    Row("fold", (_amount("amount", 0.5),), "Folds peaks back, ringing and metallic.", "fold 0.4"),
    Row("crush", (_param("bits", "bits", 1.0, 16.0, 8.0),), "Rounds the signal to few bits.", "crush 6"),
    Row("clip", (_param("level", "gain", 0.0, 8.0, 1.0),), "Cuts peaks at a level.", "clip 0.8"),
    Row(
        "delay",
        (_time("time", 8.0, 0.375), _amount("feedback", 0.4), _amount("mix", 0.35)),
        "Echoes; on a return only the echoes are heard.",
        "delay 0.375s 0.5 0.3",
    ),
    Row(
        "reverb",
        (_param("time", "s", 0.05, 60.0, 2.0), _amount("mix", 0.35)),
        "A room that dies away by 60 dB in a time; on a return only the room is heard.",
        "reverb 3s 0.4",
    ),
    Row("chorus", (_amount("depth", 0.5), _amount("mix", 0.5)), "Slowly moving copies, wide and liquid.", "chorus 0.4"),
    Row(
        "pan",
        (_amount("position", 0.5),),
        "Places the signal from left 0 to right 1 with constant power: mono -3 dB, stereo 0 dB in the middle.",
        "pan 0.25",
    ),
    Row("width", (_param("amount", "", 0.0, 2.0, 1.0),), "Narrows (below 1) or widens the stereo image.", "width 1.2"),
    Row(
        "gain", (_param("factor", "gain", 0.0, 16.0),), "Makes louder or softer, by a factor or decibels.", "gain -3dB"
    ),
    Row(
        "compress",
        (
            _param("threshold", "dB", -80.0, 0.0),
            _param("ratio", "", 1.0, 100.0, 4.0),
            _time("attack", 1.0, 0.005),
            _time("release", 5.0, 0.1),
            KNEE,
            MAKEUP,
            Param("look", Kind.VALUE, 0.0, "s", 0.0, 0.05),
            KEY,
        ),
        "Turns down what is louder than the threshold; `key` names a strip to listen to, `look` hears it ahead, and "
        "the other strips wait so long.",
        "compress -18dB 4 knee=12dB makeup=3dB",
    ),
    Row(
        "gate",
        (
            _param("threshold", "dB", -100.0, 0.0),
            _time("attack", 1.0, 0.001),
            _time("release", 5.0, 0.1),
            _param("floor", "dB", -100.0, 0.0, -80.0),
            _time("hold", 2.0, 0.0),
            _param("hysteresis", "dB", 0.0, 24.0, 0.0),
            KEY,
        ),
        "Shuts out what is softer than the threshold, or while the strip that `key` names is; it stays open for the "
        "`hold`, and until the level is lower by the `hysteresis`.",
        "gate -40dB release=80ms hold=20ms hysteresis=4dB",
    ),
    Row(
        "expand",
        (
            _param("threshold", "dB", -80.0, 0.0),
            _param("ratio", "", 1.0, 100.0, 2.0),
            _time("attack", 1.0, 0.005),
            _time("release", 5.0, 0.1),
            KNEE,
            _param("floor", "dB", -100.0, 0.0, -40.0),
            _time("hold", 2.0, 0.0),
            _param("hysteresis", "dB", 0.0, 24.0, 0.0),
            KEY,
        ),
        "Turns down what is softer than the threshold, by ratio - 1 dB for each dB, by the floor at most; not yet in "
        "the `hold`, nor within the `hysteresis`.",
        "expand -30dB 2 hold=50ms",
    ),
    Row(
        "multiband",
        (
            _param("low", "dB", -80.0, 0.0, -20.0),
            _param("mid", "dB", -80.0, 0.0, -20.0),
            _param("high", "dB", -80.0, 0.0, -20.0),
            _param("ratio", "", 1.0, 100.0, 3.0),
            _param("below", "Hz", 20.0, 20000.0, 160.0),
            _param("above", "Hz", 20.0, 20000.0, 3000.0),
            _time("attack", 1.0, 0.01),
            _time("release", 5.0, 0.15),
            MAKEUP,
        ),
        "Compresses three bands apart, each above its threshold; they part at two frequencies.",
        "multiband -20dB -18dB -24dB 3",
    ),
    Row(
        "deess",
        (
            _param("freq", "Hz", 1000.0, 16000.0, 6000.0),
            _param("threshold", "dB", -80.0, 0.0, -30.0),
            _param("ratio", "", 1.0, 100.0, 4.0),
        ),
        "Turns down what is sharp above a frequency, and that alone.",
        "deess 6khz -30dB",
    ),
    Row(
        "transient",
        (_param("attack", "", -1.0, 1.0), _param("sustain", "", -1.0, 1.0, 0.0)),
        "Sharpens or softens what strikes, and lengthens or shortens what rings on: 1 is 12 dB.",
        "transient 0.5 -0.3",
    ),
    Row(
        "excite",
        (_amount("amount", 0.3), _param("freq", "Hz", 200.0, 16000.0, 3000.0)),
        "Adds overtones of what lies above a frequency.",
        "excite 0.3 4khz",
    ),
    Row("glue", (_param("amount", "dB", 0.0, 12.0, 2.0),), "Gentle compression that holds a mix together.", "glue 2"),
    Row(
        "eq",
        (CUTOFF, _param("level", "dB", -40.0, 40.0), Q),
        "Raises or lowers a band around the frequency.",
        "eq 60hz 2dB",
    ),
    Row(
        "lowshelf",
        (CUTOFF, _param("level", "dB", -40.0, 40.0)),
        "Raises or lowers all below the frequency.",
        "lowshelf 120hz -3dB",
    ),
    Row(
        "highshelf",
        (CUTOFF, _param("level", "dB", -40.0, 40.0)),
        "Raises or lowers all above the frequency.",
        "highshelf 8khz 2dB",
    ),
    Row(
        "svf",
        (CUTOFF, RES, _amount("mode", 0.0)),
        "A state-variable filter: mode 0 is low-pass, 0.5 band-pass, 1 high-pass.",
        "svf 900hz 0.5 0.25",
    ),
    Row(
        "comb",
        (_param("freq", "Hz", 20.0, 12000.0), _amount("feedback", 0.8)),
        "Rings at a frequency and its harmonics.",
        "comb 220hz 0.9",
    ),
    Row("coarse", (_param("factor", "", 1.0, 64.0, 4.0),), "Lowers the sample rate by a factor.", "coarse 6"),
    Row(
        "waveshape",
        (Param("curve", Kind.TEXT, "soft"), _amount("amount", 0.5)),
        "Bends the wave by a curve: soft hard cubic diode asym fold sinefold chebyshev.",
        "waveshape 'sinefold' 0.4",
    ),
    Row(
        "vowel",
        (_param("which", "", 0.0, 14.0, 0.0),),
        "Speaks a vowel: a e i o u ae aa oe ue y uh un en an on, or their numbers.",
        "vowel 'e'",
    ),
    Row(
        "pingpong",
        (_time("time", 4.0, 0.25), _amount("feedback", 0.5), _amount("mix", 0.35)),
        "Echoes that go from side to side.",
        "pingpong 0.25s 0.6 0.3",
    ),
    Row(
        "plate",
        (_param("time", "s", 0.1, 60.0, 3.0), _amount("mix", 0.35)),
        "A dense, bright room that dies away by 60 dB in a time, as long as a minute.",
        "plate 6s 0.4",
    ),
    Row(
        "flanger",
        (
            _param("rate", "Hz", 0.0, 20.0, 0.2),
            _amount("depth", 0.7),
            _param("feedback", "", -0.95, 0.95, 0.5),
            _amount("mix", 0.5),
        ),
        "A copy whose short delay swings, as a jet passes.",
        "flanger 0.2hz 0.8 0.6",
    ),
    Row(
        "phaser",
        (
            _param("rate", "Hz", 0.0, 20.0, 0.4),
            _amount("depth", 0.8),
            _param("center", "Hz", 50.0, 8000.0, 1000.0),
            _param("sweep", "Hz", 0.0, 8000.0, 1200.0),
        ),
        "Notches that wander around a frequency.",
        "phaser 0.3hz 0.9",
    ),
    Row(
        "ring",
        (_param("freq", "Hz", 0.0, 20000.0, 440.0), _amount("amount", 1.0)),
        "Multiplies with a sine: bells and robots.",
        "ring 330hz 0.6",
    ),
    Row(
        "tremolo",
        (_param("rate", "Hz", 0.0, 100.0, 5.0), _amount("depth", 0.6)),
        "Lets the level tremble.",
        "tremolo 6hz 0.5",
    ),
    Row(
        "vibrato",
        (_param("rate", "Hz", 0.1, 20.0, 5.0), _param("depth", "semitones", 0.0, 12.0, 0.3)),
        "Lets the pitch of what goes in tremble.",
        "vibrato 5hz 0.3",
    ),
    Row(
        "shift",
        (_param("semitones", "semitones", -48.0, 48.0),),
        "Moves the pitch of what goes in; on a strip it comes 41 ms later, and the others wait for it.",
        "shift 7",
    ),
    Row("fshift", (_param("hertz", "Hz", -5000.0, 5000.0),), "Moves all frequencies alike.", "fshift 30hz"),
    Row(
        "haas",
        (_param("time", "s", -0.04, 0.04, 0.012),),
        "Delays one side by milliseconds, which is heard as width.",
        "haas 12ms",
    ),
)
# Only in designs: they take another signal.
INSTRUMENT_EFFECTS: tuple[Row, ...] = (
    Row(
        "vocoder",
        (_param("carrier", "", float("-inf"), float("inf")),),
        "Lets what goes in speak with the voice of a carrier.",
        "vocoder (saw (freq / 2))",
    ),
)
# Only on strips: they need a bus, or the master's look-ahead.
ROUTING: tuple[Row, ...] = (
    Row(
        "send",
        (Param("bus", Kind.NAME), _param("level", "gain", 0.0, 4.0, 0.5)),
        "Feeds a return or another bus from this place of the chain.",
        "send room 0.4",
    ),
    Row(
        "duck",
        (Param("key", Kind.NAME), _amount("depth", 0.8), _time("time", 5.0, 0.1)),
        "Dips whenever a note starts on another strip, and comes back in a time.",
        "duck kick 0.8 80ms",
    ),
    Row(
        "limit",
        (_param("ceiling", "dB", -40.0, 0.0, -1.0),),
        "Holds every peak of the master below a ceiling.",
        "limit -1dB",
    ),
)

KEYED = frozenset(row.name for row in EFFECTS if KEY in row.params)  # that may hear another strip
AHEAD = {row.name: i for row in EFFECTS for i, p in enumerate(row.params) if p.name == "look"}  # which argument it is


def _number(name: str) -> Param:
    return _param(name, "", float("-inf"), float("inf"))


FUNCTIONS: tuple[Row, ...] = (
    Row("min", (_number("a"), _number("b")), "The smaller of two values.", "saw freq | lpf (min 8khz (freq * 4))"),
    Row("max", (_number("a"), _number("b")), "The larger of two values.", "saw freq | lpf (max 200hz (freq * 2))"),
    Row("pow", (_number("a"), _number("b")), "A power.", "sine freq * pow 2 -1"),
    Row("abs", (_number("a"),), "The size without the sign.", "sine freq * abs (lfo 2hz)"),
)
