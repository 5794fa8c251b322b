"""Unit generators as a design sounds with them: pitch, partials, filters, times, measured on renderings."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from livecode.errors import Source
from livecode.render import render
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.hearing import band, level, pitch
from tests.test_events import part

Wave = np.ndarray[Any, np.dtype[np.float64]]

RATE = 48000


def heard(body: str, code: str = "a = s 'x' | freq 500", cycles: int = 1) -> Wave:
    """Render cycles of two seconds of a design."""
    evaluation = evaluate_text(prelude(), Source("test", f"tempo 120\ndesign x =\n    {body}\n{code}\n"))
    assert [e.render() for e in evaluation.errors] == []
    rendering = render(evaluation.session, cycles=Fraction(cycles))
    assert rendering.troubles == ()
    return rendering.audio.astype(np.float64)


def steady(body: str, code: str = "a = s 'x' | freq 500") -> Wave:
    return part(heard(f"{body} | asr 1ms 5ms", code), 0.2, 1.8)


def relative(wave: Wave, *freqs: float) -> list[float]:
    """Give the levels of partials in dB below the first."""
    levels = [level(wave, f) for f in freqs]
    return [x - levels[0] for x in levels[1:]]


def test_partials_have_their_levels() -> None:
    wave = steady("partials [1, 0.5, 0, 0.25] freq")
    assert relative(wave, 500, 1000, 2000) == pytest.approx([-6.02, -12.04], abs=0.1)
    assert level(wave, 1500) < level(wave, 500) - 80


def test_a_drawn_wave_has_the_partials_of_its_shape() -> None:
    wave = steady("wave [1, 1, 1, 1, -1, -1, -1, -1] freq")  # a trapezium
    assert relative(wave, 500, 1500)[0] == pytest.approx(-11.43, abs=0.1)
    assert level(wave, 1000) < level(wave, 500) - 60


def test_an_impulse_has_all_harmonics_alike() -> None:
    assert relative(steady("impulse freq"), 500, 1000, 5000, 10000) == pytest.approx([0, 0, 0], abs=0.3)


@pytest.mark.parametrize(("position", "third"), [(0.0, -100.0), (0.5, -9.54), (1.0, -9.54)])
def test_a_wavetable_goes_from_shape_to_shape(position: float, third: float) -> None:
    wave = steady(f"wavetable ['sine', 'square', 'saw'] freq {position}")
    assert max(relative(wave, 500, 1500)[0], -100.0) == pytest.approx(third, abs=0.3 if third > -50 else 30)
    even = level(wave, 1000) - level(wave, 500)
    assert even == pytest.approx(-6.02, abs=0.3) if position == 1.0 else even < -60


def test_operators_have_ratio_and_index() -> None:
    wave = steady("fm freq 0.2 1")
    assert relative(wave, 500, 600, 700) == pytest.approx([20 * math.log10(0.4401 / 0.7652), -16.5], abs=0.4)


def test_unison_spreads_its_voices_in_pitch_and_place() -> None:
    wave = heard("unison 'saw' freq 3 1 1 | asr 1ms 5ms", cycles=2)[9600:182400]
    for c, freqs in ((0, (500 * 2 ** (-0.5 / 12),)), (1, (500 * 2 ** (0.5 / 12),))):
        for f in freqs:
            nearer, farther = level(wave[:, c], f), level(wave[:, 1 - c], f)
            assert abs(nearer - farther) > 15
    assert level(wave[:, 0], 500) == pytest.approx(level(wave[:, 1], 500), abs=1)


@pytest.mark.parametrize(("name", "slope"), [("noise", 0.0), ("pink", -3.01), ("brown", -6.02)])
def test_noises_have_their_slopes(name: str, slope: float) -> None:
    wave = steady(name)
    octaves = [band(wave, f, 2 * f) for f in (200, 400, 800, 1600, 3200)]
    assert np.mean(np.diff(octaves)) == pytest.approx(slope, abs=0.5)


def test_an_envelope_of_points_reaches_its_levels() -> None:
    wave = heard("sine 2000 | env [0, 100ms, 1, 400ms, 0.25, 500ms, 0]")[:, 0]
    top = 10 ** (-12.01 / 20)
    for time, want in ((0.05, 0.5), (0.1, 1.0), (0.3, 0.625), (0.5, 0.25), (0.75, 0.125), (1.1, 0.0)):
        here = np.abs(wave[round((time - 0.003) * RATE) : round((time + 0.003) * RATE)]).max() / top
        assert here == pytest.approx(want, abs=0.035)
    bent = heard("sine 2000 | env [1, 1s, 0] -4")[:, 0]
    here = np.abs(bent[23900:24100]).max() / top
    assert here == pytest.approx(1 - math.expm1(-2) / math.expm1(-4), abs=0.02)


@pytest.mark.parametrize(
    ("mode", "low", "middle", "high"), [(0.0, 0.0, -3.0, -24.0), (0.5, -12, -3.0, -12), (1.0, -24.0, -3.0, 0.0)]
)
def test_a_state_variable_filter_has_its_modes(mode: float, low: float, middle: float, high: float) -> None:
    for freq, want in ((250.0, low), (1000.0, middle), (4000.0, high)):
        dry, wet = (steady(f"sine freq{f}", f"a = s 'x' | freq {freq}") for f in ("", f" | svf 1khz 0 {mode}"))
        assert level(wet, freq) - level(dry, freq) == pytest.approx(want, abs=3.2 if mode == 0.5 else 1.0)


def test_a_comb_rings_at_its_frequency() -> None:
    wave = part(heard("noise | perc 0ms 5ms | comb freq 0.98", "a = s 'x' | freq 441"), 0.05, 0.9)
    assert abs(1200 * math.log2(pitch(np.convolve(wave, np.ones(30), "same")) / 441)) < 8


def test_a_comb_that_feeds_nothing_back_changes_nothing() -> None:
    plain, combed = (steady(f"saw freq{more}") for more in ("", " | comb 333 0"))
    assert np.array_equal(plain, combed)


@pytest.mark.parametrize("feedback", [0.3, 0.8])
def test_a_comb_feeds_back_as_much_as_it_says(feedback: float) -> None:
    """On a harmonic it is 1 / (1 - feedback), between two 1 / (1 + feedback), times what keeps it from growing loud."""
    dry, on, between = (
        level(steady(f"sine freq{more}")) for more in ("", f" | comb 500 {feedback}", f" | comb 1000 {feedback}")
    )
    loud = 20 * math.log10(1 - 0.7 * feedback)
    assert on - dry == pytest.approx(loud - 20 * math.log10(1 - feedback), abs=0.1)
    assert between - dry == pytest.approx(loud - 20 * math.log10(1 + feedback), abs=0.1)


def test_a_plucked_string_is_softer_by_40_decibels_after_its_decay() -> None:
    wave = heard("pluck freq 1s", "a = s 'x' | freq 110 | slow 2")[:, 0]
    early, late = (level(wave[round(t * RATE) : round((t + 0.1) * RATE)], 110.0) for t in (0.15, 0.65))
    assert early - late == pytest.approx(20.0, abs=2.0)


def test_pingpong_goes_from_side_to_side() -> None:
    wave = np.abs(heard("sine 2000 | perc 0ms 15ms | pingpong 200ms 0.5 1"))
    peaks = [wave[round(0.2 * k * RATE) : round(0.2 * k * RATE) + 2000].max(axis=0) for k in (1, 2, 3, 4)]
    for k, sides in enumerate(peaks):
        assert sides[k % 2] == pytest.approx(peaks[0][0] * 0.5**k, rel=0.03)
        assert sides[1 - k % 2] < 1e-3


@pytest.mark.parametrize("seconds", [1.0, 4.0, 15.0])
def test_a_plate_dies_away_in_its_time(seconds: float) -> None:
    cycles = math.ceil(seconds / 2)
    wave = heard(f"noise | perc 0ms 60ms | plate {seconds}s 1", "a = s 'x' | slow 99", cycles)[:, 0]
    begin = round(0.3 * RATE)
    decay = np.cumsum(wave[begin:][::-1] ** 2)[::-1]
    decibels = 10 * np.log10(decay / decay[0] + 1e-12)
    five, twenty = (int(np.argmax(decibels < -d)) for d in (5, 20))
    assert (twenty - five) / RATE * 4 == pytest.approx(seconds, rel=0.25)


def test_haas_delays_one_side() -> None:
    wave = heard("sine 2000 | perc 0ms 15ms | haas 12ms")
    onsets = [int(np.argmax(np.abs(wave[:, c]) > 0.02)) for c in (0, 1)]
    assert onsets[1] - onsets[0] == pytest.approx(576, abs=3)


@pytest.mark.parametrize("semitones", [-12, -5, 7, 12])
def test_shift_moves_the_pitch(semitones: int) -> None:
    wave = steady(f"sine freq | shift {semitones}")
    wanted = 500 * 2 ** (semitones / 12)
    near = [f for f in np.fft.rfftfreq(len(wave), 1 / RATE) if abs(f - wanted) < 30]
    power = sum(10 ** (level(wave, f) / 10) for f in near[:: max(1, len(near) // 60)])
    assert 10 * math.log10(power) > 10 * math.log10(10 ** (level(wave, 500.0) / 10) + 1e-12) + 15


def test_fshift_moves_all_frequencies_alike() -> None:
    wave = steady("sine freq | fshift 130hz")
    assert pitch(wave) == pytest.approx(630, abs=0.2)
    assert level(wave, 370) < level(wave, 630) - 30


def test_a_flanger_makes_moving_notches_and_a_phaser_too() -> None:
    for effect in ("flanger 0.5hz 0.9 0.6", "phaser 0.5hz 1 1000hz 1500hz"):
        wave = heard(f"noise | {effect} | asr 1ms 5ms")
        plain = heard("noise | asr 1ms 5ms")
        shapes = []
        for t in (0.2, 0.7, 1.2):
            bands = [(f, f * 1.06) for f in 300 * 1.06 ** np.arange(40)]
            shapes.append([band(part(wave, t, t + 0.15), *b) - band(part(plain, t, t + 0.15), *b) for b in bands])
        assert min(map(min, shapes)) < -5
        assert np.abs(np.array(shapes[0]) - np.array(shapes[1])).max() > 4


def test_vibrato_of_what_goes_in() -> None:
    wave = part(heard("sine 1000 | vibrato 5hz 0.5 | asr 1ms 5ms"), 0.1, 1.9)
    phase = np.unwrap(np.angle(np.fft.ifft(np.fft.fft(wave) * (np.fft.fftfreq(len(wave)) > 0))))
    freq = np.convolve(np.diff(phase) * RATE / (2 * np.pi), np.full(240, 1 / 240), "valid")[2000:-2000]
    assert freq.max() == pytest.approx(1000 * 2 ** (0.5 / 12), rel=0.004)


def test_a_vocoder_speaks_with_the_carrier() -> None:
    wave = steady("sine 1000 | vocoder (saw freq)", "a = s 'x' | freq 100")
    assert band(wave, 800, 1250) > band(wave, 3000, 6000) + 20
    assert level(wave, 1000) > level(wave, 1050) + 20  # its harmonics are the carrier's


def test_an_lfo_in_hertz_and_in_cycles() -> None:
    for rate in ("4hz", "(8 / cycle)"):
        wave = np.abs(heard(f"sine 2000 * (0.5 + 0.5 * lfo {rate}) | asr 1ms 5ms")[:91200, 0])
        shape = wave.reshape(-1, 480).max(axis=1)
        assert int(np.argmax(np.abs(np.fft.rfft(shape - shape.mean())))) in (7, 8)
    square = np.abs(heard("sine 2000 * max 0 (lfo 4hz 'square' 0 0.25) | asr 1ms 5ms")[:96000, 0])
    assert (square.reshape(-1, 240).max(axis=1) > 0.05).mean() == pytest.approx(0.25, abs=0.04)


@pytest.mark.parametrize("freq", ["freq * pow 2 (asr 0ms 1ms)", "2 * freq * freq / (freq * asr 0ms 1ms)"])
def test_a_frequency_may_be_a_power_or_a_quotient(freq: str) -> None:
    assert pitch(steady(f"sine ({freq}) | asr 1ms 5ms")) == pytest.approx(1000.0, rel=1e-4)


def test_mix_is_the_mean() -> None:
    wave = steady("mix [sine freq, sine (freq * 3)]")
    assert relative(wave, 500, 1500) == pytest.approx([0.0], abs=0.05)
    assert np.abs(wave).max() < 0.26


@pytest.mark.parametrize(("kind", "harmonic"), [("hard", 1500), ("soft", 1500), ("diode", 1000), ("chebyshev", 1500)])
def test_waveshapers_add_their_harmonics(kind: str, harmonic: float) -> None:
    assert relative(steady(f"sine freq | waveshape '{kind}' 0.6"), 500, harmonic)[0] > -30


@pytest.mark.parametrize("bits", [2, 3, 6])
def test_crush_rounds_alike_above_and_below_zero(bits: int) -> None:
    wave = heard(f"0.9 * sine freq | crush {bits} | asr 1ms 5ms", "a = s 'x' | freq 93.75")[9600:86400, 0]
    assert float(wave.min()) == pytest.approx(-float(wave.max()), rel=0.03)
    assert abs(float(wave.mean())) < 1e-5
    assert float(np.abs(np.diff(wave)).max()) == pytest.approx(0.25 * 0.5 ** (bits - 1), rel=0.03)


def test_coarse_bears_what_is_louder_than_one() -> None:
    plain, held = (steady(f"2 * sine freq{more} | gain 0.25") for more in ("", " | coarse 2"))
    assert level(held, 500) == pytest.approx(level(plain, 500), abs=0.2)


def test_coarse_halves_the_rate_again_and_again() -> None:
    wave = steady("sine freq | coarse 16")
    assert level(wave, 2500) > level(wave, 500) - 25  # 3000 - 500


@pytest.mark.parametrize("level", [1, 4, 16])
@pytest.mark.parametrize("freq", [2000, 20000])
def test_a_ladder_bears_any_level(level: int, freq: int) -> None:
    wave = heard(f"{level} * saw freq | moog {freq}hz 0.9 | asr 1ms 5ms | gain -20dB", "a = s 'x' | freq 60")
    assert 0.005 < np.abs(wave).max() < 0.5
