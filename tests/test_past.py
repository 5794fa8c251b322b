"""What was performed of late is kept, and takes no more memory the longer a performance is."""

from __future__ import annotations

from fractions import Fraction

from livecode.past import KEPT, MOST, Past
from livecode.session import Session


def test_only_so_many_sessions_are_kept() -> None:
    past, sessions = Past(), [Session() for _ in range(3 * MOST)]
    for i, session in enumerate(sessions):
        past.took(Fraction(i, 16), Fraction(0), session)
    stays = list(past.stays(Fraction(0), KEPT))
    assert [s.session for s in stays] == sessions[-MOST:]
    assert stays[0].begin == Fraction(2 * MOST, 16)
