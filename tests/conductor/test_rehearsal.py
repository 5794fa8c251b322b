"""A score is rehearsed before it takes over: what plays is not kept waiting, and all it needs has been sent."""

from __future__ import annotations

import threading
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.conductor.conductor import Conductor
from livecode.conductor.notes import Sounding
from livecode.conductor.rehearsal import EVERY
from livecode.conductor.returns import Returns
from livecode.engine.records import AddPool, LoadSample, Message
from livecode.errors import LiveError
from livecode.stages.score import score
from tests.conductor.test_conductor import CYCLE, RATE, Paper, session

DENSE = 'a = s "bass*4000" | gain 0.2'


class Ledger(Paper):
    """Keeps the messages too."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        super().send(message)
        self.messages.append(message)


@pytest.fixture
def paper() -> Ledger:
    return Ledger()


@pytest.fixture
def conductor(paper: Ledger) -> Conductor:
    def fail(error: LiveError) -> None:
        raise AssertionError(error.render())

    made = Conductor(paper, RATE, 256, fail)
    made.begin(score(session('b = s "bd*4"')), 0)
    return made


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The notes that are made, by the thread that makes them."""
    made: Counter[str] = Counter()
    note = Sounding.note

    def counted(self: Sounding, *args: object, **more: object) -> object:
        made[threading.current_thread().name] += 1
        return note(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Sounding, "note", counted)
    return made


def test_a_dense_pattern_keeps_nobody_waiting(conductor: Conductor, noted: Counter[str]) -> None:
    dense = score(session(DENSE))
    rehearsal = conductor.rehearsal(dense, 1000, Fraction(1))
    assert not noted, "what is done while the conductor is held asks no pattern"
    conductor.rehearse(rehearsal)
    assert EVERY <= sum(noted.values()) < 2 * EVERY, "a part of many events is bounded"
    noted.clear()
    assert conductor.foresee(rehearsal)
    assert conductor.change(dense, 1000, Fraction(1), rehearsal.sounding) == 1
    assert not noted


def test_what_plays_goes_on_while_another_thread_rehearses(conductor: Conductor, paper: Ledger) -> None:
    rehearsal = conductor.rehearsal(score(session(DENSE)), 1000, Fraction(1))
    thread = threading.Thread(target=conductor.rehearse, args=(rehearsal,))
    thread.start()
    for until in range(0, 8 * CYCLE, 4800):
        conductor.tick(until)
    thread.join()
    assert paper.of("b") == list(range(0, 8 * CYCLE - 4800, CYCLE // 4))
    assert rehearsal.chords


def test_the_chords_of_many_events_are_counted(conductor: Conductor, paper: Ledger) -> None:
    text = 'a = s "[bass,bass,bass]*400 bass" | n "0 .. 7"'
    conductor.change(score(session(text)), 1000, Fraction(1))
    pools = [m.pool for m in paper.messages if isinstance(m, AddPool) and m.pool.strip == "a"]
    assert [(p.ahead) for p in pools] == [3]


@pytest.mark.parametrize(
    "second",
    ['s "bd"', 's "hh*8" | crush 4', 's "hh*8" | cutoff 800 | ftype "ladder"'],
    ids=["a sound", "a control", "a text"],
)
def test_what_stands_behind_many_events_is_found(conductor: Conductor, paper: Ledger, second: str) -> None:
    text = f'a = cat [s "hh*1000" | cutoff 800 | ftype "12db", {second}]'
    conductor.change(score(session(text)), 1000, Fraction(1))
    assert len([m for m in paper.messages if isinstance(m, AddPool) and m.pool.strip == "a"]) == 2


def test_every_recording_of_many_is_loaded(
    conductor: Conductor, paper: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "hits"
    folder.mkdir()
    for i in range(3):
        soundfile.write(folder / f"{i}.wav", np.zeros(480), 48000)
    monkeypatch.chdir(tmp_path)
    text = 'samples \'.\'\na = s "hits*1000" | n (cat ["0", "1", "2"])'
    conductor.change(score(session(text)), 1000, Fraction(1))
    assert {Path(m.path).name for m in paper.messages if isinstance(m, LoadSample)} == {"0.wav", "1.wav", "2.wav"}


def test_returns_of_two_threads_have_names_of_their_own() -> None:
    returns = Returns()

    def ask(first: int) -> None:
        for i in range(8):
            returns.name("room", {"room": 0.5, "roomsize": 1.0 + first + i / 10}, 1.0)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(returns.settings.values())) == len(returns.settings) == 16
