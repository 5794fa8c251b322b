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


def test_what_is_wrong_is_told_before_enter(prompt: Terminal) -> None:
    prompt.send('hats = s "hh*8" | gian 2')
    screen = prompt.wait("gian means nothing here", "did you mean gain?")
    assert screen.index("hats =") < screen.index("gian means")
    prompt.send("\x7f" * 6 + "gain 2")
    assert prompt.until(lambda: "did you mean" not in prompt.text())


def test_an_empty_line_ends_a_quote_that_was_forgotten(prompt: Terminal) -> None:
    prompt.enter('s "bd*4')
    prompt.wait("never closed")
    prompt.enter("")
    prompt.wait(":1:3: this quote is never closed")
    prompt.enter('kick = s "bd*4"')
    prompt.wait("1 kick")


def test_panic_is_heard_behind_a_quote_that_was_left_open(prompt: Terminal) -> None:
    prompt.enter('kick = s "bd*4')
    prompt.wait("·")
    prompt.enter("panic")
    prompt.wait("silence")


def test_the_keys_of_a_performer(prompt: Terminal) -> None:
    prompt.enter('kick = s "bd*4"')
    prompt.enter('hats = s "hh*8"')
    prompt.wait("1 kick  2 hats")
    prompt.send("typed")
    prompt.send("\x1b2")
    prompt.wait("1 kick  2 (hats)")
    prompt.send("\x1b2\x181")
    prompt.wait("1 kick  2 (hats)")
    prompt.send("\x181")
    prompt.wait("1 kick  2 hats")
    prompt.send("\x1b[1;3A")  # Alt-Up
    prompt.wait("121 bpm")
    prompt.send("\x18u")
    prompt.wait("undone")
    prompt.send("\x1bOP")
    prompt.wait("tap the tempo", "the stage view")
    prompt.send("\x1b[19~")  # F8
    prompt.wait("hushed", "♪ typed")


def test_earlier_sessions_are_searched(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    for number, text in enumerate(('bass = s "bass*3"', "list")):
        with Terminal("--backend", "silent", env=env) as terminal:
            terminal.wait("♪")
            if number:
                terminal.send("\x12bass*")  # Ctrl-R
                terminal.wait('bass = s "bass*3"')
                terminal.send("\r")
                terminal.send("\r")
                terminal.wait("1 bass")
            terminal.enter(text)
            terminal.wait("1 bass")
            terminal.send("\x04")
            assert terminal.end() == 0


def test_a_paste_of_500_lines(prompt: Terminal) -> None:
    lines = "\n".join(f'let a{n} = "bd*{n % 8 + 1}"' for n in range(500))
    prompt.send(f"\x1b[200~{lines}\x1b[201~")
    prompt.wait("let a499", timeout=20)
    prompt.send("\r")
    prompt.wait("a499 is ready", timeout=30)


def test_wide_characters_keep_their_columns(prompt: Terminal) -> None:
    prompt.enter('音楽 = s "bd*4"')
    prompt.wait("1 音楽")
    prompt.send('é = s "bd" | 音')
    prompt.wait("pattern: 音楽")  # offered beside the cursor


def test_everything_fits_into_80_columns_and_24_lines(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    with Terminal("--backend", "silent", env=env, columns=80, rows=24) as terminal:
        terminal.wait("♪", "no sound device")
        terminal.enter('kick = s "bd*4"')
        terminal.wait("1 kick", "120 bpm", " dB", "cpu")
        terminal.send('x = s "bd" | lp')
        terminal.wait("lpf", "cutoff value(20…20000 Hz)")
        terminal.send("\x03")
        terminal.enter("help lpf")
        terminal.wait("for example")
