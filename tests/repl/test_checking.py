"""What is wrong is known before Enter."""

from __future__ import annotations

import threading

import pytest
from prompt_toolkit.document import Document

from livecode.repl.checking import Checker, mistake, shown
from livecode.stages.prelude import prelude


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ('s "bd*4" | gian 2', 11, "did you mean gain?"),
        ('s "bd [sd"', 6, ""),
        ("tempo 5", 6, "10 to 999"),
        ('s "bd\n    ', 2, "quote"),
        ('s "bd"\n\nx = fst 2 "a"', 12, "fast"),
    ],
)
def test_the_place_and_the_hint(text: str, start: int, words: str) -> None:
    error = mistake(prelude(), text)
    assert error is not None and error.place is not None
    assert error.place.start == start
    assert words in shown(error, 200)


@pytest.mark.parametrize(
    "text", ["", 's "bd*4"', 's "bd', "every 4 (", "samples 'nowhere'", "import 'nothing.live'", "hush"]
)
def test_what_is_right_or_not_yet_complete_is_left_alone(text: str) -> None:
    assert mistake(prelude(), text) is None


def test_the_newest_text_is_looked_at_and_marked() -> None:
    changed = threading.Event()
    session = prelude()
    checker = Checker(lambda: session, changed.set)
    checker.start()
    try:
        for end in range(1, 10):
            checker.look("fst 2 bd"[:end])
        assert changed.wait(5)
        assert checker.found("fst 2 bd") is not None
        assert checker.found("fst") is None
        assert checker.marks(Document("fst 2 bd")) == [(0, 3, "class:mistake")]
        changed.clear()
        checker.look('s "bd"')
        assert changed.wait(5)
        assert checker.found("fst 2 bd") is None
    finally:
        checker.stop()


def test_a_long_message_is_cut_to_the_width() -> None:
    error = mistake(prelude(), 's "bd*4" | gian 2')
    assert error is not None
    assert all(len(line) <= 12 for line in shown(error, 12).split("\n"))
