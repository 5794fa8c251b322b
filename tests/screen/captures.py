"""Pictures of the stage view, taken in tmux."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType

from tests.conftest import ROOT


class Tmux:
    """A program in a tmux of its own, which has no settings but its size."""

    def __init__(self, name: str, columns: int, rows: int, *command: str) -> None:
        self.name = name
        size = ("-x", str(columns), "-y", str(rows))
        self._run("-f", "/dev/null", "new-session", "-d", *size, "-c", str(ROOT), *command)

    def __enter__(self) -> Tmux:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("kill-server", check=False)

    def _run(self, *args: str, check: bool = True) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-L", self.name, *args], capture_output=True, text=True, check=check, timeout=10
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        for key in keys:
            self._run("send-keys", key)

    def text(self) -> str:
        lines = self._run("capture-pane", "-p").split("\n")
        return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"

    def until(self, true: Callable[[str], bool], timeout: float = 15.0) -> str:
        """Wait until the picture is as it should be; gives the last one in any case."""
        deadline = time.monotonic() + timeout
        while not true(text := self.text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return text


def scene(name: str, columns: int, rows: int) -> Tmux:
    """Show one of the scenes of `tests.screen.still`."""
    return Tmux(
        f"livecode-{name}-{time.monotonic_ns()}", columns, rows, sys.executable, "-m", "tests.screen.still", name
    )
