"""Every example of the registry runs: the reference tells nothing that is not so."""

from __future__ import annotations

import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pytest

from livecode.engine.records import Recording
from livecode.errors import Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.patterns import WORDS
from livecode.stages.commands import COMMANDS
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from livecode.stages.ugens import CHAIN, DESIGN
from livecode.words import Word

STAGE = """
kick = s "bd*4"
hats = s "hh*8"
arrange drop 4 = kick, hats
arrange song = "drop drop"
play song
"""


def named(words: list[Word]) -> list[object]:
    return [pytest.param(word, id=word.name) for word in words]


@pytest.mark.parametrize("word", named(list(WORDS.rows.values())))
def test_a_function_or_control(word: Word) -> None:
    pattern = pattern_of(parse_expression(Source("example", word.example)), Scope({}))
    pattern.query(Fraction(0), Fraction(2))


@pytest.mark.parametrize("word", named(list(DESIGN.rows.values())))
def test_a_unit_generator(word: Word) -> None:
    effect = word.group == "effect"
    body = f"saw freq | {word.example}" if effect else word.example
    session = replace(prelude(), samples=MappingProxyType({"tape": (Recording("tape.wav", 2, 1.0),)}))
    evaluation = evaluate_text(session, Source("example", f"design x = {body}"))
    assert not evaluation.errors, evaluation.errors[0].render()


@pytest.mark.parametrize("word", named(list(CHAIN.rows.values())))
def test_an_effect_of_a_strip(word: Word) -> None:
    on = "master" if word.name == "limit" else "mix hats"
    evaluation = evaluate_text(prelude(), Source("example", f"{STAGE}\n{on} | {word.example}"))
    assert not evaluation.errors, evaluation.errors[0].render()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "drums" / "bd").mkdir(parents=True)
    with wave.open(str(tmp_path / "drums" / "bd" / "a.wav"), "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", ""))
        file.writeframes(b"\0\0" * 100)
    (tmp_path / "drums.live").write_text('snare = s "~ sd"\n')
    monkeypatch.chdir(tmp_path)
    evaluation = evaluate_text(prelude(), Source("example", f"{STAGE}\n{COMMANDS[name].example}"))
    assert not evaluation.errors, evaluation.errors[0].render()
