"""Capturing what comes in: on its sample, played like a sample, and through a cable on a real JACK server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from livecode.engine.client import EngineProcess
from livecode.engine.offline import OfflineEngine
from livecode.engine.records import START, AddPool, Capture, Captured, Pool, Record, Report, Trouble
from tests.engine.conftest import Make
from tests.engine.sounds import CLICK, add, event, one_strip
from tests.engine.test_master import read_wav
from tests.engine.test_process import engine, jackd  # noqa: F401 (the fixtures)
from tests.engine.test_samples import PLAYER
from tests.waiting import until

FRAMES = 3000


@pytest.fixture
def hearing(make: Make) -> tuple[OfflineEngine, np.ndarray]:
    """An engine whose inputs are written by the test."""
    engine = make()  # noqa: F811
    engine.send(one_strip())
    add(engine, 1, PLAYER)
    incoming = np.zeros((256, 2), dtype=np.float32)
    engine._engine.captures.incoming = incoming
    return engine, incoming


def comes_in(engine: OfflineEngine, incoming: np.ndarray, wave: np.ndarray) -> list[Report]:  # noqa: F811
    """Let a wave (samples, 2) come in, from the next block on."""
    told: list[Report] = []
    for i in range(0, len(wave), 256):
        incoming[:] = wave[i : i + 256]
        engine.advance(256)
        told += engine.reports()
    return told


def ready(engine: OfflineEngine) -> bool:  # noqa: F811
    return not engine._engine.captures._prepared.empty()


WAVE = np.random.default_rng(1).uniform(-0.5, 0.5, (8192, 2)).astype(np.float32)


@pytest.mark.parametrize(("channels", "offset"), [(1, 0), (2, 0), (1, 700), (2, 255), (1, 256)])
def test_it_begins_and_ends_on_its_samples(
    hearing: tuple[OfflineEngine, np.ndarray], channels: int, offset: int
) -> None:
    engine, incoming = hearing  # noqa: F811
    start = engine.clock().sample
    engine.send(Capture(9, channels, start + offset, FRAMES))
    assert until(lambda: ready(engine))
    told = comes_in(engine, incoming, WAVE)
    assert [r for r in told if isinstance(r, Captured)] == [Captured(9)]
    tape = engine._engine.samples.tapes[9]
    assert len(tape.windows) == channels and tape.size == FRAMES
    for channel, window in enumerate(tape.windows):
        assert window._data is not None
        assert np.array_equal(window._data[:FRAMES], WAVE[offset : offset + FRAMES, channel])
        assert not window._data[FRAMES:].any()


@pytest.mark.parametrize("late", [1, 7, 20])
def test_one_that_is_prepared_late_has_what_came_in_meanwhile(
    hearing: tuple[OfflineEngine, np.ndarray], late: int
) -> None:
    engine, incoming = hearing  # noqa: F811
    start = engine.clock().sample + 100
    comes_in(engine, incoming, WAVE[: late * 256])
    engine.send(Capture(9, 2, start, FRAMES))
    assert until(lambda: ready(engine))
    told = comes_in(engine, incoming, WAVE[late * 256 :])
    assert told == [Captured(9)]
    for channel, window in enumerate(engine._engine.samples.tapes[9].windows):
        assert window._data is not None
        assert np.array_equal(window._data[:FRAMES], WAVE[100 : 100 + FRAMES, channel])


def test_what_is_too_long_ago_is_told(hearing: tuple[OfflineEngine, np.ndarray]) -> None:
    engine, incoming = hearing  # noqa: F811
    engine.advance(3 * 48000)
    for frames, said in (
        (48000, "what was captured is lost"),
        (144000, "the first 1.0 s of what was captured are lost"),
    ):
        engine.send(Capture(9, 1, engine.clock().sample - 3 * 48000, frames))
        assert until(lambda: ready(engine))
        told = comes_in(engine, incoming, WAVE)
        assert told == [Trouble(said), Captured(9)]


def test_it_is_played_like_a_sample(hearing: tuple[OfflineEngine, np.ndarray]) -> None:
    engine, incoming = hearing  # noqa: F811
    engine.send(Capture(9, 1, engine.clock().sample, FRAMES))
    assert until(lambda: ready(engine))
    comes_in(engine, incoming, np.repeat(np.sin(np.arange(8192) * 0.05)[:, None] * 0.5, 2, axis=1))
    at = engine.clock().sample + 1000
    engine.push([event(at, 1, 1.0, 440.0, 1.0, 0.5, 9.0, 1.0, 0.0, FRAMES / 48000, 0.0, 0.001)])
    engine.advance(engine.latency + 1000)
    heard = engine.advance(FRAMES)[:2900, 0]
    wanted = np.sin(np.arange(2900) * 0.05) * 0.5 * np.sqrt(0.5)
    assert np.abs(heard - wanted).max() < 0.01


def test_what_is_no_sound_comes_in_as_silence(hearing: tuple[OfflineEngine, np.ndarray]) -> None:
    engine, incoming = hearing  # noqa: F811
    engine.send(Capture(9, 2, engine.clock().sample, FRAMES))
    assert until(lambda: ready(engine))
    bad = WAVE.copy()
    bad[100], bad[200], bad[300] = np.nan, np.inf, 1e20
    comes_in(engine, incoming, bad)
    data = engine._engine.samples.tapes[9].windows[0]._data
    assert data is not None and np.isfinite(data).all() and np.abs(data).max() <= 8.0


def test_a_capture_is_kept_until_its_number_is_taken_by_another(hearing: tuple[OfflineEngine, np.ndarray]) -> None:
    engine, incoming = hearing  # noqa: F811
    samples = engine._engine.samples
    samples.limit = 3 * FRAMES * 4
    for i in range(8):
        engine.send(Capture(9, 1, engine.clock().sample, FRAMES))
        assert until(lambda: ready(engine))
        assert Captured(9) in comes_in(engine, incoming, WAVE * i)
        assert samples.total <= samples.limit
    data = samples.tapes[9].windows[0]._data
    assert data is not None and np.array_equal(data[:FRAMES], WAVE[:FRAMES, 0] * 7)


def test_without_an_input_it_says_so(make: Make) -> None:
    engine = make()  # noqa: F811
    engine.send(Capture(9, 1, 0, FRAMES))
    told = engine.reports()
    assert Captured(9) in told and any(isinstance(r, Trouble) and "no input" in r.message for r in told)


def _clicks(wave: np.ndarray) -> np.ndarray:
    """Give the samples at which clicks begin."""
    loud = np.flatnonzero(np.abs(wave) > 0.05 * np.abs(wave).max())
    return loud[np.diff(loud, prepend=-9999) > 1000]


def test_a_cable_from_our_output_to_our_input_gives_back_what_was_played_even_after_a_death(
    engine: EngineProcess,  # noqa: F811
    jackd: subprocess.Popen[bytes],  # noqa: F811
    tmp_path: Path,
) -> None:
    jack = pytest.importorskip("jack")
    engine.start("jack")
    assert engine.wait_ready().inputs == 2
    engine.send(one_strip())
    engine.send(AddPool(Pool(1, "strip", CLICK, 8)))
    engine.send(AddPool(Pool(2, "strip", PLAYER, 8)))
    cable = jack.Client("cable", no_start_server=True)
    with cable:
        ours = [p for p in cable.get_ports(is_audio=True) if p.name.startswith("livecode")]
        outs, ins = [p for p in ours if p.is_output], [p for p in ours if p.is_input]
        assert len(outs) == len(ins) == 2
        for out, into in zip(outs, ins, strict=True):
            cable.connect(out, into)
    start = int(engine.now()) + 9600
    gaps = [0, 5000, 12345, 17777]
    engine.send(Capture(5, 1, start, 48000))
    engine.push([event(start + g, 1, 0.001, 440.0, 0.5) for g in gaps])
    told: list[Report] = []
    assert until(_tells(engine, told, Captured(5)))
    for died in (False, True):
        if died:
            old = engine.pid
            assert old is not None
            os.kill(old, signal.SIGKILL)
            assert until(lambda old=old: engine.pid not in (None, old))  # type: ignore[misc]
            engine.wait_ready()
            engine.push([event(int(engine.now()) + 2400, 0, kind=START)])
            assert until(_tells(engine, told, Captured(5)))
        path = tmp_path / f"{died}.wav"
        engine.send(Record(str(path)))
        assert until(path.exists)
        time.sleep(0.1)
        at = int(engine.now()) + 4800
        engine.push([event(at, 2, 1.0, 440.0, 1.0, 0.5, 5.0, 1.0, 0.0, 1.0, 0.0, 0.001)])
        assert until(lambda at=at: engine.clock().sample > at + 72000)  # type: ignore[misc]
        engine.send(Record(""))
        time.sleep(0.2)
        found = _clicks(read_wav(path)[1][:, 0])
        assert list(found - found[0]) == gaps


def _tells(engine: EngineProcess, told: list[Report], report: Report) -> Callable[[], bool]:  # noqa: F811
    told.clear()

    def said() -> bool:
        told.extend(engine.reports())
        return report in told

    return said
