"""What takes too long is broken off, and only that."""

from __future__ import annotations

import itertools
import time

import pytest

from livecode.watchdog import Overdue, Watchdog


def test_what_takes_too_long_is_broken_off_again_and_again() -> None:
    watchdog = Watchdog(0.05)
    watchdog.start()
    with watchdog:
        for _ in range(2):
            with pytest.raises(Overdue):
                for _ in itertools.count():
                    pass
    watchdog.stop()


def test_what_is_quick_and_what_is_not_watched_is_left_alone() -> None:
    watchdog = Watchdog(0.05)
    watchdog.start()
    for _ in range(1000):
        with watchdog:
            pass
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        pass
    watchdog.stop()
