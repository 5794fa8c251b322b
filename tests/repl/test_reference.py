"""help tells of every word, with an example that runs."""

from __future__ import annotations

import pytest

from livecode.errors import NameUnknown, Source
from livecode.language.lexer import KEYWORDS
from livecode.repl.reference import help_on, of_kind
from livecode.repl.statements import ROWS, STATEMENTS, Row
from livecode.stages.acts import Act
from livecode.stages.commands import COMMANDS
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text


def told(name: str) -> str:
    return help_on(prelude(), name, Act("help", (name,)))


def test_every_word_that_begins_a_statement_has_a_row() -> None:
    assert set(STATEMENTS) == set(KEYWORDS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_example_of_a_statement_runs(row: Row) -> None:
    evaluation = evaluate_text(prelude(), Source("example", row.example))
    assert evaluation.errors == ()
    assert row.example.partition("\n")[0] in told(row.name) and row.doc in told(row.name)


@pytest.mark.parametrize("name", [*COMMANDS, "lpf", "fast", "moog", "compress", "bd"])
def test_help_tells_of_it(name: str) -> None:
    assert name in told(name)


def test_help_knows_the_words_of_other_places() -> None:
    with pytest.raises(NameUnknown) as error:
        told("live_loop")
    assert "repeats by itself" in error.value.hint


@pytest.mark.parametrize(
    ("kind", "there", "not_there"), [("sounds", "glass", "shimmer"), ("effects", "shimmer", "glass")]
)
def test_one_kind_is_listed(kind: str, there: str, not_there: str) -> None:
    listed = of_kind(prelude(), kind, Act("list", (kind,)))
    assert there in listed and not_there not in listed


def test_a_kind_that_is_empty_or_none_says_so() -> None:
    assert of_kind(prelude(), "sections", Act("list", ("sections",))) == "there are no sections yet"
    with pytest.raises(NameUnknown, match="list knows no synths"):
        of_kind(prelude(), "synths", Act("list", ("synths",)))


def test_help_on_what_is_no_word_names_the_nearest() -> None:
    with pytest.raises(NameUnknown) as error:
        told("arange")
    assert "arrange" in error.value.hint
