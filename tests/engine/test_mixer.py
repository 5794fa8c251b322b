"""Buses: levels through strips, groups and returns, ducks on their key, changes nobody hears as a click."""

from __future__ import annotations

import gc
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from livecode.engine.offline import OfflineEngine
from livecode.engine.records import (
    AUTOMATE,
    CANCEL,
    START,
    Bus,
    Control,
    Graph,
    Mix,
    Node,
    Parameter,
    Ref,
    SetMix,
    Trouble,
)
from livecode.engine.rows import UGENS
from tests.engine.conftest import Make
from tests.engine.sounds import KICK, PLAIN, TONE, Wave, add, chain, event, instrument, one_strip, render
from tests.hearing import level

GAIN = Parameter("level", 1.0, 0.0, 2.0)
FADER = chain(Node("gain", (Control("level"), Ref(0))), params=(GAIN,))
HELD = event(0, 1, 60.0, 1000.0, 0.2)
ALONE = 20 * math.log10(0.2 * math.sqrt(0.5) / math.sqrt(2))  # its level on each side


def gain(factor: float) -> Graph:
    return chain(Node("gain", (factor, Ref(0))))


def mix(*buses: Bus, lanes: tuple[tuple[str, str], ...] = ()) -> SetMix:
    return SetMix(Mix((*buses, Bus("master", "master", PLAIN)), lanes))


def steady(engine: OfflineEngine, message: SetMix) -> Wave:
    """Render a held tone through a mix, once it has settled."""
    engine.send(message)
    add(engine, 1, TONE)
    engine.push(HELD)
    return render(engine, 24000)[12000:]


ROUTES = [
    ("strip", mix(Bus("strip", "strip", gain(0.5), "master")), 0.5),
    ("no strip at all", mix(), 1.0),
    (
        "groups in groups",
        mix(
            Bus("strip", "strip", gain(0.5), "drums"),
            Bus("drums", "group", gain(0.5), "all"),
            Bus("all", "group", gain(0.5), "master"),
        ),
        0.125,
    ),
    (
        "a send after the fader",
        mix(
            Bus("strip", "strip", chain(Node("gain", (0.5, Ref(0))), Node("send", (0.5, Ref(1)), "hall")), "master"),
            Bus("hall", "return", gain(2.0), "master"),
        ),
        1.0,
    ),
    (
        "a send from a group through a return to a return",
        mix(
            Bus("strip", "strip", PLAIN, "drums"),
            Bus("drums", "group", chain(Node("send", (1.0, Ref(0)), "a"), Node("gain", (0.0, Ref(1)))), "master"),
            Bus("a", "return", chain(Node("send", (0.5, Ref(0)), "b"), Node("gain", (0.0, Ref(1)))), "master"),
            Bus("b", "return", PLAIN, "master"),
        ),
        0.5,
    ),
]


@pytest.mark.parametrize(("name", "message", "factor"), ROUTES, ids=[c[0] for c in ROUTES])
def test_levels_of_routes(engine: OfflineEngine, name: str, message: SetMix, factor: float) -> None:
    wave = steady(engine, message)
    assert level(wave[:, 0]) == pytest.approx(ALONE + 20 * math.log10(factor), abs=0.05)
    assert engine.reports() == []


def test_returns_and_groups_add_no_delay(make: Make) -> None:
    """A path through a group and one through a send cancel exactly where their signs differ."""
    engine = make()
    wave = steady(
        engine,
        mix(
            Bus("strip", "strip", chain(Node("send", (1.0, Ref(0)), "back")), "drums"),
            Bus("drums", "group", PLAIN, "master"),
            Bus("back", "return", gain(-1.0), "master"),
        ),
    )
    assert np.abs(wave).max() < 1e-6


def test_a_changed_mix_fades_without_a_click(engine: OfflineEngine) -> None:
    engine.send(one_strip(gain(1.0)))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 60.0, 100.0, 0.5))
    waves = [engine.advance(12001)]
    for graph in (gain(0.25), gain(0.75), chain(Node("lpf", (500.0, 0.0, Ref(0)))), PLAIN):
        engine.send(one_strip(graph))
        waves.append(engine.advance(6007))
    wave = np.concatenate(waves)[:, 0]
    steepest = 2 * math.pi * 100 / 48000 * 0.5 * math.sqrt(0.5)
    assert np.abs(np.diff(wave)).max() < 1.2 * steepest + 0.4 / 2400
    assert level(wave[-1440:]) == pytest.approx(20 * math.log10(0.25), abs=0.1)


SWAPS = {
    "nothing": PLAIN,
    "gain": gain(0.5),
    "lpf": chain(Node("lpf", (2000.0, 0.3, Ref(0)))),
    "hpf": chain(Node("hpf", (300.0, 0.2, Ref(0)))),
    "drive": chain(Node("drive", (0.3, Ref(0)))),
    "chorus": chain(Node("chorus", (0.6, 0.5, Ref(0)))),
    "compress": chain(Node("compress", (-24.0, 4.0, 0.01, 0.1, 6.0, 0.0, 0.0, Ref(0)))),
    "glue": chain(Node("glue", (4.0, Ref(0)))),
}
ECHOES = {  # what still rings is heard beside the new chain, so only what is no tone counts as a step
    "delay": chain(Node("delay", (0.2, 0.4, 0.3, Ref(0)))),
    "reverb": chain(Node("reverb", (1.0, 0.3, Ref(0)))),
}


@pytest.mark.parametrize("name", SWAPS)
def test_no_change_of_a_chain_steps_more_than_the_signal_itself(engine: OfflineEngine, name: str) -> None:
    """From every chain to every other, and by way of a new group."""
    engine.send(one_strip(SWAPS[name]))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 60.0, 400.0, 0.3))
    engine.advance(12000)
    groups = [Bus("group", "group", gain(1.0), "master")]
    for graph, others, to in [*((g, [], "master") for g in SWAPS.values()), (PLAIN, groups, "group")]:
        before = np.abs(np.diff(engine.advance(9600)[:, 0])).max()
        engine.send(one_strip(graph, *others, to=to))
        during = np.abs(np.diff(engine.advance(4800)[:, 0])).max()
        engine.advance(4800)
        after = np.abs(np.diff(engine.advance(9600)[:, 0])).max()
        assert during <= 1.25 * max(before, after)
        engine.send(one_strip(SWAPS[name]))
        engine.advance(9600)


@pytest.mark.parametrize("name", ECHOES)
def test_no_change_from_or_to_an_echo_breaks_the_tone(engine: OfflineEngine, name: str) -> None:
    """Measure what the wave does that a tone of any slowly changing level does not."""
    pitch = 400.0
    turn = 2.0 * math.cos(2.0 * math.pi * pitch / 48000)
    engine.send(one_strip(ECHOES[name]))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 60.0, pitch, 0.3))
    engine.advance(48000)
    for graph in (*SWAPS.values(), ECHOES["delay"], ECHOES["reverb"]):
        for to in (graph, ECHOES[name]):
            own = np.abs(np.diff(engine.advance(9600)[:, 0])).max()
            engine.send(one_strip(to))
            during = engine.advance(24000)[:, 0].astype(np.float64)
            broken = np.abs(during[2:] - turn * during[1:-1] + during[:-2]).max()
            assert broken <= 0.25 * own


def test_two_changes_in_a_row_leave_no_hole_and_no_ghost(engine: OfflineEngine) -> None:
    """Change a chain again before the compressor of the first change was heard, and while another fades in."""
    engine.send(one_strip(PLAIN))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 60.0, 400.0, 0.3))
    engine.advance(12000)
    for graphs, wait in (((SWAPS["compress"], PLAIN), 2000), ((gain(1.0), PLAIN), 1000), ((SWAPS["glue"], PLAIN), 256)):
        waves = []
        for graph in graphs:
            engine.send(one_strip(graph))
            waves.append(engine.advance(wait))
        waves.append(engine.advance(48000))
        loud = np.abs(np.concatenate(waves)[:, 0])
        peaks = loud[: len(loud) // 120 * 120].reshape(-1, 120).max(axis=1)  # of single turns
        assert peaks.min() > 0.98 * peaks[-1] and peaks.max() < 1.02 * peaks[-1]
        assert engine._engine.mixer.buses["strip"].settling is None
        assert not engine._engine.mixer.buses["strip"].retired


def test_only_what_changed_is_rebuilt(engine: OfflineEngine) -> None:
    buses = [Bus(n, "strip", gain(0.5), "master") for n in "abc"]
    engine.send(mix(*buses))
    before = {n: b.chain for n, b in engine._engine.mixer.buses.items()}
    engine.send(mix(buses[2], Bus("b", "strip", gain(0.1), "master"), buses[0]))
    engine.advance(48000)
    after = {n: b.chain for n, b in engine._engine.mixer.buses.items()}
    assert {n for n in after if after[n] is not before[n]} == {"b"}


def test_a_return_may_go_and_come_back(engine: OfflineEngine) -> None:
    strip = Bus("strip", "strip", chain(Node("send", (1.0, Ref(0)), "hall")), "master")
    hall = Bus("hall", "return", PLAIN, "master")
    add(engine, 1, TONE)
    engine.push(HELD)
    for buses, change in [((strip, hall), 6.02), ((strip,), 0.0), ((strip, hall), 6.02), ((hall, strip), 6.02)]:
        engine.send(mix(*buses))
        assert level(engine.advance(24000)[14400:, 0]) == pytest.approx(ALONE + change, abs=0.05)


def test_units_do_not_pile_up(engine: OfflineEngine) -> None:
    """Whatever is replaced is freed by its count alone: the engine's process does not collect cycles."""
    gc.disable()
    add(engine, 1, TONE)
    counts = []
    for i in range(12):
        graph = chain(Node("reverb", (0.6, 0.5, Ref(0))), Node("gain", (0.1 * i, Ref(1))))
        engine.send(one_strip(graph, Bus(f"r{i}", "return", gain(1.0), "master")))
        engine.advance(96000)
        counts.append(len(engine._server.base.getStreams()))
    gc.enable()
    assert len(set(counts[2:])) == 1


def test_automation_may_come_before_its_mix(engine: OfflineEngine) -> None:
    add(engine, 1, TONE)
    engine.push([HELD, event(5000, 0, 0.5, kind=AUTOMATE)])
    engine.advance(256)
    engine.send(mix(Bus("strip", "strip", FADER, "master"), lanes=(("strip", "level"),)))
    assert level(engine.advance(24000)[12000:, 0]) == pytest.approx(ALONE - 6.02, abs=0.05)


def test_what_cannot_move_by_audio_follows_its_lane_in_blocks(engine: OfflineEngine) -> None:
    time = Parameter("time", 0.1, 0.01, 2.0)
    graph = chain(Node("duck", (1.0, Control("time"), Ref(0)), "kick"), params=(time,))
    kick = Bus("kick", "strip", gain(0.0), "master")
    engine.send(mix(kick, Bus("strip", "strip", graph, "master"), lanes=(("strip", "time"),)))
    add(engine, 1, TONE)
    add(engine, 2, KICK, strip="kick")
    engine.push([event(0, 1, 60.0, 6000.0, 0.5, 0.0), event(10000, 2, 0.1), event(11000, 0, 1.0, kind=AUTOMATE)])
    engine.push(event(40000, 2, 0.1))
    wave = np.abs(render(engine, 60000)[:, 0])
    assert wave[16000:16100].max() > 0.48
    assert wave[46000:46100].max() < 0.1


def test_the_tail_of_a_replaced_echo_rings_out(engine: OfflineEngine) -> None:
    engine.send(one_strip(chain(Node("delay", (0.3, 0.0, 1.0, Ref(0))))))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 0.1, 1000.0, 0.5))
    engine.advance(9600)
    engine.send(one_strip(PLAIN))
    wave = engine.advance(19200)
    assert np.abs(wave[14400 - 9600 : 19200 - 9600]).max() == pytest.approx(0.5 * math.sqrt(0.5), abs=0.02)


def test_duck_dips_at_the_onset_of_its_key(make: Make) -> None:
    engine = make()
    ducked = chain(Node("duck", (0.8, 0.1, Ref(0)), "drums"))
    engine.send(
        mix(
            Bus("kick", "strip", gain(0.0), "drums"),
            Bus("drums", "group", PLAIN, "master"),
            Bus("strip", "strip", ducked, "master"),
        )
    )
    add(engine, 1, TONE)
    add(engine, 2, KICK, strip="kick")
    engine.push([event(0, 1, 60.0, 6000.0, 0.5, 0.0), event(24123, 2, 0.1)])
    wave = np.abs(render(engine, 48000)[:, 0])
    loud = np.array([wave[i : i + 8].max() for i in range(48000 - 8)])
    assert loud[12000:24110].min() > 0.49
    assert loud[24123 + 300] == pytest.approx(0.5 * 0.2, abs=0.03)
    assert loud[24123 + 2400] == pytest.approx(0.5 * 0.6, abs=0.05)
    assert loud[24123 + 5200] > 0.48
    fallen = int(np.argmax(loud[24110:] < 0.2)) + 24110
    assert 24123 <= fallen < 24123 + 100


def test_lanes_move_in_straight_lines(engine: OfflineEngine) -> None:
    engine.send(mix(Bus("strip", "strip", FADER, "master"), lanes=(("strip", "level"),)))
    add(engine, 1, TONE)
    engine.push([event(0, 1, 60.0, 6000.0, 0.2, 0.0)])
    points = [(4800, 1.0), (14400, 0.0), (19200, 0.5), (19201, 2.0)]
    engine.push([event(t, 0, v, kind=AUTOMATE) for t, v in points])
    wave = np.abs(render(engine, 30000)[:, 0])
    loud = np.array([wave[i : i + 8].max() for i in range(30000 - 8)]) / 0.2
    want = np.interp(np.arange(len(loud)) + 4, [p for p, _ in points], [v for _, v in points])
    loud[19190:19205] = want[19190:19205]  # the window that finds the level spans the jump
    np.testing.assert_allclose(loud[3000:], want[3000:], atol=0.03)


def test_a_lane_ends_where_it_was_cancelled(engine: OfflineEngine) -> None:
    engine.send(mix(Bus("strip", "strip", FADER, "master"), lanes=(("strip", "level"),)))
    add(engine, 1, TONE)
    engine.push([HELD, event(1000, 0, 0.5, kind=AUTOMATE), event(20000, 0, 0.0, kind=AUTOMATE)])
    engine.push(event(10000, 0, kind=CANCEL))
    wave = render(engine, 30000)[:, 0]
    assert level(wave[24000:]) == pytest.approx(ALONE - 6.02, abs=0.05)


def test_lanes_are_kept_in_their_range_and_survive_nonsense(engine: OfflineEngine) -> None:
    engine.send(mix(Bus("strip", "strip", FADER, "master"), lanes=(("strip", "level"),)))
    add(engine, 1, TONE)
    engine.push([HELD, event(1000, 0, 99.0, kind=AUTOMATE), event(1000, 7, 99.0, kind=AUTOMATE)])
    wave = render(engine, 30000)[:, 0]
    assert level(wave[12000:]) == pytest.approx(ALONE + 6.02, abs=0.05)


def test_moving_effects_begin_with_the_transport(make: Make) -> None:
    waves = []
    for start in (5000, 31111):
        engine = make()
        engine.send(one_strip(chain(Node("chorus", (0.8, 0.5, Ref(0))))))
        add(engine, 1, TONE)
        engine.push([event(start, 0, kind=START), event(start + 4800, 1, 0.5, 440.0, 0.3)])
        waves.append(render(engine, start + 36000)[start:])
    np.testing.assert_allclose(waves[0], waves[1], atol=2e-3)


def test_what_is_not_a_number_is_contained(engine: OfflineEngine) -> None:
    """A chain driven out of range is silenced and rebuilt; the other strips never notice."""
    engine.send(
        mix(
            Bus("strip", "strip", PLAIN, "master"),
            Bus("bad", "strip", chain(Node("lpf", (900.0, 0.5, Ref(0)))), "master"),
        )
    )
    add(engine, 1, TONE)
    add(engine, 2, TONE, strip="bad")
    engine.push([event(0, 1, 60.0, 1000.0, 0.2), event(0, 2, 60.0, 1000.0, 0.0)])
    engine.advance(9600)
    bus = engine._engine.mixer.buses["bad"]
    assert bus.chain is not None
    for gate in bus.chain.gates:
        gate.setMul(math.nan)
    wave = engine.advance(24000)
    assert np.isfinite(wave).all()
    assert level(wave[4800:, 0]) == pytest.approx(ALONE, abs=0.05)
    assert [r.bus for r in engine.reports() if isinstance(r, Trouble)] == ["bad"]
    engine.push(event(33600 + 4800, 2, 9.0, 300.0, 0.2))
    wave = engine.advance(24000)
    assert level(wave[12000:, 0]) > ALONE + 2


EFFECTS = [
    ("compress", (-30.0, 4.0, 0.005, 0.1, 0.0, 0.0, 0.0), -9.74, 0.2),
    ("glue", (4.0,), 1.33, 0.2),
    ("eq", (1000.0, 6.0, 1.0), 6.0, 0.3),
    ("lowshelf", (8000.0, 6.0), 6.0, 0.5),
    ("highshelf", (100.0, -6.0), -6.0, 0.5),
    ("width", (1.0,), 0.0, 0.1),
    ("gain", (2.0,), 6.02, 0.05),
]


@pytest.mark.parametrize(("name", "args", "change", "within"), EFFECTS, ids=[c[0] for c in EFFECTS])
def test_levels_behind_effects(
    engine: OfflineEngine, name: str, args: tuple[float, ...], change: float, within: float
) -> None:
    wave = steady(engine, one_strip(chain(Node(name, (*args, Ref(0))))))
    assert level(wave[:, 0]) - ALONE == pytest.approx(change, abs=within)


@pytest.mark.parametrize(("freq", "boost", "q"), [(30.0, -2.0, 1.0), (1000.0, 6.0, 2.0), (200.0, -30.0, 0.2)])
def test_an_equaliser_adds_nothing_of_its_own(make: Make, freq: float, boost: float, q: float) -> None:
    """Compare it with the biquad of R. Bristow-Johnson's cookbook, in 64 bits."""
    found = []
    for bus in (PLAIN, chain(Node("eq", (freq, boost, q, Ref(0))))):
        engine = make()
        engine.send(one_strip(bus))
        add(engine, 1, KICK)
        engine.advance(9600)
        engine.push([event(9600 + i * 6000, 1, 0.1, 440.0, 0.5) for i in range(8)])
        found.append(render(engine, 48000)[:, 0].astype(np.float64))
    w, a = 2 * np.pi * freq / 48000, 10 ** (boost / 40)
    alpha = np.sin(w) / (2 * q)
    wanted = lfilter(
        [1 + alpha * a, -2 * np.cos(w), 1 - alpha * a], [1 + alpha / a, -2 * np.cos(w), 1 - alpha / a], found[0]
    )
    assert 10 * np.log10(((found[1] - wanted) ** 2).mean() / (wanted**2).mean()) < -75


def test_reverb_decays_in_its_time_and_is_wide(engine: OfflineEngine) -> None:
    engine.send(one_strip(chain(Node("reverb", (1.5, 1.0, Ref(0))))))
    burst = instrument("burst", Node("noise", ()), Node("perc", (0.0, 0.03)), Node("mul", (Ref(0), Ref(1))))
    add(engine, 1, burst)
    engine.push(event(0, 1, 0.1, 440.0, 1.0))
    wave = render(engine, 96000)
    energy = np.cumsum(wave[::-1, 0].astype(np.float64) ** 2)[::-1]
    decay = 10 * np.log10(energy / energy[0] + 1e-20)
    time = (int(np.argmax(decay < -35)) - int(np.argmax(decay < -5))) / 48000 * 2
    assert time == pytest.approx(1.5, rel=0.2)
    assert abs(np.corrcoef(wave[4800:48000, 0], wave[4800:48000, 1])[0, 1]) < 0.4


@pytest.mark.parametrize("unit", ["perc", "pluck", "adsr"])
def test_what_does_not_belong_in_a_chain_is_trouble(engine: OfflineEngine, unit: str) -> None:
    arity = {"perc": 2, "pluck": 2, "adsr": 4}[unit]
    engine.send(one_strip(chain(Node(unit, (1.0,) * arity))))
    add(engine, 1, TONE)
    engine.push(HELD)
    assert level(render(engine, 24000)[12000:, 0]) == pytest.approx(ALONE, abs=0.05)
    assert [r.bus for r in engine.reports() if isinstance(r, Trouble)] == ["strip"]


def test_a_parameter_without_a_lane_stands_at_its_default(engine: OfflineEngine) -> None:
    wave = steady(engine, mix(Bus("strip", "strip", FADER, "master")))
    assert level(wave[:, 0]) == pytest.approx(ALONE, abs=0.05)


MOVABLE = [n for n, row in UGENS.items() if row.arity > 1 and n not in ("adsr", "asr", "perc", "pluck", "limit")]
HARSH = [-1e30, -1.0, 0.0, 1e-30, 1.0, 24000.0, 1e30, math.inf, math.nan]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_lane_can_hurt_a_chain(make: Make, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(MOVABLE))
    params = tuple(Parameter(f"x{i}", 1.0) for i in range(UGENS[name].arity - 1))
    node = Node(name, (*(Control(p.name) for p in params), Ref(0)), "strip" if name == "duck" else "hall")
    strip = Bus("strip", "strip", chain(node, params=params), "master")
    engine = make()
    engine.send(mix(strip, Bus("hall", "return", PLAIN, "master"), lanes=tuple(("strip", p.name) for p in params)))
    add(engine, 1, TONE)
    engine.push([event(i * 300, 1, 0.01, 440.0, 0.5) for i in range(10)])
    for i in range(1, 4):
        for lane in range(len(params)):
            engine.push(event(i * 700, lane, data.draw(st.sampled_from(HARSH)), kind=AUTOMATE))
    wave = engine.advance(4096)
    assert np.isfinite(wave).all() and np.abs(wave).max() <= 1.0


def test_a_bus_sleeps_when_its_tail_is_over_and_wakes_for_a_note(make: Make) -> None:
    """The echo of a sleeping bus, and the phase of what moves by itself, are those of one that never slept."""
    moving = chain(Node("sine", (0.7, 0.0)), Node("mul", (Ref(0), Ref(1))), Node("delay", (0.3, 0.4, 0.5, Ref(2))))
    waves = []
    for lazy in (True, False):
        engine = make()
        engine.send(mix(Bus("strip", "strip", moving, "group"), Bus("group", "group", PLAIN, "master")))
        add(engine, 1, TONE)
        engine.push([event(0, 0, kind=START), event(4800, 1, 0.1, 300.0, 0.3), event(480007, 1, 0.1, 300.0, 0.3)])
        mixer = engine._engine.mixer
        if not lazy:
            mixer._look = 1 << 60
        parts = [engine.advance(470000)]
        assert all(b.asleep == lazy for b in mixer.buses.values())
        assert engine._engine.master.resting == lazy
        parts.append(engine.advance(30000))
        assert not any(b.asleep for b in mixer.buses.values())
        waves.append(np.concatenate(parts))
    assert np.abs(waves[0][480000:]).max() > 0.03
    np.testing.assert_allclose(waves[0], waves[1], atol=3e-7)
