"""The timeline of a song: rows, what sounds, and the picture in letters."""

from __future__ import annotations

import pytest

from livecode.errors import KindError, NameUnknown, Source
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from livecode.stages.timeline import Timeline, clock, drawn, main_form, timeline

SONG = """
tempo 120
kick = s "bd*4"
hats = s "hh*8"
arrange a 2 = kick
arrange b 2 tempo=240 meter=3/4 = kick, hats | fill 1 (fast 2)
arrange tune = "a b a"
"""


def session(text: str) -> Session:
    made = evaluate_text(prelude(), Source("test", text))
    assert not made.errors, made.errors[0].render()
    return made.session


@pytest.fixture
def made() -> Timeline:
    return timeline(session(SONG), "tune")


def test_rows(made: Timeline) -> None:
    found = [(r.name, r.begin, r.end, r.seconds, r.until, r.bpm, r.beats) for r in made.rows]
    assert found == [
        ("a", 0, 2, 0.0, 4.0, (120.0, 120.0), 4),
        ("b", 2, 4, 4.0, 5.5, (240.0, 240.0), 3),
        ("a", 4, 6, 5.5, 9.5, (120.0, 120.0), 4),
    ]
    assert (made.cycles, made.seconds) == (6, 9.5)


def test_counts(made: Timeline) -> None:
    assert made.counts == {"kick": (1,) * 24, "hats": (0,) * 8 + (2,) * 4 + (4,) * 4 + (0,) * 8}


def test_the_picture_in_letters(made: Timeline) -> None:
    assert drawn(made).splitlines() == [
        "tune: 6 cycles, 0:09.5, 3 sections",
        "section  │a      │b      │a",
        "cycle    │0      │2      │4",
        "time     │0:00   │0:04   │0:05.5",
        "tempo    │120    │240    │120",
        "meter    │4      │3      │4",
        "kick     ████████████████████████",
        "hats             ▓▓▓▓████",
    ]


def test_a_long_song_fits_a_narrow_window() -> None:
    long = SONG + 'arrange long = "tune!40"'
    assert max(map(len, drawn(timeline(session(long), "long"), 60).splitlines())) <= 60


def test_what_is_muted_is_not_drawn() -> None:
    assert set(timeline(session(SONG + "mute kick"), "tune").counts) == {"hats"}


def test_silence_says_so() -> None:
    assert drawn(timeline(session("arrange x 1/3 = silence"), "x")).endswith("nothing sounds in it")


def test_mistakes() -> None:
    with pytest.raises(NameUnknown, match="no song or section tnue") as error:
        timeline(session(SONG), "tnue")
    assert error.value.hint == "did you mean tune?"
    with pytest.raises(KindError, match="there is no song"):
        main_form(session("kick = s 'bd'"))


@pytest.mark.parametrize(("more", "name"), [("", "tune"), ("play b", "b"), ('arrange z = "a"', "z")])
def test_the_main_song(more: str, name: str) -> None:
    assert main_form(session(SONG + more)) == name


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0:00"), (59.96, "1:00"), (61.54, "1:01.5"), (3600, "60:00")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
