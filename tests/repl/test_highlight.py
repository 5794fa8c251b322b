"""Colours keep the text as it is, and know mini-notation over several lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.document import Document

from livecode.repl.highlight import StatementLexer, coloured, ends_inside, paired


def styles(text: str) -> list[tuple[str, str]]:
    lines = StatementLexer().lex_document(Document(text))
    return [part[:2] for number in range(text.count("\n") + 1) for part in lines(number) if part[1].strip()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tempo 126", [("class:keyword", "tempo"), ("class:number", "126")]),
        ("lpf", [("class:word", "lpf")]),
        ("load 'a'", [("class:keyword", "load"), ("class:text", "'a'")]),
        ("# it", [("class:comment", "# it")]),
        ('"bd*2"', [("class:mini.sign", '"'), ("class:mini", "bd"), ("class:mini.sign", "*"),
                    ("class:mini.number", "2"), ("class:mini.sign", '"')]),
        ('a = s "bd\n  sd" | x', [("", "a"), ("class:operator", "="), ("class:word", "s"), ("class:mini.sign", '"'),
                                  ("class:mini", "bd"), ("class:mini", "sd"), ("class:mini.sign", '"'),
                                  ("class:operator", "|"), ("", "x")]),
        # a quote that is never closed ends with its statement
        ('s "bd\nhush', [("class:word", "s"), ("class:mini.sign", '"'), ("class:mini", "bd"),
                         ("class:keyword", "hush")]),
    ],
)  # fmt: skip
def test_colours(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(style, part.strip()) for style, part in styles(text)] == expected


@settings(deadline=None)
@given(st.text(alphabet="ab1 \"'#|<*[]", max_size=30), st.booleans())
def test_nothing_is_lost_or_added(line: str, inside: bool) -> None:
    assert "".join(text for _, text in coloured(line, inside)) == line
    assert ends_inside(line, inside) in (True, False)


def test_the_partner_of_the_cursor_is_marked() -> None:
    assert paired(Document("fast (1 + 2)", 5)) == [(5, 6, "class:pair"), (11, 12, "class:pair")]
    assert paired(Document("fast", 2)) == []
