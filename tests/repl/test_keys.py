"""The keys of a performer enter statements."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.repl import keys
from livecode.repl.keys import PERFORMING, Key
from tests.screen.still import DRUMS, still


def row(press: tuple[str, ...]) -> Key:
    return next(row for row in PERFORMING if press in row.presses)


@pytest.mark.parametrize(
    ("press", "statement"),
    [
        (("f8",), "hush"),
        (("c-x", "c-x"), "panic"),
        (("escape", "1"), "mute kick"),
        (("escape", "2"), "unmute hats"),
        (("c-x", "3"), "solo bass"),
        (("escape", "9"), ""),  # there is no such track
        (("c-x", "u"), "undo"),
        (("c-x", "r"), "redo"),
        (("escape", "up"), "tempo 121"),
        (("escape", "down"), "tempo 119"),
        (("c-x", "right"), "sync nudge 10ms"),
        (("f3",), "sync tap"),
    ],
)
def test_the_statement_of_a_key(press: tuple[str, ...], statement: str) -> None:
    stage, _ = still(DRUMS + "mute hats\n", Fraction(0))
    call = row(press).statement
    assert call is not None and call(stage.performance) == statement


def test_no_press_means_two_things() -> None:
    presses = [press for row in PERFORMING for press in row.presses]
    assert len(presses) == len(set(presses))


@pytest.mark.parametrize("rows", [keys.PROMPT, keys.STAGE])
def test_the_page_tells_every_key_in_80_columns(rows: tuple[Key, ...]) -> None:
    page = keys.page(rows)
    assert all(row.doc in page for row in (*rows, *PERFORMING))
    assert max(map(len, page.split("\n"))) <= 78
    assert page.count("\n") < 24 - 2
