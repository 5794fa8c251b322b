"""Programs: texts put together from files, and only from files inside the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livecode.errors import Source
from livecode.files.texts import read_text
from livecode.stages.prelude import prelude
from livecode.stages.programs import plain, program
from livecode.stages.statements import evaluate_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "set"
    (home / "lib").mkdir(parents=True)
    (home / "main.live").write_text("import 'lib/drums.live'\nbass = s \"bass\"\n")
    (home / "lib" / "drums.live").write_text("kick = s \"bd\"\nimport 'more.live'\n")
    (home / "lib" / "more.live").write_text('hats = s "hh*8"\nimport "x"\n')
    (tmp_path / "secret.live").write_text('secret = s "bd"\n')
    return home


def test_a_file_stands_where_it_is_imported(folder: Path) -> None:
    made = program([read_text(folder / "main.live")])
    assert [b.text for b in made.blocks] == ['kick = s "bd"', 'hats = s "hh*8"', 'bass = s "bass"']
    (error,) = made.errors
    assert "more.live:2:1" in error.render() and "single quotes" in error.render()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../secret.live", "outside this folder"),
        ("link.live", "outside this folder"),
        ("/etc/passwd", "outside this folder"),
        ("lib", "is no file"),
        ("pipe", "is no file"),
        ("huge.live", "larger than"),
        ("noise.live", "cannot be read"),
        ("drums.live", "there is no file"),
    ],
)
def test_what_may_not_be_read_is_refused_at_its_place(folder: Path, name: str, words: str) -> None:
    (folder / "link.live").symlink_to(folder.parent / "secret.live")
    os.mkfifo(folder / "pipe")
    with (folder / "huge.live").open("wb") as file:
        file.truncate(5_000_000)
    (folder / "noise.live").write_bytes(b"\xff\xfe\x00")
    evaluation = evaluate_text(prelude(), Source(str(folder / "main.live"), f"a = s \"bd\"\nimport '{name}'\n"))
    (error,) = evaluation.errors
    assert words in error.render()
    assert "main.live:2:8" in error.render()
    assert "a" in evaluation.session.tracks()


def test_files_that_import_each_other_stand_once(folder: Path) -> None:
    (folder / "lib" / "more.live").write_text("import '../main.live'\nimport 'drums.live'\nhats = s \"hh\"\n")
    made = program([read_text(folder / "main.live"), read_text(folder / "lib" / "more.live")])
    assert not made.errors
    assert sorted(b.text.split()[0] for b in made.blocks) == ["bass", "hats", "kick"]


def test_a_link_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / "link.live").symlink_to(folder / "lib" / "drums.live")
    (folder / "lib" / "drums.live").write_text('kick = s "bd"')
    made = program([Source(str(folder / "main.live"), "import 'link.live'")])
    assert [b.text for b in made.blocks] == ['kick = s "bd"']
    assert not made.errors


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ('a = s "bd"', 'a  =   s "bd"  # loud', True),
        ('a = s "bd"', 'a = s "bd"\n  # more\n', True),
        ('a = s "bd"\n  | rev', 'a = s "bd"\n\n      | rev', True),
        ('a = s "bd sd"', 'a = s "bd  sd"', False),
        ('a = s "bd # x"', 'a = s "bd # y"', False),
        ("let f =\n  x = 1\n  x", "let f =\n  x = 1 x", False),
        ('a = s "bd', 'a = s "bd x', False),
    ],
)
def test_which_statements_are_alike(one: str, other: str, alike: bool) -> None:
    assert (plain(one) == plain(other)) is alike


def test_a_name_may_be_called_import() -> None:
    evaluation = evaluate_text(prelude(), Source("x", 'import = s "bd"'))
    assert list(evaluation.session.tracks()) == ["import"]
