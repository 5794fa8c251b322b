"""Compressors, gates, expanders and their kin: static curves, times, keys, and bands that sum up flat."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from livecode.engine.offline import OfflineEngine
from livecode.engine.records import AUTOMATE, Bus, Control, Graph, Mix, Node, Parameter, Ref, SetMix
from tests.engine.conftest import Make
from tests.engine.sounds import PLAIN, TONE, Wave, add, chain, event, instrument, one_strip, render
from tests.hearing import band, level

RATE = 48000
NOISE = instrument("hiss", Node("noise", ()), Node("asr", (0.0, 0.0)), Node("mul", (Ref(0), Ref(1))))


def compressor(threshold: float, ratio: float, knee: float = 0.0, makeup: float = 0.0, look: float = 0.0) -> Node:
    return Node("compress", (threshold, ratio, 0.005, 0.1, knee, makeup, look, Ref(0)))


def heard(engine: OfflineEngine, graph: Graph, *notes: bytes, sound: Graph = TONE, seconds: float = 1.0) -> Wave:
    engine.send(one_strip(graph))
    add(engine, 1, sound)
    engine.push(list(notes))
    return render(engine, round(seconds * RATE))


def change(make: Make, graph: Graph, peak: float, pitch: float = 1000.0) -> float:
    """Tell by how many dB a chain changes a tone of a peak in dB."""
    loud = 10 ** (peak / 20) * math.sqrt(2)  # the middle takes 3 dB
    note = event(0, 1, 60.0, pitch, loud)
    levels = [level(heard(make(), g, note)[RATE // 2 :, 0]) for g in (PLAIN, graph)]
    return levels[1] - levels[0]


CURVES = [  # peak, threshold, ratio, knee, change
    (-30.0, -24.0, 4.0, 0.0, 0.0),
    (-18.0, -24.0, 4.0, 0.0, -4.5),
    (-6.0, -24.0, 2.0, 0.0, -9.0),
    (-6.0, -24.0, 20.0, 0.0, -17.1),
    (-24.0, -24.0, 4.0, 12.0, -1.125),
    (-21.0, -24.0, 4.0, 12.0, -2.53),
    (-30.0, -24.0, 4.0, 12.0, 0.0),
    (-10.0, -24.0, 4.0, 12.0, -10.5),
]


@pytest.mark.parametrize(("peak", "threshold", "ratio", "knee", "expected"), CURVES)
@pytest.mark.parametrize("pitch", [100.0, 1000.0])
def test_the_curve_of_a_compressor(
    make: Make, peak: float, threshold: float, ratio: float, knee: float, expected: float, pitch: float
) -> None:
    got = change(make, chain(compressor(threshold, ratio, knee)), peak, pitch)
    assert got == pytest.approx(expected, abs=0.1 if pitch == 1000 else 0.7)


def test_makeup_is_in_decibels(make: Make) -> None:
    assert change(make, chain(compressor(-20.0, 4.0, makeup=6.0)), -40.0) == pytest.approx(6.0, abs=0.05)


@pytest.mark.parametrize(("peak", "expected"), [(-20.0, 0.0), (-40.0, -10.0), (-50.0, -20.0), (-60.0, -25.0)])
def test_the_curve_of_an_expander(make: Make, peak: float, expected: float) -> None:
    node = Node("expand", (-30.0, 2.0, 0.005, 0.1, 0.0, -25.0, 0.0, 0.0, Ref(0)))
    assert change(make, chain(node), peak) == pytest.approx(expected, abs=0.1)


def envelope(wave: Wave, size: int = 48) -> np.ndarray:  # type: ignore[type-arg]
    return np.abs(wave[: len(wave) // size * size, 0]).reshape(-1, size).max(axis=1)


def test_a_compressor_attacks_and_releases_in_its_times(make: Make) -> None:
    """A tone jumps up and down: after the attack the gain is there to 1 dB, in the release the level falls by 20 dB."""
    node = Node("compress", (-30.0, 100.0, 0.02, 0.1, 0.0, 0.0, 0.0, Ref(0)))
    notes = [event(0, 1, 2.0, 1000.0, 0.02), event(24000, 1, 0.5, 1000.0, 0.8)]
    found = envelope(heard(make(), chain(node), *notes, seconds=1.5))
    floor = 10 ** (-30 / 20)
    assert found[500:505].max() > 2.5 * floor
    assert found[505] > 1.5 * floor
    assert found[530] < 1.12 * floor
    assert found[900:990].max() == pytest.approx(floor, rel=0.05)
    back = int(np.argmax(found[1010:] > 0.95 * 0.02 * math.sqrt(0.5))) / 1000
    assert 0.1 < back < 0.18  # 25 dB down again


def test_a_gate_opens_at_once_and_shuts_in_its_release(make: Make) -> None:
    node = Node("gate", (-30.0, 0.001, 0.05, -60.0, 0.0, 0.0, Ref(0)))
    notes = [event(0, 1, 2.0, 1000.0, 0.01), event(24000, 1, 0.5, 1000.0, 0.5)]
    found = envelope(heard(make(), chain(node), *notes, seconds=2.0))
    loud, soft = 0.51 * math.sqrt(0.5), 0.01 * math.sqrt(0.5)
    assert found[200:490].max() == pytest.approx(soft * 0.001, rel=0.1)
    assert found[515:990].min() == pytest.approx(loud, rel=0.03)
    assert found[1400:1900].max() < soft * 0.05
    assert found[1030] > soft * 0.3  # not yet shut


def shutting(node: Node, make: Make, peaks: list[float], turn: float = 0.2) -> list[float]:
    """Tell by how many dB a tone is changed whose peak in dB moves from one to the next every so many seconds."""
    samples = round(turn * RATE)
    levels = []
    factor = Parameter("factor", 0.0, 0.0, 1.0)
    for more in ((), (replace(node, args=(*node.args[:-1], Ref(1))),)):
        engine = make()
        graph = chain(Node("gain", (Control("factor"), Ref(0))), *more, params=(factor,))
        strip = Bus("strip", "strip", graph, "master")
        engine.send(SetMix(Mix((strip, Bus("master", "master", PLAIN)), (("strip", "factor"),))))
        add(engine, 1, TONE)
        engine.push(event(0, 1, 60.0, 1000.0, math.sqrt(2)))
        for i, peak in enumerate(peaks):
            for at in (i * samples + 480, (i + 1) * samples):
                engine.push(event(at, 0, 10 ** (peak / 20), kind=AUTOMATE))
        wave = render(engine, samples * len(peaks))[:, 0]
        middles = (wave[i * samples + samples // 2 : (i + 1) * samples - 1920] for i in range(len(peaks)))
        levels.append([level(part) for part in middles])
    return [wet - dry for dry, wet in zip(*levels, strict=True)]


WAVERING = [-50.0, -34.0, -28.0, -34.0, -38.0, -34.0]  # around -30 dB, and 6 dB below that


@pytest.mark.parametrize(("hysteresis", "opened"), [(0.0, [2]), (6.0, [2, 3])])
@pytest.mark.parametrize(
    ("name", "args", "shut"),
    [("gate", (-30.0, 0.001, 0.01, -60.0), 60.0), ("expand", (-30.0, 4.0, 0.001, 0.01, 0.0, -60.0), 11.5)],
)
def test_what_is_open_stays_so_within_the_hysteresis(
    make: Make, name: str, args: tuple[float, ...], shut: float, hysteresis: float, opened: list[int]
) -> None:
    changes = shutting(Node(name, (*args, 0.0, hysteresis, Ref(0))), make, WAVERING)
    for i, change in enumerate(changes):
        if i in opened:
            assert change == pytest.approx(0.0, abs=0.1), i
        else:
            assert change < -shut + 0.5, i


@pytest.mark.parametrize("name", ["gate", "expand"])
@pytest.mark.parametrize("hold", [0.0, 0.05, 0.3])
def test_what_is_open_holds(make: Make, name: str, hold: float) -> None:
    """A loud note stops: a soft tone beside it is heard until the detector has fallen and the hold is over."""
    args = (-30.0, 0.001, 0.01, -60.0) if name == "gate" else (-30.0, 20.0, 0.001, 0.01, 0.0, -60.0)
    node = Node(name, (*args, hold, 0.0, Ref(0)))
    notes = [event(0, 1, 2.0, 1000.0, 0.01), event(24000, 1, 0.1, 1000.0, 0.5)]
    found = envelope(heard(make(), chain(node), *notes, seconds=1.5))
    shut = 620 + int(np.argmax(found[620:] < 0.3 * 0.01 * math.sqrt(0.5)))
    falling = 38 if name == "gate" else 13  # ms, of the detector from -9 dB to -30 dB, and of the release
    assert shut - 610 == pytest.approx(1000 * hold + falling, abs=0.03 * 1000 * hold + 12)
    assert np.all(found[shut + 30 : 1400] < 0.1 * 0.01)


def test_a_gate_that_wavers_moves_no_more(make: Make) -> None:
    """A level that trembles around the threshold opens and shuts a plain gate at every turn, and this one once."""
    counts = []
    for hold, hysteresis in ((0.0, 0.0), (0.0, 6.0), (0.3, 0.0)):
        peaks = [-50.0, *[-29.0, -31.5] * 8, -50.0]
        changes = shutting(Node("gate", (-30.0, 0.001, 0.01, -60.0, hold, hysteresis, Ref(0))), make, peaks, 0.12)
        states = [change > -6.0 for change in changes]
        counts.append(sum(a != b for a, b in pairwise(states)))
    assert counts[0] >= 12
    assert counts[1:] == [2, 2] or counts[1:] == [2, 1]


def keyed(name: str, *args: float, key: str = "kick") -> SetMix:
    strip = Bus("strip", "strip", chain(Node(name, (*args, Ref(0)), key)), "master")
    kick = Bus("kick", "strip", chain(Node("gain", (1.0, Ref(0)))), "side")
    side = Bus("side", "group", chain(Node("gain", (0.0, Ref(0)))), "master")
    return SetMix(Mix((strip, kick, side, Bus("master", "master", PLAIN))))


KEYS = [  # the change of the tone before, while and after the key sounds
    ("compress", (-30.0, 4.0, 0.005, 0.05, 0.0, 0.0, 0.0), 0.0, -15.75),
    ("gate", (-30.0, 0.001, 0.03, -80.0, 0.0, 0.0), -80.0, 0.0),
    ("expand", (-30.0, 4.0, 0.005, 0.05, 0.0, -30.0, 0.0, 0.0), -30.0, 0.0),
]


@pytest.mark.parametrize(("name", "args", "apart", "together"), KEYS, ids=[k[0] for k in KEYS])
def test_a_key_is_what_is_listened_to(
    make: Make, name: str, args: tuple[float, ...], apart: float, together: float
) -> None:
    engine = make()
    engine.send(keyed(name, *args))
    add(engine, 1, TONE)
    add(engine, 2, TONE, strip="kick")
    peak = 10 ** (-9 / 20) * math.sqrt(2)
    engine.push([event(0, 1, 60.0, 1000.0, 0.2), event(24000, 2, 0.5, 200.0, peak)])
    wave = render(engine, 96000)[:, 0]
    dry = 20 * math.log10(0.2 * math.sqrt(0.5) / math.sqrt(2))
    assert level(wave[12000:23000]) - dry == pytest.approx(apart, abs=0.3)
    assert level(wave[36000:47000]) - dry == pytest.approx(together, abs=0.5)
    assert level(wave[84000:]) - dry == pytest.approx(apart, abs=0.5)
    assert engine.reports() == []


def test_a_key_may_come_and_go(make: Make) -> None:
    engine = make()
    alone = Bus("strip", "strip", chain(Node("compress", (-30.0, 4.0, 0.005, 0.05, 0.0, 0.0, 0.0, Ref(0)), "kick")))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 60.0, 1000.0, 0.2))
    engine.send(SetMix(Mix((alone, Bus("master", "master", PLAIN)))))
    dry = level(engine.advance(48000)[24000:, 0], 1000)
    engine.send(keyed("compress", -30.0, 4.0, 0.005, 0.05, 0.0, 0.0, 0.0))
    add(engine, 2, TONE, strip="kick")
    engine.push(event(48000, 2, 9.0, 200.0, 10 ** (-9 / 20) * math.sqrt(2)))
    assert level(engine.advance(72000)[48000:, 0], 1000) - dry == pytest.approx(-15.75, abs=0.5)
    engine.send(SetMix(Mix((alone, Bus("master", "master", PLAIN)))))
    assert level(engine.advance(72000)[48000:, 0], 1000) - dry == pytest.approx(0.0, abs=0.1)


def spectrum(wave: Wave) -> list[float]:
    return [band(wave[RATE:, 0], low, low * 2) for low in (50, 100, 200, 400, 800, 1600, 3200, 6400)]


def noisy(make: Make, *nodes: Node, gain: float = 0.1) -> list[float]:
    graph = chain(*nodes) if nodes else PLAIN
    return spectrum(heard(make(), graph, event(0, 1, 60.0, 440.0, gain), sound=NOISE, seconds=4.0))


def multiband(low: float, mid: float, high: float) -> Node:
    return Node("multiband", (low, mid, high, 4.0, 160.0, 3000.0, 0.01, 0.15, 0.0, Ref(0)))


def test_bands_that_do_nothing_sum_up_flat(make: Make) -> None:
    np.testing.assert_allclose(noisy(make, multiband(0.0, 0.0, 0.0)), noisy(make), atol=0.15)


def test_each_band_is_compressed_apart(make: Make) -> None:
    dry = noisy(make)
    wet = np.subtract(noisy(make, multiband(0.0, -60.0, 0.0)), dry)
    assert wet[0] > -2 and wet[7] > -2
    assert max(wet[3:5]) < -10
    wet = np.subtract(noisy(make, multiband(0.0, 0.0, -60.0)), dry)
    assert wet[7] < -10 and np.abs(wet[:5]).max() < 1.0


def test_a_de_esser_takes_the_sharp_part_alone(make: Make) -> None:
    wet = np.subtract(noisy(make, Node("deess", (6000.0, -50.0, 4.0, Ref(0)))), noisy(make))
    assert wet[7] < -8
    assert np.abs(wet[:5]).max() < 0.7
    np.testing.assert_allclose(noisy(make, Node("deess", (6000.0, 0.0, 4.0, Ref(0)))), noisy(make), atol=0.1)


def test_an_exciter_adds_overtones_of_what_is_high(make: Make) -> None:
    note = event(0, 1, 60.0, 4000.0, 0.3)
    dry = heard(make(), PLAIN, note)[RATE // 2 :, 0]
    wet = heard(make(), chain(Node("excite", (1.0, 3000.0, Ref(0)))), note)[RATE // 2 :, 0]
    assert level(wet, 12000) > level(dry, 12000) + 40
    assert level(wet, 12000) > -50
    low = event(0, 1, 60.0, 200.0, 0.3)
    dry = heard(make(), PLAIN, low)[RATE // 2 :, 0]
    wet = heard(make(), chain(Node("excite", (1.0, 3000.0, Ref(0)))), low)[RATE // 2 :, 0]
    assert level(wet, 200) == pytest.approx(level(dry, 200), abs=0.5)


def test_a_threshold_follows_its_lane(make: Make) -> None:
    engine = make()
    threshold = Parameter("threshold", 0.0, -80.0, 0.0)
    node = Node("compress", (Control("threshold"), 4.0, 0.005, 0.05, 0.0, 0.0, 0.0, Ref(0)))
    strip = Bus("strip", "strip", chain(node, params=(threshold,)), "master")
    engine.send(SetMix(Mix((strip, Bus("master", "master", PLAIN)), (("strip", "threshold"),))))
    add(engine, 1, TONE)
    engine.push([event(0, 1, 60.0, 1000.0, 10 ** (-10 / 20) * math.sqrt(2))])
    engine.push([event(48000, 0, 0.0, kind=AUTOMATE), event(96000, 0, -30.0, kind=AUTOMATE)])
    wave = render(engine, 144000)[:, 0]
    assert level(wave[24000:47000]) == pytest.approx(-13.01, abs=0.1)
    assert level(wave[120000:]) == pytest.approx(-13.01 - 15.0, abs=0.2)
    step = np.abs(np.diff(wave)).max()
    assert step <= 1.05 * 2 * math.pi * 1000 / RATE * 10 ** (-10 / 20)
