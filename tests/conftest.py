"""What the tests share: the real command, and a real audio server without a sound card."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import batches

ROOT = Path(__file__).parent.parent
TRACK = ROOT / "patches" / "track.live"
RATE = 48000

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def livecode(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Run the `livecode` command in a folder of its own."""

    state = tmp_path_factory.mktemp("state")

    def run(*args: object, stdin: str = "", timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "livecode.cli", *map(str, args)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=tmp_path,
            env={**os.environ, "XDG_STATE_HOME": str(state)},
        )

    return run


@pytest.fixture(scope="module")
def jack() -> Iterator[str]:
    """Run a JACK server with no sound card, under a name of its own."""
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    name = f"livecode-test-{os.getpid()}"
    server = subprocess.Popen(
        ["jackd", "-n", name, "-r", "-d", "dummy", "-r", str(RATE), "-p", "256"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = os.environ.get("JACK_DEFAULT_SERVER")
    os.environ["JACK_DEFAULT_SERVER"] = name
    os.environ["JACK_NO_START_SERVER"] = "1"
    try:
        deadline = time.monotonic() + 10
        while not _answers():
            if time.monotonic() > deadline or server.poll() is not None:
                pytest.skip("jackd does not start here")
        yield name
    finally:
        server.terminate()
        server.wait(timeout=10)
        if before is None:
            del os.environ["JACK_DEFAULT_SERVER"]
        else:
            os.environ["JACK_DEFAULT_SERVER"] = before


def _answers() -> bool:
    return subprocess.run(["jack_lsp"], capture_output=True).returncode == 0 if shutil.which("jack_lsp") else _wait()


def _wait() -> bool:
    import jack as jacklib

    try:
        jacklib.Client("probe", no_start_server=True).close()
    except jacklib.JackOpenError:
        return False
    return True


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Let the bare command run the suite in batches; with arguments pytest does what it always does."""
    if session.config.invocation_params.args or os.environ.get(batches.WITHIN):
        return None
    files = list(dict.fromkeys(item.path for item in session.items))
    plugins = session.config.pluginmanager
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        found = batches.run_all(files)
    failed = found.pop("failed", 0) + found.pop("error", 0)
    for word, count in found.items():
        plugins.getplugin("terminalreporter").stats[word] = [SimpleNamespace()] * count
    if failed:
        raise session.Failed(f"{failed} failed, as told above")
    return True
