"""What is told fits the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.errors import LiveError, Place, Source
from livecode.repl.reference import GREETING, OVERVIEW
from livecode.repl.width import fitted


@pytest.mark.parametrize("text", [GREETING, OVERVIEW, f"more sounds  {'  '.join(['glass'] * 40)}"])
def test_no_line_is_longer_than_the_terminal(text: str) -> None:
    assert all(len(line) <= 80 for line in fitted(text, 80).split("\n"))
    assert fitted(text, 80).split() == text.split()


def test_the_greeting_needs_no_wrapping() -> None:
    assert fitted(GREETING, 80) == GREETING


def test_a_table_goes_on_under_its_second_column() -> None:
    assert fitted("more sounds  glass  organ  marimba", 26) == "more sounds  glass  organ\n             marimba"


def test_a_picture_is_left_as_it_is() -> None:
    line = "kick  " + "░▓" * 60
    assert fitted(line, 80) == line


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 190), st.integers(40, 120))
def test_a_caret_points_at_its_word_however_long_the_line(before: int, columns: int) -> None:
    text = "." * before + "WRONG" + "," * 40
    error = LiveError("no", place=Place(Source("t", text), before, before + 5), hint="a hint " * 30)
    lines = fitted(error.render(), columns).split("\n")
    at = next(i for i, line in enumerate(lines) if line.strip().startswith("^"))
    assert all(len(line) <= columns for line in lines)
    column = lines[at].index("^")
    assert lines[at - 1][column : column + 5] == "WRONG"
