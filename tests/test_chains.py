"""Every parameter of every effect of a strip can follow a pattern."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from livecode.errors import Source
from livecode.render import render
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from livecode.stages.ugens import CHAIN
from livecode.words import Kind, Word

EFFECTS = [word for word in CHAIN.rows.values() if word.group == "effect"]


@pytest.mark.parametrize("word", [w for w in EFFECTS if len(w.params) > 1], ids=lambda w: w.name)
def test_parameters_move(word: Word) -> None:
    rows = [p for p in word.params if p.kind is Kind.SIGNAL]
    moves = " ".join(f"{p.name}=(sine | range {p.lo:g} {p.hi:g} | slow {2 + i})" for i, p in enumerate(rows))
    code = f'tempo 240\na = s "bd*4"\nmix a | {word.name} {moves}\n'
    evaluation = evaluate_text(prelude(), Source("test", code))
    assert [e.render() for e in evaluation.errors] == []
    rendering = render(evaluation.session, cycles=Fraction(2))
    assert rendering.troubles == ()
    assert np.isfinite(rendering.audio).all() and np.abs(rendering.audio).max() <= 1.0
    still = render(evaluate_text(prelude(), Source("test", 'tempo 240\na = s "bd*4"\n')).session, cycles=Fraction(2))
    assert np.abs(rendering.audio - still.audio).max() > 1e-3
