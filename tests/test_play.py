"""livecode play and watch: what is saved is heard, a mistake stops nothing, and a save is accepted at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from livecode.journal import load
from livecode.retelling import retold
from tests.conftest import Command
from tests.running import Running

SET = """tempo 480
import 'lib/drums.live'
bass = note "c2*4" | s 'bass'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "set"
    (home / "lib").mkdir(parents=True)
    (home / "main.live").write_text(SET)
    (home / "lib" / "drums.live").write_text('kick = s "bd*4"\n')
    return home


def running(folder: Path, *args: object) -> Running:
    return Running(*args, "--backend", "silent", cwd=folder, env={"XDG_STATE_HOME": str(folder / ".state")})


@pytest.fixture
def played(folder: Path) -> Iterator[Running]:
    with running(folder, "play", "main.live") as made:
        made.wait("plays silently in time")
        yield made


def save(path: Path, text: str) -> None:
    """Save as most editors do."""
    swap = path.with_name(f".{path.name}.swp")
    swap.write_text(text)
    swap.replace(path)


def test_saves_are_followed(played: Running, folder: Path) -> None:
    main, drums = folder / "main.live", folder / "lib" / "drums.live"
    save(main, SET.replace("c2*4", "e2*4"))
    played.wait("main.live: 1 statement changed")
    drums.write_text('kick = s "bd*2"\nhats = s "hh*8"\n')
    played.wait("drums.live: 2 statements changed")
    save(main, SET.replace('c2*4"', "c2*4") + 'wrong = s "bd" | gian 2\n')
    said = played.wait("so what played plays on")
    assert "main.live:3:13" in said and "never closed" in said
    assert "main.live:4:18" in said and "did you mean gain?" in said
    assert "2 errors" in said
    save(main, SET)
    played.wait("main.live: 1 statement changed")
    drums.unlink()
    said = played.wait("so what played plays on")
    assert "main.live:2:8" in said and "there is no file" in said
    drums.write_text('kick = s "bd*2"\n')
    played.wait("drums.live: 1 statement changed")  # the hats are gone
    save(main, SET.replace("import 'lib/drums.live'\n", ""))
    played.wait("main.live: 1 statement changed")  # and now the kick
    kept = main.read_text()
    save(main, kept + "wrong = \n")
    played.wait("so what played plays on")
    save(main, kept)
    played.wait("main.live: all is right again")


def test_what_plays_is_what_the_files_say(played: Running, folder: Path) -> None:
    """The journal knows at which boundary each save took over."""
    save(folder / "main.live", SET + 'hats = s "hh*8"\n')
    played.wait("1 statement changed")
    save(folder / "main.live", SET.replace("import 'lib/drums.live'\n", "") + 'hats = s "hh*8"\n')
    played.wait("1 statement changed")
    save(folder / "main.live", SET + 'hats = s "hh*8')
    played.wait("so what played plays on")
    (journal,) = (folder / ".state").rglob("*.journal")
    story = load(journal)
    assert list(retold(story).session.tracks()) == ["bass", "hats"]
    first, second, third, fourth = story.entries
    assert first.took is None and fourth.took is None
    for entry in (second, third):
        assert entry.at is not None and entry.took is not None
        assert entry.at < entry.took <= entry.at + 2
        assert entry.took.denominator == 1


def test_what_acts_once_does_not_act_again(folder: Path) -> None:
    text = 'a = s "bd"\nb = s "hh"\narrange x 1 = a\nplay x\nrecord \'take.wav\'\n'
    (folder / "main.live").write_text(text)
    with running(folder, "play", "main.live") as played:
        played.wait("recording to take.wav")
        save(folder / "main.live", text.replace("record", "# again\nrecord").replace('"hh"', '"hh*2"'))
        assert "recording" not in played.wait("1 statement changed")
        save(folder / "main.live", text.replace("take", "other"))
        played.wait("recording to other.wav")


def test_a_folder(folder: Path) -> None:
    with running(folder, "watch", ".") as played:
        played.wait("plays silently in time")
        (folder / "other.live").write_text('more = s "cp"\n')
        played.wait("other.live: 1 statement changed")
        (folder / ".other.live.swp").write_text("rubbish (")
        (folder / "notes.txt").write_text("rubbish (")
        (folder / "other.live").write_text('more = s "cp*2"\n')
        assert "error" not in played.wait("other.live: 1 statement changed")
        (folder / "other.live").unlink()
        played.wait("what it played plays on")
        (folder / "other.live").write_text('more = s "cp*3"\n')
        played.wait("other.live: 1 statement changed")


def test_a_folder_that_is_none(livecode: Command, tmp_path: Path) -> None:
    (tmp_path / "file.live").write_text("")
    assert "there is no folder none" in livecode("watch", "none", "--backend", "silent").stderr
    assert "livecode play file.live" in livecode("watch", "file.live", "--backend", "silent").stderr


def long_set(lines: int, number: int) -> str:
    """Write a set of so many lines, in which 16 patterns play and one of them is another each time."""
    rows = ["tempo 126", "# a long night", ""]
    rows += [f'p{i} = s "bd hh*{i % 7 + 1} sd" | gain 0.{i % 9 + 1} | fast {i % 3 + 1}' for i in range(15)]
    rows += [f"mix p{i} | lpf {i + 1}khz | gain -{i}dB" for i in range(15)]
    for i in range(20):
        rows += [
            f"design d{i} cutoff=800hz =",
            "    tone = saw freq + 0.5 * square (freq / 2)",
            "    tone | lpf cutoff",
        ]
        rows += [f"arrange s{i} {i + 1} = p{i % 15} | fast 2,", f"    p{(i + 1) % 15}", ""]
    count = (lines - len(rows) - 1) // 2
    rows += [line for i in range(count) for line in (f'let v{i} = "c{i % 5} [e g]*2" | fast {i % 3 + 1}', "# and more")]
    rows.append(f'changed = note v{number % 8} | s "pluck" | lpf {500 + number}')
    return "\n".join(rows) + "\n"


def test_saves_of_a_long_set_are_accepted_one_after_the_other(folder: Path) -> None:
    assert 498 <= long_set(500, 0).count("\n") <= 502
    (folder / "main.live").write_text(long_set(500, 0))
    with running(folder, "play", "main.live") as played:
        played.wait("plays silently in time", 60)
        for number in range(1, 5):
            save(folder / "main.live", long_set(500, number))
            said = played.wait("main.live: 1 statement changed")
            assert re.search(r"\(\d+ ms\)", said)
