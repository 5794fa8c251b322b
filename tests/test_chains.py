"""Every parameter of every effect of a strip can follow a pattern."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from livecode.errors import Source
from livecode.render import render
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from livecode.stages.ugens import CHAIN
from livecode.words import Kind, Word

Wave = np.ndarray[Any, np.dtype[np.float32]]
RATE = 48000

DRY = 'tempo 240\na = s "bd*4" | pan 0.2\n'
EFFECTS = [word for word in CHAIN.rows.values() if word.group == "effect"]


@pytest.fixture(scope="module")
def dry() -> Wave:
    return render(evaluate_text(prelude(), Source("test", DRY)).session, cycles=Fraction(2)).audio


@pytest.mark.parametrize("word", [w for w in EFFECTS if len(w.params) > 1], ids=lambda w: w.name)
def test_parameters_move(word: Word, dry: Wave) -> None:
    rows = [p for p in word.params if p.kind is Kind.SIGNAL]
    moves = " ".join(f"{p.name}=(sine | range {p.lo:g} {p.hi:g} | slow {2 + i})" for i, p in enumerate(rows))
    code = f"{DRY}mix a | {word.name} {moves}\n"
    evaluation = evaluate_text(prelude(), Source("test", code))
    assert [e.render() for e in evaluation.errors] == []
    rendering = render(evaluation.session, cycles=Fraction(2))
    assert rendering.troubles == ()
    assert np.isfinite(rendering.audio).all() and np.abs(rendering.audio).max() <= 1.0
    assert np.abs(rendering.audio - dry).max() > 1e-3


def _begins(wave: Wave) -> int:
    """Give the sample at which a wave comes to a tenth of its peak in the half second after its first beat."""
    levels = np.abs(wave[: RATE // 4]).max(axis=1)
    return int(np.argmax(levels > 0.1 * levels.max()))


@pytest.mark.parametrize("word", [w for w in EFFECTS if w.name != "shift"], ids=lambda w: w.name)
def test_what_is_late_is_waited_for(word: Word, dry: Wave) -> None:
    """An effect whose output comes later says so in its row; what shifts pitch smears it to both sides."""
    evaluation = evaluate_text(prelude(), Source("test", f"{DRY}mix a | {word.example}\n"))
    assert [e.render() for e in evaluation.errors] == []
    wave = render(evaluation.session, cycles=Fraction(1, 4)).audio
    assert abs(_begins(wave) - _begins(dry)) < 0.008 * RATE
