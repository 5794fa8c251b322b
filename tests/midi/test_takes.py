"""What was played becomes mini-notation that plays the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.errors import Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.midi.takes import Played, Take, mini, note_name
from livecode.patterns.notes import note_to_midi

CYCLE = 2_000_000_000


def note(begin: float, end: float, key: int) -> Played:
    return Played(Fraction(begin), Fraction(end), key, 100)


@pytest.mark.parametrize(
    ("notes", "cycles", "grid", "expected"),
    [
        ([note(0, 0.25, 60)], 1, Fraction(1, 4), "c4 ~@3"),
        ([note(0.02, 0.2, 60), note(0.26, 0.5, 64), note(0.49, 0.97, 67)], 1, Fraction(1, 4), "c4 e4 g4@2"),
        ([note(0, 0.5, 60), note(0.01, 0.5, 64), note(0.5, 1, 61)], 1, Fraction(1, 16), "[c4,e4] c#4"),
        ([note(0, 1, 60), note(1.5, 1.75, 36)], 2, Fraction(1, 4), "<[c4] [~@2 c2 ~]>"),
        ([note(0.95, 1.2, 60)], 1, Fraction(1, 4), "c4 ~@3"),
        ([note(0, 1, 60), note(0.25, 0.3, 62)], 1, Fraction(1, 4), "c4 d4 ~@2"),
        ([], 4, Fraction(1, 16), ""),
    ],
)
def test_written(notes: list[Played], cycles: int, grid: Fraction, expected: str) -> None:
    assert mini(notes, cycles, grid) == expected


def test_a_take_pairs_keys_and_leaves_out_what_is_before_and_after() -> None:
    take = Take(CYCLE, CYCLE, 1, Fraction(1, 4))
    for at, key, velocity in (
        (0.2, 50, 90),
        (1.01, 60, 90),
        (1.2, 50, 0),
        (1.26, 60, 0),
        (1.76, 62, 90),
        (2.2, 64, 90),
    ):
        take.note(round(at * CYCLE), key, velocity)
    assert take.over(2 * CYCLE) and not take.over(2 * CYCLE - 1)
    assert take.written() == "c4 ~@2 d4"


@settings(deadline=None)  # other tests may keep the machine busy
@given(
    st.lists(st.tuples(st.integers(0, 31), st.integers(1, 8), st.integers(24, 96)), min_size=1, max_size=20),
)
def test_what_is_written_begins_where_it_was_played(raw: list[tuple[int, int, int]]) -> None:
    notes = [Played(Fraction(s, 16), Fraction(s + length, 16), key, 100) for s, length, key in raw]
    text = mini(notes, 2, Fraction(1, 16))
    pattern = pattern_of(parse_expression(Source("take", f'note "{text}"')), Scope({}))
    heard = {
        (h.whole.begin, note_to_midi(h.value["note"])) for h in pattern.onsets(Fraction(0), Fraction(2)) if h.whole
    }
    assert heard == {(n.begin, n.key) for n in notes}


def test_names_read_back() -> None:
    assert [note_to_midi(note_name(key)) for key in range(12, 128)] == list(range(12, 128))
