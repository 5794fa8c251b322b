"""What people bring along from other places is answered with what it is here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livecode.conductor.conductor import Conductor
from livecode.errors import LiveError, Source
from livecode.session import Transport
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from tests.fuzz.statements import Nowhere

# What was typed, and a part of what the hint says.
TYPED = [
    ("puts 1", "show NAME"),
    ("use_random_seed 42", "seed 42"),
    ("rrand 60 72", "range 60 72"),
    ("one_in 3", "sometimesBy"),
    ("ls", "list"),
    ("clear", "Ctrl-L"),
    # what a statement begins with is a command or a pattern sooner than a function
    ("muet kick", "did you mean mute?"),
    ("unslo kick", "did you mean unsolo?"),
    ("temp 140", "did you mean tempo?"),
    ("PLAY", "did you mean play?"),
    ("fst 2 'bd'", "did you mean"),
    (":q", "Ctrl-D"),
    ("play 60, release: 2", "note 60"),
    ('x = s "bd" | scope', "F2 shows"),
    ("x = note 'c' | punchcard", "F2 shows"),
    ("x = slider 0.5", "knob"),
    ("x = samples 'github:a/b'", "statement of its own"),
    ("samples 'github:a/b'", "fetch it first"),
    ("x = rot 1 (s 'bd')", "iter 4"),
    ('x = while "1 0" (fast 2) (s "bd")', "when"),
    ('x = (1/8) ~> s "hh"', "late 1/8 p"),
    ('x = 0.25 <~ s "hh"', "early 1/8 p"),
    ('x = s "bd" | gain -3 dB', "-3dB"),
    ('x = s "bd" // loud', "a comment begins with #"),
    ("x = note \"c'maj e'min\"", 'chord "C Em7 G7"'),
]
# A sound, or a control, that only shows itself when it plays.
HEARD = [
    ('s "sn"', "there is no sound sn", "sd is the snare"),
    ('s "superpiano"', "there is no sound superpiano", "epiano"),
    ('s "breaks165"', "there is no sound breaks165", "samples 'folder'"),
    ('s "bd" | bank "RolandTR909"', "there is no sound RolandTR909_bd", "no banks are built in"),
    ('s "bd" | speed 2', "speed has no effect on bd", "bd is a design, and has decay, punch, tune"),
    ('s "bd" | orbit 2 | duckorbit 1', "orbit has no effect on bd", "a strip of its own"),
    ('chord "C" | rootNotes 2 | note', "note takes one value, not a record", ""),
]


@pytest.mark.parametrize(("text", "fix"), TYPED, ids=[text for text, _ in TYPED])
def test_a_habit_is_answered(text: str, fix: str) -> None:
    (error,) = evaluate_text(prelude(), Source("typed", text)).errors
    assert fix in error.hint


@pytest.mark.parametrize(("text", "message", "fix"), HEARD, ids=[text for text, *_ in HEARD])
def test_a_habit_that_shows_when_it_plays_is_answered(text: str, message: str, fix: str) -> None:
    told: list[LiveError] = []
    evaluation = evaluate_text(replace(prelude(), transport=Transport()), Source("typed", text))
    assert evaluation.errors == ()
    conductor = Conductor(Nowhere(), 48000, 256, told.append)
    conductor.begin(score(evaluation.session), 0)
    conductor.tick(100_000)
    assert message in told[0].message
    assert fix in told[0].hint


def test_what_is_expected_is_never_what_was_found() -> None:
    (error,) = evaluate_text(prelude(), Source("typed", "const x = 2 3 = 4")).errors
    assert error.message == "found =" and "=" not in error.expected.split(" or ")
