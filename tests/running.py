"""A `livecode` command that goes on running, and what it says."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType


class Running:
    """The real command in a folder; `wait` awaits what it says on its error stream."""

    def __init__(self, *args: object, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "livecode.cli", *map(str, args)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**os.environ, **(env or {})},
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line.rstrip("\n"))

    def wait(self, words: str, timeout: float = 20.0) -> str:
        """Read until a line holds some words; gives what was said since the last call, up to that line."""
        since: list[str] = []
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{words!r} was not said, but\n" + "\n".join(self.said + since)) from None
            since.append(line)
            if words in line:
                self.said += since
                return "\n".join(since)

    def quiet(self, seconds: float) -> bool:
        """Tell whether nothing is said for a while."""
        try:
            self.said.append(self._lines.get(timeout=seconds))
        except queue.Empty:
            return True
        return False

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
