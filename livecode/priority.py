"""How early a performance has its turn on a busy machine."""

from __future__ import annotations

import os
from contextlib import suppress

NICE = -5  # before what works in the background, behind the engine


def ahead() -> None:
    """Let the calling thread, and what it starts from then on, go before what works in the background.

    Keys are seen and events are sent in time then; where the system does not allow it, nothing is changed.
    """
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, min(os.getpriority(os.PRIO_PROCESS, 0), NICE))
