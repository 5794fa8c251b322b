"""Real-time priority for the few threads that must not wait."""

from __future__ import annotations

import os
from contextlib import suppress


def hurry(priority: int, *, inherited: bool = False) -> None:
    """Ask for real-time priority for the calling thread, and what it starts; without the permission nothing is."""
    if hasattr(os, "sched_setscheduler"):
        reset = 0 if inherited else getattr(os, "SCHED_RESET_ON_FORK", 0)
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO | reset, os.sched_param(priority))
