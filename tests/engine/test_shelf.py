"""The shelf of decoded sound: what one engine laid there, the next one finds, and nothing lies over anything else."""

from __future__ import annotations

import os
import random
import signal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.engine.client import EngineProcess
from livecode.engine.records import START, AddPool, LoadSample, Mark, Pool
from livecode.engine.shelf import HEADER, PAGE, Place, Shelf, key_of
from tests.engine.sounds import event, one_strip
from tests.engine.test_process import engine  # noqa: F401 (the fixture)
from tests.engine.test_samples import PLAYER, hit
from tests.waiting import until


def opened(held: Shelf) -> Shelf:
    """Open a shelf as an engine does, and as the next one does after it."""
    return Shelf(str(os.dup(held.inherited[0])), held.size)


@pytest.fixture
def held() -> Shelf:
    return Shelf(size=64 * PAGE)


def laid(shelf: Shelf, name: str, frames: int, value: float) -> Place | None:
    place = shelf.make(key_of(name), 1, frames, 48000)
    if place is not None:
        np.frombuffer(shelf.data(place), dtype=np.float32)[:] = value
        shelf.keep(key_of(name))
    return place


def test_the_next_engine_finds_what_was_kept_and_nothing_else(held: Shelf) -> None:
    first = opened(held)
    assert laid(first, "kept", 1000, 0.5) is not None
    assert first.make(key_of("unfinished"), 1, 1000, 48000) is not None
    second = opened(held)
    place = second.find(key_of("kept"))
    assert place is not None and (place.frames, place.channels, place.rate) == (1000, 1, 48000)
    assert np.all(np.frombuffer(second.data(place), dtype=np.float32) == 0.5)
    assert second.find(key_of("unfinished")) is None
    held.close()


def test_what_nobody_claims_makes_way_and_what_is_used_stays(held: Shelf) -> None:
    first = opened(held)
    assert laid(first, "used", 30 * 1024, 0.25) is not None
    assert laid(first, "left", 30 * 1024, 0.75) is not None
    second = opened(held)
    assert second.find(key_of("used")) is not None
    assert second.find(key_of("used")) is not None
    assert laid(second, "new", 20 * 1024, 1.0) is not None
    assert second.find(key_of("left")) is None
    assert laid(second, "too much", 30 * 1024, 1.0) is None
    second.drop(key_of("used"))
    assert laid(second, "too much", 30 * 1024, 1.0) is None  # it has been found twice
    second.drop(key_of("used"))
    assert laid(second, "enough now", 30 * 1024, 1.0) is not None


def test_nothing_lies_over_anything_else(held: Shelf) -> None:
    shelf, chance = opened(held), random.Random(3)
    here: dict[str, Place] = {}
    for i in range(300):
        if here and chance.random() < 0.45:
            shelf.drop(key_of(name := chance.choice(list(here))))
            del here[name]
        elif (place := laid(shelf, str(i), chance.randint(1, 12 * 1024), float(i))) is not None:
            here[str(i)] = place
        for name, place in here.items():
            data = np.frombuffer(shelf.data(place), dtype=np.float32)
            assert data[0] == data[-1] == float(name)
    spans = sorted((p.offset, p.end) for p in here.values())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert HEADER % PAGE == 0 and (not spans or spans[-1][1] <= held.size)


def test_samples_are_there_at_once_after_a_death_even_when_their_files_are_not(
    engine: EngineProcess,  # noqa: F811
    tmp_path: Path,
) -> None:
    wave = 0.4 * np.sin(2 * np.pi * 500 * np.arange(44100 * 30) / 44100)
    paths = [tmp_path / f"{i}.wav" for i in range(1, 5)]
    for path in paths:
        soundfile.write(path, wave, 44100)
    engine.start("silent")
    engine.wait_ready()
    engine.send(one_strip())
    for i, path in enumerate(paths, 1):
        engine.send(LoadSample(i, str(path)))
    engine.send(AddPool(Pool(1, "strip", PLAYER, 8)))
    engine.send(Mark(1))
    assert until(lambda: engine.marked() == 1)
    for path in paths:
        path.unlink()
    old = engine.pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    assert until(lambda: engine.pid not in (None, old))
    engine.wait_ready()
    at = int(engine.now()) + 2400
    engine.push([event(at, 0, kind=START), hit(at, 4)])
    assert until(lambda: engine.meters().left > 0.1)
