"""What stands at a place of a text: words, and the call whose argument is being written."""

from __future__ import annotations

import pytest

from livecode.editing.cursor import Call, call_at, word_at
from livecode.editing.telling import signature
from livecode.errors import Source

# What was written so far, and the call that goes on there.
CALLS = [
    ("fast", Call("fast", 0)),
    ("fast ", Call("fast", 0)),
    ("fast 2", Call("fast", 0)),
    ("fast 2 ", Call("fast", 1)),
    ('s "bd" | ', None),
    ('s "bd" | off 1/8 ', Call("off", 1)),
    ('s "bd*4', Call("s", 0)),
    ("every 4 (fast 2", Call("fast", 0)),
    ("every 4 (", Call("every", 1)),
    ("every 4 (fast 2) ", Call("every", 2)),
    ("stack [", None),
    ("stack [fast ", Call("fast", 0)),
    ("mix kick | gain -3dB ", Call("gain", 1)),
    ("x = gain 3 - 2", None),
    ("saw freq + sine ", Call("sine", 0)),
    ("mix a | compress -18dB ratio=", Call("compress", 1, "ratio")),
    ("mix a | compress -18dB ratio=4", Call("compress", 1, "ratio")),
    ("mix a | compress -18dB ratio=4 ", Call("compress", 1)),
    ("x = (\\y -> fast y ", Call("fast", 1)),
    ("", None),
    (")))", None),
]


@pytest.mark.parametrize(("text", "call"), CALLS)
def test_the_call_that_is_being_written(text: str, call: Call | None) -> None:
    assert call_at(text, 0, len(text)) == call


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("fast 2", 2, "fast"),
        ("fast 2", 4, "fast"),
        ("fast 2", 5, None),
        ("a\nadd.out b", 6, "add.out"),
        ('s "bd hh"', 7, "hh"),
        ("", 0, None),
        ("s", 99, None),
    ],
)
def test_the_word_at_a_place(text: str, at: int, word: str | None) -> None:
    found = word_at(text, at)
    assert (found.text if found else None) == word


def test_arguments_by_name_are_the_ones_that_are_shown() -> None:
    text = "mix a | compress -18dB attack=5ms"
    found = signature(Source("a", text), len(text))
    assert found is not None and found.active is not None
    assert found.params[found.active][0].startswith("attack=")
    assert found.params[found.active][1] == "a signal, 0 to 1 s"


def test_commands_show_how_they_are_used() -> None:
    found = signature(Source("a", "tempo "), 6)
    assert found is not None
    assert found.label == "tempo bpm"
