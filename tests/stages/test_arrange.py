"""Sections and songs: lengths, repeats, choices, and what plays when."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.conductor.score import Score
from livecode.stages.score import score
from tests.stages.conftest import Evaluate

SECTIONS = """
arrange a 8 = kick
arrange b 4 = kick, hats | fast 2
arrange c 2 = stack [kick, bass] | gain 0.5
"""


def row(made: Score) -> list[tuple[str, int]]:
    return [(s.name, int(s.begin)) for s in made.stretches]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("a b", [("a", 0), ("b", 8)]),
        ("a!2 b", [("a", 0), ("a", 8), ("b", 16)]),
        ("a*2 b", [("a", 0), ("a", 8), ("b", 16)]),
        ("[a b]!2", [("a", 0), ("b", 8), ("a", 12), ("b", 20)]),
        ("<a b> c", [("a", 0), ("c", 8)]),
        ("[<b c> a]!2", [("b", 0), ("a", 4), ("c", 12), ("a", 14)]),
        ("[b | b] a", [("b", 0), ("a", 4)]),
        ("[a . b]", [("a", 0), ("b", 8)]),
    ],
)
def test_forms(evaluate: Evaluate, form: str, expected: list[tuple[str, int]]) -> None:
    made = evaluate(f'{SECTIONS}\narrange tune = "{form}"\nplay tune')
    assert not made.errors, made.errors[0].render()
    assert row(score(made.session)) == expected


def test_songs_stand_in_songs_and_alternate_at_each_pass(evaluate: Evaluate) -> None:
    made = evaluate(f'{SECTIONS}\narrange verse = "<a b> c"\narrange tune = "verse verse b"\nplay tune')
    assert [name for name, _ in row(score(made.session))] == ["a", "c", "a", "c", "b"]
    made = evaluate(f'{SECTIONS}\narrange verse = "<a b> c"\narrange tune = "verse!2 b"\nplay tune')
    assert [name for name, _ in row(score(made.session))] == ["a", "c", "b", "c", "b"]


def test_play_from_a_section(evaluate: Evaluate) -> None:
    made = evaluate(f'{SECTIONS}\narrange tune = "a b c"\nplay tune from b')
    assert row(score(made.session)) == [("b", 0), ("c", 4)]


def test_events_go_to_the_strips_of_their_patterns(evaluate: Evaluate) -> None:
    made = evaluate(f"{SECTIONS}\nplay c")
    (part,) = score(made.session).stretches[0].parts
    strips = {hap.value["strip"] for hap in part.pattern.query(Fraction(0), Fraction(1))}
    assert strips == {"kick", "bass"}


def test_a_section_follows_its_patterns(evaluate: Evaluate) -> None:
    first = evaluate(f"{SECTIONS}\nplay a")
    second = evaluate('kick = s "bd*7"', first.session)
    (part,) = score(second.session).stretches[0].parts
    assert len(part.pattern.query(Fraction(0), Fraction(1))) == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('arrange x = "a d"', "there is no section d"),
        ('arrange x = "a x"', "cannot contain itself"),
        ('arrange x = "a ~ b"', "no rests"),
        ('arrange x = "[a, b]"', "follow each other"),
        ('arrange x = "a@3 b"', "its own length"),
        ('arrange x = "a(3,8)"', "repeated with"),
        ('arrange x = "a*1.5"', "whole number"),
        ("arrange x = kick, hats", "found ,"),
        ("arrange x = kick", "double quotes"),
        ("arrange x 0 = kick", "number of cycles"),
        ("arrange x 3s = kick", "number of cycles"),
        ("arrange x 8 = kick, nobody", "means nothing"),
        ("play a from b", "no section b"),
    ],
)
def test_mistakes(evaluate: Evaluate, text: str, words: str) -> None:
    made = evaluate(f"{SECTIONS}\n{text}")
    assert len(made.errors) == 1
    assert words in made.errors[0].render()
    assert made.errors[0].place is not None
