"""Meters: peak, RMS, correlation and reduction of every bus, loudness of what is heard."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from livecode.engine.offline import OfflineEngine
from livecode.engine.records import START, Bus, Node, Ref
from tests.engine.sounds import PLAIN, TONE, add, chain, event, one_strip

SIDE = 0.2 * math.sqrt(0.5)  # the peak of one side of a tone of 0.2 in the middle


@pytest.fixture
def metered() -> Iterator[OfflineEngine]:
    engine = OfflineEngine(metered=True)
    yield engine
    engine.stop()


def held(engine: OfflineEngine, *nodes: Node, seconds: float = 4.0, pan: float = 0.5) -> None:
    """Play a tone of 1 kHz through a chain."""
    engine.send(one_strip(chain(*nodes) if nodes else PLAIN, Bus("idle", "strip", PLAIN, "master")))
    add(engine, 1, TONE)
    engine.push([event(0, 0, kind=START), event(0, 1, 60.0, 1000.0, 0.2, pan)])
    engine.advance(round(seconds * 48000))


def test_a_tone_in_the_middle(metered: OfflineEngine) -> None:
    held(metered)
    level = metered.meters().levels["strip"]
    assert level.left == pytest.approx(SIDE, abs=1e-3)
    assert level.rms_left == level.rms_right == pytest.approx(SIDE / math.sqrt(2), rel=1e-3)
    assert level.correlation == pytest.approx(1.0, abs=1e-3)
    assert level.reduction == 0.0
    assert metered.meters().levels["idle"].left == 0.0


SIDES = [
    ("turned over", Node("mul", (Ref(0), 1.0)), 1.0),
    ("a quarter of a turn apart", Node("haas", (0.00025, Ref(0))), 0.0),
    ("half a turn apart", Node("haas", (0.0005, Ref(0))), -1.0),
]


@pytest.mark.parametrize(("name", "node", "correlation"), SIDES, ids=[c[0] for c in SIDES])
def test_correlation(metered: OfflineEngine, name: str, node: Node, correlation: float) -> None:
    held(metered, node)
    assert metered.meters().levels["strip"].correlation == pytest.approx(correlation, abs=0.15)


def test_one_side_alone_has_no_correlation(metered: OfflineEngine) -> None:
    held(metered, pan=0.0)
    level = metered.meters().levels["strip"]
    assert level.rms_left == pytest.approx(0.2 / math.sqrt(2), rel=1e-3) and level.rms_right < 1e-6
    assert level.correlation == 0.0


def test_a_peak_between_two_looks_is_seen_once(metered: OfflineEngine) -> None:
    metered.send(one_strip())
    add(metered, 1, TONE)
    metered.push(event(0, 1, 0.03, 1000.0, 0.5))
    metered.advance(24000)
    assert metered.meters().levels["strip"].left == pytest.approx(0.5 * math.sqrt(0.5), abs=0.01)
    assert metered.meters().levels["strip"].left < 1e-6


def test_a_peak_is_held_for_one_to_two_seconds(metered: OfflineEngine) -> None:
    metered.send(one_strip())
    add(metered, 1, TONE)
    metered.push([event(0, 1, 0.03, 1000.0, 0.5), event(12000, 1, 0.03, 1000.0, 0.1)])
    seen: list[tuple[float, float, float]] = []
    for _ in range(25):
        metered.advance(4800)
        meters = metered.meters()
        seen.append((meters.left, meters.held, meters.levels["strip"].held))
    loud = 0.5 * math.sqrt(0.5)
    for _, heard, strip in seen[:10]:
        assert heard == pytest.approx(loud, abs=0.01) and strip == pytest.approx(loud, abs=0.01)
    assert seen[9][0] < 1e-3 and seen[-1][1:] == (0.0, 0.0)


def test_what_a_compressor_takes_is_told(metered: OfflineEngine) -> None:
    hot = Node("gain", (4.0, Ref(0)))
    held(metered, hot)
    loud = metered.meters().levels["strip"]
    metered.send(one_strip(chain(hot, Node("compress", (-24.0, 4.0, 0.005, 0.1, 6.0, 3.0, 0.0, Ref(1))))))
    metered.advance(96000)
    metered.meters()
    metered.advance(4800)
    level = metered.meters().levels["strip"]
    assert level.reduction == pytest.approx(20 * math.log10(loud.rms_left / level.rms_left) + 3.0, abs=0.1)
    assert level.reduction == pytest.approx((24 + 20 * math.log10(4 * SIDE)) * 0.75, abs=0.1)


def test_the_reduction_of_the_limiter_is_the_masters(metered: OfflineEngine) -> None:
    metered.send(one_strip(master=chain(Node("limit", (-20.0, Ref(0))))))
    add(metered, 1, TONE)
    metered.push([event(0, 1, 60.0, 1000.0, 0.2)])
    metered.advance(48000)
    metered.meters()
    metered.advance(4800)
    meters = metered.meters()
    assert meters.levels["master"].reduction == pytest.approx(20 + 20 * math.log10(SIDE), abs=0.1)
    assert meters.loudness.true_peak == pytest.approx(-20.0, abs=0.1)


def test_loudness_is_that_of_what_is_heard_since_the_transport_started(metered: OfflineEngine) -> None:
    held(metered, Node("gain", (4.0, Ref(0))))
    expected = 20 * math.log10(4 * SIDE)  # both sides of a tone of 1 kHz at the same level
    loudness = metered.meters().loudness
    assert loudness.momentary == pytest.approx(expected, abs=0.1)
    assert loudness.short_term == pytest.approx(expected, abs=0.1)
    assert loudness.integrated == pytest.approx(expected, abs=0.1)
    assert loudness.true_peak == pytest.approx(expected, abs=0.1)
    assert metered.meters().lufs == loudness.short_term
    metered.push(event(metered.clock().sample + 4800, 0, kind=START))
    metered.advance(7200)
    assert metered.meters().loudness.integrated == -math.inf


def test_who_measures_nothing_reads_nothing() -> None:
    engine = OfflineEngine()
    held(engine, seconds=0.5)
    meters = engine.meters()
    engine.stop()
    assert meters.levels == {} and meters.lufs == -math.inf
    assert meters.left == pytest.approx(SIDE, abs=1e-3)


def test_meters_change_nothing_that_is_heard() -> None:
    waves = []
    for metered in (False, True):
        engine = OfflineEngine(metered=metered)
        engine.send(one_strip(chain(Node("chorus", (0.6, 0.5, Ref(0))))))
        add(engine, 1, TONE)
        engine.push(event(0, 1, 9.0, 440.0, 0.5))
        waves.append(engine.advance(24000).tobytes())
        engine.stop()
    assert waves[0] == waves[1]
