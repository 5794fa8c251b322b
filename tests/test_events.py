"""The chain of effects of single events as it sounds: each stage measured on renderings."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from livecode.errors import Source
from livecode.render import Rendering, render
from livecode.session import Session
from livecode.stages.statements import evaluate_text
from tests.hearing import RATE, Wave, band, level, pitch, played, session, sound

SOUNDS = """
tempo 120
design pure = sine freq | asr 1ms 5ms
design rich = saw freq | asr 1ms 5ms
design hiss = noise | asr 1ms 5ms
design knob cut=1000hz = noise | lpf cut | asr 1ms 5ms
design slide = sine (glide freq 200ms) | asr 1ms 5ms
design beat = sine (2 / cycle * 100) | asr 1ms 5ms
"""


@pytest.fixture(scope="module")
def sounds() -> Session:
    return session(SOUNDS)


def play(sounds: Session, code: str, cycles: int = 1) -> Rendering:
    """Render cycles of two seconds."""
    return played(f"a = {code}\n", sounds, cycles)


def heard(sounds: Session, code: str, cycles: int = 1) -> Wave:
    return sound(play(sounds, code, cycles))


def part(wave: Wave, begin: float, end: float) -> Wave:
    return wave[round(begin * RATE) : round(end * RATE), 0]


# control, sound before, frequency of a sine, what it does to its level in dB, how exactly
RESPONSES = [
    ("lpf 1000", 1000.0, -3.0, 0.3),
    ("lpf 1000", 4000.0, -24.4, 1.0),
    ("lpf 1000 | lpq 0.5", 1000.0, 20 * math.log10(32**0.5 * math.sqrt(0.5)), 0.3),
    ("lpf 1000 | lpq 10", 1000.0, 10.0, 0.3),
    ("lpf 1000 | ftype '24db'", 4000.0, -48.8, 2.0),
    ("lpf 1000 | ftype 'ladder'", 8000.0, -74.0, 3.0),
    ("hpf 1000", 1000.0, -3.0, 0.3),
    ("hpf 1000", 250.0, -24.1, 1.0),
    ("bpf 1000", 1000.0, 0.0, 0.3),
    ("bpf 1000 | bandq 10", 500.0, -23.5, 1.0),
    ("djf 0.25", 4000.0, -32.0, 1.5),
    ("djf 0.75", 100.0, -24.0, 6.0),
    ("gain 0.5", 1000.0, -6.02, 0.05),
    ("gain -6dB", 1000.0, -6.0, 0.05),
    ("velocity 0.5", 1000.0, -6.02, 0.05),
    ("postgain 2", 1000.0, 6.02, 0.05),
    ("pan 0", 1000.0, 3.01, 0.05),
    ("room 0", 1000.0, 0.0, 0.05),
    ("tremolo 0 | tremolodepth 0", 1000.0, 0.0, 0.05),
]


@pytest.mark.parametrize(("control", "freq", "change", "exact"), RESPONSES)
def test_levels(sounds: Session, control: str, freq: float, change: float, exact: float) -> None:
    dry = heard(sounds, f"s 'pure' | freq {freq} | gain 0.25")
    quiet = control if control.startswith(("gain", "velocity")) else f"{control} | gain 0.25"
    wet = heard(sounds, f"s 'pure' | freq {freq} | {quiet}")
    base = level(part(dry, 0.2, 1.8), freq) + (12.04 if control.startswith(("gain", "velocity")) else 0.0)
    assert level(part(wet, 0.2, 1.8), freq) - base == pytest.approx(change, abs=exact)


def test_a_filter_follows_its_envelope(sounds: Session) -> None:
    """lpenv 2 lifts 500 Hz to 2000 Hz at the end of the attack and leaves 500 Hz at last."""
    wave = heard(sounds, "s 'hiss' | lpf 500 | lpenv 2 | lpattack 0.4 | lpdecay 0.4 | lpsustain 0 | lpq 10")
    for at, low, high in ((0.4, 1600, 2400), (1.5, 400, 625)):
        here = part(wave, at - 0.05, at + 0.05)
        bands = {f: band(here, f / 1.2, f * 1.2) for f in (250, 500, 1000, 2000, 4000)}
        assert low < max(bands, key=lambda f: bands[f]) < high


def test_a_filter_swings_at_a_rate(sounds: Session) -> None:
    wave = heard(sounds, "s 'hiss' | lpf 800 | lprate 2 | lpdepth 1.6")
    high = [band(part(wave, t, t + 0.05), 1500, 3000) for t in np.arange(0, 1.95, 0.05)]
    spectrum = np.abs(np.fft.rfft(np.array(high) - np.mean(high)))
    assert int(np.argmax(spectrum)) == 4  # four swings in two seconds
    synced = heard(sounds, "s 'hiss' | lpf 800 | lpsync 4 | lpdepth 1.6")
    assert np.allclose(wave, synced, atol=1e-4)


def test_vibrato_has_its_rate_and_depth(sounds: Session) -> None:
    wave = part(heard(sounds, "s 'pure' | note 69 | vib 5 | vibmod 1"), 0.05, 1.95)
    phase = np.unwrap(np.angle(np.fft.ifft(np.fft.fft(wave) * (np.fft.fftfreq(len(wave)) > 0))))
    freq = np.diff(phase) * RATE / (2 * np.pi)
    freq = np.convolve(freq, np.full(480, 1 / 480), "valid")[2000:-2000]
    assert freq.max() == pytest.approx(440 * 2 ** (1 / 12), rel=0.01)
    assert freq.min() == pytest.approx(440 * 2 ** (-1 / 12), rel=0.01)
    crossings = np.count_nonzero(np.diff(np.sign(freq - freq.mean())) > 0)
    assert crossings == pytest.approx(5 * len(freq) / RATE, abs=1)


def test_a_pitch_envelope_arrives_at_the_note(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | note 69 | penv 12 | pattack 0.5 | psustain 1")
    assert pitch(part(wave, 0.0, 0.04)) == pytest.approx(220 * 2**0.04, rel=0.02)
    assert pitch(part(wave, 0.23, 0.27)) == pytest.approx(220 * 2**0.5, rel=0.02)
    assert abs(1200 * math.log2(pitch(part(wave, 0.6, 1.9)) / 440)) < 1


def test_frequency_modulation_has_the_sidebands_of_its_index(sounds: Session) -> None:
    wave = part(heard(sounds, "s 'pure' | freq 1000 | fm 1 | fmh 0.1"), 0.1, 1.9)
    carrier, first, second = (level(wave, f) for f in (1000, 1100, 1200))
    assert first - carrier == pytest.approx(20 * math.log10(0.4401 / 0.7652), abs=0.3)  # Bessel functions of 1
    assert second - carrier == pytest.approx(20 * math.log10(0.1149 / 0.7652), abs=0.4)


def test_the_amplitude_envelope_of_an_event(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | note 81 | attack 0.2 | decay 0.2 | sustain 0.5 | release 0.1 | clip 0.5")
    top = level(part(heard(sounds, "s 'pure' | note 81"), 0.4, 0.9))
    assert level(part(wave, 0.095, 0.105)) - top == pytest.approx(-6.0, abs=0.3)
    assert level(part(wave, 0.198, 0.204)) - top == pytest.approx(-0.1, abs=0.3)
    assert level(part(wave, 0.6, 0.9)) - top == pytest.approx(-6.0, abs=0.2)
    assert level(part(wave, 1.02, 1.9)) < -50


def test_decay_alone_dies_away(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | note 81 | decay 0.1")
    assert level(part(wave, 0.12, 1.9)) < -90


def test_coarse_folds_the_spectrum_at_the_lower_rate(sounds: Session) -> None:
    wave = part(heard(sounds, "s 'pure' | freq 1000 | coarse 8"), 0.1, 1.9)
    assert level(wave, 5000) > level(wave, 1000) - 20  # 6000 - 1000
    assert level(part(heard(sounds, "s 'pure' | freq 1000"), 0.1, 1.9), 5000) < level(wave, 5000) - 50


def test_crush_rounds_to_few_levels(sounds: Session) -> None:
    def share(code: str) -> float:
        """Give the share of samples that lie at the ten commonest of 400 levels."""
        wave = part(heard(sounds, f"s 'pure' | freq 441{code}"), 0.1, 1.0)
        counts, _ = np.histogram(wave, bins=400)
        return float(np.sort(counts)[-10:].sum() / len(wave))

    assert share(" | crush 3") > 0.5 > 2 * share("")


@pytest.mark.parametrize("kind", ["scurve", "soft", "hard", "cubic", "diode", "asym", "fold", "sinefold", "chebyshev"])
def test_distortion_adds_harmonics(sounds: Session, kind: str) -> None:
    wave = part(heard(sounds, f"s 'pure' | freq 500 | distort 1.5 | distorttype '{kind}'"), 0.1, 1.9)
    total = level(wave)
    assert max(level(wave, f) for f in (1000, 1500, 2500)) > total - 25
    assert np.abs(wave).max() < 0.9


@pytest.mark.parametrize(("letter", "first", "second"), [("a", 650, 1080), ("i", 290, 1870), ("u", 350, 600)])
def test_a_vowel_has_its_formants(sounds: Session, letter: str, first: float, second: float) -> None:
    wave = part(heard(sounds, f"s 'hiss' | vowel '{letter}'", 2), 0.1, 3.9)
    for formant in (first, second):
        assert band(wave, formant * 0.95, formant * 1.05) > band(wave, formant * 1.3, formant * 1.4) + 2


def test_tremolo_has_its_rate_and_depth(sounds: Session) -> None:
    wave = part(heard(sounds, "s 'pure' | freq 2000 | tremolo 5 | tremolodepth 0.5 | tremoloshape 'sine'"), 0.0, 1.8)
    shape = np.abs(wave).reshape(-1, 240).max(axis=1)
    assert shape.min() / shape.max() == pytest.approx(0.5, abs=0.03)
    assert int(np.argmax(np.abs(np.fft.rfft(shape - shape.mean())))) == 9


def test_ring_modulation_gives_sum_and_difference(sounds: Session) -> None:
    wave = part(heard(sounds, "s 'pure' | freq 1000 | ring 1 | ringf 300"), 0.1, 1.9)
    assert level(wave, 1300) == pytest.approx(level(wave, 700), abs=0.2)
    assert level(wave, 1000) < level(wave, 1300) - 40


def test_a_compressor_holds_what_is_above_its_threshold(sounds: Session) -> None:
    squeeze = 'compressor "-30:10:0:0.005:0.05"'
    loud, soft = (heard(sounds, f"s 'pure' | freq 1000 | {squeeze} | gain {g}") for g in (1, 0.01))
    dry = heard(sounds, "s 'pure' | freq 1000")
    assert level(part(dry, 0.5, 1.9)) - level(part(loud, 0.5, 1.9)) > 10
    assert level(part(dry, 0.5, 1.9)) - level(part(soft, 0.5, 1.9)) == pytest.approx(40, abs=0.5)


@pytest.mark.parametrize(("control", "seconds"), [("delaytime 0.25", 0.25), ("delaysync 0.25", 0.5)])
def test_a_delay_has_its_time_and_feedback(sounds: Session, control: str, seconds: float) -> None:
    wave = heard(sounds, f"s 'pure' | freq 2000 | clip 0.02 | delay 1 | {control} | delayfeedback 0.5", 2)
    shape = np.abs(wave[:, 0])
    echoes = [shape[round((seconds * k) * RATE) : round((seconds * k + 0.04) * RATE)].max() for k in (1, 2, 3)]
    assert echoes[1] / echoes[0] == pytest.approx(0.5, rel=0.03)
    assert echoes[2] / echoes[1] == pytest.approx(0.5, rel=0.03)
    assert shape[round((seconds / 2) * RATE) : round((seconds - 0.005) * RATE)].max() < 1e-3


@pytest.mark.parametrize("seconds", [0.3, 1.0, 3.0, 12.0])
def test_a_room_dies_away_in_its_time(sounds: Session, seconds: float) -> None:
    cycles = max(2, math.ceil(seconds * 0.7))
    code = f's "hiss ~ ~ ~" | slow {cycles} | clip {0.1 / (cycles * 0.5):.6f} | room 1 | roomsize {seconds}'
    evaluation = evaluate_text(sounds, Source("test", f"a = {code} | pan 0.5\nmix a | gain 1\n"))
    wave = render(evaluation.session, cycles=Fraction(cycles)).audio.astype(np.float64)[:, 0]
    begin = round(0.25 * RATE)
    decay = np.cumsum(wave[begin:][::-1] ** 2)[::-1]
    decibels = 10 * np.log10(decay / decay[0] + 1e-12)
    five, quarter = (int(np.argmax(decibels < -d)) for d in (5, 20))
    assert (quarter - five) / RATE * 60 / 15 == pytest.approx(seconds, rel=0.25)


def test_further_chains_stand_in_the_order_they_were_written(sounds: Session) -> None:
    """A filter before a distortion takes harmonics away that one behind it would leave, and the other way round."""
    last = part(heard(sounds, "s 'rich' | freq 200 | fx [distort 3 | lpf 300]"), 0.1, 1.9)
    first = part(heard(sounds, "s 'rich' | freq 200 | fx [lpf 300 | distort 3]"), 0.1, 1.9)
    assert level(first, 3000) > level(last, 3000) + 20


def test_gain_comes_before_a_distortion_and_postgain_behind(sounds: Session) -> None:
    def third(code: str) -> float:
        wave = part(heard(sounds, f"s 'pure' | freq 500 | distort 2 | {code}"), 0.1, 1.9)
        return level(wave, 1500) - level(wave, 500)

    assert third("gain 0.05") < third("gain 1") - 3
    assert third("postgain 0.05") == pytest.approx(third("gain 1"), abs=0.1)


# what moves inside a note


def test_a_cutoff_follows_a_pattern_smoothly(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | freq 1000 | hpf (saw | range 100 4000)")
    steps = [level(part(wave, t, t + 0.04), 1000) for t in np.arange(0.02, 1.9, 0.04)]
    assert steps[0] - steps[-1] > 20
    assert max(np.diff(steps)) < 0.3
    assert np.abs(np.diff(part(wave, 0.01, 1.9))).max() < 1.1 * 2 * math.pi * 1000 / RATE * 0.26


def test_a_parameter_of_a_design_follows_a_pattern(sounds: Session) -> None:
    wave = heard(sounds, "s 'knob' | cut (saw | range 200 8000)")
    bright = [band(part(wave, t, t + 0.2), 4000, 7000) for t in (0.1, 0.6, 1.1, 1.6)]
    assert bright == sorted(bright) and bright[-1] > bright[0] + 25


def test_gain_and_pan_follow_a_pattern(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | freq 1000 | gain (saw | range 0.1 1) | pan (saw | range 0 1)")
    left, right = (np.abs(wave[:91200, c]).reshape(-1, 480).max(axis=1) for c in (0, 1))
    t = (np.arange(190) + 0.5) / 200
    gain = (0.1 + 0.9 * t) * 10 ** (-9 / 20)
    assert np.allclose(left[2:], (gain * np.sqrt(1 - t))[2:], atol=0.01)
    assert np.allclose(right[2:], (gain * np.sqrt(t))[2:], atol=0.01)


@pytest.mark.parametrize(
    ("controls", "grows"), [("dry (saw)", 15.0), ("dry 0 | room (saw)", 12.0), ("dry 0 | delay (saw)", 12.0)]
)
def test_what_a_note_sends_follows_a_pattern(sounds: Session, controls: str, grows: float) -> None:
    wave = heard(sounds, f"s 'pure' | freq 1000 | {controls}")
    early, late = (level(part(wave, t, t + 0.2), 1000) for t in (0.2, 1.7))
    assert late > early + grows


def test_a_random_control_stays_through_its_note(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | freq 1000 | gain (rand | range 0.2 1)")
    shape = np.abs(wave[4800:91200, 0]).reshape(-1, 480).max(axis=1)
    assert shape.max() / shape.min() < 1.01


def test_a_tempo_and_the_note_before_are_there_for_designs(sounds: Session) -> None:
    assert pitch(part(heard(sounds, "s 'beat'"), 0.1, 1.9)) == pytest.approx(100.0, rel=1e-3)
    wave = heard(sounds, "note \"48 60\" | s 'slide'")
    assert pitch(part(wave, 1.08, 1.12)) == pytest.approx(130.81 * 2**0.5, rel=0.02)
    assert pitch(part(wave, 1.3, 1.9)) == pytest.approx(261.63, rel=1e-3)


def test_an_lfo_moves_any_control(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | freq 2000 | lfo 'gain' 4 0.5")
    shape = np.abs(wave[:91200, 0]).reshape(-1, 240).max(axis=1)
    assert shape.min() / shape.max() == pytest.approx(1 / 3, abs=0.02)
    bent = heard(sounds, "s 'pure' | freq 440 | env 'freq' 1 0.5 0.5")
    assert pitch(part(bent, 0.48, 0.52)) == pytest.approx(880 * 0.99, rel=0.02)
    assert pitch(part(bent, 1.2, 1.9)) == pytest.approx(440, rel=1e-3)
    filtered = heard(sounds, "s 'hiss' | lpf 500 | env 'cutoff' 7 0.01 0.5")
    assert band(part(filtered, 0.02, 0.1), 1500, 3000) > band(part(filtered, 1.0, 1.9), 1500, 3000) + 12


def test_what_makes_no_sense_is_told_and_skipped(sounds: Session) -> None:
    for code, words in (
        ("s 'pure' | vowel 'x'", "is not a vowel"),
        ("s 'pure' | lpf 400 | ftype 'x'", "is not a kind of filter"),
        ("s 'pure' | gain -1", "below 0"),
    ):
        rendering = play(sounds, code)
        assert any(words in t for t in rendering.troubles), rendering.troubles
        assert np.abs(rendering.audio).max() == 0.0
