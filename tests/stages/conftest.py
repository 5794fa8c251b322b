"""A session made from text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from livecode.errors import Source
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import Evaluation, evaluate_text

Evaluate = Callable[..., Evaluation]
BAND = """
kick = s "bd*4"
hats = s "hh*8"
bass = note "c2*4" | s 'bass'
"""


@pytest.fixture
def evaluate() -> Evaluate:
    """Evaluate a text on a session in which kick, hats and bass play."""

    def run(text: str, session: Session | None = None) -> Evaluation:
        if session is None:
            session = evaluate_text(prelude(), Source("band", BAND)).session
        return evaluate_text(session, Source("test", text))

    return run
