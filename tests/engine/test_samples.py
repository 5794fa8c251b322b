"""The cache of samples: bounded, read in the background, never a crash; and one live engine that plays them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from livecode.engine import samples as module
from livecode.engine.client import EngineProcess
from livecode.engine.offline import OfflineEngine
from livecode.engine.records import Control, Graph, LoadSample, Mark, Node, Parameter, Reading, Ref, Trouble
from livecode.engine.samples import Samples, decode
from livecode.errors import SoundError
from tests.engine.conftest import Make
from tests.engine.sounds import EVENT_PARAMETERS, add, event, one_strip, render

PARAMS = tuple(
    Parameter(name, default)
    for name, default in (("sample", 1.0), ("speed", 1.0), ("begin", 0.0), ("length", 1.0), ("in", 0.0), ("out", 0.001))
)
PLAYER = Graph("player", EVENT_PARAMETERS + PARAMS, (Node("sample1", tuple(Control(p.name) for p in PARAMS)),), Ref(0))
SIZE = 4800


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    t = np.arange(SIZE) / 48000
    for i in range(1, 9):
        soundfile.write(tmp_path / f"{i}.wav", 0.5 * np.sin(2 * np.pi * 500 * i * t), 48000, subtype="FLOAT")
    return tmp_path


def hit(at: int, number: float) -> bytes:
    return event(at, 1, 1.0, 440.0, 1.0, 0.5, number, 1.0, 0.0, 0.1, 0.0, 0.001)


@pytest.fixture
def engine(make: Make) -> OfflineEngine:
    engine = make()
    engine.send(one_strip())
    add(engine, 1, PLAYER)
    return engine


def test_what_is_decoded_is_what_is_in_the_file(folder: Path) -> None:
    data, rate = decode(str(folder / "1.wav"), 48000)
    assert data.shape == (1, SIZE) and rate == 48000
    assert np.abs(data[0] - 0.5 * np.sin(2 * np.pi * 500 * np.arange(SIZE) / 48000)).max() < 1e-6
    part, _ = decode(str(folder / "1.wav"), 48000, 0.25, 0.5)
    assert np.array_equal(part[0], data[0, 1200:2400])
    assert decode(str(folder / "1.wav"), 96000)[0].shape == (1, 2 * SIZE)
    with pytest.raises(SoundError):
        decode(str(folder / "9.wav"), 48000)


def test_the_cache_keeps_to_its_size_and_reads_again_what_it_let_go(engine: OfflineEngine, folder: Path) -> None:
    samples: Samples = engine._engine.samples
    samples.limit = 3 * SIZE * 4
    for i in range(1, 9):
        engine.send(LoadSample(i, str(folder / f"{i}.wav")))
        assert samples.total <= samples.limit
    engine.push([hit(1000, 8), hit(20000, 1)])
    wave = render(engine, 40000)[:, 0]
    assert np.abs(wave[1010:5000]).max() > 0.2
    assert samples.total <= samples.limit
    engine.push([hit(100000, 1)])
    assert np.abs(engine.advance(70000)[:, 0]).max() > 0.2


def test_what_sounds_is_not_taken_away(engine: OfflineEngine, folder: Path) -> None:
    samples = engine._engine.samples
    samples.limit = SIZE * 4
    engine.send(LoadSample(1, str(folder / "1.wav")))
    engine.push([hit(1000, 1)])
    engine.advance(2048)
    engine.send(LoadSample(2, str(folder / "2.wav")))
    rest = engine.advance(3000)[:, 0]
    assert np.abs(rest).max() > 0.2
    assert any("does not fit" in r.message for r in engine.reports() if isinstance(r, Trouble))


def test_a_long_reading_tells_how_far_it_is(
    engine: OfflineEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = engine._engine.samples
    samples.eager = False
    monkeypatch.setattr(module, "PAUSE", -1.0)
    gate = threading.Semaphore(0)
    laid = Samples._laid

    def slow(self: Samples, record: LoadSample) -> Any:
        gate.acquire()
        return laid(self, record)

    monkeypatch.setattr(Samples, "_laid", slow)
    for i in range(1, 6):
        samples.load(LoadSample(i, str(folder / f"{i}.wav")))
    told = [samples.progress()]
    gate.release(2)
    patience = time.monotonic() + 10
    while samples._waiting > 3 and time.monotonic() < patience:
        samples.process(0)
    told.append(samples.progress())
    gate.release(3)
    while samples.loading and time.monotonic() < patience:
        samples.process(0)
    assert told == [Reading(0, 5), Reading(2, 5)]
    assert samples.progress() is None


def test_numbers_that_mean_nothing_are_silent(engine: OfflineEngine) -> None:
    engine.push([hit(1000, n) for n in (-1.0, 0.5, 77.0, float("nan"), float("inf"))])
    assert np.abs(engine.advance(20000)).max() == 0.0


@pytest.fixture
def live() -> Iterator[EngineProcess]:
    engine = EngineProcess()
    engine.start("silent")
    engine.wait_ready(20.0)
    yield engine
    engine.stop()


def test_a_live_engine_reads_in_the_background_and_says_when_it_is_ready(live: EngineProcess, folder: Path) -> None:
    for i in range(1, 9):
        live.send(LoadSample(i, str(folder / f"{i}.wav")))
    live.send(LoadSample(9, str(folder / "gone.wav")))
    live.send(Mark(7))
    patience = time.monotonic() + 10
    while live.marked() != 7 and time.monotonic() < patience:
        time.sleep(0.01)
    assert live.marked() == 7
    messages: list[str] = []
    while not messages and time.monotonic() < patience:
        messages += [r.message for r in live.reports() if isinstance(r, Trouble)]
    assert len(messages) == 1 and "gone.wav cannot be read" in messages[0]
    assert live.meters().late == 0
