"""The built-in kit as it sounds: levels, tuning, clean ends, character, and how it adds up."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import signal

from livecode.errors import Source
from livecode.patterns.notes import midi_to_freq, note_to_midi
from livecode.render import render
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text

Wave = np.ndarray[Any, np.dtype[np.float64]]

RATE = 48000
SLOT = 3.25  # seconds from one sound to the next; the longest, the bell, lasts 3
HELD = 0.5  # seconds
LONG = 2.0  # seconds, for what beats too slowly for a short note

# drum: where the middle of its spectrum lies, in Hz, and its seconds from the peak to 20 dB below
DRUMS: dict[str, tuple[float, float, float, float]] = {
    "bd": (60, 150, 0.1, 0.35),
    "sd": (2000, 6000, 0.04, 0.15),
    "hh": (7000, 12000, 0.01, 0.06),
    "oh": (7000, 12000, 0.12, 0.4),
    "cp": (1200, 4500, 0.025, 0.12),
    "rim": (800, 3000, 0.008, 0.04),
    "lt": (80, 140, 0.1, 0.35),
    "mt": (105, 180, 0.1, 0.3),
    "ht": (140, 230, 0.08, 0.25),
    "cb": (600, 1300, 0.08, 0.3),
    "cr": (4500, 10000, 0.25, 0.9),
    "rd": (4500, 9000, 0.2, 0.8),
    "sh": (5500, 10000, 0.015, 0.08),
}
TOMS = {"lt": "e2", "mt": "a2", "ht": "d3"}
SYNTHS = ("bass", "sub", "pad", "pluck", "lead", "bell", "organ", "stab")
KEYS = ("c2", "c3", "c4", "c5")
TUNED = [(name, key) for name in SYNTHS for key in KEYS]
EACH = [(name, "c4") for name in DRUMS] + TUNED + [("sweep", "c4")]
LEVELLED = [(name, key) for name, key in EACH if key != "c2"]
HELD_SYNTHS = [(name, key) for name, key in TUNED if name not in ("pluck", "bell", "stab")]

BUSY = """
tempo 126
kick = s "bd*4"
drums = s "~ [sd,cp] ~ [sd,cp], ~ oh ~ oh, cb(3,8), rim(5,8)"
hats = s "hh*16, sh*8" | gain 0.7
toms = s "<~ ~ ~ [~ ~ ht*2 [mt lt]]>"
metal = s "<cr ~>, rd*4"
low = note "c2*8" | s 'bass'
chords = note "<[c3,eb3,g3] [ab2,c3,eb3]>" | s 'pad'
top = note "c4 eb4 g4 c5 bb4 g4 eb4 d4" | s 'lead'
high = note "c5 g5 eb5 c6" | s 'bell'
"""


def sounds(code: str, *, cycles: int = 0, seconds: float = 0.0) -> Wave:
    """Render statements after the prelude: (samples, 2)."""
    evaluation = evaluate_text(prelude(), Source("kit", code))
    assert [e.render() for e in evaluation.errors] == []
    extent: dict[str, Any] = {"cycles": Fraction(cycles)} if cycles else {"seconds": seconds}
    rendering = render(evaluation.session, **extent)
    assert rendering.troubles == ()
    return rendering.audio.astype(np.float64)


def decibel(level: float) -> float:
    return 20 * math.log10(max(level, 1e-12))


def louder(wave: Wave) -> Wave:
    """Give the channel with the higher peak."""
    return wave[:, int(np.abs(wave).max(axis=0).argmax())]


def steps(wave: Wave) -> Wave:
    """Give the jumps between samples, the first from silence."""
    return np.abs(np.diff(wave, prepend=0.0))


def cents(wave: Wave, freq: float) -> float:
    """Measure how far the fundamental lies from `freq`: the slope of its phase, weighted by its level."""
    times = np.arange(len(wave)) / RATE
    turned = wave * np.exp(-2j * math.pi * freq * times)
    slow = signal.fftconvolve(turned, signal.windows.hann(int(4 * RATE / freq)), "valid")[::64]
    slope = np.polyfit(np.arange(len(slow)) * 64 / RATE, np.unwrap(np.angle(slow)), 1, w=np.abs(slow))[0]
    return 1200 * math.log2(1 + slope / (2 * math.pi * freq))


def likeness(wave: Wave) -> float:
    """Give the correlation of left and right, -1 to 1."""
    left, right = wave[:, 0], wave[:, 1]
    return float((left * right).sum() / math.sqrt((left**2).sum() * (right**2).sum()))


def crest(wave: Wave) -> float:
    """Give the peak above the RMS, in dB."""
    return decibel(float(np.abs(wave).max())) - decibel(float(np.sqrt(np.mean(wave**2))))


@pytest.fixture(scope="module")
def kit() -> dict[tuple[str, str, float], Wave]:
    """Render every sound of the kit, one after the other."""
    plan = [(name, key, HELD) for name, key in EACH] + [("pad", key, LONG) for key in KEYS]
    rows = [" ".join(str(p[i]) for p in plan) for i in (0, 1)]
    clips = " ".join(f"{p[2] / SLOT:.6f}" for p in plan)
    code = f'tempo {240 / SLOT}\nx = s "<{rows[0]}>" | note "<{rows[1]}>" | clip "<{clips}>"\n'
    audio = sounds(code, cycles=len(plan))
    size = len(audio) / len(plan)
    return {p: audio[round(i * size) : round((i + 1) * size)] for i, p in enumerate(plan)}


@pytest.mark.parametrize(("name", "key"), LEVELLED)
def test_peaks_near_minus_twelve_decibels(kit: dict[Any, Wave], name: str, key: str) -> None:
    assert decibel(float(np.abs(kit[name, key, HELD]).max())) == pytest.approx(-12, abs=1.0)


@pytest.mark.parametrize(("name", "key"), EACH)
def test_has_no_direct_current(kit: dict[Any, Wave], name: str, key: str) -> None:
    wave = kit[name, key, HELD]
    last = int(np.flatnonzero(np.abs(wave).max(axis=1) > 1e-5)[-1])
    assert decibel(float(np.abs(wave[:last].mean(axis=0)).max())) < -60


@pytest.mark.parametrize(("name", "key"), EACH)
def test_ends_without_a_click(kit: dict[Any, Wave], name: str, key: str) -> None:
    wave = louder(kit[name, key, HELD])
    peak = float(np.abs(wave).max())
    jumps = steps(wave)
    last = int(np.flatnonzero(jumps > 1e-4 * peak)[-1])  # what rings on below 50 Hz is no click
    assert last < len(wave) - RATE // 20, "it does not end in its slot"
    assert decibel(float(jumps[last - 24 :].max()) / peak) < -44
    assert np.abs(wave[-480:]).max() < 1e-4 * peak


@pytest.mark.parametrize(("name", "key"), TUNED)
def test_synths_start_without_a_click(kit: dict[Any, Wave], name: str, key: str) -> None:
    jumps = steps(louder(kit[name, key, HELD]))
    assert jumps[:48].max() <= jumps[48:].max()


@pytest.mark.parametrize(("name", "key"), HELD_SYNTHS)
def test_synths_are_let_go_without_a_click(kit: dict[Any, Wave], name: str, key: str) -> None:
    jumps = steps(louder(kit[name, key, HELD]))
    off = round(HELD * RATE)
    assert jumps[off - 4 : off + 96].max() <= 1.1 * jumps[off - 4800 : off - 4].max()


@pytest.mark.parametrize(("name", "key"), TUNED)
def test_synths_are_in_tune(kit: dict[Any, Wave], name: str, key: str) -> None:
    held = LONG if name == "pad" else HELD
    wave = kit[name, key, held].sum(axis=1)
    assert abs(cents(wave[1440 : round(held * RATE)], midi_to_freq(note_to_midi(key)))) < 3


@pytest.mark.parametrize("name", TOMS)
def test_toms_are_tuned_to_notes(kit: dict[Any, Wave], name: str) -> None:
    wave = kit[name, "c4", HELD][:, 0]
    assert abs(cents(wave[4800:14400], midi_to_freq(note_to_midi(TOMS[name])))) < 10


def test_drums_follow_the_note_and_c4_is_their_own() -> None:
    played = 'x = s "<lt!3 cp!3 ~ ~>" | note "<c4 c5 c3 c4 c5 c3 ~ ~>"'
    wave = sounds(f'tempo 60\n{played}\ny = s "<~!6 lt cp>"', cycles=8).mean(axis=1)
    own, higher, lower, *noise, plain, hands = (wave[i * 4 * RATE : i * 4 * RATE + RATE] for i in range(8))
    for heard, octave in ((own, 0), (higher, 1), (lower, -1), (plain, 0)):
        assert cents(heard[4800:14400], midi_to_freq(note_to_midi("e2") + 12 * octave)) == pytest.approx(0, abs=10)
    for heard, octave in zip([*noise, hands], (0, 1, -1, 0), strict=True):
        assert middle(heard) / middle(hands) == pytest.approx(2.0**octave, rel=0.3)


def middle(wave: Wave) -> float:
    """Give the middle of the spectrum in Hz."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((power * np.fft.rfftfreq(len(wave), 1 / RATE)).sum() / power.sum())


@pytest.mark.parametrize("name", DRUMS)
def test_drums_have_their_colour_and_length(kit: dict[Any, Wave], name: str) -> None:
    low, high, short, long = DRUMS[name]
    wave = kit[name, "c4", HELD][:, 0]
    level = np.sqrt(np.convolve(wave**2, np.full(480, 1 / 480), "same"))
    above = np.flatnonzero(level > level.max() / 10)
    assert low < middle(wave) < high
    assert short < (above[-1] - level.argmax()) / RATE < long


def test_bass_drum_falls_to_its_note_and_speaks_on_small_speakers(kit: dict[Any, Wave]) -> None:
    wave = kit["bd", "c4", HELD][:, 0]
    crossings = np.flatnonzero(np.diff(np.signbit(signal.sosfilt(_band(20, 400), wave)[: RATE // 2]))) / RATE
    freqs = 0.5 / np.diff(crossings)
    assert freqs[crossings[1:] < 0.02].max() > 110
    assert 45 < np.median(freqs[(crossings[1:] > 0.12) & (crossings[1:] < 0.35)]) < 55
    power = np.abs(np.fft.rfft(wave)) ** 2
    assert 10 * math.log10(power[np.fft.rfftfreq(len(wave), 1 / RATE) > 150].sum() / power.sum()) > -15


def _band(low: float, high: float) -> Any:
    return signal.butter(2, [low, high], "band", fs=RATE, output="sos")


def test_snare_has_body_and_wires(kit: dict[Any, Wave]) -> None:
    wave = kit["sd", "c4", HELD][:, 0]
    body, wires = (float((signal.sosfilt(_band(*edges), wave) ** 2).sum()) for edges in ((120, 450), (1500, 12000)))
    assert abs(10 * math.log10(wires / body)) < 8


def test_clap_has_three_bursts(kit: dict[Any, Wave]) -> None:
    wave = kit["cp", "c4", HELD][:, 0]
    level = np.sqrt(np.convolve(wave**2, np.full(96, 1 / 96), "same"))
    tops = [float(level[round(t * 48) : round((t + 3) * 48)].max()) for t in (0, 10, 21)]
    gaps = [float(level[round(t * 48) : round((t + 4) * 48)].min()) for t in (4, 15)]
    assert min(tops) > 1.8 * max(gaps)


def test_cowbell_is_two_tones(kit: dict[Any, Wave]) -> None:
    wave = kit["cb", "c4", HELD][: RATE // 3, 0]
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), RATE)) ** 2
    peaks = np.sort(signal.find_peaks(power[:1500], height=power.max() / 30, distance=50)[0])
    assert list(peaks) == pytest.approx([540, 800], abs=3)


@pytest.mark.parametrize("key", KEYS)
def test_pad_is_wide(kit: dict[Any, Wave], key: str) -> None:
    assert likeness(kit["pad", key, HELD]) < 0.9


@pytest.mark.parametrize("name", SYNTHS)
def test_synths_are_as_loud_in_every_key(kit: dict[Any, Wave], name: str) -> None:
    levels = [decibel(float(np.sqrt(np.mean(kit[name, key, HELD] ** 2)))) for key in KEYS]
    assert max(levels) - min(levels) < 4


def test_bell_is_inharmonic_and_long(kit: dict[Any, Wave]) -> None:
    wave = kit["bell", "c4", HELD][:, 0]
    freq = midi_to_freq(60)
    power = np.abs(np.fft.rfft(wave[: RATE // 2] * np.hanning(RATE // 2))) ** 2
    hertz = np.fft.rfftfreq(RATE // 2, 1 / RATE)
    off = np.abs((hertz / freq + 0.5) % 1.0 - 0.5) > 0.1
    assert 10 * math.log10(power[off].sum() / power.sum()) > -12
    assert decibel(float(np.abs(wave[2 * RATE : 2 * RATE + 4800]).max() / np.abs(wave).max())) > -50


@pytest.mark.parametrize("name", ["bass", "pluck", "stab"])
def test_filters_close(kit: dict[Any, Wave], name: str) -> None:
    wave = kit[name, "c3", HELD][:, 0]
    bright = []
    for begin in (0.02, 0.25):
        part = wave[round(begin * RATE) :][: RATE // 20]
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        bright.append(float(power[np.fft.rfftfreq(len(part), 1 / RATE) > 1000].sum() / power.sum()))
    assert bright[1] < 0.5 * bright[0]


def test_a_busy_mix_has_headroom_and_punch() -> None:
    mix = sounds(BUSY, cycles=4)
    peaks = np.abs(mix).max(axis=1)
    assert decibel(float(peaks.max())) < -0.99
    assert crest(louder(mix)) > 9
    assert np.mean(peaks > 0.98 * 10 ** (-1 / 20)) < 1e-3, "the limiter works all the time"


def test_room_rings_for_two_seconds_without_boom() -> None:
    wave = sounds('tempo 60\nx = s "sd" | room 1', seconds=4)[RATE // 3 :]  # the hit itself is over

    def time(low: float, high: float) -> float:
        energy = np.cumsum(signal.sosfilt(_band(low, high), wave[:, 0])[::-1] ** 2)[::-1]
        fall = 10 * np.log10(energy / energy[0] + 1e-12)
        return float(np.argmax(fall < -25) - np.argmax(fall < -5)) / RATE * 3

    assert 1.4 < time(400, 2500) < 2.4
    assert 0.7 < time(150, 400) / time(400, 2500) < 1.3
    assert likeness(signal.sosfilt(_band(300, 8000), wave, axis=0)) < 0.5


def test_delay_repeats_after_a_dotted_eighth_and_dies() -> None:
    wave = sounds('tempo 60\nx = s "rim" | delay 1', seconds=4)
    size = round(0.375 * RATE)
    levels = [decibel(float(np.abs(wave[i * size : (i + 1) * size]).max())) for i in range(6)]
    assert levels[1] > levels[0] - 12
    assert all(4 < a - b < 10 for a, b in pairwise(levels[1:]))
