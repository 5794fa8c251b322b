from __future__ import annotations

import numpy as np
import pytest

from livecode.deliver.album import Track, cue_sheet, joined, matched
from livecode.measure.loudness import measured
from tests.deliver.conftest import RATE, mixture

ONES = np.ones((1000, 2), dtype=np.float32)


@pytest.mark.parametrize(
    ("gap", "crossfade", "begins", "length"),
    [(0.0, 0.0, [0, 1000, 2000], 3000), (0.01, 0.0, [0, 1480, 2960], 3960), (0.0, 0.005, [0, 760, 1520], 2520)],
)
def test_songs_begin_where_they_should(gap: float, crossfade: float, begins: list[int], length: int) -> None:
    wave, tracks = joined([ONES] * 3, ["a", "b", "c"], RATE, gap=gap, crossfade=crossfade)
    assert [t.begin for t in tracks] == begins
    assert wave.shape == (length, 2)
    assert [t.title for t in tracks] == ["a", "b", "c"]


def test_a_crossfade_keeps_the_power() -> None:
    random = np.random.default_rng(1)
    waves = [random.normal(0, 0.1, (RATE * 4, 2)).astype(np.float32) for _ in range(2)]
    wave, tracks = joined(waves, ["a", "b"], RATE, crossfade=2.0)
    powers = [np.mean(wave[at : at + RATE // 2] ** 2) for at in range(RATE, 5 * RATE, RATE // 2)]
    assert max(powers) / min(powers) < 1.1
    assert tracks[1].begin == 2 * RATE


def test_a_gap_is_silent() -> None:
    wave, _ = joined([ONES, ONES], ["a", "b"], RATE, gap=0.1)
    assert not wave[1000 : 1000 + 4800].any() and wave[999].all() and wave[5800].all()


@pytest.mark.parametrize(("loudness", "peak"), [(None, None), (-16.0, -1.0)])
def test_loudness_is_one_across_the_album(loudness: float | None, peak: float | None) -> None:
    waves = [mixture(seed, 3.0) * np.float32(level) for seed, level in ((1, 0.9), (2, 0.2), (3, 0.5))]
    made = [measured(wave, RATE).integrated for wave in matched(waves, RATE, loudness, peak)]
    own = [measured(wave, RATE).integrated for wave in waves]
    assert max(made) - min(made) < 0.2
    assert made[0] == pytest.approx(min(own) if loudness is None else loudness, abs=0.2)


def test_a_cue_sheet_counts_frames_of_a_cd() -> None:
    tracks = [Track("Night", 0), Track('The "day"', round(61.52 * RATE))]
    lines = cue_sheet([("album.flac", tracks)], RATE, {"artist": "me", "album": "One"}).splitlines()
    assert lines[:3] == ['PERFORMER "me"', 'TITLE "One"', 'FILE "album.flac" WAVE']
    assert "  TRACK 02 AUDIO" in lines
    assert lines[-1] == "    INDEX 01 01:01:39"
    assert "    TITLE \"The 'day'\"" in lines


def test_a_song_is_never_cut_into() -> None:
    """What a frame cannot tell is left before the song."""
    tracks = [Track("a", 0), Track("b", RATE + 639)]
    assert cue_sheet([("a.wav", tracks)], RATE, {}).splitlines()[-1] == "    INDEX 01 00:01:00"


def test_each_file_has_a_track_of_its_own() -> None:
    lines = cue_sheet([("01 a.mp3", [Track("a", 0)]), ("02 b.mp3", [Track("b", 0)])], RATE, {}).splitlines()
    assert [line for line in lines if "FILE" in line] == ['FILE "01 a.mp3" MP3', 'FILE "02 b.mp3" MP3']
    assert [line.split()[1] for line in lines if "TRACK" in line] == ["01", "02"]
