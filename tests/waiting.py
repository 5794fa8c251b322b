"""What happens elsewhere, in another thread, another process, the sound: wait for it, or end it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable


def until(true: Callable[[], object], seconds: float = 20.0) -> bool:
    """Wait until something holds; tells whether it does."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.003)
    return True


def kill(process: int | None) -> None:
    """Kill a process; none is a mistake, as 0 would be this one and all that began with it."""
    assert process
    os.kill(process, signal.SIGKILL)
