"""What was performed becomes a section: the same notes again, whatever is changed later."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from livecode.conductor.conductor import Conductor
from livecode.conductor.notes import Note
from livecode.engine.records import Message
from livecode.errors import KindError, LiveError, Source
from livecode.excerpt import MOST_PARTS, excerpt
from livecode.past import Past
from livecode.patterns import Context, Hap, outside
from livecode.render import playing
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text

RATE = 48000
Heard = tuple[float, str, float, float]  # seconds, strip, Hz, level
BASE = """
tempo 240
let k = 2
let thin x amount=0.5 =
    y = x | degradeBy amount
    y | gain 0.9
let quick = (\\p -> p | fast k)
compose kick = s "bd*4"
compose hats = thin (s "hh*8") 0.3 | fast k | quick
compose lead = n "<0 3 5> 1 . 2" | s 'saw'
    | every 2 rev
arrange drop 3 tempo=300 = kick, (hats | fast 2) | fill 1 (fast 2),
    stack [lead | lpf (ramp 200 4000), s "cp"]
arrange tune = "drop drop"
"""


KEYS = """
arrange low 2 key="c:minor" = lead, kick
arrange ks = "low drop low"
"""
FADED = """lead = n "7 5*4" | s 'saw' | xfadeIn 4"""
KNOBS = """
tempo 240
let bright = knob 'bright'
let swept p = p | lpf (cc 'nano' 1 | range 200 4000)
lead = n "0 .. 7" | s 'saw' | gain (bright | range 0.2 1) | swept
arrange turned 3 = lead | pan (knob 'bright')
"""


class Nowhere:
    """Takes what a conductor sends and keeps nothing."""

    def send(self, message: Message) -> None: ...

    def push(self, records: bytes) -> None: ...


def refused(error: LiveError) -> None:
    raise error


def evaluated(text: str, before: Session | None = None) -> Session:
    made = evaluate_text(before or prelude(), Source("test", text))
    assert not made.errors, made.errors[0].render()
    return made.session


def performed(*steps: tuple[str, F], begin: int, end: int) -> tuple[Past, Session, list[Heard]]:
    """Evaluate texts at cycles; gives the past, the last session, and the notes between two cycles, in seconds."""
    found: list[tuple[int, str, float, float]] = []

    def heard(sample: int, note: Note, hap: Hap) -> None:
        found.append((sample, note.voice.strip, round(note.values[1], 6), round(note.values[2], 6)))

    conductor = Conductor(Nowhere(), RATE, 256, refused, heard)
    past, session = Past(), evaluated(steps[0][0])
    conductor.begin(score(session), 0)
    past.took(F(0), F(0), session)
    for text, cycle in steps[1:]:
        now = conductor.map.sample(cycle)
        conductor.tick(now + 12_000)
        session = evaluated(text, session)
        took = conductor.change(score(session), now, F(1))
        found[:] = [n for n in found if n[0] < conductor.map.sample(took)]
        past.took(took, conductor.eras[-1].origin, session)
    conductor.extend(F(end))
    first, last = conductor.map.sample(F(begin)), conductor.map.sample(F(end))
    conductor.tick(last)
    return past, session, sorted(((n[0] - first) / RATE, *n[1:]) for n in found if first <= n[0] < last)


def heard_of(session: Session) -> list[Heard]:
    """Give the notes of the section or song that was captured, in seconds."""
    found: list[Heard] = []

    def heard(sample: int, note: Note, hap: Hap) -> None:
        found.append((sample / RATE, note.voice.strip, round(note.values[1], 6), round(note.values[2], 6)))

    conductor = Conductor(Nowhere(), RATE, 256, refused, heard)
    made = score(playing(session, "jam"))
    conductor.begin(made, 0)
    assert made.length is not None
    conductor.extend(made.length)
    conductor.tick(conductor.map.sample(made.length))
    return sorted(found)


@pytest.mark.parametrize(
    ("steps", "begin", "end"),
    [
        (((BASE, F(0)),), 0, 4),
        (((BASE, F(0)),), 3, 7),
        (((BASE, F(0)), ('hats = s "oh*2"', F(3, 2)), ("stop kick", F(5, 2))), 1, 6),
        (((BASE, F(0)), ("let k = 3", F(3, 2)), ("mute lead", F(5, 2)), ("unmute lead", F(7, 2))), 1, 6),
        (((BASE, F(0)), ("play tune", F(3, 2))), 1, 7),
        (((BASE, F(0)), ("play tune", F(3, 2)), ('kick = s "bd*3"', F(7, 2)), ("play", F(11, 2))), 3, 8),
        (((BASE, F(0)), ("play tune\nmute kick", F(1, 2)), ("unmute", F(7, 2))), 0, 6),
        (((BASE + "seed 3", F(0)),), 2, 6),
        # each key is a section of its own
        (((BASE + KEYS, F(0)), ("play ks", F(1, 2))), 1, 8),
        (((BASE, F(0)), ('key "e:phrygian"', F(3, 2)), ('key "c:major"', F(7, 2))), 1, 6),
        # takeovers: from before the capture, within it, and of each other
        (((BASE, F(0)), ('kick = s "hh*8" | clutchIn 6', F(1, 2))), 3, 9),
        (((BASE, F(0)), (FADED, F(3, 2)), ("lead = n 12 | s 'saw' | jumpIn 3", F(7, 2))), 1, 9),
        (((BASE, F(0)), ('kick = s "hh*8" | wait 2', F(1, 2)), ('hats = s "cp*4" | mortal 2 2', F(5, 2))), 0, 8),
        (((BASE, F(0)), ("play tune", F(1, 2)), ('kick = s "hh*8" | clutchIn 6', F(3, 2)), ("play", F(9, 2))), 2, 9),
        (((BASE + "meter 3/4", F(0)), ("tempo 150", F(3, 2))), 0, 4),
    ],
)
def test_the_same_notes_again(steps: tuple[tuple[str, F], ...], begin: int, end: int) -> None:
    past, session, wanted = performed(*steps, begin=begin, end=end)
    text = excerpt(past.stays(F(0), F(end)), F(begin), F(end), "jam", session)
    # What is changed later changes nothing of it.
    made = evaluated("kick = s 'cp'\nhats = s 'cp'\nlead = s 'cp'\nlet k = 7", evaluated(text, session))
    again = heard_of(made)
    assert len(wanted) > 10
    assert [n[1:] for n in again] == [n[1:] for n in wanted]
    assert max(abs(a[0] - w[0]) for a, w in zip(again, wanted, strict=True)) < 1e-4  # tempi are written to a thousandth


def test_names_are_free_and_settings_those_of_then() -> None:
    past, session, _ = performed((BASE + 'key "d:dorian"\nlet jam_k = 1', F(0)), ("tempo 120", F(1, 2)), begin=0, end=2)
    after = evaluated('key "c:major"', session)
    text = excerpt(past.stays(F(0), F(2)), F(0), F(2), "jam", after)
    assert "let jam_k2 = 2\n" in text
    assert 'arrange jam 2 tempo="<240!1 120!1>" key="d:dorian" =\n' in text


def test_silence_is_a_section_too() -> None:
    past, session, _ = performed(("kick = s 'bd'\nstop", F(0)), begin=0, end=2)
    assert excerpt(past.stays(F(0), F(2)), F(0), F(2), "jam", session) == "arrange jam 2 =\n    silence\n"


def test_too_much_is_refused() -> None:
    many = "\n".join(f"p{i} = s 'bd'" for i in range(MOST_PARTS + 1))
    past, session, _ = performed((many, F(0)), begin=0, end=1)
    with pytest.raises(KindError, match="more than"):
        excerpt(past.stays(F(0), F(1)), F(0), F(1), "jam", session)


def test_the_past_forgets_what_did_not_come() -> None:
    past = Past()
    sessions = [evaluated(f"tempo {120 + i}") for i in range(4)]
    for cycle, made in zip((0, 4, 8, 6), sessions, strict=True):
        past.took(F(cycle), F(0), made)
    found = [(s.begin, s.end, s.session) for s in past.stays(F(2), F(9))]
    assert found == [(F(2), F(4), sessions[0]), (F(4), F(6), sessions[1]), (F(6), F(9), sessions[3])]
    past.took(F(5000), F(0), sessions[0])
    past.took(F(5001), F(0), sessions[1])
    assert next(past.stays(F(0), F(9000))).begin == 6


@pytest.mark.parametrize("play", ["", "play turned"])
def test_what_was_turned_turns_again(play: str) -> None:
    """Every note has the gain, the place and the filter that the knobs asked for when it was played."""
    past, session = Past(), evaluated(KNOBS)
    past.took(F(0), F(0), session)
    if play:
        session = evaluated(play, session)
        past.took(F(1), F(1), session)
    bright = [(F(1, 2), 0.1), (F(9, 4), 0.75)]
    nano = [(F(3, 4), 0.6), (F(3), 0.2)]
    for at, key, value in sorted([(t, "bright", v) for t, v in bright] + [(t, "nano/1", v) for t, v in nano]):
        past.turned(at, key, value)
    text = excerpt(past.stays(F(0), F(4)), F(1), F(4), "jam", session, past.turns(F(1), F(4)))
    made = evaluated("lead = s 'cp'", evaluated(text, session))
    outside.put("bright", 0.9)  # as they stand later, which is not what was heard
    outside.put("nano/1", 0.9)
    (stretch,) = score(playing(made, "jam")).stretches
    (part,) = stretch.parts
    haps = part.pattern.onsets(F(0), F(3), Context(section=F(3)))
    assert len(haps) == 24
    for hap in haps:
        assert hap.whole is not None
        at = hap.whole.begin + 1
        (shine, turned) = (next(v for t, v in reversed(row) if t <= at) for row in (bright, nano))
        assert float(hap.value["gain"]) == pytest.approx(0.2 + 0.8 * shine, abs=1e-3), at
        assert float(hap.value["cutoff"]) == pytest.approx(200 + 3800 * turned, rel=1e-3), at
        if play:
            assert float(hap.value["pan"]) == pytest.approx(shine, abs=1e-3), at


def test_what_was_turned_is_kept_from_its_last_value_on() -> None:
    past = Past()
    for at, value in ((F(1), 0.1), (F(2), 0.2), (F(513, 256), 0.3), (F(2051, 1024), 0.4), (F(5), 0.5)):
        past.turned(at, "x", value)
    past.turned(F(9), "y", 0.9)
    assert past.turns(F(3, 2), F(5)) == {"x": ((F(3, 2), 0.1), (F(2), 0.2), (F(513, 256), 0.4))}


def test_keys_are_written_as_notes_on_the_strip_of_their_sound() -> None:
    session, past = evaluated('tempo 240\nkick = s "bd*4"'), Past()
    past.took(F(0), F(0), session)
    strokes = (
        (F(9, 8), 60, 127),
        (F(5, 4), 64, 64),
        (F(3, 2), 60, 0),
        (F(7, 4) + F(1, 1000), 64, 0),
        (F(5, 2), 67, 100),
    )
    for cycle, key, velocity in strokes:
        past.struck(cycle, "saw", key, velocity)
    text = excerpt(past.stays(F(0), F(3)), F(1), F(3), "jam", session, None, past.hands(F(1), F(3)))
    heard = heard_of(evaluated(text, session))
    keys = [(seconds, pitch, level) for seconds, strip, pitch, level in heard if strip == "saw"]
    assert [(round(seconds, 6), round(pitch, 2)) for seconds, pitch, _ in keys] == [
        (0.125, 261.63),
        (0.25, 329.63),
        (1.5, 392.0),
    ]
    assert keys[0][2] > keys[1][2] and keys[1][2] < keys[2][2]
    assert {strip for _, strip, _, _ in heard} == {"saw", "kick"}
