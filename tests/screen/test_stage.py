"""The stage view, driven by key presses on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repl.terminal import Terminal

TEXT = """tempo 240
kick = s "bd*4" | clip 0.4

hats = s "hh*8"
"""
F1, F2, F5, F6 = "\x1bOP", "\x1bOQ", "\x1b[15~", "\x1b[17~"
STATEMENT, BLOCK, ALL, SAVE, LEAVE = "\x05", "\x02", "\x01", "\x13", "\x11"
DOWN, END = "\x1b[B", "\x1b[F"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "set.live"
    path.write_text(TEXT)
    return path


@pytest.fixture
def stage(file: Path, tmp_path: Path) -> Iterator[Terminal]:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    with Terminal("stage", str(file), "--backend", "silent", env=env, columns=80, rows=24) as terminal:
        terminal.wait("240 bpm", "1 kick  2 hats", "─ punchcard", "─ scope", "─ spectrum", "─ mixer", "─ master")
        yield terminal


def background(terminal: Terminal, text: str) -> set[str]:
    """Give the backgrounds on which the first place of a text is shown."""
    for y, line in enumerate(terminal.screen.display):
        if text in line:
            x = line.index(text)
            return {terminal.screen.buffer[y][column].bg for column in range(x, x + len(text))}
    return set()


def test_what_sounds_is_lit_and_what_is_evaluated_flashes(stage: Terminal) -> None:
    assert stage.until(lambda: background(stage, "bd") == {"brown"})  # the terminal's word for yellow
    assert stage.until(lambda: background(stage, "bd") == {"default"})
    stage.send(DOWN * 3 + STATEMENT)
    assert stage.until(lambda: background(stage, "hats =") == {"cyan"})
    assert stage.until(lambda: background(stage, "hats =") == {"default"})
    assert background(stage, "kick =") != {"cyan"}


def test_statement_block_and_all(stage: Terminal, file: Path) -> None:
    stage.send(DOWN + END + " | fast 2" + STATEMENT)
    assert stage.until(lambda: background(stage, "kick =") == {"cyan"})
    stage.send("\rclap = s \"cp\"\rbell = s 'cb'")
    stage.send(BLOCK)
    stage.wait("3 clap", "4 bell")
    stage.send(DOWN * 3 + END + " | gian 2")
    stage.wait("did you mean gain?")  # while typing
    stage.send(ALL)
    stage.wait("set.live:7:4")
    stage.send(SAVE)
    stage.wait("saved")
    assert 'clap = s "cp"' in file.read_text()
    stage.send(LEAVE)
    assert stage.end() == 0


def test_panes_pages_and_the_prompt(stage: Terminal) -> None:
    stage.send(F5)
    stage.wait("─ piano roll")
    stage.send(F6)
    assert stage.until(lambda: "─ mixer" not in stage.text())
    stage.send(F6)
    stage.wait("─ mixer")
    stage.send(F1)
    stage.wait("tap the tempo", "evaluate the block")
    stage.send(F1)
    stage.send("\x1b1")
    stage.wait("1 (kick)")
    stage.send(F2)
    stage.wait("♪")
    stage.enter('bell = s "cb*2"')
    stage.wait("3 bell")
    stage.send(F2)
    stage.wait('bell = s "cb*2"', "─ mixer")
    stage.send(LEAVE)
    stage.wait("not saved")
    stage.send(LEAVE)
    assert stage.end() == 0


def test_the_mouse_sets_the_cursor(stage: Terminal) -> None:
    stage.send("\x1b[<0;5;5M\x1b[<0;5;5m")  # column 5 of the screen's line 5, which is the text's line 4
    stage.send("X")
    stage.wait("hatsX = s")


def test_a_paste_of_500_lines_and_wide_characters(stage: Terminal) -> None:
    lines = "\n".join(f'音{n} = s "bd" | gain 0.{n % 9 + 1}  # ♪ é' for n in range(500))
    stage.send(f"\x1b[200~{lines}\n\x1b[201~")
    stage.wait("音499 = s", timeout=20)
    stage.send('é = s "cp*2"\r\x1b[A' + STATEMENT)
    stage.wait("3 é")
