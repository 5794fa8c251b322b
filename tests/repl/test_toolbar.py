"""The lines at the bottom fit where they stand, and tell what matters most."""

from __future__ import annotations

from fractions import Fraction

import pytest
from prompt_toolkit.utils import get_cwidth

from livecode.engine.client import EngineProcess
from livecode.performance import Performance
from livecode.repl.toolbar import toolbar
from tests.screen.still import DRUMS, SONG, WIDE, still


def lines(performance: Performance, width: int) -> list[str]:
    return "".join(part[1] for part in toolbar(performance, width)).split("\n")


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("text", [DRUMS, SONG, WIDE])
def test_it_fits(text: str, width: int) -> None:
    made = lines(still(text, Fraction(5))[0].performance, width)
    assert len(made) == 2
    assert all(get_cwidth(line) <= width for line in made)


@pytest.mark.parametrize(
    ("text", "cycle", "parts"),
    [
        (DRUMS, Fraction(5, 8), ["0:3", "120 bpm", "cpu 12%", "voices 7", "-6.0 dB", "-14.2 LUFS", "1 kick", "3 bass"]),
        (SONG, Fraction(5), ["5:1 drop 2/8 → end", " song "]),
        (DRUMS + "mute hats\n", Fraction(0), ["2 (hats)"]),
        (DRUMS + "solo hats\n", Fraction(0), ["1 (kick)", "2 hats", "3 (bass)"]),
        (DRUMS + 'tempo "<120 140>"\n', Fraction(0), ["bpm from a pattern"]),
        ("tempo 90", Fraction(0), ["90 bpm", "nothing plays"]),
    ],
)
def test_what_it_tells(text: str, cycle: Fraction, parts: list[str]) -> None:
    made = "\n".join(lines(still(text, cycle)[0].performance, 200))
    assert all(part in made for part in parts), made


def test_why_there_is_no_sound_is_told() -> None:
    performance = Performance(EngineProcess(), pytest.fail)
    assert lines(performance, 80) == [" starting the sound …"]
    performance.failure = "the engine does not start: pyo is not installed"
    assert lines(performance, 80) == [" no sound: the engine does not start: pyo is not installed "]
    assert lines(performance, 20) == [" no sound: the engin"]


def test_a_recording_is_told() -> None:
    performance = still(DRUMS, Fraction(0))[0].performance
    performance.recording = "take.wav"
    assert "● take.wav" in lines(performance, 80)[0]


def test_where_it_is_narrow_position_and_tempo_stay() -> None:
    assert lines(still(DRUMS, Fraction(0))[0].performance, 20)[0].strip() == "0:1  120 bpm"
