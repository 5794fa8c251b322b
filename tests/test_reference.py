"""The reference page says what the registry says."""

from __future__ import annotations

from livecode.patterns import CONTROLS, WORDS
from livecode.reference import page
from livecode.stages.ugens import CHAIN, DESIGN
from tests.conftest import ROOT


def test_the_page_is_of_today() -> None:
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == page(), "python -m livecode.reference > docs/reference.md"


def test_every_word_is_on_it() -> None:
    text = page()
    names = [*WORDS.rows, *CONTROLS, *DESIGN.rows, *CHAIN.rows]
    assert [n for n in names if f"`{n}" not in text] == []
