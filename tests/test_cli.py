"""The real command: what it prints, writes and returns."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.cli import _parser, main
from livecode.query import answer
from tests.conftest import TRACK, Command


def test_query_prints_events(livecode: Command) -> None:
    done = livecode("query", "--cycles", "0:1", 's "bd ~ sd"')
    assert done.returncode == 0
    assert done.stdout.split("\n")[0].split() == ["0/1", "1/3", '{"s":', '"bd"}']


def test_a_fault_of_ours_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a spring")

    monkeypatch.setattr("livecode.query.events", broken)
    assert main(["query", "sine"]) == 1
    told = capsys.readouterr().err
    assert "livecode stumbles over this (RuntimeError: a spring)" in told and "Traceback" not in told
    with pytest.raises(RuntimeError, match="a spring"):
        main(["--debug", "query", "sine"])


def test_a_fault_of_ours_costs_a_batch_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"cycles": 0}
    monkeypatch.setattr("livecode.query.pattern_of", lambda *_: 1 / broken["cycles"])
    assert "stumbles" in answer('{"id": 1, "code": "sine"}')["error"]["message"]
    assert "no request" in answer('{"id": 1, "code": "sine", "cycles": [["1/0", "1/1"]]}')["error"]["message"]


def test_every_argument_of_every_command_has_a_sentence() -> None:
    commands = next(a for a in _parser()[0]._actions if isinstance(a, argparse._SubParsersAction)).choices
    assert [(name, a.dest) for name, c in commands.items() for a in c._actions if not a.help] == []


def test_query_gives_json(livecode: Command) -> None:
    events = json.loads(livecode("query", "--json", 'fast 2 "bd sn"').stdout)
    piped = json.loads(livecode("query", "--json", '"bd sn" | fast 2').stdout)
    assert events == piped
    assert events[0] == {"whole": ["0/1", "1/4"], "part": ["0/1", "1/4"], "value": "bd"}


def test_a_batch_answers_every_line_in_order(livecode: Command) -> None:
    lines = [
        {"id": "a", "code": '"bd sn"', "cycles": [["0/1", "1/1"], ["1/1", "3/2"]]},
        {"id": "b", "code": '"bd [sn"', "cycles": [["0/1", "1/1"]]},
        {"id": "c", "code": "sine", "cycles": [["1/4", "1/2"]]},
        {"id": "d", "code": "fst 2 'x'"},
    ]
    done = livecode("query", "--batch", stdin="".join(json.dumps(x) + "\n" for x in [*lines, 3]))
    a, b, c, d, e = map(json.loads, done.stdout.splitlines())
    assert [len(a["events"]), a["id"]] == [3, "a"]
    assert (b["error"]["line"], b["error"]["column"]) == (1, 5)
    assert c["events"] == [{"whole": None, "part": ["1/4", "1/2"], "value": 1.0}]
    assert d["error"]["hint"] == "did you mean fast?"
    assert e["error"]["message"]


def test_check_tells_every_error_of_a_file(livecode: Command, tmp_path: Path) -> None:
    file = tmp_path / "bad.live"
    file.write_text('kick = s "bd*4"\nhats = s "hh*8\nbass = note "c2" | lpff 300\n')
    done = livecode("check", "bad.live")
    assert done.returncode == 1
    assert "bad.live:2:10" in done.stdout
    assert "bad.live:3:20" in done.stdout
    assert "did you mean lpf?" in done.stdout
    assert livecode("check", TRACK).returncode == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("play", "none.live"), "there is no file none.live"),
        (("render", "none.live", "--cycles", "1", "-o", "x.wav"), "there is no file none.live"),
        (("render", TRACK, "--cycles", "1", "-o", "x.xyz"), "no audio format"),
        (("render", TRACK, "--cycles", "1", "-o", "no/x.wav"), "there is no folder no"),
        (("render", TRACK, "--song", "sung", "-o", "x.wav"), "did you mean song?"),
        (("query", "--cycles", "x", "sine"), "no span of cycles"),
    ],
)
def test_a_wrong_call_is_told_in_one_message(livecode: Command, args: tuple[object, ...], words: str) -> None:
    done = livecode(*args)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("word", "fix"), [("song.live", "livecode play song.live plays a file"), ("rendr", "did you mean render?")]
)
def test_what_is_no_command_is_told(livecode: Command, tmp_path: Path, word: str, fix: str) -> None:
    (tmp_path / "song.live").write_text('kick = s "bd*4"\n')
    done = livecode(word)
    assert done.returncode == 2
    assert f"there is no command {word}" in done.stderr and fix in done.stderr


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        ('kick = s "bd*4"\r\nmix kick\r\n\t| gain -3dB\r\n'.encode("utf-8-sig"), 0, "well"),
        ('太鼓 = s "hh*8"\nmix 太鼓 | gain -3dB\n'.encode(), 0, "well"),
        ('kick = s "bd"  # été'.encode("latin-1"), 1, "no text in UTF-8"),
        ('kick = s "bd"'.encode("utf-16"), 1, "no text in UTF-8"),
        (b"", 0, "well"),
    ],
)
def test_a_text_of_any_editor_is_read(
    livecode: Command, tmp_path: Path, content: bytes, status: int, words: str
) -> None:
    (tmp_path / "ein Stück.live").write_bytes(content)
    done = livecode("check", "ein Stück.live")
    assert (done.returncode, words in done.stdout + done.stderr) == (status, True)


def test_two_renders_are_the_same_bytes(livecode: Command, tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        done = livecode("render", TRACK, "--cycles", "4", "-o", name)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    audio, rate = soundfile.read(tmp_path / "a.wav")
    assert len(audio) == round(4 * rate * 60 * 4 / 126)
    assert 0.1 < np.abs(audio).max() <= 10 ** (-1 / 20) + 1e-4


def test_the_demo_leaves_a_file_where_nothing_can_be_heard(livecode: Command, tmp_path: Path) -> None:
    done = livecode("demo", "--seconds", "1", "--backend", "silent")
    assert done.returncode == 0, done.stderr
    assert "plays silently in time" in done.stderr
    audio, rate = soundfile.read(tmp_path / "track.wav")
    assert len(audio) == rate
    assert np.abs(audio).max() > 0.05


def test_a_picture_is_drawn(livecode: Command, tmp_path: Path) -> None:
    done = livecode("render", TRACK, "--cycles", "1", "-o", "a.wav", "--plot", "a.png")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_doctor_tells_a_fix_for_what_is_missing(livecode: Command) -> None:
    lines = livecode("doctor").stdout.splitlines()
    assert lines[0].startswith("ok  livecode")
    assert any(line.startswith("ok  pyo") for line in lines)
    assert all(line[:3] in ("ok ", "-- ", "   ") for line in lines)
