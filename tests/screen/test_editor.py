"""Statements and blocks at the cursor, and a text that takes in what is defined elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from livecode.errors import FileError, Source
from livecode.screen.editor import Chosen, Script, block_at, opened, statement_at, whole
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text

TEXT = """# head
a = s "bd"
b = s "sd"
    | fast 2

design z =
    saw freq

# more
c = s "hh"
"""


def after(text: str, before: Session | None = None) -> Session:
    evaluation = evaluate_text(before or prelude(), Source("line 1", text))
    assert not evaluation.errors
    return evaluation.session


@pytest.mark.parametrize(
    ("choose", "mark", "chosen"),
    [
        (statement_at, "a =", 'a = s "bd"'),
        (statement_at, "| fast", 'b = s "sd"\n    | fast 2'),
        (statement_at, "# head", 'a = s "bd"'),
        (statement_at, "saw", "design z =\n    saw freq"),
        (block_at, "a =", 'a = s "bd"\nb = s "sd"\n    | fast 2'),
        (block_at, "| fast", 'a = s "bd"\nb = s "sd"\n    | fast 2'),
        (block_at, "c =", 'c = s "hh"'),
        (whole, "saw", TEXT[TEXT.index("a =") :].rstrip()),
    ],
)
def test_what_is_chosen(choose: Chosen, mark: str, chosen: str) -> None:
    span = choose(TEXT, TEXT.index(mark))
    assert span is not None
    text = TEXT[slice(*span)]
    assert text.removesuffix("\n\n# more") == chosen


@pytest.mark.parametrize("choose", [statement_at, block_at, whole])
def test_in_an_empty_text_nothing_is(choose: Chosen) -> None:
    assert choose("# only a comment\n", 3) is None


def test_what_is_taken_keeps_its_line() -> None:
    script = Script(TEXT)
    source = script.taken(statement_at(TEXT, TEXT.index("c =")) or (0, 0))
    assert source.line_and_column(source.text.index("c =")) == (10, 1)
    assert script.places.regions[-1].source is source


def test_definitions_from_elsewhere_are_woven_in() -> None:
    script = Script('a = s "bd"  # mine\nb = s "sd"\n')
    session = after('b = s "cp"\nnew = s "hh"\n')
    script.woven(session)
    assert script.text == 'a = s "bd"  # mine\nb = s "cp"\nnew = s "hh"\n'
    before = script.text
    script.woven(session)
    assert script.text == before
    place = session.definitions[next(key for key in session.definitions if key[1] == "new")].statement.place
    found = script.places.where(place)
    assert found is not None and script.text[slice(*found)] == 'new = s "hh"'


def test_what_is_saved_is_there_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "é.live"
    script = opened(path)
    assert script.text == "" and not script.changed
    script.edited("音 = s 'bd'\n")
    assert script.changed
    assert script.save() == f"saved {path}"
    assert not script.changed and opened(path).text == script.text
    assert [p.name for p in tmp_path.iterdir()] == ["é.live"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        opened(tmp_path)
    with pytest.raises(FileError, match="no file"):
        Script("x").save()
