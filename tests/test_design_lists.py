"""Lists in designs as they sound: expressions in them, waves of files, vowels by name."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.errors import Source
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.hearing import Wave, level
from tests.test_events import heard, part, sounds

__all__ = ["sounds"]


def designed(body: str, home: str = "test", before: str = "") -> Session:
    code = f"{before}tempo 120\ndesign x a=0.5 b=0.1 = {body} | asr 1ms 5ms\n"
    evaluation = evaluate_text(prelude(), Source(home, code))
    assert [e.render() for e in evaluation.errors] == []
    return evaluation.session


def middle(session: Session, play: str = "s 'x' | freq 200") -> Wave:
    return part(heard(session, play), 0.3, 1.7)


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("partials [1, a, a * 0.5] freq", {400: -6.02, 600: -12.04}),
        ("partials [1, 0, a * 0.2] freq", {400: -100, 600: -20.0}),
        ("wave [0, a * 2, 0, -1] freq", {400: -100, 600: -19.1, 1000: -28.0}),
        ("wave [0, 1, 0, -1] freq", {400: -100, 600: -19.1, 1000: -28.0}),
    ],
)
def test_levels_and_points_may_be_expressions(body: str, levels: dict[int, float]) -> None:
    wave = middle(designed(body))
    for freq, want in levels.items():
        found = level(wave, freq) - level(wave, 200)
        assert found < -60 if want == -100 else found == pytest.approx(want, abs=0.2)


def test_a_level_may_be_a_signal() -> None:
    wave = middle(designed("partials [1, lfo 4hz] freq"))
    assert level(wave, 404) == pytest.approx(level(wave, 396), abs=0.2)
    assert level(wave, 404) - level(wave, 200) == pytest.approx(-6.02, abs=0.2)


def test_partials_above_half_the_rate_are_silent() -> None:
    wave = middle(designed("partials [a, a, a] freq"), "s 'x' | freq 9000")
    assert level(wave, 18000) == pytest.approx(level(wave, 9000), abs=0.3)
    assert max(level(wave, f) for f in (27000 - 24000 + 18000, 21000, 3000)) < -70


def test_levels_and_times_of_an_envelope_may_be_expressions() -> None:
    session = designed("sine freq * env [0, b, a, b * 2, a / 5, 0.5, 0]")
    for play, peak, at in (("", 0.5, 0.1), (" | a 1 | b 0.2", 1.0, 0.2)):
        wave = heard(session, f"s 'x' | freq 1000{play}")
        top = 20 * math.log10(peak) - 15.02
        assert level(part(wave, at - 0.002, at + 0.002)) == pytest.approx(top, abs=0.5)
        assert level(part(wave, at * 3 - 0.002, at * 3 + 0.002)) == pytest.approx(top - 13.98, abs=0.5)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "cycle").mkdir()
    (tmp_path / "rows").mkdir()
    turn = np.arange(2048) / 2048
    one = 0.5 * np.sin(2 * np.pi * np.arange(600) / 600) + 0.25 * np.sin(6 * np.pi * np.arange(600) / 600)
    soundfile.write(tmp_path / "cycle" / "a.wav", one, 44100)
    row = np.concatenate([np.sin(2 * np.pi * k * turn) for k in (1, 2, 3)])
    soundfile.write(tmp_path / "rows" / "b.wav", row, 44100, subtype="FLOAT")
    program = tmp_path / "x.live"
    program.write_text("")
    return str(program)


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("wave 'cycle' freq", {200: 0.0, 600: -6.02}),
        ("wave 'cycle:0' freq", {200: 0.0, 600: -6.02}),
        ("wavetable 'rows' freq 0", {200: 0.0}),
        ("wavetable 'rows' freq 0.5", {400: 0.0}),
        ("wavetable 'rows' freq 1", {600: 0.0}),
        ("wavetable ['sine', 'rows'] freq 1", {600: 0.0}),
    ],
)
def test_waves_of_files(folder: str, body: str, levels: dict[int, float]) -> None:
    wave = middle(designed(body, folder, "samples 'cycle' 'rows'\n"))
    first = level(wave, min(levels))
    for freq, want in levels.items():
        assert level(wave, freq) - first == pytest.approx(want, abs=0.2)
    assert level(wave) < first + (0.2 if len(levels) == 1 else 1.2)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("wave 'nothing' freq", "there is no sample nothing"),
        ("wavetable ['sine', 'nothing'] freq 1", "there is no sample nothing"),
        ("saw freq | vowel 'q'", "q is no vowel"),
        ("env [0, 'x', 1]", "list of numbers and signals"),
    ],
)
def test_what_is_not_there_is_told(body: str, said: str) -> None:
    evaluation = evaluate_text(prelude(), Source("test", f"design x = {body}\n"))
    assert said in evaluation.errors[0].message


def test_a_vowel_has_a_name_in_designs_and_on_strips() -> None:
    by_name, by_number = (middle(designed(f"saw freq | vowel {v}")) for v in ("'i'", "2"))
    assert np.array_equal(by_name, by_number)
    session = designed("saw freq")
    by_name, by_number = (heard(session, f"s 'x' | freq 200\nmix a | vowel {v}") for v in ('"<e i>"', '"<1 2>"'))
    assert np.array_equal(by_name, by_number)
