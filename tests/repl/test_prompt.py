"""The prompt, driven by key presses on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repl.terminal import Terminal


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal("--backend", "silent", env={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.wait("livecode", "try:", "♪")
        yield terminal


def test_a_newcomer(prompt: Terminal) -> None:
    prompt.wait("plays silently in time")
    prompt.enter('s "bd*4"')
    prompt.wait("main", " dB")
    prompt.enter('hats = s "hh*8" | gian 2')
    screen = prompt.wait("did you mean gain?")
    lines = screen.splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip().startswith("^^^^"))
    assert lines[at].index("^") == lines[at - 1].index("gian")
    prompt.enter("list")
    prompt.wait("main ♪", "sounds")
    prompt.enter("help fast")
    prompt.wait("for example: fast 2")
    prompt.enter("panic")
    prompt.wait("silence", "nothing plays")
    prompt.send("\x04")
    assert prompt.end() == 0


def test_several_lines_are_one_statement(prompt: Terminal) -> None:
    prompt.enter("design zap =")
    prompt.enter("tone = saw freq")
    prompt.enter("tone | perc 1ms 100ms")
    prompt.wait("zap is ready")
    prompt.enter("s 'zap'")
    prompt.wait("main")
    assert "nothing called" not in prompt.text()


def test_ctrl_c_clears_the_line_and_nothing_else(prompt: Terminal) -> None:
    prompt.enter('s "bd*4"')
    prompt.wait("main")
    prompt.send("every 4 (rev\x03")
    prompt.enter("list")
    prompt.wait("main ♪")


def test_completion_shows_signatures(prompt: Terminal) -> None:
    prompt.send("deg\t")
    prompt.wait("degradeBy")


@pytest.mark.parametrize("text", ["", "   ", "\\", "))))", '"', "😀", "é = 3", "\t\t"])
def test_whatever_is_typed_the_prompt_comes_back(prompt: Terminal, text: str) -> None:
    prompt.enter(text)
    prompt.send("\x03")
    prompt.enter("list")
    prompt.wait("sounds", "bd")
