"""Who has a turn first on a busy machine; where the system does not allow it, nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

NICE = -5  # before what works in the background, behind the engine
ENGINE = -10  # of what shares Python's lock with the engine's audio thread: whoever has it must not be kept waiting


def ahead(nice: int = NICE) -> None:
    """Let the calling thread, and what it starts from then on, go before what works in the background."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, min(os.getpriority(os.PRIO_PROCESS, 0), nice))


def hurry(priority: int, *, inherited: bool = False) -> None:
    """Ask for real-time priority for the calling thread, and for what it starts if that is wanted.

    A sound server that gave it more keeps it so.
    """
    if hasattr(os, "sched_setscheduler"):
        if os.sched_getparam(0).sched_priority > priority:
            return
        reset = 0 if inherited else getattr(os, "SCHED_RESET_ON_FORK", 0)
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO | reset, os.sched_param(priority))


def beside(name: str, work: Callable[..., None], *given: object, priority: int = 0) -> Thread:
    """Start a thread in the engine that does some work, with a real-time priority if there is to be one."""

    def run() -> None:
        ahead(ENGINE)
        if priority:
            hurry(priority)
        work(*given)

    thread = Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
