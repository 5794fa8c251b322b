"""Samples as they sound: pitch, length, parts, loops, cuts and edges, measured on renderings."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.errors import Source
from livecode.render import Rendering, render
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.hearing import Wave, level, pitch, played, sound

RATE = 48000
LEVEL = 0.5
HEARD = LEVEL * 10 ** (-12.01 / 20)  # of a mono sample at gain 1, in each ear


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a song file and its samples; each lasts a second."""
    home = tmp_path_factory.mktemp("song")
    t = np.arange(44100) / 44100

    def put(name: str, samples: Wave, rate: int = 44100) -> None:
        path = home / "kit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, LEVEL * samples, rate, subtype="FLOAT" if name.endswith("wav") else None)

    put("tone/a.wav", np.sin(2 * np.pi * 441 * t))
    put("tone/b.flac", np.sin(2 * np.pi * 882 * t))
    put("wide/a.wav", np.stack([np.sin(2 * np.pi * 441 * t), np.sin(2 * np.pi * 661.5 * t)], 1))
    put("rise/a.wav", np.sin(2 * np.pi * (200 * t + 400 * t**2)))  # from 200 Hz to 1000 Hz
    put("parts/a.wav", np.sin(2 * np.pi * np.cumsum(np.repeat([300, 600, 900, 1200], 11025)) / 44100))
    put("wave/a.wav", np.sin(2 * np.pi * np.arange(100) / 100))  # a single period
    put("tr909_sd/a.wav", np.sin(2 * np.pi * 1000 * t))
    put("high/a.wav", np.sin(2 * np.pi * 9000 * np.arange(48000) / 48000), 48000)
    return home


def play(song: Path, code: str, cycles: int = 1) -> Rendering:
    """Render cycles of two seconds."""
    file = song / "song.live"
    text = f"samples 'kit'\ntempo 120\n{code}\n"
    file.write_text(text)
    return played(text, None, cycles, str(file))


def heard(song: Path, code: str, cycles: int = 1) -> Wave:
    return sound(play(song, code, cycles))


def cents(wave: Wave, freq: float) -> float:
    return 1200 * math.log2(pitch(wave) / freq)


def end_of(wave: Wave) -> float:
    """Give the second of the last sample that is heard; the DC filter of the master rings a little."""
    return float(np.flatnonzero(np.abs(wave).max(axis=1) > 2e-3)[-1] / RATE)


def at(wave: Wave, begin: float, end: float, channel: int = 0) -> Wave:
    return wave[round(begin * RATE) : round(end * RATE), channel]


PITCHES = [
    ('s "tone"', 441.0),
    ('s "tone:1"', 882.0),
    ('s "tone" | n 1', 882.0),
    ('s "tone" | n 2', 441.0),
    ('s "tone" | note 72', 882.0),
    ('s "tone" | note "c4"', 441.0),
    ('s "tone" | note 67', 441.0 * 2 ** (7 / 12)),
    ('s "tone" | speed 2', 882.0),
    ('s "tone" | speed 0.5', 220.5),
    ('s "tone" | speed -1.5', 661.5),
    ('s "tone" | note 72 | speed 0.5', 441.0),
    ('s "sd" | bank "tr909"', 1000.0),
    ('s "sd" | bank "TR909"', 1000.0),
    ('s "parts" | begin 0.5 | end 0.75', 900.0),
    ('s "parts" | begin 0.25 | end 0.5', 600.0),
    ('s "parts" | speed -1', 1200.0),
    ('s "wave" | loop 1 | clip 1', 441.0),
    ('s "wave" | loop 1 | note 67', 441.0 * 2 ** (7 / 12)),
    ('s "parts" | loop 1 | begin 0.5 | end 0.75', 900.0),
    ('slice 4 "2" (s "parts")', 900.0),
    ('slice 4 "-1" (s "parts")', 1200.0),
    ('loopAt 2 (s "tone")', 441.0 / 4),
    ('fit (s "tone")', 441.0 / 2),
    ('s "tone" | stretch 2', 882.0),
    ('s "tone" | timescale 2', 441.0),
    ('s "tone" | timescale 0.5', 441.0),
    ('s "tone" | timescale 2 | speed 2', 882.0),
    ('s "parts" | timescale 1.6 | speed -1', 1200.0),
]


@pytest.mark.parametrize(("code", "freq"), PITCHES)
def test_pitch(song: Path, code: str, freq: float) -> None:
    wave = heard(song, f"a = {code}")
    # what is shifted or stretched has side bands, as far from its pitch as there are grains in a second
    assert abs(cents(at(wave, 0.01, 0.22), freq)) < (100 if "stretch" in code or "timescale" in code else 2)


LENGTHS = [
    ('s "tone"', 1.0),
    ('s "tone" | speed 2', 0.5),
    ('s "tone" | speed -2', 0.5),
    ('s "tone" | begin 0.2 | end 0.5', 0.3),
    ('s "tone" | end 0.2 | begin 0.5', 0.3),
    ('s "tone" | clip 0.25', 0.5),
    ('s "tone" | legato 0.1', 0.2),
    ('s "tone" | clip 2', 1.0),
    ('s "tone" | loop 1 | clip 0.9', 1.8),
    ('s "tone" | loop 3 | end 0.25', 0.75),
    ('s "tone" | duration 0.3', 0.6),
    ('s "tone" | accelerate 1', 1 / 1.5),
    ('s "tone" | unit "s" | speed 2', 0.5),
    ('s "tone" | release 0.2 | clip 0.25', 0.7),
    ('s "tone" | timescale 1.5', 1.5),
    ('s "tone" | timescale 0.5 | speed 2', 0.5),
]


@pytest.mark.parametrize(("code", "seconds"), LENGTHS)
def test_length(song: Path, code: str, seconds: float) -> None:
    wave = heard(song, f"a = {code}")
    assert end_of(wave) == pytest.approx(seconds, abs=0.012 if "timescale" in code else 0.004)
    inside = at(wave, 0.02, seconds - 0.02)
    assert np.abs(inside).reshape(-1)[: len(inside) // 480 * 480].reshape(-1, 480).max(axis=1).min() > 0.002


def test_a_sample_is_as_loud_as_a_design_of_its_level(song: Path) -> None:
    mono, stereo = heard(song, 'a = s "tone"'), heard(song, 'a = s "wide"')
    assert np.abs(at(mono, 0.1, 0.9)).max() == pytest.approx(HEARD, rel=0.01)
    assert np.abs(at(stereo, 0.1, 0.9)).max() == pytest.approx(HEARD, rel=0.01)


def test_a_stereo_sample_keeps_its_sides(song: Path) -> None:
    wave = heard(song, 'a = s "wide"')
    assert abs(cents(at(wave, 0.1, 0.9, 0), 441.0)) < 1
    assert abs(cents(at(wave, 0.1, 0.9, 1), 661.5)) < 1


def test_the_first_hit_is_on_its_sample_and_the_samples_are_those_of_the_file(song: Path) -> None:
    wave = heard(song, 'a = s "~ high"')[48000:]
    expected = HEARD * np.sin(2 * np.pi * 9000 * np.arange(4800) / RATE)
    assert np.abs(wave[:4800, 0] - expected).max() < 0.01 * HEARD


def test_chop_in_order_is_the_sample_again(song: Path) -> None:
    wave = heard(song, 'a = chop 4 (s "parts") | fast 2')
    assert [round(pitch(at(wave, i / 4 + 0.02, i / 4 + 0.23)), -1) for i in range(4)] == [300, 600, 900, 1200]


def test_striate_interleaves_the_parts_of_samples(song: Path) -> None:
    wave = heard(song, 'a = striate 2 (s "parts tone")')
    for i, freq in enumerate((300, 441, 900, 441)):
        assert abs(cents(at(wave, i / 2 + 0.02, i / 2 + 0.22), freq)) < 3


def test_splice_fills_its_event(song: Path) -> None:
    wave = heard(song, 'a = splice 4 "0 1" (s "parts")')  # a quarter of a second fills a second
    assert abs(cents(at(wave, 0.1, 0.9), 75)) < 3
    assert abs(cents(at(wave, 1.1, 1.9), 150)) < 3


def test_accelerate_glides(song: Path) -> None:
    wave = heard(song, 'a = s "tone" | accelerate 1')
    assert pitch(at(wave, 0, 0.1)) == pytest.approx(441 * (1 + 0.05 * 1.5), rel=0.02)
    assert pitch(at(wave, 0.56, 0.66)) == pytest.approx(441 * (2 - 0.06 * 1.5), rel=0.02)


def test_a_loop_with_a_beginning_joins_without_a_seam(song: Path) -> None:
    code = f"loopBegin {100 / 441} | loopEnd {200 / 441}"  # whole periods
    wave = at(heard(song, f'a = s "tone" | loop 1 | {code}'), 0, 1.9)
    assert np.abs(np.diff(wave)).max() < 1.1 * 2 * math.pi * 441 / RATE * HEARD
    assert abs(cents(wave, 441)) < 0.1


@pytest.mark.parametrize(
    "code", ["begin 0.3", "end 0.3", "speed -1", "clip 0.13", "begin 0.313 | end 0.777", "cut 1 | fast 4", "loop 1"]
)
def test_no_part_of_a_sample_clicks(song: Path, code: str) -> None:
    wave = heard(song, f'a = s "tone" | {code}')[:, 0]
    assert np.abs(np.diff(wave)).max() < 2.2 * 2 * math.pi * 441 / RATE * HEARD


def test_cut_ends_what_sounds_before_in_its_group(song: Path) -> None:
    free = heard(song, 'a = s "tone high"')
    cut = heard(song, 'a = s "tone*4 high" | cut 1')
    other = heard(song, 'a = s "tone high" | cut "1 2"')
    own = heard(song, 'a = s "tone high" | cut -1')

    def low(wave: Wave, begin: float) -> float:
        part = at(wave, begin, begin + 0.1)
        turned = part * np.exp(-2j * np.pi * 441 * np.arange(len(part)) / RATE)
        return 2 * abs(turned.mean()) / HEARD

    assert low(free, 0.8) > 0.9
    assert low(cut, 1.15) < 0.02
    assert low(heard(song, 'a = s "tone@1 high@3" | cut 1'), 0.6) < 0.02
    assert low(heard(song, 'a = s "tone@1 high@3" | cut -1'), 0.6) > 0.9
    assert other.shape == own.shape


def test_a_missing_sample_is_named_and_the_others_play(song: Path) -> None:
    rendering = play(song, 'a = s "tone"\nb = s "toone"')
    assert any("there is no sound toone" in t and "did you mean tone?" in t for t in rendering.troubles)
    assert abs(cents(at(rendering.audio.astype(np.float64), 0.01, 0.9), 441)) < 1


def test_a_file_that_is_gone_is_named_and_the_others_play(song: Path) -> None:
    gone = song / "kit" / "gone" / "a.wav"
    gone.parent.mkdir()
    soundfile.write(gone, np.zeros(4410), 44100)
    text = "samples 'kit'\ntempo 120\na = s \"tone gone\"\n"
    (song / "song.live").write_text(text)
    evaluation = evaluate_text(prelude(), Source(str(song / "song.live"), text))
    gone.unlink()
    gone.parent.rmdir()
    rendering = render(evaluation.session, cycles=Fraction(1))
    assert any("gone/a.wav cannot be read: it is not there" in t for t in rendering.troubles)
    assert abs(cents(at(rendering.audio.astype(np.float64), 0.01, 0.9), 441)) < 1


def test_two_renderings_are_the_same(song: Path) -> None:
    code = 'a = s "rise*3 parts" | lpf 900 | room 0.3 | roomsize 1\nb = chop 8 (s "wide")'
    assert np.array_equal(heard(song, code), heard(song, code))


PARTS = (300, 600, 900, 1200)


@pytest.mark.parametrize(
    ("design", "note", "heard_at"),
    [
        ("granular 'parts' freq 0.1", "c4", {0.3: 300, 1.5: 300}),
        ("granular 'parts' freq 0.6 40ms", "c4", {0.3: 900, 1.5: 900}),
        ("granular 'parts' freq 0.1 50ms", "c5", {0.5: 600}),
        ("granular 'parts' freq (env [0.1, 1s, 0.1, 0s, 0.9, 1s, 0.9])", "c4", {0.5: 300, 1.5: 1200}),
        ("stretch 'parts' freq 2", "c4", {0.25: 300, 0.75: 600, 1.25: 900, 1.75: 1200}),
        ("stretch 'parts' freq 0.5", "c4", {0.06: 300, 0.45: 1200}),
    ],
)
def test_designs_play_grains_of_a_sample(song: Path, design: str, note: str, heard_at: dict[float, float]) -> None:
    wave = heard(song, f"design q =\n    {design} | asr 5ms 5ms\nx = note '{note}' | s 'q'")
    for at, freq in heard_at.items():
        piece = wave[round((at - 0.04) * RATE) : round((at + 0.04) * RATE), 0]
        assert pitch(piece) == pytest.approx(freq, rel=0.07)  # grains beat with each other
    assert np.abs(np.diff(wave[:, 0])).max() < 0.3 * max(heard_at.values()) / 3000


@pytest.mark.parametrize(
    "body", ["granular 'wide' freq 0.3 80ms", "granular 'wide' freq 1 50ms", "stretch 'wide' freq 1.7"]
)
def test_grains_of_a_tone_are_in_tune_and_nearly_as_loud(song: Path, body: str) -> None:
    """Grains in even steps would give the nearest multiple of their rate, and cancel each other where it is far."""
    plain = at(heard(song, "x = s 'wide'"), 0.1, 0.7)
    wave = at(heard(song, f"design q =\n    {body} | asr 5ms 5ms\nx = note 'c4' | s 'q'"), 0.1, 0.9)
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    mean = float((power * np.fft.rfftfreq(len(wave), 1 / RATE)).sum() / power.sum())
    assert mean == pytest.approx(441.0, rel=0.015)
    assert level(wave) == pytest.approx(level(plain), abs=4.0)


def test_a_design_plays_both_sides_of_a_sample(song: Path) -> None:
    wave = heard(song, "design q =\n    granular 'wide' freq 0.3 | asr 5ms 5ms\nx = note 'c4' | s 'q'")
    for side, freq in ((0, 441.0), (1, 661.5)):
        assert cents(wave[9600:48000, side], freq) == pytest.approx(0.0, abs=20)
