"""The tempo of a clock that jitters, jumps, drops out and stands still."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from livecode.midi.follower import LOCK, Follower


def ticks(bpm: float, count: int, jitter: float = 0.0, begin: float = 10.0) -> list[float]:
    """Times of clock bytes, each late or early by a normal jitter in seconds."""
    return [begin + i * 60 / bpm / 24 + random.gauss(0, jitter) for i in range(count)]


def fed(follower: Follower, times: Iterable[float]) -> Follower:
    for time in times:
        follower.tick(time)
    return follower


@pytest.mark.parametrize("bpm", [47.3, 90.0, 120.0, 174.9])
@pytest.mark.parametrize("seed", range(5))
def test_the_tempo_is_right_to_a_tenth_with_2_ms_of_jitter(bpm: float, seed: int) -> None:
    random.seed(seed)
    follower = Follower()
    times = ticks(bpm, 24 * 60, 0.002)
    for i, time in enumerate(times):
        follower.tick(time)
        if i > 24 * 8:
            assert abs(follower.bpm - bpm) < 0.1, i


@pytest.mark.parametrize("seed", range(10))
def test_it_locks_within_two_beats(seed: int) -> None:
    random.seed(seed)
    follower = fed(Follower(), ticks(120, LOCK, 0.002))
    assert follower.locked
    assert abs(follower.bpm - 120) < 0.5


def test_a_clock_without_jitter_is_exact_at_once() -> None:
    follower = fed(Follower(), ticks(133, 6))
    assert follower.bpm == pytest.approx(133, abs=1e-6)


def test_a_drop_out_of_a_second_loses_neither_tempo_nor_position() -> None:
    random.seed(1)
    follower = Follower()
    follower.start()
    times = ticks(120, 24 * 40, 0.002)
    heard = [t for t in times if not 20.0 < t < 21.0]
    for time in heard:
        follower.tick(time)
        assert follower.bpm < 125 or time < 10.5
    assert abs(follower.bpm - 120) < 0.1
    assert follower.ticks == len(times) - 1


@pytest.mark.parametrize("lost", [0, 10])
@pytest.mark.parametrize("stall", [0.03, 0.08, 0.5])
def test_ticks_that_come_late_in_a_burst_are_counted_once(lost: int, stall: float) -> None:
    random.seed(4)
    follower = Follower()
    follower.start()
    times = ticks(120, 24 * 20, 0.001)
    stood = [t for t in times if 15.0 < t < 15.0 + stall]
    kept = stood[lost:]
    late = {t: 15.0 + stall + i * 0.0005 for i, t in enumerate(kept)}
    fed(follower, sorted(late.get(t, t) for t in times if t not in stood or t in late))
    assert follower.ticks == len(times) - 1
    assert abs(follower.bpm - 120) < 0.1


def test_a_new_tempo_is_learned_within_three_beats() -> None:
    random.seed(2)
    follower = fed(Follower(), ticks(120, 24 * 16, 0.001))
    later = ticks(140, 24 * 3, 0.001, begin=10 + 16 * 0.5)
    fed(follower, later)
    assert abs(follower.bpm - 140) < 1.0


def test_transport_and_position() -> None:
    follower = Follower()
    for message in (b"\xfa", b"\xf8"):
        follower.take(message, 1.0)
    assert follower.running and follower.ticks == 0
    fed(follower, [1.0 + i / 48 for i in range(1, 49)])
    assert follower.beat(1.0 + 1.0) == pytest.approx(2.0)
    assert follower.beat(1.0 + 1.0 + 1 / 96) == pytest.approx(2.0 + 0.5 / 24)
    follower.take(b"\xfc", 2.1)
    fed(follower, [2.0 + i / 48 for i in range(1, 10)])
    assert not follower.running and follower.beat(2.3) == pytest.approx(2.0)
    follower.take(b"\xf2\x10\x00", 2.3)
    follower.take(b"\xfb", 2.3)
    follower.take(b"\xf8", 2.0 + 10 / 48)
    assert follower.running and follower.ticks == 16 * 6


@pytest.mark.parametrize("pause", [0.01, 0.1, 1.0, 2.0, 5.0])
def test_a_clock_that_pauses_with_its_transport_goes_on_where_it_is_told(pause: float) -> None:
    follower = Follower()
    follower.start()
    fed(follower, ticks(150, 100))
    follower.stop()
    begin = 10 + 99 / 60 + pause
    follower.take(b"\xf2\x40\x00", begin)
    follower.take(b"\xfb", begin)
    fed(follower, ticks(150, 49, begin=begin))
    assert follower.ticks == 64 * 6 + 48
    assert follower.beat(begin + 48 / 60) == pytest.approx(16 + 2, abs=0.01)


def test_a_clock_that_is_gone_is_not_alive() -> None:
    follower = fed(Follower(), ticks(120, 48))
    assert follower.alive(11.5) and not follower.alive(20.0)
    fed(follower, ticks(90, 48, begin=30.0))
    assert abs(follower.bpm - 90) < 0.01


def test_noise_is_no_clock() -> None:
    random.seed(3)
    follower = Follower()
    now = 0.0
    for _ in range(20_000):
        now += random.expovariate(200)
        follower.tick(now)
        assert follower.bpm == 0 or 19 < follower.bpm < 401
