"""A performance on the live engine: mistakes, busy threads, undo, and silence when it is asked for."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from livecode.engine.client import EngineProcess
from livecode.errors import LiveError, Source
from livecode.performance import Performance
from tests.waiting import until


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def performance(told: list[str]) -> Iterator[Performance]:
    engine = EngineProcess()
    engine.start("silent")
    made = Performance(engine, told.append)
    made.evaluate(Source("start", "tempo 480"))
    made.start()
    assert until(lambda: made.conductor is not None)
    yield made
    made.stop()


def sounds(performance: Performance) -> bool:
    return performance.engine.meters().left > 0.01


def enter(performance: Performance, text: str) -> list[LiveError]:
    evaluation = performance.evaluate(Source("typed", text))
    for _, act in evaluation.acts:
        performance.act(act)
    return list(evaluation.errors)


def test_what_is_typed_sounds_and_a_mistake_changes_nothing(performance: Performance, told: list[str]) -> None:
    assert enter(performance, 's "bd*4"') == []
    assert until(lambda: sounds(performance))
    for mistake in ('s "bd', "fst 2", 's "bd*99999999"', "mix nobody | gain 1", "s (", "\\", "main = rev"):
        assert len(enter(performance, mistake)) == 1
    session = performance.session
    assert until(lambda: sounds(performance))
    assert performance.session is session


def test_an_unknown_sound_is_told_once_and_the_rest_plays(performance: Performance, told: list[str]) -> None:
    assert enter(performance, 's "bdd bd*4"') == []
    assert until(lambda: bool(told))
    assert until(lambda: sounds(performance))
    assert len(told) == 1
    assert "did you mean bd?" in told[0]
    assert "^" in told[0]


def test_a_fault_of_ours_costs_events_and_is_told_once(
    performance: Performance, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(performance, 's "bd*8"')
    assert until(lambda: sounds(performance))
    conductor = performance.conductor
    assert conductor is not None
    tick, failed = conductor.tick, threading.Event()

    def stumble(until: int) -> None:
        if len(told) < 1 or not failed.is_set():
            failed.set()
            raise IndexError("of a test")
        tick(until)

    monkeypatch.setattr(type(conductor), "tick", lambda self, until: stumble(until))
    assert until(lambda: bool(told) and failed.is_set())
    assert until(lambda: sounds(performance))
    assert len(told) == 1
    assert "IndexError: of a test" in told[0]


def test_nothing_is_late_while_a_thread_sorts(performance: Performance) -> None:
    over = threading.Event()

    def sort() -> None:
        numbers = [random.random() for _ in range(100_000)]
        while not over.is_set():
            sorted(numbers)

    thread = threading.Thread(target=sort)
    thread.start()
    try:
        enter(performance, 's "[bd,hh,sd]*16"')
        assert until(lambda: sounds(performance))
        before = performance.engine.clock().sample
        assert until(lambda: performance.engine.clock().sample > before + 3 * 48000)
    finally:
        over.set()
        thread.join()
    meters = performance.engine.meters()
    assert meters.late <= meters.dropouts  # a block that the machine itself lost may make a note late


def test_new_sounds_are_there_for_their_first_note(performance: Performance) -> None:
    names = ("bd", "sd", "hh", "oh", "cp", "rim", "lt", "mt", "ht", "cb", "bass", "pluck")
    for i, name in enumerate(names):
        enter(performance, f"x{i} = s '{name}' | fast 4\nmix x{i} | lpf 2khz | send room 0.2")
        start = performance.engine.clock().sample
        assert until(lambda start=start, i=i: performance.engine.clock().sample > start + 9_000 + 777 * i)
    start = performance.engine.clock().sample
    assert until(lambda: performance.engine.clock().sample > start + 48_000)
    meters = performance.engine.meters()
    assert meters.late <= meters.dropouts  # a block that the machine itself lost may make a note late


def test_panic_and_play(performance: Performance) -> None:
    enter(performance, 'note "c3*16" | s "pad"')
    assert until(lambda: sounds(performance))
    enter(performance, "panic")
    assert until(lambda: performance.engine.meters().left < 1e-3, 3.0)
    enter(performance, "play")
    assert until(lambda: sounds(performance))


def test_undo_and_redo(performance: Performance) -> None:
    enter(performance, 'a = s "bd*4"')
    enter(performance, 'b = s "hh*8"')
    enter(performance, "undo")
    assert list(performance.session.tracks()) == ["a"]
    enter(performance, "redo")
    assert list(performance.session.tracks()) == ["a", "b"]


def test_a_recording_holds_what_is_heard(
    performance: Performance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    enter(performance, 's "bd*8"')
    enter(performance, "record 'take.wav'")
    assert until(lambda: sounds(performance))
    start = performance.engine.clock().sample
    assert until(lambda: performance.engine.clock().sample > start + 48000)
    enter(performance, "record")
    assert until(lambda: Path("take.wav").exists() and soundfile.info("take.wav").frames > 40000)
    with pytest.raises(LiveError):
        enter(performance, "record '/take.wav'")


def test_a_killed_engine_comes_back_with_the_same_music(performance: Performance) -> None:
    enter(performance, 's "bd*8"')
    assert until(lambda: sounds(performance))
    pid = performance.engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: performance.engine.pid not in (pid, None))
    assert until(lambda: sounds(performance), 5.0)
    meters = performance.engine.meters()
    assert meters.late <= meters.dropouts  # a block that the machine itself lost may make a note late
