"""Oscillators in tune, filters and operators that do what their names say, arguments that cannot hurt."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecode.engine.records import Arg, Control, Node, Parameter, Ref, Trouble
from livecode.engine.rows import UGENS
from tests.engine.conftest import Make
from tests.engine.sounds import FREQ, Wave, add, event, instrument, render
from tests.hearing import level, pitch

HELD = Node("asr", (0.001, 0.001))


def sound(
    make: Make, *nodes: Node, freq: float = 220.0, seconds: float = 1.0, params: tuple[Parameter, ...] = ()
) -> Wave:
    """Render one held note of the last of some nodes, on the left side at full level."""
    engine = make()
    last = len(nodes) - 1
    add(engine, 1, instrument("one", *nodes, HELD, Node("mul", (Ref(last), Ref(last + 1))), params=params))
    engine.push(event(0, 1, seconds, freq, 0.5, 0.0))
    wave = render(engine, round(seconds * 48000))[:, 0]
    assert engine.reports() == []
    return wave


PITCHED = {
    "sine": (Node("sine", (FREQ, 0.0)),),
    "saw": (Node("saw", (FREQ,)),),
    "square": (Node("square", (FREQ, 0.5)),),
    "pulse": (Node("square", (FREQ, 0.2)),),
    "tri": (Node("tri", (FREQ,)),),
}


@pytest.mark.parametrize("freq", [55.0, 440.0, 1234.5, 5000.0])
@pytest.mark.parametrize("name", PITCHED)
def test_oscillators_are_in_tune(make: Make, name: str, freq: float) -> None:
    wave = sound(make, *PITCHED[name], freq=freq)
    assert abs(1200 * math.log2(pitch(wave[4800:]) / freq)) < 1.0


@pytest.mark.parametrize("freq", [110.0, 440.0])
def test_a_plucked_string_is_in_tune_and_decays(make: Make, freq: float) -> None:
    wave = sound(make, Node("pluck", (FREQ, 1.0)), freq=freq)
    part = wave[4800:28800]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    band = slice(round(0.8 * freq / 2), round(1.2 * freq / 2))
    peak = band.start + int(np.argmax(spectrum[band]))
    assert peak * 2 == pytest.approx(freq, abs=2.5)
    assert np.abs(wave[:2400]).max() > 0.1
    assert level(wave[2400:4800]) - level(wave[43200:]) > 25


@pytest.mark.parametrize("name", ["saw", "square", "tri", "pulse"])
def test_oscillators_do_not_alias(make: Make, name: str) -> None:
    freq = 3000.0
    wave = sound(make, *PITCHED[name], freq=freq)[4800:]
    spectrum = np.abs(np.fft.rfft(wave * np.blackman(len(wave))))
    hertz = np.fft.rfftfreq(len(wave), 1 / 48000)
    off = np.abs((hertz + freq / 2) % freq - freq / 2) > 50
    assert 20 * math.log10(spectrum[off].max() / spectrum.max()) < -50


def test_supersaw_spreads_around_its_pitch(make: Make) -> None:
    wave = sound(make, Node("supersaw", (FREQ, 0.5)), freq=440.0)[4800:]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / 48000)
    near = (hertz > 400) & (hertz < 480)
    assert (spectrum[near] * hertz[near]).sum() / spectrum[near].sum() == pytest.approx(440, rel=0.01)
    assert (spectrum[near] > spectrum[near].max() / 30).sum() > 8


def test_frequency_modulation_makes_sidebands(make: Make) -> None:
    nodes = (
        Node("sine", (100.0, 0.0)),
        Node("mul", (Ref(0), 100.0)),
        Node("add", (Ref(1), FREQ)),
        Node("sine", (Ref(2), 0.0)),
    )
    wave = sound(make, *nodes, freq=1000.0)[4800:]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    at = {f: spectrum[round(f * len(wave) / 48000)] for f in (900, 950, 1000, 1100)}
    assert at[1100] / at[1000] == pytest.approx(0.4401 / 0.7652, rel=0.05)  # Bessel functions of index 1
    assert at[950] < 0.01 * at[1000]


def test_noise_is_flat_and_pink_falls_by_three_decibels_an_octave(make: Make) -> None:
    for name, slope in [("noise", 0.0), ("pink", -3.0)]:
        wave = sound(make, Node(name, ()), seconds=2.0)
        power = np.abs(np.fft.rfft(wave)) ** 2
        hertz = np.fft.rfftfreq(len(wave), 1 / 48000)
        bands = [10 * math.log10(power[(hertz >= f) & (hertz < 2 * f)].mean()) for f in (500, 1000, 2000, 4000)]
        assert np.diff(bands) == pytest.approx([slope] * 3, abs=0.8)


FILTERS = [
    ("lpf", (1000.0, 0.0), 200.0, 8000.0),
    ("hpf", (1000.0, 0.0), 8000.0, 200.0),
    ("moog", (1000.0, 0.1), 200.0, 8000.0),
    ("bpf", (1000.0, 4.0), 1000.0, 100.0),
    ("notch", (1000.0, 1.0), 100.0, 1000.0),
]


@pytest.mark.parametrize(("name", "args", "passes", "stops"), FILTERS, ids=[c[0] for c in FILTERS])
def test_filters_pass_and_stop(make: Make, name: str, args: tuple[float, ...], passes: float, stops: float) -> None:
    levels = []
    for freq in (passes, stops):
        wave = sound(make, Node("sine", (FREQ, 0.0)), Node(name, (*args, Ref(0))), freq=freq, seconds=0.5)
        levels.append(level(wave[4800:]))
    assert levels[0] == pytest.approx(20 * math.log10(0.5 / math.sqrt(2)), abs=2.5)
    assert levels[1] < levels[0] - 20


def test_resonance_lifts_the_cutoff(make: Make) -> None:
    levels = []
    for res in (0.0, 0.8):
        nodes = (Node("sine", (FREQ, 0.0)), Node("mul", (Ref(0), 0.1)), Node("lpf", (1000.0, res, Ref(1))))
        levels.append(level(sound(make, *nodes, freq=1000.0)[9600:]))
    assert levels[1] - levels[0] == pytest.approx(20 * math.log10(32**0.8), abs=0.5)


def test_an_envelope_moves_a_cutoff(make: Make) -> None:
    nodes = (
        Node("noise", ()),
        Node("perc", (0.0, 0.5)),
        Node("mul", (4.0, Ref(1))),
        Node("add", (1.0, Ref(2))),
        Node("mul", (Control("cutoff"), Ref(3))),
        Node("lpf", (Ref(4), 0.0, Ref(0))),
    )
    wave = sound(make, *nodes, params=(Parameter("cutoff", 500.0, 20.0, 20000.0),))

    def centroid(part: Wave) -> float:
        power = np.abs(np.fft.rfft(part)) ** 2
        return float((power * np.fft.rfftfreq(len(part), 1 / 48000)).sum() / power.sum())

    assert centroid(wave[:2400]) > 2 * centroid(wave[36000:])


OPERATORS = [
    ("add", lambda x: x + 0.25),
    ("sub", lambda x: x - 0.25),
    ("mul", lambda x: x * 0.25),
    ("div", lambda x: x / 0.25),
    ("mod", lambda x: x % 0.25),
    ("min", lambda x: np.minimum(x, 0.25)),
    ("max", lambda x: np.maximum(x, 0.25)),
]


@pytest.mark.parametrize(("name", "law"), OPERATORS, ids=[c[0] for c in OPERATORS])
@pytest.mark.parametrize("rate", ["fixed", "note", "audio"])
def test_operators(make: Make, name: str, law: object, rate: str) -> None:
    """Compare with numpy, on a ring modulated carrier so that no constant part is lost."""
    quarters: dict[str, Arg] = {"fixed": 0.25, "note": Control("k"), "audio": Ref(3)}
    nodes = (
        Node("sine", (60.0, 0.0)),
        Node("sine", (6000.0, 0.25)),
        Node("sine", (0.0, 0.25)),
        Node("mul", (Ref(2), 0.25)),
        Node(name, (Ref(0), quarters[rate])),
        Node("mul", (Ref(4), 0.2)),
        Node("mul", (Ref(5), Ref(1))),
    )
    wave = sound(make, *nodes, seconds=0.2, params=(Parameter("k", 0.25),))
    t = np.arange(9600) / 48000
    want = law(np.sin(2 * np.pi * 60 * t)) * np.cos(2 * np.pi * 6000 * t) * 0.1  # type: ignore[operator]
    off = np.abs(wave[480:9500] - want[480:9500]) > 8e-3  # the high-pass of the master rings a little
    assert off.mean() < 0.003  # mod may jump a sample early or late


SHAPERS = [("drive", (0.5,)), ("distort", (0.5,)), ("tanh", ()), ("crush", (8.0,)), ("clip", (0.9,)), ("fold", (0.0,))]


@pytest.mark.parametrize(("name", "args"), SHAPERS, ids=[c[0] for c in SHAPERS])
def test_shapers_keep_the_level(make: Make, name: str, args: tuple[float, ...]) -> None:
    source = (Node("sine", (FREQ, 0.0)), Node("mul", (Ref(0), 0.5)))
    plain = np.abs(sound(make, *source)).max()
    shaped = np.abs(sound(make, *source, Node(name, (*args, Ref(1))))).max()
    assert shaped == pytest.approx(plain, rel=0.1)


def test_distortion_adds_harmonics(make: Make) -> None:
    for name in ("drive", "distort", "fold"):
        wave = sound(make, Node("sine", (FREQ, 0.0)), Node(name, (0.7, Ref(0))), freq=500.0)[4800:]
        spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
        third = spectrum[round(1500 * len(wave) / 48000)]
        assert third > 0.05 * spectrum.max(), name


TEXTS = {"lfo": "tri", "waveshape": "fold"}
HARSH = [-1e30, -1.0, 0.0, 1e-30, 1.0, 24000.0, 1e30, math.inf, -math.inf, math.nan]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_argument_of_a_note_can_hurt(make: Make, data: st.DataObject) -> None:
    """Draw a chain of two unit generators whose arguments are wild parameters: the output stays finite and bounded."""
    names = [n for n in UGENS if n not in ("in", "duck", "send", "limit")]
    source, effect = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    params = tuple(Parameter(f"x{i}", 1.0) for i in range(20))
    knobs = iter(Control(p.name) for p in params)
    first = Node(source, tuple(next(knobs) for _ in range(UGENS[source].arity)), TEXTS.get(source, ""))
    arity = UGENS[effect].arity
    second = Node(effect, (*(next(knobs) for _ in range(max(0, arity - 1))), *[Ref(0)][:arity]), TEXTS.get(effect, ""))
    engine = make()
    add(engine, 1, instrument("wild", first, second, params=params))
    wild = [data.draw(st.sampled_from(HARSH)) for _ in range(24)]
    engine.push([event(t, 1, *wild) for t in (0, 600)])
    wave = engine.advance(4800)
    assert np.isfinite(wave).all() and np.abs(wave).max() <= 1.0
    assert not [r for r in engine.reports() if isinstance(r, Trouble) and "stumbled" in r.message]
