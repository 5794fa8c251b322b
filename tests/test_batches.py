"""The suite's own batches: what fails, hangs or falls over is counted, and nobody waits for ever."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests import batches

WELL = "def test_well(): pass\n"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (WELL, {"passed": 1}),
        (WELL + "def test_ill(): assert 0\n", {"passed": 1, "failed": 1}),
        ("import os\ndef test_over(): os._exit(3)\n", {"failed": 1}),
        ("import os\ndef test_over(): os._exit(0)\n", {"failed": 1}),
        ("import threading\ndef test_hangs(): threading.Event().wait()\n", {"failed": 1}),
        ("", {}),
    ],
)
def test_what_a_batch_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, counts: dict[str, int]
) -> None:
    monkeypatch.setattr(batches, "LIMIT", 5.0)
    file = tmp_path / "test_it.py"
    file.write_text(text)
    assert {word: n for word, n in batches.run_live([file])[1].items() if n} == counts


def test_where_a_batch_hangs_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(batches, "LIMIT", 5.0)
    file = tmp_path / "test_it.py"
    # a failure ends the limit that pytest-timeout puts on what comes after it
    file.write_text(
        "import threading, pytest\n"
        "@pytest.fixture\ndef it():\n    yield\n    threading.Event().wait()\n\n"
        "def test_ill(it): assert 0\n"
    )
    batches.run([file])
    said = capsys.readouterr().out
    assert f"{file} has not ended within 5.0 s" in said
    assert 'test_it.py", line 5 in it' in said


def test_what_a_test_forgets_keeps_nobody_waiting(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    told = tmp_path / "pid"
    file.write_text(
        "import subprocess, pathlib\n"
        f"def test_it(): pathlib.Path({str(told)!r}).write_text(str(subprocess.Popen(['sleep', '600']).pid))\n"
    )
    try:
        assert batches.run([file]) == (0, {"passed": 1})
    finally:
        os.kill(int(told.read_text()), signal.SIGKILL)
