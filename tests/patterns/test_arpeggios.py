"""The modes of arp: the order in which the notes of a chord are played."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.errors import LiveError
from livecode.patterns import WORDS, mini, pure
from livecode.patterns.library.arpeggios import MODES

CHORD = "[0,7,4]"


def played(mode: str, chord: str = CHORD) -> list[int]:
    pattern = WORDS.find("arp").call(pure(mode), mini.pattern(chord))
    return [h.value for h in pattern.onsets(Fraction(0), Fraction(1))]


@pytest.mark.parametrize(
    ("mode", "notes"),
    [
        ("up", [0, 4, 7]),
        ("down", [7, 4, 0]),
        ("updown", [0, 4, 7, 4]),
        ("downup", [7, 4, 0, 4]),
        ("up&down", [0, 4, 7, 7, 4, 0]),
        ("down&up", [7, 4, 0, 0, 4, 7]),
        ("converge", [0, 7, 4]),
        ("diverge", [4, 7, 0]),
        ("disconverge", [0, 7, 4, 7, 0]),
        ("pinkyup", [0, 7, 4, 7]),
        ("pinkyupdown", [0, 7, 4, 7, 4, 7]),
        ("thumbup", [0, 4, 0, 7]),
        ("thumbupdown", [0, 4, 0, 7, 0, 4]),
    ],
)
def test_modes(mode: str, notes: list[int]) -> None:
    assert played(mode) == notes


def test_every_mode_plays_a_single_note() -> None:
    for mode in MODES:
        assert set(played(mode, "5")) == {5}


def test_each_chord_is_played_in_its_own_span() -> None:
    pattern = WORDS.find("arp").call(mini.pattern("up"), mini.pattern("[0,4,7] [2,5]"))
    times = [h.whole.begin for h in pattern.onsets(Fraction(0), Fraction(1))]
    assert times == [0, Fraction(1, 6), Fraction(1, 3), Fraction(1, 2), Fraction(3, 4)]


def test_numbers_still_choose_by_index() -> None:
    pattern = WORDS.find("arp").call(mini.pattern("2 0"), mini.pattern("[0,4,7]"))
    assert [h.value for h in pattern.onsets(Fraction(0), Fraction(1))] == [7, 0]


def test_an_unknown_mode_is_told_with_the_nearest() -> None:
    with pytest.raises(LiveError) as caught:
        played("upp")
    assert "up" in caught.value.hint
