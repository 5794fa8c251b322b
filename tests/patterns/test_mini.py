"""Mini-notation: the tree, places in a larger text, and errors in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.errors import LiveError, Source
from livecode.patterns import mini
from livecode.patterns import mini_tree as tree


def test_the_tree_of_a_song_form() -> None:
    node = mini.parse("intro drop!2 [break | fill] <a b>@3 drop*2")
    assert isinstance(node, tree.Sequence)
    intro, drop, choice, turn, last = node.steps
    assert isinstance(intro.node, tree.Atom) and intro.node.text == "intro"
    assert drop.operators[0] == tree.Replicate(Fraction(2), drop.operators[0].place) and drop.weight == 2
    assert isinstance(choice.node, tree.Choice) and len(choice.node.parts) == 2
    assert isinstance(turn.node, tree.Alternation) and turn.weight == 3
    assert isinstance(last.operators[0], tree.Fast)


def test_places_count_from_the_source() -> None:
    source = Source("file", 'kick = s "bd*2 sn"')
    haps = mini.pattern("bd*2 sn", source, 10).query(Fraction(0), Fraction(1))
    shown = sorted({tuple(source.text[p.start : p.end] for p in h.places) for h in haps})
    assert shown == [("bd", "2"), ("sn",)]


# text, where the caret stands, a word of the message
MISTAKES = (
    ("bd [sn hh", 3, "never closed"),
    ("bd(3,8", 2, "never closed"),
    ("bd <sn]", 6, "closes the <"),
    ("bd sn)", 5, "closes nothing"),
    ("bd sn & hh", 6, "& means nothing"),
    ("bd**2", 3, "nothing to work on"),
    ("bd [] sn", 4, "missing before ]"),
    ("bd@3 *2", 5, "without a blank"),
    ("<a | b>", 3, "cannot stand inside <"),
    ("bd(9,8)", 3, "do not fit"),
    ("bd*x", 3, "not a time"),
    ("", 0, "empty"),
)


@pytest.mark.parametrize(("text", "start", "message"), MISTAKES)
def test_a_mistake_is_shown_where_it_is(text: str, start: int, message: str) -> None:
    with pytest.raises(LiveError) as caught:
        mini.pattern(text, Source("line", f's "{text}"'), 3)
    assert caught.value.place is not None
    assert caught.value.place.start == 3 + start
    assert message in caught.value.message
