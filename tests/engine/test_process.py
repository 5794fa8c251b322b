"""The engine as a process: quick to start, silent about pyo, gone without a trace, back when it dies."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from livecode.engine.client import EngineProcess
from livecode.engine.offline import OfflineEngine
from livecode.engine.records import (
    AUTOMATE,
    START,
    AddPool,
    Bus,
    Control,
    Graph,
    Mark,
    Message,
    Mix,
    Node,
    Parameter,
    Pool,
    Ready,
    Record,
    Ref,
    Report,
    SetMix,
    Trouble,
)
from livecode.errors import SoundError
from tests.engine.sounds import CLICK, KICK, PLAIN, SAW, TONE, chain, event, instrument, one_strip
from tests.engine.test_master import read_wav
from tests.waiting import until

LEVEL = Parameter("level", 1.0, 0.0, 2.0)
CAPTURE = Path(__file__).with_name("capture.py")


@pytest.fixture
def engine() -> Iterator[EngineProcess]:
    process = EngineProcess()
    yield process
    process.stop()


def pid(engine: EngineProcess) -> int:
    assert engine.pid is not None
    return engine.pid


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_control_side_needs_neither_numpy_nor_pyo() -> None:
    code = "import sys, livecode.engine.client; print(sorted({'numpy', 'pyo', '_pyo'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_starts_runs_and_leaves_nothing(engine: EngineProcess) -> None:
    engine.start("silent")
    ready = engine.wait_ready()
    assert (ready.backend, ready.rate, ready.block) == ("silent", 48000, 256)
    assert until(lambda: engine.clock().sample > 0)
    first, at = engine.clock().sample, time.monotonic()
    time.sleep(0.5)
    assert engine.clock().sample - first == pytest.approx((time.monotonic() - at) * 48000, abs=2400)
    assert 0 <= engine.now() - engine.clock().sample < 4800
    assert engine.clock().latency > 256
    process = pid(engine)
    engine.stop()
    assert gone(process)
    assert not [r for r in engine.reports() if isinstance(r, Trouble)]


def test_the_audio_thread_never_waits_for_a_huge_page(engine: EngineProcess) -> None:
    code = "from livecode.engine.pages import small_pages; print(small_pages())"
    possible = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    engine.start("silent")
    engine.wait_ready()
    status = Path(f"/proc/{pid(engine)}/status")
    told = re.search(r"THP_enabled:\s*(\d)", status.read_text() if status.exists() else "")
    if told is None or possible != "True\n":
        pytest.skip("this system does not tell, or cannot be asked")
    assert told[1] == "0"


def test_it_says_nothing_on_the_terminal() -> None:
    code = (
        "import time; from livecode.engine.client import EngineProcess; e = EngineProcess(); "
        "e.start(); e.wait_ready(); time.sleep(0.1); e.stop()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_notes_sound_and_are_recorded(engine: EngineProcess, tmp_path: Path) -> None:
    engine.start("silent")
    engine.wait_ready()
    engine.send(one_strip())
    engine.send(AddPool(Pool(1, "strip", KICK, 8)))
    path = tmp_path / "take.wav"
    engine.send(Record(str(path)))
    assert until(path.exists)
    start = int(engine.now()) + 9600
    times = [start + i * 4800 for i in range(4)]
    engine.push([event(t, 1, 0.1, 440.0, 0.5) for t in times])
    loud = until(lambda: engine.meters().buses.get("strip", (0.0, 0.0))[0] > 0.1)
    assert until(lambda: engine.clock().sample > times[-1] + 9600)
    assert loud and engine.meters().late == 0
    engine.stop()
    wave = read_wav(path)[1][:, 0]
    first = int(np.argmax(np.abs(wave) > 1e-6))
    hits = np.diff([wave[first + t - start : first + t - start + 2000] for t in times], axis=1)
    np.testing.assert_allclose(hits[1:], hits[:1].repeat(3, axis=0), atol=1e-2)


SPACES = [  # pyo reads a delay at places whose float rounding depends on how long the engine has run
    (chain(Node("lpf", (3000.0, 0.4, Ref(0)))), 0.0),
    (chain(Node("delay", (0.1, 0.5, 0.4, Ref(0))), Node("reverb", (0.8, 0.3, Ref(1)))), 2e-6),
    (chain(Node("chorus", (0.6, 0.5, Ref(0)))), 1e-4),
]


@pytest.mark.parametrize(("space", "within"), SPACES, ids=["none", "fixed", "moving"])
def test_live_and_offline_give_the_same_samples(
    engine: EngineProcess, tmp_path: Path, space: Graph, within: float
) -> None:
    """Play a piece live and offline from transport starts on block borders."""
    ducked = chain(Node("duck", (0.7, 0.1, Ref(0)), "kick"), Node("gain", (Control("level"), Ref(1))), params=(LEVEL,))
    buses = (
        Bus("kick", "strip", PLAIN, "master"),
        Bus("saw", "strip", ducked, "master"),
        Bus("hat", "strip", space, "master"),
        Bus("master", "master", chain(Node("glue", (2.0, Ref(0))), Node("limit", (-1.0, Ref(0))))),
    )
    hat = instrument("hat", Node("noise", ()), Node("perc", (0.001, 0.05)), Node("mul", (Ref(0), Ref(1))))
    messages: list[Message] = [SetMix(Mix(buses, (("saw", "level"),)))]
    messages += [AddPool(Pool(i, s, g, 4)) for i, (s, g) in enumerate([("kick", KICK), ("saw", SAW), ("hat", hat)])]

    def piece(origin: int) -> list[bytes]:
        notes = [event(origin + i * 3001, i % 3, 0.2, 110.0 * (1 + i % 4), 0.7, 0.1 * (i % 10)) for i in range(24)]
        moves = [event(origin + i * 9000, 0, 0.2 + 0.8 * (i % 2), kind=AUTOMATE) for i in range(9)]
        return [event(origin, 0, kind=START), *moves, *notes]

    offline = OfflineEngine()
    for message in messages:
        offline.send(message)
    offline.advance(51200)
    offline.push(piece(51200 + 2560))
    wanted = offline.advance(60000)
    offline.stop()

    engine.start("silent")
    engine.wait_ready()
    for message in messages:
        engine.send(message)
    path = tmp_path / "take.wav"
    engine.send(Mark(1))
    assert until(lambda: engine.marked() == 1)
    engine.send(Record(str(path)))
    assert until(path.exists)
    origin = (int(engine.now()) // 256 + 40) * 256
    engine.push(piece(origin))
    assert until(lambda: engine.clock().sample > origin + 62400)
    engine.stop()
    heard = read_wav(path)[1]
    first = [int(np.argmax(np.abs(w).max(axis=1) > 0)) for w in (wanted, heard)]
    length = 48000
    live, rendered = heard[first[1] : first[1] + length], wanted[first[0] : first[0] + length]
    np.testing.assert_allclose(live, rendered, rtol=0.0, atol=within)


def test_a_killed_engine_comes_back_with_its_pools_and_its_clock(engine: EngineProcess) -> None:
    engine.start("silent")
    engine.wait_ready()
    engine.send(one_strip())
    engine.send(AddPool(Pool(1, "strip", TONE, 8)))
    engine.send(Mark(1))
    assert until(lambda: engine.marked() == 1)
    engine.reports()
    before, then = engine.now(), time.monotonic()
    os.kill(pid(engine), signal.SIGKILL)
    told: list[Report] = []

    def back() -> bool:
        told.extend(engine.reports())
        return any(isinstance(r, Ready) for r in told)

    assert until(back)
    time.sleep(0.2)
    assert engine.now() - before == pytest.approx((time.monotonic() - then) * 48000, abs=2400)
    assert any(isinstance(r, Trouble) and "started again" in r.message for r in told)
    now = int(engine.now())
    past = event(now - 4800, 1, 2.0, 440.0, 0.5)  # what the dead engine should have played
    engine.push([past, event(now + 2400, 0, kind=START), event(now + 2400, 1, 2.0, 440.0, 0.5)])
    assert until(lambda: engine.meters().buses.get("strip", (0.0, 0.0))[0] > 0.3)
    assert engine.meters().late == 0


def test_it_dies_with_its_parent() -> None:
    code = (
        "import os, sys; from livecode.engine.client import EngineProcess; e = EngineProcess(); "
        "e.start('silent'); e.wait_ready(); print(e.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert until(lambda: gone(int(done.stdout)))


def test_an_engine_that_cannot_start_says_why(
    engine: EngineProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('libopenblas.so: no such file')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engine.start("silent")
    with pytest.raises(SoundError, match=r"^the engine does not start: ImportError: libopenblas\.so: no such file$"):
        engine.wait_ready()


def test_a_backend_that_is_not_there_is_an_error(engine: EngineProcess) -> None:
    os.environ["JACK_DEFAULT_SERVER"] = "nobody"
    try:
        engine.start("jack")
        with pytest.raises(SoundError, match="no JACK server runs"):
            engine.wait_ready()
    finally:
        del os.environ["JACK_DEFAULT_SERVER"]


@pytest.fixture
def jackd(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A private JACK server without a sound card."""
    if shutil.which("jackd") is None or shutil.which("jack_wait") is None or importlib.util.find_spec("jack") is None:
        pytest.skip("needs jackd and JACK-Client")
    name = f"livecode-test-{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    command = ["jackd", "-n", name, "-r", "-d", "dummy", "-r", "48000", "-p", "256"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if subprocess.run(["jack_wait", "-s", name, "-w", "-t", "5"], stdout=subprocess.DEVNULL, check=False).returncode:
        server.kill()
        pytest.skip("the JACK server does not start here")
    yield server
    server.terminate()  # killed, it would leave its shared memory behind
    server.wait()


def test_kicks_fall_on_their_samples_on_jack(
    engine: EngineProcess, jackd: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    engine.start("jack")
    assert engine.wait_ready().backend == "jack"
    engine.send(AddPool(Pool(1, "strip", CLICK, 8)))
    # A busy machine takes a block from either client now and then, and what it hits is no longer the click's shape.
    errors = _errors(engine, tmp_path / "wave.npy")
    assert sum(error == 0 for error in errors) >= 6, errors
    assert engine.meters().late == 0


def _errors(engine: EngineProcess, path: Path) -> list[int]:
    """Play clicks; give by how many samples each is heard beside its time from the first, lost blocks apart."""
    command = [sys.executable, str(CAPTURE), "72000", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as capture:
        assert capture.stdout is not None
        assert capture.stdout.readline() == b"go\n"
        start = int(engine.now()) + 9600
        gaps = [i * 5000 + i * i * 7 for i in range(9)]
        engine.push([event(start + g, 1, 0.001, 440.0, 0.5) for g in gaps])
        assert capture.wait(10.0) == 0
    wave = np.load(path)[:, 0].astype(np.float64)
    first = int(np.argmax(np.abs(wave) > 1e-6))
    shape = wave[first : first + 400]
    errors = []
    for gap in gaps[1:]:
        peaks = []
        for lost in range(-4, 9):
            begin = first + gap - 40 + 256 * lost
            match = np.correlate(wave[begin : begin + 480], shape, "valid")
            peaks.append((float(match.max()), abs(int(np.argmax(match)) - 40)))
        errors.append(max(peaks)[1])
    return errors


def test_a_jack_server_that_vanishes_does_not_end_the_show(
    engine: EngineProcess, jackd: subprocess.Popen[bytes]
) -> None:
    engine.start()
    assert engine.wait_ready().backend == "jack"
    engine.send(AddPool(Pool(1, "strip", TONE, 8)))
    engine.send(Mark(1))
    assert until(lambda: engine.marked() == 1)
    engine.reports()
    jackd.terminate()
    told: list[Report] = []

    def moved() -> bool:
        told.extend(engine.reports())
        return any(isinstance(r, Ready) and r.backend == "silent" and r.reason for r in told)

    assert until(moved, 8.0)
    start = int(engine.now()) + 4800
    engine.push([event(start, 0, kind=START), event(start, 1, 2.0, 440.0, 0.5)])
    assert until(lambda: engine.meters().voices == 1)
