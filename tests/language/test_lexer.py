"""Tokens: numbers with units, signs, where statements end, and what the first word is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.errors import LiveError, Source
from livecode.language.lexer import is_complete, statement_spans, tokens
from livecode.language.units import Quantity

COMMANDS = frozenset({"tempo", "play"})


def scan(text: str) -> list[tuple[str, object]]:
    return [(t.type, t.value) for t in tokens(Source("t", text), 0, len(text), COMMANDS)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("x -6dB", -6.0, "dB"),
        ("x 440hz", 440.0, "Hz"),
        ("x 2khz", 2000.0, "Hz"),
        ("x 2kHz", 2000.0, "Hz"),
        ("x 200ms", 0.2, "s"),
        ("x 3s", 3.0, "s"),
        ("x 7st", 7.0, "semitones"),
        ("x 30ct", 0.3, "semitones"),
        ("x 50%", 0.5, "%"),
        ("x -14LUFS", -14.0, "LUFS"),
        ("x 120bpm", 120.0, "bpm"),
    ],
)
def test_a_number_with_a_unit(text: str, value: float, unit: str) -> None:
    number = scan(text)[1][1]
    assert isinstance(number, Quantity)
    assert (float(number), number.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("f -2", ["NAME", "NUMBER"]),
        ("f - 2", ["NAME", "MINUS", "NUMBER"]),
        ("a-2", ["NAME", "MINUS", "NUMBER"]),
        ("(-2)", ["LPAR", "NUMBER", "RPAR"]),
        ("f 1/8", ["NAME", "NUMBER"]),
        ("freq / 2", ["NAME", "SLASH", "NUMBER"]),
        ("freq/2", ["NAME", "SLASH", "NUMBER"]),
        ("a | rev() | n() b", ["NAME", "PIPE", "NAME", "PIPE", "NAME", "NAME"]),
        ("3 % 2", ["NUMBER", "PERCENT", "NUMBER"]),
        ("add.out 1 2", ["NAME", "NUMBER", "NUMBER"]),
        ("\\x -> x", ["BACKSLASH", "NAME", "ARROW", "NAME"]),
        ("kick = 3", ["NAME", "EQ", "NUMBER"]),
        ("kick=3", ["NAME", "EQ", "NUMBER"]),
        ("compose kick=3", ["COMPOSE", "NAME", "EQ", "NUMBER"]),
        ("tempo 3", ["COMMAND", "NUMBER"]),
        ("play = 3", ["NAME", "EQ", "NUMBER"]),
        ("f a=3", ["NAME", "NAME", "NAMED", "NUMBER"]),
        ("fast 2 # faster", ["NAME", "NUMBER"]),
    ],
)
def test_token_types(text: str, types: list[str]) -> None:
    assert [t for t, _ in scan(text)] == types


def test_a_fraction_is_exact() -> None:
    assert scan("f 1/3")[1] == ("NUMBER", Fraction(1, 3))


def test_line_breaks_count_only_in_bodies() -> None:
    assert "NEWLINE" not in [t for t, _ in scan("compose a =\n  s 'bd'\n  | fast 2")]
    body = [t for t, _ in scan("design a =\n  x = saw freq\n    | lpf 3\n  x * (2\n + 3)")]
    assert body.count("NEWLINE") == 2  # behind the =, and behind the binding


def test_statements_end_where_a_line_is_not_indented() -> None:
    text = "a = 1\n\n  # inside\n  + 2\nb = [\n 1, 2\n]\n# between\nc = \"x\nd = 'x'\n| rev\n"
    assert [text[s:e] for s, e in statement_spans(text)] == [
        "a = 1\n\n  # inside\n  + 2",
        "b = [\n 1, 2\n]\n# between",
        'c = "x',
        "d = 'x'\n| rev",
    ]


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ('s "bd"', True),
        ('s "bd', False),
        ("every 4 (rev", False),
        ("a |", False),
        ("a |\n\n", True),
        ("design x =", False),
        ("design x =\n    y = saw freq", False),
        ("design x =\n    y = saw freq\n    y | lpf 200", True),
        ("s 'bd", False),
        ("$", True),
        ("every 4 (# speed 2) p", True),  # as in Tidal: told at once
        ("stack [p, # gain it", False),
        ("every 4 ( # loud)", False),
    ],
)
def test_enter_evaluates_what_is_complete(text: str, complete: bool) -> None:
    assert is_complete(text) is complete


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ('s "bd', 2, "never closed"),
        ("f (a", 2, "never closed"),
        ("f a)", 3, "closes nothing"),
        ("f (a]", 4, "found ]"),
        ("lpf 3khy", 5, "not a unit"),
        ("x $ y", 2, "means nothing"),
        ("f 1/0", 2, "over zero"),
    ],
)
def test_mistakes_have_a_place(text: str, start: int, words: str) -> None:
    with pytest.raises(LiveError) as caught:
        scan(text)
    assert caught.value.place is not None
    assert caught.value.place.start == start
    assert words in caught.value.render()


@settings(deadline=None)
@given(st.text(alphabet="ab 01/.-'\"()[]|=%#\n\\>$é", max_size=60))
def test_any_text_gives_tokens_or_an_error_with_a_place(text: str) -> None:
    try:
        scan(text)
    except LiveError as error:
        assert error.place is not None
