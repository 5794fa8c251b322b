"""Mutated statements: whatever is typed gives music or an error with a place, never an exception, never a stop."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecode.conductor.conductor import Conductor
from livecode.engine.records import Message
from livecode.errors import Fault, Source
from livecode.language.parser import blocks
from livecode.patterns import WORDS
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from livecode.stages.ugens import CHAIN, DESIGN
from tests.conftest import TRACK

TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[\w.]+|\s+|.", re.DOTALL)
TEXT = TRACK.read_text(encoding="utf-8")
LINES = [
    *(block.text for block in blocks(Source("track", TEXT))),
    *(word.example for word in WORDS.rows.values()),
    *(f"mix kick | {word.example}" for word in CHAIN.rows.values()),
    *(f"design x = {word.example}" for word in DESIGN.rows.values()),
]
STATEMENTS = [TOKEN.findall(line) for line in LINES]
TOKENS = sorted({token for statement in STATEMENTS for token in statement})
SESSION: Session = evaluate_text(prelude(), Source("track", TEXT)).session


class Nowhere:
    """An output that nobody hears."""

    def send(self, message: Message) -> None:
        pass

    def push(self, records: bytes) -> None:
        pass


@st.composite
def mutated(draw: st.DrawFn) -> str:
    tokens = list(draw(st.sampled_from(STATEMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(tokens)))
        kind = draw(st.sampled_from(["delete", "insert", "replace"]))
        if kind == "insert":
            tokens.insert(at, draw(st.sampled_from(TOKENS)))
        elif at < len(tokens) and kind == "delete":
            del tokens[at]
        elif at < len(tokens):
            tokens[at] = draw(st.sampled_from(TOKENS))
    return "".join(tokens)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_mutated_statement(text: str) -> None:
    evaluation = evaluate_text(SESSION, Source("typed", text))
    assert all(error.place is not None for error in evaluation.errors)
    assert not any(isinstance(error, Fault) for error in evaluation.errors)
    looped = replace(evaluation.session, transport=replace(evaluation.session.transport, form=""))
    conductor = Conductor(Nowhere(), 48000, 256, lambda error: None)
    conductor.begin(score(looped), 0)
    conductor.tick(100_000)
