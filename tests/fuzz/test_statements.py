"""Mutated statements: whatever is typed gives music or an error with a place, never an exception, never a stop."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import corpus
from tests.fuzz.statements import problem


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**64))
def test_a_mutated_statement(seed: int) -> None:
    text = corpus.mutated(random.Random(seed))
    assert problem(corpus.session(), text) == "", text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(corpus.tokens()), max_size=24))
def test_a_row_of_tokens(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert problem(corpus.session(), text) == "", text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    assert problem(corpus.session(), text) == ""
    assert problem(corpus.session(), f'"{text}" | note') == ""
