"""What was evaluated is found again in a text that is edited on."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.errors import Place, Source
from livecode.screen.places import Places, Region, difference

TEXTS = st.text(alphabet="ab\n ", max_size=20)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_difference_makes_one_text_of_the_other(old: str, new: str) -> None:
    first, removed, added = difference(old, new)
    assert old[:first] + new[first : first + added] + old[first + removed :] == new
    assert difference(old, old)[1:] == (0, 0)


@settings(deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=4), TEXTS, st.data())
def test_what_is_found_is_what_was_evaluated(before: str, edits: list[str], after: str, data: st.DataObject) -> None:
    statement = 's "bd sd"'
    places, source = Places(), Source("typed", "\n\n" + statement)
    text = before + statement + after
    places.add(Region(source, 2, len(statement), len(before), len(before) + len(statement)))
    for piece in edits:
        first = data.draw(st.integers(0, len(text)))
        last = data.draw(st.integers(first, min(len(text), first + 5)))
        new = text[:first] + piece + text[last:]
        places.edited(text, new)
        text = new
    for start in range(2, len(source.text)):
        found = places.where(Place(source, start, start + 1))
        if found is not None:
            assert text[slice(*found)] == source.text[start]


def test_an_edit_elsewhere_loses_nothing() -> None:
    places, source = Places(), Source("typed", "abc")
    places.add(Region(source, 0, 3, 2, 5))
    places.edited("--abc--", "xx--abc--")
    assert places.where(Place(source, 1, 2)) == (5, 6)
    assert places.where(Place(Source("other", "abc"), 1, 2)) is None
