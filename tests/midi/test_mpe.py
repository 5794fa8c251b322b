"""A channel a note."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livecode.midi.mpe import Zone


def test_channels_rest_as_long_as_possible() -> None:
    zone = Zone(3)
    assert [zone.take(), zone.take()] == [1, 2]
    zone.give_back(1)
    assert zone.take() == 3
    assert zone.take() == 1


def test_when_all_are_taken_the_one_with_the_fewest_notes_is_shared() -> None:
    zone = Zone(2)
    assert [zone.take() for _ in range(4)] == [1, 2, 1, 2]
    zone.give_back(2)
    assert zone.take() == 2


@given(st.integers(1, 15), st.lists(st.booleans(), max_size=200))
def test_no_channel_is_shared_while_one_is_free(members: int, moves: list[bool]) -> None:
    zone, down = Zone(members), list[int]()
    for take in moves:
        if take:
            channel = zone.take()
            assert 1 <= channel <= members
            assert channel not in down or len(set(down)) == members
            down.append(channel)
        elif down:
            zone.give_back(down.pop(0))
