"""What was performed of late is kept, and takes no more memory the longer a performance is."""

from __future__ import annotations

from fractions import Fraction

from livecode.midi.takes import Played
from livecode.past import KEPT, MOST, Past
from livecode.session import Session


def test_only_so_many_sessions_are_kept() -> None:
    past, sessions = Past(), [Session() for _ in range(3 * MOST)]
    for i, session in enumerate(sessions):
        past.took(Fraction(i, 16), Fraction(0), session)
    stays = list(past.stays(Fraction(0), KEPT))
    assert [s.session for s in stays] == sessions[-MOST:]
    assert stays[0].begin == Fraction(2 * MOST, 16)


def test_what_keys_played_is_kept_as_far_as_it_began_in_the_span() -> None:
    past = Past()
    strokes = ((0, 60, 90), (1, 64, 100), (2, 60, 0), (2, 64, 0), (2, 67, 80), (3, 67, 70), (3, 67, 0), (4, 72, 60))
    for i, (quarter, key, velocity) in enumerate(strokes):
        past.struck(Fraction(quarter, 4), "held", key, velocity)
        past.struck(Fraction(quarter, 4), "pluck", 40 + i, 50)
    assert past.hands(Fraction(1, 4), Fraction(3, 2))["held"] == (
        Played(Fraction(1, 4), Fraction(1, 2), 64, 100),
        Played(Fraction(1, 2), Fraction(3, 4), 67, 80),
        Played(Fraction(3, 4), Fraction(3, 4), 67, 70),
        Played(Fraction(1), Fraction(3, 2), 72, 60),
    )
    assert [n.key for n in past.hands(Fraction(3, 4), Fraction(1))["pluck"]] == [45, 46]
    assert past.hands(Fraction(5, 4), Fraction(2)) == {}
