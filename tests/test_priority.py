"""Who goes first: what the system does not allow changes nothing, and nobody is set back."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import pytest

from livecode.priority import ENGINE, ahead, beside, hurry


def found(work: Callable[[], object]) -> tuple[object, int, int]:
    """Do some work in a thread of its own; gives its answer, its real-time priority after it and its niceness."""
    out: list[tuple[object, int, int]] = []

    def run() -> None:
        answer = work()
        out.append((answer, os.sched_getparam(0).sched_priority, os.getpriority(os.PRIO_PROCESS, 0)))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return out[0]


@pytest.fixture(autouse=True)
def allowed() -> None:
    if not hasattr(os, "sched_setscheduler"):
        pytest.skip("this system has other priorities")
    if found(lambda: hurry(1))[1] != 1 or found(lambda: ahead(-1))[2] != -1:
        pytest.skip("the system allows no higher priority")


def test_what_a_sound_server_gave_is_not_taken_back() -> None:
    def work() -> None:
        hurry(20)
        hurry(5)

    assert found(work)[1] == 20


def test_a_second_call_may_let_it_be_inherited() -> None:
    def work() -> tuple[object, int, int]:
        hurry(5)
        alone = found(lambda: None)[1]
        hurry(5, inherited=True)
        return alone, found(lambda: None)[1], 0

    assert found(work)[0] == (0, 5, 0)


def test_a_thread_of_the_engine_goes_before_others_whoever_starts_it() -> None:
    seen: list[tuple[int, int]] = []

    def work() -> None:
        hurry(5)  # as the audio thread has it, whose threads would fall back
        for priority in (0, 4):
            beside("test", look, seen, priority=priority).join()

    found(work)
    assert seen == [(0, ENGINE), (4, ENGINE)]


def look(seen: list[tuple[int, int]]) -> None:
    seen.append((os.sched_getparam(0).sched_priority, os.getpriority(os.PRIO_PROCESS, 0)))
