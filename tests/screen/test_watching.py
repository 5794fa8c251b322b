"""What is seen of a performance: what sounds now, the page, the strips."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.errors import Source
from tests.screen.still import DRUMS, RATE, SONG, still

CYCLE = 2 * RATE  # samples, at 120 beats a minute


@pytest.mark.parametrize(
    ("eighths", "atoms"),
    [(0, {"bd", "sd", "c2", "saw"}), (2, {"bd"}), (4, {"bd", "hh", "e2", "saw"}), (6, {"bd"})],
)
def test_the_atoms_that_sound_are_known_by_their_places(eighths: int, atoms: set[str]) -> None:
    text = 'a = s "bd bd bd bd"\nb = s "[sd ~] [hh ~]" | clip 0.5\nc = note "[c2 ~] [e2 ~]" | s \'saw\' | clip 0.5\n'
    stage, _ = still(text, Fraction(eighths, 8) + Fraction(1, 64))
    frame = stage.picture()
    sounding = stage.script.sounding(frame.sounding)
    assert {text[start:end] for start, end, _ in sounding} == atoms
    assert len([1 for start, end, _ in sounding if text[start:end] == "bd"]) == 1  # of four, the one that sounds


def test_what_is_taken_back_does_not_light_up() -> None:
    stage, engine = still('a = s "bd*8"', Fraction(13, 16))
    stage.performance.evaluate(Source("typed", 'a = s "hh*1"'))
    engine.sample = CYCLE + RATE // 5
    conductor = stage.performance.conductor
    assert conductor is not None and conductor.eras[-1].begin == 1
    conductor.tick(CYCLE + RATE)
    _, heard = stage.watcher.moment()
    assert {place.source.text[place.start : place.end] for note in heard for place in note.places} == {"hh", "1"}


def test_the_page_the_strips_and_the_song() -> None:
    moment, _ = still(DRUMS + "mute hats\nsolo kick\n", Fraction(21, 8))[0].watcher.moment()
    assert (moment.first, moment.cycles) == (2, 2)
    rows = {row.name: row for row in moment.rows}
    assert [o.begin for o in rows["kick"].onsets] == [2 + Fraction(i, 4) for i in range(8)]
    strips = {strip.name: strip for strip in moment.strips}
    assert [strips[n].number for n in ("kick", "hats", "bass")] == [1, 2, 3]
    assert strips["kick"].soloed and not strips["hats"].heard and not strips["bass"].heard

    moment, _ = still(SONG, Fraction(11, 2))[0].watcher.moment()
    assert [(p.name, p.begin, p.end) for p in moment.pieces] == [("intro", 0, 4), ("drop", 4, 12), ("end", 12, 16)]
    assert moment.place == 5.5
    assert {row.name for row in moment.rows} == {"kick", "lead"}


def test_pitches_of_the_page() -> None:
    moment, _ = still('key "c:minor"\nbass = n "0 2" | s \'saw\'\n', Fraction(0))[0].watcher.moment()
    assert [o.pitch for o in moment.rows[0].onsets] == pytest.approx([48, 51, 48, 51], abs=12.01)
    assert moment.rows[0].onsets[1].pitch == pytest.approx((moment.rows[0].onsets[0].pitch or 0) + 3)


def test_before_the_music_begins_there_is_a_picture() -> None:
    stage, _ = still(DRUMS, Fraction(0))
    stage.performance.conductor = None
    assert stage.picture().panes
