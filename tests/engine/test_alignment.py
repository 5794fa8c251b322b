"""What comes late on one way is waited for on the others: signals that cancel go on cancelling."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from livecode.engine.alignment import Timing, timings
from livecode.engine.automation import Line
from livecode.engine.records import (
    AUTOMATE,
    AddPool,
    Bus,
    Control,
    Graph,
    Mix,
    Node,
    Parameter,
    Pool,
    Ref,
    SetMix,
    bus_order,
)
from livecode.engine.tables import Lane
from livecode.engine.taps import TappedEngine
from tests.engine.conftest import Make
from tests.engine.sounds import CLICK, KICK, PLAIN, TONE, add, chain, event, onset, render

RATE = 48000
LOOK = 0.005
LATE = 240  # samples
SOUND = (0.1, 700.0, 0.5, 0.5)


def ahead(seconds: float = LOOK, source: int = 0) -> Node:
    """Look ahead, and turn nothing down."""
    return Node("compress", (0.0, 1.0, 0.005, 0.1, 0.0, 0.0, seconds, Ref(source)))


def mix(*buses: Bus) -> Mix:
    return Mix((*buses, Bus("master", "master", PLAIN)))


AWAY = chain(Node("gain", (-1.0, Ref(0))))
CASES = {
    "beside a strip": [Bus("a", "strip", chain(ahead()), "master"), Bus("b", "strip", AWAY, "master")],
    "in a group": [
        Bus("a", "strip", chain(ahead()), "all"),
        Bus("b", "strip", AWAY, "all"),
        Bus("all", "group", chain(ahead(0.003)), "master"),
    ],
    "before a group": [
        Bus("a", "strip", chain(ahead()), "all"),
        Bus("all", "group", PLAIN, "master"),
        Bus("b", "strip", AWAY, "master"),
    ],
    "on a return": [
        Bus("a", "strip", chain(Node("send", (1.0, Ref(0)), "back"), Node("gain", (0.0, Ref(1)))), "master"),
        Bus("b", "strip", AWAY, "master"),
        Bus("back", "return", chain(ahead()), "master"),
    ],
    "a shift of pitch": [
        Bus("a", "strip", chain(Node("shift", (0.0, Ref(0)))), "master"),
        Bus("b", "strip", AWAY, "master"),
    ],
    "inside a chain": [
        Bus("a", "strip", chain(ahead(), Node("mul", (Ref(1), -1.0)), Node("add", (Ref(0), Ref(2)))), "master"),
        Bus("b", "strip", chain(Node("gain", (0.0, Ref(0)))), "master"),
    ],
    "beside a chain that is late inside": [
        Bus("a", "strip", chain(ahead(), Node("add", (Ref(0), Ref(1)))), "master"),
        Bus("b", "strip", chain(Node("gain", (-2.0, Ref(0)))), "master"),
    ],
    "before and behind a send": [
        Bus("a", "strip", chain(ahead(0.002), Node("send", (0.5, Ref(1)), "back"), ahead(0.004, 2)), "master"),
        Bus("b", "strip", chain(Node("gain", (-1.5, Ref(0)))), "master"),
        Bus("back", "return", PLAIN, "master"),
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_what_cancels_goes_on_cancelling(make: Make, name: str) -> None:
    engine = make()
    engine.send(SetMix(mix(*CASES[name])))
    for number, strip in enumerate("ab"):
        add(engine, number, CLICK, strip=strip)
        engine.push([event(at, number, 0.1, 700.0, 0.5) for at in (1000, 9000, 20003)])
    assert np.abs(render(engine, 30000)).max() < (2e-6 if name != "a shift of pitch" else 1e-4)  # it interpolates
    assert engine.reports() == []


SEMITONES = (-12.0, -5.0, 0.0, 7.0, 12.0)


@pytest.mark.parametrize("semitones", SEMITONES)
def test_what_shifts_pitch_is_heard_with_what_does_not(make: Make, semitones: float) -> None:
    """The middle of a burst's energy lies where it lies on a strip beside, to a few milliseconds of 41."""
    middles = []
    for heard in "ab":
        engine = make()
        muted = Node("gain", (0.0, Ref(1)))
        shifted = (Node("shift", (semitones, Ref(0))), *([muted] if heard == "b" else []))
        plain = (Node("gain", (float(heard == "b"), Ref(0))),)
        engine.send(SetMix(mix(Bus("a", "strip", chain(*shifted)), Bus("b", "strip", chain(*plain)))))
        for number, strip in enumerate("ab"):
            add(engine, number, CLICK, strip=strip)
            engine.push([event(at, number, 0.1, 700.0, 0.5) for at in range(5000, 5000 + 40 * 7001, 7001)])
        power = (render(engine, 42 * 7001)[1000:].astype(np.float64) ** 2).sum(axis=1)
        folded = power[: 40 * 7001].reshape(40, 7001).sum(axis=0)
        middles.append(float((folded * np.arange(7001)).sum() / folded.sum()))
    assert abs(middles[0] - middles[1]) < 0.004 * RATE


def test_notes_that_go_straight_into_a_return_come_with_what_is_sent_there(make: Make) -> None:
    engine = make()
    away = Node("gain", (-1.0, Ref(1)))
    late = chain(ahead(), away, Node("send", (1.0, Ref(2)), "back"), Node("gain", (0.0, Ref(3))))
    engine.send(
        SetMix(
            mix(
                Bus("a", "strip", late),
                Bus("b", "strip", chain(Node("gain", (0.0, Ref(0))))),
                Bus("back", "return", PLAIN),
            )
        )
    )
    wet = Parameter("wet", 1.0, 0.0, 1.0)
    sounding = replace(CLICK, params=(*CLICK.params, wet))
    add(engine, 0, CLICK, strip="a")
    engine.send(AddPool(Pool(1, "b", sounding, 8, (("back", "wet"),))))
    for at in (1000, 9000, 20003):
        engine.push([event(at, 0, *SOUND), event(at, 1, *SOUND, 1.0)])
    assert np.abs(render(engine, 30000)).max() < 2e-6
    assert engine.reports() == []


def test_a_key_is_heard_in_time_whatever_else_is_late(make: Make) -> None:
    """What makes strips wait makes no key wait for its compressor; a key that is late itself is waited for."""
    found = []
    for other, own in ((PLAIN, 0.0), (chain(ahead(0.04)), 0.0), (PLAIN, 0.04)):
        engine = make()
        key = chain(ahead(own), Node("gain", (1.0, Ref(1)))) if own else PLAIN
        squeezed = Node("compress", (-60.0, 100.0, 0.0001, 0.05, 0.0, 0.0, 0.0, Ref(0)), "kick")
        engine.send(
            SetMix(
                mix(
                    Bus("kick", "strip", key, "side"),
                    Bus("side", "group", chain(Node("gain", (0.0, Ref(0))))),
                    Bus("a", "strip", chain(squeezed)),
                    Bus("other", "strip", other),
                )
            )
        )
        add(engine, 1, TONE, strip="a")
        add(engine, 2, CLICK, strip="kick")
        engine.push([event(0, 1, 60.0, 6000.0, 0.5), event(24123, 2, 0.1, 700.0, 0.5)])
        wave = np.abs(render(engine, 36000)[:, 0])
        loud = np.array([wave[i : i + 8].max() for i in range(23000, 27000)])
        found.append(int(np.argmax(loud < 0.1)))
        assert 1100 < found[-1] < 1200
    assert max(found) - min(found) <= 8


def test_automation_moves_what_it_was_written_for(make: Make) -> None:
    """Behind what is late a pattern moves a level when the notes are heard, not before."""
    level = Parameter("factor", 1.0, 0.0, 16.0)
    cuts = []
    for look in (0.0, 0.02):
        engine = make()
        nodes = (ahead(look), Node("gain", (Control("factor"), Ref(1))))
        strip = Bus("a", "strip", chain(*nodes, params=(level,)), "master")
        engine.send(SetMix(Mix((strip, Bus("master", "master", PLAIN)), (("a", "factor"),))))
        add(engine, 1, TONE, strip="a")
        engine.push([event(0, 1, 60.0, 6000.0, 0.5)])
        engine.push([event(at, 0, value, kind=AUTOMATE) for at, value in ((0, 1.0), (24000, 1.0), (24048, 0.0))])
        wave = np.abs(render(engine, 36000)[:, 0])
        loud = np.array([wave[i : i + 8].max() for i in range(23000, 26000)])
        cuts.append(int(np.argmax(loud < 0.05)))
    assert abs(cuts[0] - cuts[1]) <= 1


def test_a_line_comes_to_its_lateness_without_a_jump() -> None:
    lane = SimpleNamespace(samples=np.zeros(256, dtype=np.float32))
    line = Line(cast(Lane, lane), Parameter("x", 0.0, 0.0, 1e9))
    line.points = [(0, 0.0), (100000, 100000.0)]
    seen = []
    for start in range(256, 40000, 256):
        line.late = 1968 if start > 10000 else 0
        line.fill(start, np.arange(start, start + 256, dtype=np.float64))
        seen.append(lane.samples.copy())
    wave = np.concatenate(seen)
    assert np.abs(np.diff(wave) - 1.0).max() <= 0.126
    assert wave[-1] == pytest.approx(256 + len(wave) - 1 - 1968, abs=0.1)


def test_the_latency_that_is_told_counts_what_looks_ahead(make: Make) -> None:
    engine = make()
    plain = engine.latency
    engine.send(SetMix(mix(*CASES["in a group"])))
    assert engine.latency == plain + LATE + 144
    add(engine, 1, CLICK, strip="a")
    engine.push(event(5000, 1, 0.1, 700.0, 0.5))
    assert abs(onset(render(engine, 9600)) - 5000) <= 1


def test_times_are_those_of_the_longest_way() -> None:
    made = mix(*CASES["before and behind a send"])
    found = timings(made, bus_order(made), RATE)
    assert found["a"] == Timing(0, 288, 0, (0,))
    assert found["b"] == Timing(0, 288, 288, ())
    assert found["back"] == Timing(96, 288, 192, ())
    assert found["master"] == Timing(288, 288, 0, ())


def test_a_key_that_looks_ahead_has_its_gain_down_in_time(make: Make) -> None:
    """The first turn of a burst gets through without a look ahead, and is held with one."""
    tops = []
    for look in (0.0, LOOK):
        engine = make()
        node = Node("compress", (-30.0, 100.0, 0.001, 0.1, 0.0, 0.0, look, Ref(0)))
        engine.send(SetMix(mix(Bus("a", "strip", chain(node), "master"))))
        add(engine, 1, CLICK, strip="a")
        engine.push(event(5000, 1, 0.1, 700.0, 0.5))
        tops.append(float(np.abs(render(engine, 9600)).max()))
    assert tops[1] < 0.6 * tops[0]
    assert tops[1] < 1.3 * 10 ** (-30 / 20)


def test_a_duck_dips_with_what_is_late(make: Make) -> None:
    """The dip of a group that is heard later begins later too."""
    dips = []
    for look in (0.0, LOOK):
        engine = make()
        ducked: Graph = chain(Node("duck", (1.0, 0.1, Ref(0)), "kick"))
        engine.send(
            SetMix(
                mix(
                    Bus("kick", "strip", chain(Node("gain", (0.0, Ref(0)))), "master"),
                    Bus("a", "strip", chain(ahead(look)), "all"),
                    Bus("all", "group", ducked, "master"),
                )
            )
        )
        add(engine, 1, TONE, strip="a")
        add(engine, 2, KICK, strip="kick")
        engine.push([event(0, 1, 60.0, 6000.0, 0.5), event(24123, 2, 0.1)])
        wave = np.abs(render(engine, 36000)[:, 0])
        loud = np.array([wave[i : i + 8].max() for i in range(24000, 25000)])
        dips.append(int(np.argmax(loud < 0.1)))
    assert abs(dips[0] - dips[1]) <= 2


def test_a_look_that_comes_and_goes_makes_no_click(make: Make) -> None:
    engine = make()
    for number, strip in enumerate("ab"):
        add(engine, number, TONE, strip=strip)
    graphs = [PLAIN, chain(ahead()), PLAIN, chain(ahead(0.02)), PLAIN]
    engine.push([event(0, number, 60.0, 100.0, 0.2) for number in (0, 1)])
    waves = []
    for graph in graphs:
        engine.send(SetMix(mix(Bus("a", "strip", graph, "master"), Bus("b", "strip", PLAIN, "master"))))
        waves.append(engine.advance(24000))
    wave = np.concatenate(waves)[4800:, 0]
    steepest = 2 * math.pi * 100 / RATE * 0.4 * math.sqrt(0.5)
    assert np.abs(np.diff(wave)).max() < 1.6 * steepest


def test_stems_are_in_time_whatever_is_late() -> None:
    engine = TappedEngine(taps=("a", "b", "all", "master"))
    engine.send(SetMix(mix(*CASES["before a group"])))
    for number, strip in enumerate("ab"):
        add(engine, number, CLICK, strip=strip)
    engine.push([event(5000, number, 0.1, 700.0, 0.5) for number in (0, 1)])
    engine.advance(9600 + engine.latency)
    found = engine.taken(9600)
    engine.stop()
    for name in ("a", "b", "all"):
        assert abs(onset(found[name]) - 5000) <= 1, name
    np.testing.assert_allclose(found["a"], -found["b"], atol=2e-6)
    assert np.abs(found["master"]).max() < 2e-6
