"""Where events go: here, to MIDI, to OSC, or to several at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from livecode.conductor.outward import HERE, replaced_strips, route
from livecode.conductor.score import Score
from livecode.errors import PlayError, Source
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text

GEAR = "midi out 'A' as digi\nmidi out 'B' as moog\nosc out 'localhost:9000' as vj\n"


def made(text: str) -> Score:
    evaluation = evaluate_text(prelude(), Source("test", text))
    assert not evaluation.errors, evaluation.errors[0].render()
    return score(evaluation.session)


@pytest.mark.parametrize(
    ("value", "sounds", "midi", "osc"),
    [
        ({"s": "bd"}, True, "", ""),
        ({"note": 60}, True, "", ""),
        ({"note": 60, "midiport": "moog"}, False, "moog", ""),
        ({"s": "bd", "midiport": "moog"}, True, "moog", ""),
        ({"s": "moog"}, False, "moog", ""),
        ({"s": "bd:3", "midichan": 2}, True, "digi", ""),
        ({"ccn": 1, "ccv": 0}, False, "digi", ""),
        ({"s": "bd", "oschost": "vj"}, True, "", "vj"),
        ({"s": "vj"}, False, "", "vj"),
        ({"s": "bd", "oschost": "vj", "midiport": "digi"}, True, "digi", "vj"),
    ],
)
def test_ways(value: dict[str, Any], sounds: bool, midi: str, osc: str) -> None:
    way = route(value, made(GEAR + "a = silence"))
    found = way.midi.alias if way.midi else "", way.osc.alias if way.osc else ""
    assert (way.sounds, *found) == (sounds, midi, osc)


def test_superdirt_takes_every_sound_and_nothing_that_leaves_otherwise() -> None:
    all_there = made(GEAR + "osc superdirt 'localhost:57120'\na = silence")
    way = route({"s": "bd"}, all_there)
    assert not way.sounds and way.osc is not None and way.osc.alias == "superdirt"
    assert route({"note": 60, "midiport": "digi"}, all_there).osc is None
    assert route({"s": "moog"}, all_there).osc is None
    both = route({"s": "superpiano", "midiport": "digi"}, all_there)
    assert both.osc is not None and both.midi is not None and not both.sounds


def test_what_has_no_gear_stays_here() -> None:
    assert route({"s": "bd"}, made("a = silence")) is HERE
    assert route(3, made(GEAR)) is HERE
    with pytest.raises(PlayError, match="there is no MIDI output"):
        route({"ccn": 1, "ccv": 0}, made("a = silence"))
    with pytest.raises(PlayError, match="no OSC output sc"):
        route({"oschost": "sc"}, made("a = silence"))


def test_the_strips_whose_notes_end() -> None:
    first = made('a = note "c"\nb = note "e"')
    same = score(evaluate_text(prelude(), Source("x", 'a = note "c"')).session)
    assert replaced_strips(first, first) == frozenset()
    assert replaced_strips(first, same) == {"a", "b"}  # patterns made anew, even if they say the same
    assert replaced_strips(first, replace(first, cue=1)) is None
    fewer = replace(first.stretches[0], parts=first.stretches[0].parts[:1])
    assert replaced_strips(first, replace(first, stretches=(fewer,))) == {"b"}
    quiet = replace(first, audible={"a": False, "b": True})
    assert replaced_strips(first, quiet) == {"a"}
