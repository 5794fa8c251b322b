"""Rows of the design language that promise a number: what is rendered has it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from livecode.errors import Source
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.hearing import RATE, Wave, level, pitch
from tests.test_designs import heard, relative, steady

TOP = 0.25  # the peak of a sine of level 1, on each side


def tops(wave: Wave, milliseconds: float = 1.0) -> Wave:
    """Give the peak of each piece of a few milliseconds, as a part of the loudest a sine can be."""
    size = round(milliseconds * RATE / 1000)
    return np.abs(wave[: len(wave) // size * size]).reshape(-1, size).max(axis=1) / TOP


ENVELOPES = [
    ("adsr 100ms 200ms 0.5 300ms", {50: 0.5, 100: 1.0, 200: 0.75, 300: 0.5, 900: 0.5, 1150: 0.25, 1310: 0.0}),
    ("asr 200ms 400ms", {100: 0.5, 200: 1.0, 990: 1.0, 1200: 0.5, 1410: 0.0}),
    ("perc 100ms 600ms", {50: 0.5, 100: 1.0, 200: 10 ** (-10 / 20), 400: 10 ** (-30 / 20), 710: 0.0}),
    ("env [0, 500ms, 1, 500ms, 0] -4", {250: 0.88, 500: 1.0, 750: 0.12, 1010: 0.0}),
    ("env [0, 500ms, 1, 500ms, 0] 4", {250: 0.12, 500: 1.0, 750: 0.88, 1010: 0.0}),
]


@pytest.mark.parametrize(("envelope", "levels"), ENVELOPES, ids=[c[0] for c in ENVELOPES])
def test_an_envelope_is_where_its_times_say(envelope: str, levels: dict[int, float]) -> None:
    """At so many milliseconds of a note that is held for a second."""
    wave = tops(heard(f"sine 4000 | {envelope}", "a = s 'x' | legato 0.5")[:, 0])
    assert {t: wave[t - 1] for t in levels} == pytest.approx(levels, abs=0.02)


@pytest.mark.parametrize(
    ("shape", "quarters"),
    [
        ("sine", (0.5, 1.0, 0.5, 0.0)),
        ("tri", (0.0, 0.5, 1.0, 0.5)),
        ("saw", (1.0, 0.75, 0.5, 0.25)),
        ("ramp", (0.0, 0.25, 0.5, 0.75)),
        ("square", (1.0, 1.0, 0.0, 0.0)),
    ],
)
def test_an_lfo_has_its_shape(shape: str, quarters: tuple[float, ...]) -> None:
    wave = tops(heard(f"sine 4000 * (0.5 + 0.5 * lfo 0.5hz '{shape}') | asr 0ms 5ms")[:, 0])
    found = [wave[round(t)] for t in (40, 500, 1020, 1500)]
    assert found == pytest.approx(quarters, abs=0.08)


@pytest.mark.parametrize("time", ["0.125s", "(cycle / 16)", "125ms"])
def test_an_echo_falls_on_its_sample(time: str) -> None:
    """A cycle lasts two seconds."""
    plain, echoed = (heard(f"sine 2000 | perc 0ms 15ms{more}")[:, 0] for more in ("", f" | delay {time} 0.5 1"))
    for turn in (1, 2, 3):
        here = echoed[6000 * turn : 6000 * turn + 700]
        assert here == pytest.approx(plain[:700] * 0.5 ** (turn - 1), abs=2e-4)


@pytest.mark.parametrize("seconds", [0.1, 0.4, 2.0])
def test_a_room_dies_away_by_60_decibels_in_its_time(seconds: float) -> None:
    wave = heard(f"noise | perc 0ms 20ms | reverb {seconds}s 1")[:, 0]
    decay = np.cumsum(wave[round(min(0.3, seconds * 0.2) * RATE) :][::-1] ** 2)[::-1]
    five, twenty = (int(np.argmax(decay < decay[0] * 10 ** (-d / 10))) for d in (5, 20))
    assert (twenty - five) / RATE * 4 == pytest.approx(seconds, rel=0.2)


def test_a_glide_takes_its_time_in_even_semitones() -> None:
    wave = heard("sine (glide freq 200ms) | asr 1ms 5ms", 'a = s "x x" | freq "200 800"')[:, 0]
    for after, freq in ((0.05, 283), (0.1, 400), (0.15, 566), (0.3, 800)):
        begin = round((1.0 + after - 0.01) * RATE)
        crossings = np.flatnonzero(np.diff(np.signbit(wave[begin : begin + 960])))
        assert RATE / 2 / np.diff(crossings).mean() == pytest.approx(freq, rel=0.03)


def test_a_tremolo_has_its_rate_and_depth() -> None:
    wave = tops(heard("sine 4000 | tremolo 8hz 0.5 | asr 1ms 5ms")[4800:91200, 0])
    assert (wave.min(), wave.max()) == pytest.approx((0.5, 1.0), abs=0.02)
    assert int(np.argmax(np.abs(np.fft.rfft(wave - wave.mean())))) == round(8 * len(wave) / 1000)


@pytest.mark.parametrize(("amount", "carrier"), [(1.0, -100.0), (0.5, 0.0)])
def test_a_ring_gives_sum_and_difference(amount: float, carrier: float) -> None:
    wave = steady(f"sine freq | ring 130hz {amount}")
    side, here = level(wave, 630), level(wave, 500)
    assert relative(wave, 370, 630) == pytest.approx([0.0], abs=0.1)
    assert here - side == pytest.approx(6.02, abs=0.1) if carrier == 0.0 else here < side - 60


def test_a_chorus_moves_pitch_and_sides() -> None:
    wave = heard("sine 3000 | chorus 1 1 | asr 1ms 5ms")[4800:91200]
    left, right = (tops(wave[:, c], 5.0) for c in (0, 1))
    assert left.max() > 2.5 * left.min() and np.abs(left - right).max() > 0.3
    plain = heard("sine 3000 | chorus 1 0 | asr 1ms 5ms")[4800:91200]
    assert np.array_equal(plain[:, 0], plain[:, 1])


@pytest.mark.parametrize("effect", ["chorus 1 0", "reverb 2s 0", "plate 2s 0", "haas 0ms", "pan 0.5"])
def test_two_sides_are_as_loud_as_the_one_they_were_made_of(effect: str) -> None:
    dry, wet = (level(steady(f"0.1 * sine freq{more}"), 500) for more in ("", f" | {effect}"))
    assert wet == pytest.approx(dry, abs=0.1)


@pytest.mark.parametrize(("freq", "q", "gone"), [(1000, 1, 45), (1000, 8, 30), (50, 8, 20), (8000, 4, 40)])
def test_a_notch_takes_its_frequency_out(freq: float, q: float, gone: float) -> None:
    dry, wet = (steady(f"sine freq{more}", f"a = s 'x' | freq {freq}") for more in ("", f" | notch {freq}hz {q}"))
    assert level(wet, freq) < level(dry, freq) - gone


@pytest.mark.parametrize(
    ("equaliser", "decibels"),
    [
        ("eq 500hz 6dB 1", 6.0),
        ("eq 500hz -12dB 4", -12.0),
        ("lowshelf 2khz 6dB", 6.18),
        ("lowshelf 500hz -6dB", -3.0),
        ("highshelf 500hz 6dB", 3.0),
        ("lpf 500hz", -3.01),
        ("hpf 500hz", -3.01),
        ("bpf 500hz 8", 0.0),
        ("lpf 500hz 1", 27.1),
        ("gain -6dB", -6.0),
        ("moog 8khz 0", 0.0),
    ],
)
def test_a_filter_is_as_loud_at_500_hertz_as_it_says(equaliser: str, decibels: float) -> None:
    dry, wet = (level(steady(f"0.04 * sine freq{more}"), 500) for more in ("", f" | {equaliser}"))
    assert wet - dry == pytest.approx(decibels, abs=0.2)


@pytest.mark.parametrize("width", [0.1, 0.3, 0.5])
def test_a_square_is_high_for_its_width(width: float) -> None:
    wave = heard(f"square freq {width} | asr 1ms 5ms", "a = s 'x' | freq 100")[9600:57600, 0]
    assert (wave > (wave.max() + wave.min()) / 2).mean() == pytest.approx(width, abs=0.01)


@pytest.mark.parametrize(("detune", "cents"), [(0.1, (-19, 18.5)), (1.0, (-201.8, 176.7))])
def test_the_outer_saws_of_a_supersaw_are_out_of_tune_by_its_detune(detune: float, cents: tuple[float, float]) -> None:
    wave = heard(f"supersaw freq {detune} | asr 1ms 5ms", "a = s 'x' | freq 2000 | slow 4", 2)[9600:, 0]
    around = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    freqs = np.fft.rfftfreq(len(wave), 1 / RATE)
    for offset in cents:
        freq = 2000 * 2 ** (offset / 1200)
        near = np.flatnonzero(np.abs(freqs - freq) < 1.5)
        peak = near[np.argmax(around[near])]
        assert around[peak] > 0.2 * around[(freqs > 1700) & (freqs < 2300)].max()
        assert 1200 * math.log2(freqs[peak] / 2000) == pytest.approx(offset, abs=0.7)


def test_clip_and_tanh_bend_at_their_levels() -> None:
    for effect, peak in (("clip 0.5", 0.5), ("tanh", math.tanh(1.0)), ("fold 0", 1.0)):
        assert tops(steady(f"sine freq | {effect}"), 10).max() == pytest.approx(peak, abs=0.02)


def test_functions_of_numbers_are_those_of_the_schools() -> None:
    for freq, heard_at in (("min 700 freq", 500), ("max 700 freq", 700), ("pow 10 3", 1000), ("abs (0 - freq)", 500)):
        assert pitch(steady(f"sine ({freq})")) == pytest.approx(heard_at, rel=1e-4)


@pytest.mark.parametrize(
    "effect", ["compress -18dB 4 look=5ms", "compress -18dB 4 key='kick'", "gate -40dB key='kick'"]
)
def test_what_only_a_strip_can_do_is_refused_in_a_design(effect: str) -> None:
    (error,) = evaluate_text(prelude(), Source("test", f"design x = saw freq | {effect} | asr 1ms 5ms")).errors
    assert "stands only in a mix" in error.message and "mix x |" in error.hint
    assert evaluate_text(prelude(), Source("test", f"a = s 'saw'\nkick = s 'bd'\nmix a | {effect}")).errors == ()


@pytest.mark.parametrize("cutoff", [200, 500, 2000])
def test_a_ladder_that_whistles_is_in_tune(cutoff: int) -> None:
    wave = heard(f"0.05 * saw freq | moog {cutoff}hz 1 | asr 1ms 5ms", "a = s 'x' | freq 20")[9600:57600, 0]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    assert float(np.argmax(spectrum)) == pytest.approx(cutoff, rel=0.05)
