"""The ring gives back what was put in, in order, all or none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from array import array
from collections import deque
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.engine.clock import Clock, Level, Meters
from livecode.engine.records import EVENT
from livecode.engine.ring import SLOTS, WAVE, Memory
from livecode.measure.reading import Loudness


def records(first: int, count: int) -> bytes:
    return b"".join(EVENT.pack(first + i, 1, 0, 12, 0, *[float(first + i)] * 12) for i in range(count))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 9000), st.none()), max_size=12))
def test_a_ring_is_a_queue(steps: list[int | None]) -> None:
    memory = Memory()
    memory.close_file()
    held: deque[bytes] = deque()
    sent = 0
    for step in steps:
        if step is None:
            assert memory.drain() == b"".join(held)
            held.clear()
        else:
            data = records(sent, step)
            room = SLOTS - sum(len(d) for d in held) // EVENT.size
            assert memory.push(data) == (step <= room)
            if step <= room:
                held.append(data)
                sent += step
    assert memory.drain() == b"".join(held)


def test_the_clock_and_levels_come_through() -> None:
    memory = Memory()
    memory.close_file()
    assert memory.clock() is None
    clock = Clock(1 << 40, 1 << 50, 44100, 128, 351)
    memory.publish(clock, (1, 2, 4, 3), (0.25, 0.5, 1.0, 1.5))
    reading = Loudness(-14.0, -15.0, -16.0, 3.5, -1.0)
    memory.publish_levels([0.1, 0.2, 0.05, 0.06, 0.7, 3.0, 0.3] * 2, reading)
    assert memory.clock() == clock
    level = Level(0.1, 0.2, 0.05, 0.06, 0.7, 3.0, 0.3)
    levels = {"kick": level, "master": level}
    assert memory.meters(["kick", "master"]) == Meters(0.25, 3, 1, 2, 0.5, 1.0, 4, levels, reading, 1.5)


WRITER = """
import sys
from livecode.engine.clock import Clock
from livecode.engine.ring import Memory

memory = Memory(sys.argv[1])
number = 0
while True:
    number += 1
    memory.publish(Clock(number, number, number, number, number), (0, 0, 0, 0), (0.0, 0.0, 0.0, 0.0))
"""


@pytest.mark.timeout(60)
def test_the_clock_is_whole_whenever_its_writer_is_killed() -> None:
    chance = random.Random(1)
    for _ in range(12):
        memory = Memory()
        with subprocess.Popen([sys.executable, "-c", WRITER, memory.handle], pass_fds=memory.inherited) as writer:
            while memory.clock() is None:
                assert writer.poll() is None
            end = time.monotonic() + 0.02 * chance.random()
            while time.monotonic() < end:
                assert len({*astuple(told(memory))}) == 1
            writer.kill()
        last = told(memory)
        assert len({*astuple(last)}) == 1
        assert told(memory) == last
        memory.close_file()


def told(memory: Memory) -> Clock:
    clock = memory.clock()
    assert clock is not None
    return clock


def test_two_sides_see_the_same_memory() -> None:
    ours = Memory()
    theirs = Memory(str(os.dup(int(ours.handle))))
    ours.close_file()
    assert ours.push(records(5, 3))
    assert theirs.drain() == records(5, 3)


def test_what_is_heard_is_shown_newest_last() -> None:
    memory = Memory()
    memory.close_file()
    assert memory.wave(100) == b""
    block = 1000
    for first in range(0, 20 * block, block):
        memory.show(array("f", range(2 * first, 2 * (first + block))).tobytes())
    assert array("f", memory.wave(700)).tolist() == list(range(2 * 19300, 2 * 20000))
    assert array("f", memory.wave(10**6)).tolist() == list(range(2 * (20000 - WAVE), 2 * 20000))
