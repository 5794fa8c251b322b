"""A terminal that types at the real command and reads its screen."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from fcntl import ioctl
from termios import TIOCSWINSZ
from types import TracebackType

import pyte

ROWS, COLUMNS = 40, 110


class Terminal:
    """`livecode` on a pseudo-terminal, of 110 by 40 characters unless told otherwise."""

    def __init__(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        columns: int = COLUMNS,
        rows: int = ROWS,
        program: Sequence[str] = ("-m", "livecode.cli"),
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = 0  # that came
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            ioctl(0, TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ.update({"TERM": "xterm", **(env or {})})
            os.execv(sys.executable, [sys.executable, *program, *args])

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            os.waitpid(self.pid, 0)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def send(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def enter(self, text: str) -> None:
        self.send(text + "\r")

    def wait(self, *words: str, timeout: float = 30.0) -> str:
        """Read until all words stand on the screen; gives the screen."""
        if not self.until(lambda: all(word in self.text() for word in words), timeout):
            raise AssertionError(f"{words} did not appear on\n{self.text()}")
        return self.text()

    def until(self, true: Callable[[], bool], timeout: float = 30.0) -> bool:
        """Read until something holds; tells whether it does."""
        deadline = time.monotonic() + timeout
        while not true():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.read(left)
        return True

    def end(self, timeout: float = 30.0) -> int:
        """Read until the command has ended; gives its exit status."""
        deadline = time.monotonic() + timeout
        while self.read(0.1):  # or else it would wait for its writing to be read
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"it did not end, and shows\n{self.text()}")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        self.fd = -1
        return os.waitstatus_to_exitcode(status)

    def read(self, timeout: float) -> bool:
        """Take what comes within some seconds; tells whether there may be more."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.bytes += len(data)
        head, asked, tail = data.partition(b"\x1b[6n")  # asks where the cursor is
        self.stream.feed(head)
        if asked:
            os.write(self.fd, f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R".encode())
            self.stream.feed(tail)
        return bool(data)
