"""The gallery as it sounds: level, no direct current, no clicks, in tune; and what its effects do to a chord."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from livecode.errors import Source
from livecode.patterns.notes import midi_to_freq
from livecode.render import render
from livecode.resources import patches_path
from livecode.session import Session
from livecode.stages.gallery import FILES
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.test_kit import cents, decibel, louder, steps

Wave = np.ndarray[Any, np.dtype[np.float64]]

RATE = 48000
SLOT = 3.5  # seconds from one sound to the next
HELD = 0.75  # seconds
TEXT = "\n".join((patches_path() / name).read_text(encoding="utf-8") for name in FILES)
INSTRUMENTS = re.findall(r"^design (?!effect )(\w+)", TEXT, re.MULTILINE)
EFFECTS = re.findall(r"^design effect (\w+)", TEXT, re.MULTILINE)
PLAIN = ("glass", "epiano", "marimba", "kalimba", "harp", "guitar", "brass", "wobble", "clav", "morph", "dub")
# How many cents the middle of a pitch may be off, where voices beat against each other or the pitch trembles.
WANDERING = {"strings": 20.0, "choir": 20.0, "hoover": 25.0, "flute": 6.0, "organ2": 8.0, "chip": 20.0, "reese": 20.0}
SHARP = {"tick": 3.0, "laser": 1.6, "subkick": 1.6}  # percussion may begin with a step, this often its largest
# These begin with noise, louder or softer by chance.
CHANCE = (
    "harp",
    "guitar",
    "tick",
    "robot",
    "wind",
    "vinyl",
    "white",
    "pink",
    "brown",
    "crackle",
)
NOTES = (48, 60)
CHORD = "x = note \"[48,55,60,64]*2\" | s 'strings' | clip 0.9\n"


@pytest.fixture(scope="module")
def gallery() -> Session:
    evaluation = evaluate_text(prelude(), Source("gallery.live", TEXT))
    assert [e.render() for e in evaluation.errors] == []
    return evaluation.session


@pytest.fixture(scope="module")
def sounds(gallery: Session) -> dict[tuple[str, int], Wave]:
    """Render every instrument at two pitches, one after the other."""
    plan = [(name, note) for name in INSTRUMENTS for note in NOTES]
    names, notes = (" ".join(str(p[i]) for p in plan) for i in (0, 1))
    code = f'tempo {240 / SLOT}\nx = s "<{names}>" | note "<{notes}>" | clip {HELD / SLOT:.6f}\n'
    evaluation = evaluate_text(gallery, Source("test", code))
    rendering = render(evaluation.session, cycles=Fraction(len(plan)))
    assert rendering.troubles == ()
    audio = rendering.audio.astype(np.float64)
    size = len(audio) / len(plan)
    return {p: audio[round(i * size) : round((i + 1) * size)] for i, p in enumerate(plan)}


EACH = [(name, note) for name in INSTRUMENTS for note in NOTES]


def test_there_are_enough_of_them_and_each_is_short() -> None:
    assert len(set(INSTRUMENTS)) >= 24 and len(set(EFFECTS)) >= 12
    for block in re.split(r"\n(?=design )", TEXT):
        if block.startswith("design"):
            assert len([line for line in block.split("\n") if line.strip() and not line.startswith("#")]) < 10, block


@pytest.mark.parametrize(("name", "note"), EACH)
def test_peaks_near_minus_twelve_decibels(sounds: dict[Any, Wave], name: str, note: int) -> None:
    room = 4.0 if note != 60 or name in CHANCE else 1.5
    assert decibel(float(np.abs(sounds[name, note]).max())) == pytest.approx(-12, abs=room)


@pytest.mark.parametrize(("name", "note"), EACH)
def test_has_no_direct_current(sounds: dict[Any, Wave], name: str, note: int) -> None:
    wave = sounds[name, note]
    last = int(np.flatnonzero(np.abs(wave).max(axis=1) > 1e-5)[-1])
    assert decibel(float(np.abs(wave[:last].mean(axis=0)).max())) < -60


@pytest.mark.parametrize(("name", "note"), EACH)
def test_starts_and_ends_without_a_click(sounds: dict[Any, Wave], name: str, note: int) -> None:
    wave = louder(sounds[name, note])
    peak = float(np.abs(wave).max())
    jumps = steps(wave)
    assert jumps[:48].max() <= SHARP.get(name, 1.3) * jumps[48:].max()
    last = int(np.flatnonzero(jumps > 1e-4 * peak)[-1])
    assert last < len(wave) - RATE // 20, "it does not end in its slot"
    assert decibel(float(jumps[last - 24 :].max()) / peak) < -44
    off = round(HELD * RATE)
    before = jumps[off - 9600 : off - 4].max()
    if before > 1e-3 * peak:
        assert jumps[off - 4 : off + 96].max() <= 1.3 * before


@pytest.mark.parametrize("name", [*PLAIN, *WANDERING])
@pytest.mark.parametrize("note", NOTES)
def test_is_in_tune(sounds: dict[Any, Wave], name: str, note: int) -> None:
    wave = sounds[name, note].sum(axis=1)
    part = wave[round(0.2 * RATE) : round(HELD * RATE)] if name in ("hoover", "brass", "flute") else wave[1440:36000]
    assert abs(cents(part, midi_to_freq(note))) < WANDERING.get(name, 6.0)


@pytest.fixture(scope="module")
def treated(gallery: Session) -> dict[str, Wave]:
    """Render a chord dry, and through each effect."""
    out = {}
    for name in ("", *EFFECTS):
        code = f"tempo 120\n{CHORD}" + (f"mix x | {name}\n" if name else "")
        evaluation = evaluate_text(gallery, Source("test", code))
        assert [e.render() for e in evaluation.errors] == []
        rendering = render(evaluation.session, cycles=Fraction(2), tail=True)
        assert rendering.troubles == ()
        out[name] = rendering.audio.astype(np.float64)
    return out


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_keeps_the_level_and_ends_in_silence(treated: dict[str, Wave], name: str) -> None:
    dry, wet = treated[""], treated[name]
    levels = [decibel(float(np.sqrt(np.mean(w[: 4 * RATE] ** 2)))) for w in (dry, wet)]
    assert abs(levels[1] - levels[0]) < 6.5
    assert decibel(float(np.abs(wet.mean(axis=0)).max())) < -60
    assert np.abs(wet[-480:]).max() < 1e-3
    assert np.abs(np.diff(wet[:, 0])).max() < 6 * np.abs(np.diff(dry[:, 0])).max()


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_is_heard(treated: dict[str, Wave], name: str) -> None:
    dry, wet = treated[""][: 4 * RATE], treated[name][: 4 * RATE]
    spectra = [np.abs(np.fft.rfft(w, axis=0)) ** 2 for w in (dry, wet)]
    edges = [round(100 * 2**i * 4) for i in range(8)]  # octaves from 100 Hz on
    octaves = [[decibel(float(s[a:b].sum())) / 2 for a, b in pairwise(edges)] for s in spectra]
    colour = max(abs(a - b) for a, b in zip(*octaves, strict=True))
    wave = math.sqrt(float(((wet - dry) ** 2).sum() / (dry**2).sum()))
    assert colour > 1.0 or wave > 0.1
