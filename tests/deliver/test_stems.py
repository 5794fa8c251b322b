from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from livecode.deliver.stems import MASTER, apart, file_name, part_of, stems, unmastered
from livecode.render import Tape, conduct, perform, playing
from livecode.session import Session


@pytest.fixture(scope="module")
def tape(song: Session) -> Tape:
    return unmastered(conduct(playing(song, "drop"), tail=True))


def test_every_bus_that_can_sound_is_a_stem(tape: Tape) -> None:
    found = {stem.name: (stem.kind, stem.to) for stem in stems(tape)}
    assert found["kick"] == ("strip", "drums")
    assert found["drums"] == ("group", MASTER)
    assert found["hall"] == ("return", MASTER)
    assert found["lead"] == ("strip", MASTER)
    assert "delay" in found
    assert "drop" not in found  # the strip of the section, on which nothing plays


def test_stems_sum_to_the_mix_and_parts_sound_as_the_whole(tape: Tape) -> None:
    found = stems(tape)
    made = perform(tape, tail=True, taps=(*(s.name for s in found), MASTER)).buses
    mix = made[MASTER]
    assert np.abs(mix).max() > 0.1
    total = sum(made[s.name].astype(np.float64) for s in found if s.to == MASTER)
    assert np.abs(total - mix).max() < 10 ** (-90 / 20)
    parts = apart(tape, 2)
    assert len(parts) == 2
    for names in parts:
        mine = [s.name for s in found if s.name in names]
        heard = perform(part_of(tape, names), tail=True, taps=mine).buses
        for name in mine:
            count = min(len(heard[name]), len(mix))
            assert np.abs(heard[name][:count] - made[name][:count]).max() < 10 ** (-90 / 20), name


def test_what_needs_another_stays_with_it(tape: Tape) -> None:
    (drums,) = (names for names in apart(tape, 4) if "drums" in names)
    assert {"kick", "hats", "bass"} <= drums  # members, and what ducks under one of them
    (hall,) = (names for names in apart(tape, 4) if "hall" in names)
    assert {"lead", "delay"} <= hall
    assert not drums & hall
    assert len(apart(tape, 1)) == 1


def test_a_part_holds_no_note_of_the_others(tape: Tape) -> None:
    nothing = perform(part_of(tape, frozenset(["hall"])), taps=("hall",))
    assert not nothing.buses["hall"].any()
    size = sum(len(m) for cue in tape.cues for m in cue.messages if isinstance(m, bytes))
    part = part_of(tape, frozenset(["lead", "hall", "delay"]))
    assert 0 < sum(len(m) for cue in part.cues for m in cue.messages if isinstance(m, bytes)) < size


def test_a_bus_has_a_name_that_a_file_may_have() -> None:
    assert file_name("room 1") == "room 1"
    assert "/" not in file_name("a/b")


def test_a_range_begins_where_it_should(song: Session) -> None:
    drop = conduct(playing(song, "song"), begin=Fraction(1), end=Fraction(2))
    assert {n.strip for n in drop.notes if n.time < 1} == {"kick", "hats", "lead", "bass"}
    assert drop.count == 48000
    assert drop.marks == ((0.0, "drop"),)
    assert replace(drop, marks=()).bpm == pytest.approx(240)


def test_a_tail_has_no_new_notes(song: Session) -> None:
    tape = conduct(playing(song, "song"), begin=Fraction(0), end=Fraction(1), tail=True)
    assert max(n.time for n in tape.notes) < 1.0
    more = conduct(playing(song, "song"), begin=Fraction(0), end=Fraction(1))
    assert max(n.time for n in more.notes) >= 1.0
