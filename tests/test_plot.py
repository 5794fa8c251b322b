"""Pictures of songs: files that hold what the timeline says, and errors for those that cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from livecode import cli
from livecode.errors import FileError, Source
from livecode.plot import draw_song
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from livecode.stages.timeline import Timeline, timeline

SONG = """
kick = s "bd*4"
arrange start 2 = kick
arrange finish 2 tempo=90 = kick | fast 2
arrange tune = "start finish"
"""


@pytest.fixture
def made() -> Timeline:
    return timeline(evaluate_text(prelude(), Source("test", SONG)).session, "tune")


def test_a_picture_tells_the_sections(made: Timeline, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    draw_song(made, path)
    text = path.read_text()
    assert text.startswith("<?xml")
    assert all(f"<!-- {said} -->" in text for said in ("start", "finish", "kick", "tune: 4 cycles, 0:09.3", "bpm"))


def test_a_picture_in_pixels(made: Timeline, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    draw_song(made, path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "words"), [("a.gif", "no picture"), ("none/a.png", "cannot be drawn")])
def test_what_cannot_be_drawn(made: Timeline, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(FileError, match=words):
        draw_song(made, tmp_path / name)


def test_show_at_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.live").write_text(SONG)
    assert cli.main(["show", str(tmp_path / "a.live"), "--plot", str(tmp_path / "a.svg")]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "tune: 4 cycles, 0:09.3, 2 sections"
    assert out[-1] == str(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").exists()
    assert cli.main(["show", str(tmp_path / "a.live"), "tnue"]) == 1
    assert "did you mean tune?" in capsys.readouterr().err
