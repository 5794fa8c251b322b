"""Wait for something to happen elsewhere: in another thread, another process, the sound."""

from __future__ import annotations

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
