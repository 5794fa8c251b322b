"""The panes: they stay inside their lines and columns, and show what is there."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import replace
from math import log2, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from livecode.measure.reading import Loudness
from livecode.screen.bars import across, upward, written
from livecode.screen.mixer import meters, mixer
from livecode.screen.moment import Line, Moment, Onset, Piece, Row, Strip
from livecode.screen.panes import chosen, drawn
from livecode.screen.punchcard import punchcard, roll
from livecode.screen.timeline import timeline
from livecode.screen.waves import magnitudes, scope, spectrum

RATE = 48000


def sine(hertz: float, level: float = 0.5, count: int = 2048) -> array[float]:
    return array("f", (level * sin(2 * pi * hertz * i / RATE) for i in range(count)))


BUSY = Moment(
    cycle=5.3,
    first=4,
    rows=(
        Row("kick", tuple(Onset(4 + i / 4, 4 + (i + 1) / 4) for i in range(8))),
        Row("bass", tuple(Onset(4 + i / 2, 4.5 + i / 2, 36 + 5 * i, 0.5) for i in range(4)), heard=False),
    ),
    wave=sine(1000),
    strips=(
        Strip("kick", 0.9, 0.5, 1),
        Strip("bass", 0.1, 0.1, 2, heard=False),
        Strip("hall", 0.2, 0.1, soloed=True, reduction=3.25),
    ),
    left=1.2,
    right=0.5,
    lufs=-14.0,
    pieces=(Piece("intro", 0, 4), Piece("drop", 4, 12)),
    place=5.3,
    change=6.0,
)
DRAWINGS: list[Callable[[Moment, int, int], list[Line]]] = [punchcard, roll, scope, spectrum, meters, mixer, timeline]


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for _, part in line) for line in lines]


@pytest.mark.parametrize("draw", DRAWINGS)
@settings(deadline=None)
@given(st.integers(20, 120), st.integers(2, 20), st.sampled_from([BUSY, Moment()]))
def test_a_drawing_stays_inside(
    draw: Callable[[Moment, int, int], list[Line]], width: int, height: int, moment: Moment
) -> None:
    lines = text(draw(moment, width, height))
    assert 0 < len(lines) <= height
    assert all(get_cwidth(line) <= width for line in lines)


@settings(deadline=None)
@given(st.integers(20, 120), st.integers(1, 60), st.booleans())
def test_panes_fill_exactly_their_lines(width: int, height: int, rolling: bool) -> None:
    lines = drawn(chosen(rolling), BUSY, width, height)
    assert len(lines) == height
    assert all(get_cwidth(line) <= width for line in text(lines))


def test_the_punchcard_shows_when_and_how_loud() -> None:
    lines = text(punchcard(BUSY, 8 + 32, 4))
    assert lines[0] == "kick    " + "█───" * 8
    assert lines[1] == "bass    " + "▓───────" * 4


def test_the_column_of_now_is_marked() -> None:
    line = punchcard(BUSY, 8 + 32, 4)[0]
    now = next(i for i, (style, _) in enumerate(line) if "class:now" in style)
    assert sum(len(part) for _, part in line[:now]) - 8 == int(1.3 * 16)


def test_the_roll_has_high_notes_above_low_ones() -> None:
    lines = text(roll(BUSY, 8 + 32, 16))
    assert (lines[0][:7].strip(), lines[-1][:7].strip()) == ("d#3", "c2")  # 51 and 36
    assert [i for i, line in enumerate(lines) if "▓" in line] == [0, 5, 10, 15]


def test_a_spectrum_has_its_peak_where_the_sine_is() -> None:
    bins = magnitudes(sine(RATE * 64 / 1024)[-1024:])
    assert max(range(len(bins)), key=bins.__getitem__) == 64
    assert bins[64] == pytest.approx(0.5, rel=0.01)
    columns: list[int] = []
    for hertz in (200.0, 4000.0):
        shown = text(spectrum(replace(BUSY, wave=sine(hertz)), 60, 8))
        heights = [sum(line[column] != " " for line in shown) for column in range(60)]
        columns.append(heights.index(max(heights)))
    low, high = columns
    assert high - low == pytest.approx(60 * log2(20) / log2(16000 / 50), abs=3)


def test_a_scope_stands_still() -> None:
    shown = {tuple(text(scope(replace(BUSY, wave=sine(750, count=2048 + shift)), 40, 5))) for shift in (0, 13, 29)}
    assert len(shown) <= 2  # within a sample


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (BUSY, ["1 kick", "-0.9", "2 bass   M", "hall", "S", "▾3.2"]),
        (Moment(), ["no strips"]),
    ],
)
def test_the_mixer_tells_numbers_levels_mute_and_solo(moment: Moment, words: list[str]) -> None:
    shown = "\n".join(text(mixer(moment, 40, 5)))
    assert all(word in shown for word in words), shown


def test_a_wide_mixer_tells_rms_and_correlation_too() -> None:
    strips = (Strip("kick", 0.5, 0.5, 1, reduction=3.24, rms=0.1, correlation=0.97), Strip("hats", 0.0, 0.0, 2))
    kick, hats = text(mixer(Moment(strips=strips), 60, 3))
    assert len(kick) == len(hats) == 60
    assert kick.split()[-4:] == ["▾3.2", "-6.0", "-20.0", "+1.0"] and "█▒" in kick
    assert hats.split() == ["2", "hats", "-∞", "-∞"]


def test_a_wide_master_tells_all_of_its_loudness() -> None:
    read = Loudness(momentary=-13.0, short_term=-14.0, integrated=-15.5, range=4.2, true_peak=-1.04)
    shown = text(meters(replace(BUSY, loudness=read), 60, 3))[2]
    assert shown.endswith("-14.0 M-13.0 I-15.5 R  4.2 TP -1.0") and len(shown) == 60


def test_a_meter_over_full_scale_is_hot() -> None:
    assert any(style == "class:hot" for style, _ in meters(BUSY, 40, 3)[0])
    assert not any(style == "class:hot" for style, _ in meters(BUSY, 40, 3)[1])


def test_the_timeline_shows_where_the_song_stands() -> None:
    head, song = timeline(BUSY, 120, 2)
    assert "5.3 of 12, 6.7 to go" in text([head])[0] and "the change is heard at 6" in text([head])[0]
    assert text([head])[0].index("▼") == int(5.3 / 12 * 120)
    assert [part.strip() for style, part in song if "class:now" in style] == ["▏drop"]
    assert len(text([song])[0]) == 120


def test_bars() -> None:
    assert across(0.5, 4) == "██  " and across(1.0 / 32, 4) == "▏   "
    assert upward([0.0, 0.5, 1.0], 2) == ["  █", " ██"]
    assert written(0.5) == " -6.0" and written(0.0) == "   -∞"


def test_the_timeline_says_when_the_song_is_over() -> None:
    length = max(piece.end or 0.0 for piece in BUSY.pieces)
    head, song = timeline(replace(BUSY, place=length + 8.8), 120, 2)
    assert f"the end of {length:g}" in text([head])[0] and "to go" not in text([head])[0]
    assert text([head])[0].endswith("▼")
    assert not any("class:now" in style for style, _ in song)
