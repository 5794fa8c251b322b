"""Brackets and quotes find each other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.repl.pairs import pair_at, pairs, quote_before


@pytest.mark.parametrize(
    ("text", "cursor", "found"),
    [
        ('s "bd <a b>" | fast (1 + 2)', 2, (2, 11)),
        ('s "bd <a b>" | fast (1 + 2)', 11, (11, 2)),
        ('s "bd <a b>"', 6, (6, 10)),
        ("fast (1 + 2)", 12, (11, 5)),  # right behind it
        ("fast (1 + 2)", 8, None),
        ("a < b > c", 2, None),  # no bracket outside mini-notation
        ('(s "(" )', 0, (0, 7)),  # a bracket in a quote is of its own
        ("(1 # )", 0, None),
        ("[(])", 0, None),
        ("s 'it", 2, None),
    ],
)
def test_partners(text: str, cursor: int, found: tuple[int, int] | None) -> None:
    assert pair_at(text, cursor) == found


@settings(deadline=None)
@given(st.text(alphabet="()[]{}<>\"'# \nab", max_size=40))
def test_partners_are_mutual_and_alike(text: str) -> None:
    both = {"(": ")", "[": "]", "{": "}", "<": ">", '"': '"', "'": "'"}
    for one, other in pairs(text).items():
        assert pairs(text)[other] == one != other
        first, last = sorted((one, other))
        assert both[text[first]] == text[last]


@pytest.mark.parametrize(
    ("text", "at"),
    [('s "bd', 2), ('s "bd"', None), ("load 'a", 5), ("load 'a\nb", None), ('# "', None), ("s \"it's", 2)],
)
def test_the_quote_that_is_open(text: str, at: int | None) -> None:
    assert quote_before(text) == at
