"""Completion offers what fits, and tells what it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from livecode.engine.records import Recording
from livecode.errors import Source
from livecode.repl.completion import MOST, WordCompleter
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text

SET = """kick = s "bd*4"
lead = s "hh"
arrange intro 4 = kick
arrange drop 4 = kick, lead
arrange song = "intro drop"
design wobbler wob=3hz = saw freq | lpf (400 + 200 * lfo wob) | adsr 5ms 100ms 0.7 200ms
mix drums = kick + lead
play song
"""


@pytest.fixture(scope="module")
def session() -> Session:
    evaluation = evaluate_text(prelude(), Source("set", SET))
    assert not evaluation.errors
    takes = {"break": tuple(Recording(f"break{n}.wav", 2, 1.0) for n in range(3))}
    return replace(evaluation.session, samples=MappingProxyType(takes))


def offers(session: Session, text: str, *, asked: bool = False) -> dict[str, str]:
    completer = WordCompleter(lambda: session, lambda: ["Digitone MIDI 1"])
    found = completer.get_completions(Document(text), CompleteEvent(completion_requested=asked))
    return {c.text: c.display_meta_text for c in found}


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ('x = s "bd" | lp', "lpf", "cutoff value(20…20000 Hz)"),  # unit, range and sentence
        ('x = s "bd" | deg', "degradeBy", "degradeBy"),
        ('x = s "bd" | DEGRADEB', "degradeBy", ""),
        ('x = s "bd" | gradeB', "degradeBy", ""),  # in the middle of it
        ("x = fast 2 ki", "kick", "pattern: kick = s"),
        ("ari\narr", "arrange", "Makes a section"),
        ("pan", "panic", "Silence"),
        ('s "bd [h', "hh", "sound"),  # inside mini-notation
        ('s "br', "break", "3 samples: n 0 to n 2"),
        ('x = n "0" | s \'wob', "wobbler", "sound"),
        ('x = s "wobbler" | wo', "wob", "parameter of wobbler"),
        ('arrange all = "intro <dr', "drop", "section"),
        ("goto dr", "drop", "section"),
        ("play song from in", "intro", "section"),
        ("mute dru", "drums", "bus"),
        ("solo ki", "kick", "pattern"),
        ("mix ki", "kick", "pattern"),
        ("mix kick | send dr", "drums", "bus"),
        ("mix kick | comp", "compress", "compress"),
        ("design z = sa", "saw", "saw"),
        ("help moo", "moog", ""),
        ('x = n "0" | scale "c:mi', "minor", "scale"),
        ('x = chord "Cm', "Cm7", "chord"),
        ("midi out 'Digi", "Digitone MIDI 1", "MIDI port"),
    ],
)
def test_what_fits_is_offered(session: Session, text: str, name: str, told: str) -> None:
    found = offers(session, text)
    assert name in found
    assert told in found[name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('s "h', "hush"),
        ("x = pani", "panic"),
        ("goto k", "kick"),
        ("solo dru", "drums"),
        ('x = note "l', "lpf"),
        ("", "lpf"),
    ],
)
def test_what_does_not_fit_is_not(session: Session, text: str, name: str) -> None:
    assert name not in offers(session, text)


def test_asked_for_with_nothing_typed_everything_that_fits_is_offered(session: Session) -> None:
    assert list(offers(session, "goto ", asked=True)) == ["intro", "drop", "song"]
    assert "bd" in offers(session, 's "', asked=True)


def test_of_thousands_a_page_is_offered(session: Session) -> None:
    many = {f"take{n}": (Recording(f"{n}.wav", 1, 1.0),) for n in range(5000)}
    crowded = replace(session, samples=MappingProxyType(many))
    assert len(offers(crowded, 's "take')) == MOST
    assert list(offers(crowded, 's "take4999')) == []
    assert list(offers(crowded, 's "take499')) == [f"take499{n}" for n in range(10)]


def test_files_below_this_folder(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drums").mkdir()
    (tmp_path / "drums" / "a.live").touch()
    (tmp_path / "drums" / "a.txt").touch()
    assert offers(session, "samples 'dr") == {"drums": "folder"}
    assert offers(session, "load 'drums/") == {"drums/a.live": "file"}
    assert offers(session, "load '../") == {}
