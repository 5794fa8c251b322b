"""Reloading: only what changed is evaluated, what vanished stops, and an error changes nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.errors import Source
from livecode.session import Session, Space
from livecode.stages.prelude import prelude
from livecode.stages.programs import Program, program
from livecode.stages.reload import Reloaded, begin, reload

FIRST = """
tempo 130
kick = s "bd*4"
hats = s "hh*8" | fast x
let x = 2
arrange drop 4 = kick, hats
arrange song = "drop!2"
mix drums = kick + hats
mix drums | gain -3dB
mute hats
play
"""


def of(text: str) -> Program:
    return program([Source("file", text)])


def first(text: str = FIRST) -> Reloaded:
    made = begin(prelude(), of(text))
    assert not made.evaluation.errors, made.evaluation.errors[0].render()
    return made


def then(text: str, before: Reloaded | None = None) -> Reloaded:
    made = before or first()
    return reload(made.evaluation.session, prelude(), made.kept, of(text))


def bpm(session: Session) -> object:
    return session.settings.tempo.query(Fraction(0), Fraction(1))[0].value


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("tempo 130", "tempo 130   # faster", 0),
        ("kick = s", "\n# four to the floor\nkick =  s", 0),
        ("bd*4", "bd*3", 1),
        ("mute hats\n", "", 1),
        ("play\n", "play # again\n", 0),
        ("play\n", "play kick\n", 1),
        ("play\n", "", 0),
        ("kick = s", 'snare = s "~ sd"\nkick = s', 1),
        ("gain -3dB", "gain -6dB", 2),
    ],
)
def test_only_what_changed_is_evaluated(old: str, new: str, changed: int) -> None:
    assert old in FIRST
    made = then(FIRST.replace(old, new))
    assert not made.evaluation.errors
    assert made.changed == changed


def test_what_did_not_change_is_the_same_object() -> None:
    before = first()
    after = then(FIRST.replace("bd*4", "bd*2"), before).evaluation.session
    assert after.values()["hats"] is before.evaluation.session.values()["hats"]
    assert len(after.values()["kick"].query(Fraction(0), Fraction(1))) == 2


def test_what_is_made_of_what_changed_follows() -> None:
    after = then(FIRST.replace("let x = 2", "let x = 4")).evaluation.session
    assert len(after.values()["hats"].query(Fraction(0), Fraction(1))) == 32


def test_what_vanishes_stops() -> None:
    text = 'tempo 130\nkick = s "bd*4"\nhats = s "hh*8"\n'
    made = then('hats = s "hh*8"\n', first(text))
    assert list(made.evaluation.session.tracks()) == ["hats"]
    assert bpm(made.evaluation.session) == 120
    assert made.changed == 2


def test_everything_may_vanish() -> None:
    made = then("")
    assert not made.evaluation.errors
    assert dict(made.evaluation.session.definitions) == dict(prelude().definitions)
    assert made.evaluation.session.transport.muted == frozenset()


def test_what_hid_something_built_in_gives_it_back() -> None:
    text = "design bd = sine 50 | perc 1ms 100ms\n"
    made = then("", first(text))
    key = (Space.SOUND, "bd")
    assert made.evaluation.session.definitions[key] is prelude().definitions[key]


def test_a_name_in_use_may_not_vanish() -> None:
    made = then(FIRST.replace("let x = 2\n", ""))
    (error,) = made.evaluation.errors
    assert "file:4:24: x means nothing here" in error.render()
    assert made.kept.blocks == first().kept.blocks or len(made.kept.blocks) == 10


def test_a_name_in_use_elsewhere_may_not_vanish() -> None:
    before = first('kick = s "bd"')
    typed = begin(before.evaluation.session, of("busy = kick | fast 2")).evaluation.session
    made = reload(typed, prelude(), before.kept, of(""))
    assert "busy is made of kick, which is gone" in made.evaluation.errors[0].render()
    assert made.evaluation.session is typed


def test_every_error_is_told_and_nothing_is_taken() -> None:
    before = first()
    made = then(FIRST.replace("bd*4", "bd*[4").replace("x = 2", "x = )").replace("tempo 130", "tempo 90"), before)
    assert len(made.evaluation.errors) == 2
    assert made.evaluation.session is before.evaluation.session
    right = reload(made.evaluation.session, prelude(), made.kept, of(FIRST.replace("tempo 130", "tempo 90")))
    assert bpm(right.evaluation.session) == 90
    assert right.changed == 1


def test_a_wrong_statement_of_the_first_version_is_told_again_until_it_is_right() -> None:
    text = 'a = s "bd"\nb = s "sd" | gian 2\n'
    before = begin(prelude(), of(text))
    assert list(before.evaluation.session.tracks()) == ["a"]
    again = reload(before.evaluation.session, prelude(), before.kept, of('a = s "cp"\nb = s "sd" | gian 2\n'))
    assert ["file:2:14" in e.render() for e in again.evaluation.errors] == [True]
    right = reload(again.evaluation.session, prelude(), again.kept, of('a = s "bd"\nb = s "sd" | gain 2\n'))
    assert list(right.evaluation.session.tracks()) == ["a", "b"]
    assert right.changed == 1


def test_what_acts_once_acts_again_only_when_its_text_changed() -> None:
    text = "kick = s \"bd\"\narrange a 1 = kick\nplay a\nrecord 'x.wav'\n"
    before = first(text)
    assert [act.name for _, act in before.evaluation.acts] == ["record"]
    cue = before.evaluation.session.transport.cue
    same = then(text.replace('"bd"', '"bd*2"'), before)
    assert same.evaluation.acts == ()
    assert same.evaluation.session.transport.cue == cue
    other = then(text.replace("x.wav", "y.wav"), before)
    assert [act.args for _, act in other.evaluation.acts] == [("y.wav",)]
    twice = then(text + "play a\n", before)
    assert twice.evaluation.session.transport.cue == cue + 1


def test_a_group_is_put_together_anew() -> None:
    made = then(FIRST.replace("kick + hats", "kick"))
    channel = made.evaluation.session.definitions[(Space.BUS, "drums")].value
    assert channel.members == ("kick",)
    assert len(channel.chain.nodes) == 2
