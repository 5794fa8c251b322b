"""What the pages show can be typed: every block of them that is marked `live`."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from livecode.errors import Source
from livecode.render import conduct
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.conftest import ROOT

BLOCK = re.compile(r"^```live\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if BLOCK.search(page.read_text())]


def after(page: Path) -> Session:
    """Evaluate the blocks of a page one after the other."""
    session = prelude()
    for text in BLOCK.findall(page.read_text(encoding="utf-8")):
        evaluation = evaluate_text(session, Source(page.name, text))
        assert not evaluation.errors, evaluation.errors[0].render()
        session = evaluation.session
    return session


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_can_be_typed(page: Path) -> None:
    assert conduct(after(page), end=Fraction(8)).troubles == ()


def test_the_tour_ends_in_a_song_in_which_all_is_heard() -> None:
    session = after(ROOT / "docs" / "tour.md")
    tape = conduct(session)
    assert tape.troubles == ()
    assert {note.strip for note in tape.notes} == set(session.tracks())
    assert tape.count / tape.rate == pytest.approx(88 * 4 * 60 / 122, abs=1e-4)
