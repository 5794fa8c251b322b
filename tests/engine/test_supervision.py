"""An engine that dies, however and however often: it comes back, in time, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
import signal
import threading
from pathlib import Path

from livecode.engine.client import EngineProcess
from livecode.engine.records import START, AddPool, Pool, Ready, Report, Trouble
from tests.engine.sounds import TONE, event, one_strip
from tests.engine.test_process import engine, gone, pid  # noqa: F401 (the fixture)
from tests.waiting import kill, until


def held() -> tuple[int, int, set[str]]:
    """Count open files and threads, and name what lies in shared memory, audio servers' apart."""
    gc.collect()  # what earlier tests have left
    shared = Path("/dev/shm")
    names = {p.name for p in shared.iterdir() if "jack" not in p.name} if shared.is_dir() else set()
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), names


def sound(engine: EngineProcess) -> None:  # noqa: F811
    """Start the transport and a tone as soon as can be, and wait until it sounds."""
    engine.wait_ready()
    at = int(engine.now()) + 2400
    engine.push([event(at, 0, kind=START), event(at, 1, 9.0, 440.0, 0.5)])
    assert until(lambda: engine.meters().left > 0.1)


def test_killed_twenty_times_it_comes_back_and_leaks_nothing(engine: EngineProcess) -> None:  # noqa: F811
    engine.start("silent")
    engine.send(one_strip())
    engine.send(AddPool(Pool(1, "strip", TONE, 8)))
    sound(engine)
    assert until(lambda: engine.spare is not None, 10.0)
    before = held()
    dead = []
    for _ in range(20):
        dead.append(pid(engine))
        os.kill(dead[-1], signal.SIGKILL)
        assert until(lambda: engine.pid not in (None, dead[-1]))
        sound(engine)
    assert all(gone(p) for p in dead)
    assert until(lambda: engine.spare is not None, 10.0)
    assert until(lambda: held() == before), (held(), before)


def test_a_spare_takes_the_place_of_a_dead_one_and_nobody_minds_when_the_spare_dies(
    engine: EngineProcess,  # noqa: F811
) -> None:
    engine.start("silent")
    engine.send(one_strip())
    engine.send(AddPool(Pool(1, "strip", TONE, 8)))
    sound(engine)
    assert until(lambda: engine.spare is not None, 10.0)
    spare = engine.spare
    os.kill(pid(engine), signal.SIGKILL)
    assert until(lambda: engine.pid == spare)
    sound(engine)
    assert until(lambda: engine.spare is not None, 10.0)
    playing = pid(engine)
    kill(engine.spare)
    assert until(lambda: engine.spare is None)
    assert engine.pid == playing
    os.kill(playing, signal.SIGKILL)
    assert until(lambda: engine.pid not in (None, playing))
    sound(engine)


def test_one_that_dies_by_itself_rests_before_it_comes_back_without_the_newest_sound(
    engine: EngineProcess,  # noqa: F811
) -> None:
    engine.start("silent")
    engine.send(one_strip())
    for number in (1, 2):
        engine.send(AddPool(Pool(number, "strip", TONE, 8)))
    engine.wait_ready()
    told: list[Report] = []

    def back() -> bool:
        told.extend(engine.reports())
        return any(isinstance(r, Ready) for r in told)

    assert until(back)
    said = []
    for _ in range(3):
        told.clear()
        os.kill(pid(engine), signal.SIGSEGV)
        assert until(back, 10.0)
        said += [r.message for r in told if isinstance(r, Trouble)]
    died = "the engine died (code -11) and is started again in"
    assert said == [f"{died} 0.25 s", f"{died} 0.5 s", f"{died} 1 s, without tone on strip"]
    sound(engine)


def test_one_that_hangs_is_ended_and_replaced(engine: EngineProcess) -> None:  # noqa: F811
    engine.start("silent")
    engine.wait_ready()
    assert until(lambda: engine.clock().sample > 0)
    first = pid(engine)
    os.kill(first, signal.SIGSTOP)
    assert until(lambda: engine.watch() or engine.pid not in (None, first), 8.0)
    assert gone(first)
    assert any(isinstance(r, Trouble) and r.message == "the engine hangs" for r in engine.reports())
    engine.wait_ready()
