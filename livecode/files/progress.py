"""Telling how far a long reading of files has come, at most twice a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PAUSE = 0.5  # seconds between two sayings, and before the first

_tell: ContextVar[Callable[[str], None] | None] = ContextVar("tell", default=None)


@contextmanager
def telling(tell: Callable[[str], None]) -> Iterator[None]:
    """Let what is read inside tell how far it has come."""
    token = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(token)


class Progress:
    """A count of what is done of what there is, told to whoever listens."""

    __slots__ = ("_done", "_said", "_total", "_what")

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._said = time.monotonic()

    def step(self) -> None:
        """Count one more."""
        self._done += 1
        now = time.monotonic()
        tell = _tell.get()
        if tell is not None and now - self._said >= PAUSE:
            self._said = now
            tell(f"{self._what}: {self._done} of {self._total}")
