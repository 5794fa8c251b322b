"""The journal: whenever the process ends, every evaluation but the one in flight can be read again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from livecode import journal as journals
from livecode.errors import FileError, Source
from livecode.journal import EVALUATED, Journal, load
from livecode.retelling import read, written
from livecode.session import Transport
from tests.conftest import ROOT

WRITER = """
import sys
from livecode.errors import Source
from livecode.journal import EVALUATED, Journal
from pathlib import Path
from fractions import Fraction
journal = Journal.begin("test", print, Path(sys.argv[1]))
for number in range(1, 1_000_000):
    size = (number * 7919) % 997 * int(sys.argv[2])
    journal.evaluated(EVALUATED, [Source("line", f"{number} é " + "x" * size)], 1, Fraction(number, 7))
    journal.took(Fraction(number), Fraction(0), Fraction(number, 7))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def begun(path: Path) -> Journal:
    return Journal.begin("test", pytest.fail, path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    journal = begun(tmp_path / "a.journal")
    texts = ['s "bd*4"', "zwei\nZeilen ♪ 'x'", "\ud800 lone", ""]
    for number, text in enumerate(texts):
        at = None if number == 0 else Fraction(number, 3)
        assert journal.evaluated(EVALUATED, [Source("line 1", text), Source("x.live", "y")], 1, at) == number + 1
    journal.took(Fraction(8), Fraction(4), Fraction(22, 3))
    journal.transported({"form": "song"}, Fraction(9))
    journal.heard(Fraction(19, 2))
    story = load(journal.path)
    assert [e.sources[0].text for e in story.entries[:-1]] == texts
    assert [e.at for e in story.entries] == [None, Fraction(1, 3), Fraction(2, 3), Fraction(1), Fraction(9)]
    fourth, fifth = story.entries[3:]
    assert (fourth.took, fourth.origin, fourth.mixed) == (Fraction(8), Fraction(4), Fraction(22, 3))
    assert (fifth.took, fifth.transport) == (None, {"form": "song"})
    assert abs(fourth.wall - time.time()) < 60 and abs(fourth.monotonic - time.monotonic()) < 60
    assert (story.by, story.folder, story.heard, story.torn) == ("test", Path.cwd(), Fraction(19, 2), 0)


def test_a_journal_torn_at_any_byte_is_read(tmp_path: Path) -> None:
    journal = begun(tmp_path / "a.journal")
    for number in range(3):
        journal.evaluated(EVALUATED, [Source("line", f"é {number}")], 1, Fraction(number))
    whole = journal.path.read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole) + 1):
        journal.path.write_bytes(whole[:end])
        story = load(journal.path)
        ended = whole[first:end].count(b"\n")
        assert ended <= len(story.entries) <= ended + 1
        assert [e.number for e in story.entries] == list(range(1, len(story.entries) + 1))


def test_a_torn_journal_is_gone_on_with(tmp_path: Path) -> None:
    journal = begun(tmp_path / "a.journal")
    for text in ("one", "two"):
        journal.evaluated(EVALUATED, [Source("line", text)], 1, Fraction(1))
    journal.close()
    journal.path.write_bytes(journal.path.read_bytes()[:-9])
    again = Journal.resume(load(journal.path), pytest.fail)
    assert again.evaluated(EVALUATED, [Source("line", "three")], 1, Fraction(2)) == 2
    story = load(journal.path)
    assert [e.sources[0].text for e in story.entries] == ["one", "three"]
    assert story.torn == 0


def test_a_hundred_kills_while_writing(tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(100):
        path = tmp_path / f"{number}.journal"
        large = number % 2  # lines so long that a kill may fall into the writing of one
        writer = subprocess.Popen(
            [sys.executable, "-S", "-c", WRITER, path, "1000" if large else "1"], stdout=subprocess.PIPE, cwd=ROOT
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        # The moment itself is what is random here: nothing can be awaited.
        time.sleep(chance.uniform(0, 0.03))
        os.kill(writer.pid, signal.SIGKILL)
        said = [1, *(int(line) for line in writer.stdout.read().split(b"\n")[:-1])]
        writer.wait()
        story = load(path)
        texts = [e.sources[0].text.split()[0] for e in story.entries]
        assert texts == [str(i) for i in range(1, len(texts) + 1)]
        assert said[-1] <= len(texts) <= said[-1] + 1
        assert story.torn <= 1
        path.unlink()


@pytest.mark.parametrize("text", ["", "\x00\xff", "{}", '{"format": 99}', "[1]\n3\nnull\n"])
def test_what_is_no_journal_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.journal"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(FileError, match="no journal of livecode"):
        load(path)
    with pytest.raises(FileError, match="cannot be read"):
        load(tmp_path)


def test_a_line_from_elsewhere_is_left_out(tmp_path: Path) -> None:
    journal = begun(tmp_path / "a.journal")
    journal.evaluated(EVALUATED, [Source("line", "x")], 1, None)
    lines = ["{", "7", '{"n": 2}', '{"of": 9, "took": "1", "origin": "0", "mixed": "1"}', '{"heard": "1/0"}']
    lines += ['{"heard": "1e999999999"}', '{"heard": 3}', f'{{"heard": "{"9" * 5000}"}}', "[" * 100_000]
    with journal.path.open("a") as file:
        for line in lines:
            file.write(line + "\n")
    story = load(journal.path)
    assert (len(story.entries), story.torn) == (1, len(lines))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.journal")
    with pytest.raises(FileError, match="it is no file"):
        load(tmp_path / "a.journal")


def test_where_no_journal_can_be_written_the_music_goes_on(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "file").write_text("")
    journal = Journal.begin("test", told.append, tmp_path / "file" / "a.journal")
    assert journal.evaluated(EVALUATED, [Source("line", "x")], 1, None) == 1
    journal.took(Fraction(1), Fraction(0), Fraction(0))
    assert len(told) == 1
    assert "no journal is written" in told[0]


def test_the_latest_journal_is_one_that_nobody_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(FileError, match="no journal to restore"):
        journals.latest("prompt")
    made = []
    for number, by in enumerate(["prompt", "prompt", "play", "prompt"]):
        journal = Journal.begin(by, pytest.fail, journals.journals() / f"{number}.journal")
        journal.evaluated(EVALUATED, [Source("line", str(number))], 1, None)
        os.utime(journal.path, ns=(number * 10**9, number * 10**9))
        made.append(journal)
    for journal in made[:3]:
        journal.close()
    assert journals.latest("prompt").entries[0].sources[0].text == "1"
    made[3].close()
    assert journals.latest("prompt").entries[0].sources[0].text == "3"


def test_old_journals_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(journals, "KEPT", 2)
    for number in range(4):
        journal = Journal.begin("test", pytest.fail, journals.journals() / f"{number}.journal")
        os.utime(journal.path, ns=(number * 10**9, number * 10**9))
        journal.close()
    journals.forget()
    assert sorted(p.name for p in journals.journals().iterdir()) == ["2.journal", "3.journal"]


def test_a_line_is_plain_json(tmp_path: Path) -> None:
    journal = begun(tmp_path / "a.journal")
    journal.evaluated(EVALUATED, [Source("line", "x\ny")], 1, Fraction(17, 4))
    said = [json.loads(line) for line in journal.path.read_text().splitlines()]
    assert said[1]["sources"] == [["line", "x\ny"]]
    assert said[1]["at"] == "17/4"


def test_a_transport_is_written_and_read() -> None:
    transport = replace(Transport(), stopped=frozenset({"b", "a"}), form="song", start="drop", loop=True, cue=3)
    assert read(json.loads(json.dumps(written(transport)))) == transport
