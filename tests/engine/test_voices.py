"""Notes on their sample, stolen without a click, ended by their own envelopes."""

from __future__ import annotations

import gc
import math

import numpy as np
import pytest
from pytest import MonkeyPatch

from livecode.engine import polyphony, voice
from livecode.engine.offline import OfflineEngine
from livecode.engine.records import (
    AIM,
    CANCEL,
    CUT,
    EVENT,
    EVENT_FLOATS,
    EVERYTHING,
    NOTE,
    RELEASE,
    AddPool,
    Bus,
    Control,
    DropPool,
    Graph,
    Mark,
    Node,
    Parameter,
    Pool,
    Ref,
    Trouble,
)
from livecode.engine.voices import Pool as EnginePool
from tests.engine.conftest import Make
from tests.engine.sounds import (
    BOX,
    CLICK,
    EVENT_PARAMETERS,
    FREQ,
    KICK,
    PLAIN,
    SAW,
    TONE,
    add,
    chain,
    event,
    instrument,
    one_strip,
    onset,
    render,
)
from tests.hearing import level

BLOCKS = [64, 256, 1024]


@pytest.mark.parametrize("block", BLOCKS)
def test_notes_begin_on_their_sample(make: Make, block: int) -> None:
    engine = make(block=block)
    add(engine, 1, BOX)
    times = [0, 320, 639, 1024, 1300, 2047, 2400, 5000, 5400, 9999]
    engine.push([event(t, 1, 0.001, 440.0, 0.5, 0.0) for t in times])
    wave = render(engine, 14000)[:, 0]
    for t in times:
        assert wave[t] == pytest.approx(0.5, abs=0.01)
        assert t == 0 or abs(wave[t - 1]) < 0.01


@pytest.mark.parametrize("block", BLOCKS)
def test_a_kick_is_the_same_wherever_it_falls_in_a_block(make: Make, block: int) -> None:
    engine = make(block=block)
    add(engine, 1, KICK)
    times = [100, 20000 + block // 2, 40000 + block - 1]
    engine.push([event(t, 1, 0.1, 440.0, 0.5) for t in times])
    wave = render(engine, 60000)
    first, *others = [wave[t : t + 12000] for t in times]
    assert onset(wave) == 100
    for other in others:
        np.testing.assert_allclose(other, first, atol=2e-5)


def test_all_block_sizes_sound_alike(make: Make) -> None:
    waves = []
    for block in BLOCKS:
        engine = make(block=block)
        add(engine, 1, SAW)
        engine.push([event(i * 3001, 1, 0.05, 110.0 * (i + 1), 0.4) for i in range(12)])
        waves.append(render(engine, 48000))
    np.testing.assert_allclose(waves[0], waves[1], atol=2e-4)
    np.testing.assert_allclose(waves[0], waves[2], atol=2e-4)


def test_the_same_records_give_the_same_bytes(make: Make) -> None:
    waves = []
    for _ in range(2):
        engine = make()
        add(engine, 1, instrument("hat", Node("noise", ()), Node("perc", (0.001, 0.1)), Node("mul", (Ref(0), Ref(1)))))
        add(engine, 2, SAW, voices=2)
        engine.push([event(i * 2500, 1 + i % 2, 0.2, 220.0, 0.4) for i in range(16)])
        waves.append(engine.advance(48000).tobytes())
    assert waves[0] == waves[1]


FILTERED = [
    ("lpf", Node("lpf", (300.0, 0.9, Ref(0)))),
    ("a moving lpf", Node("lpf", (Ref(1), 0.9, Ref(0)))),
    ("hpf", Node("hpf", (300.0, 0.5, Ref(0)))),
    ("moog", Node("moog", (400.0, 0.8, Ref(0)))),
    ("delay", Node("delay", (0.05, 0.8, 0.5, Ref(0)))),
    ("reverb", Node("reverb", (1.0, 0.5, Ref(0)))),
]


@pytest.mark.parametrize(("name", "node"), FILTERED, ids=[c[0] for c in FILTERED])
def test_a_voice_forgets_its_last_note(make: Make, name: str, node: Node) -> None:
    """Play a note on a fresh voice and again on the used one, at another place in its block: equal to the sample."""
    moving = (Node("sine", (3.0, 0.0)), Node("mul", (Ref(1), 300.0)), Node("add", (Ref(2), 500.0)))
    nodes: tuple[Node, ...] = (Node("saw", (FREQ,)), Node("perc", (0.0, 0.3)), node, Node("asr", (0.0, 0.0)))
    if "moving" in name:
        nodes = (nodes[0], *moving, Node("lpf", (Ref(3), 0.9, Ref(0))), Node("asr", (0.0, 0.0)))
    graph = instrument(name, *nodes, Node("mul", (Ref(len(nodes) - 2), Ref(len(nodes) - 1))))
    engine = make()
    add(engine, 1, graph, voices=1)
    engine._engine.pools[1].size = 1  # no spare voice
    engine.push([event(512, 1, 0.2, 110.0, 0.3), event(30000 + 99, 1, 0.2, 110.0, 0.3)])
    wave = render(engine, 48000)[:, 0].astype(np.float64)
    first, second = wave[512:12000], wave[30099 : 30099 + 11488]
    assert abs(wave[30098]) < 1e-4 and np.abs(first).max() > 0.01
    np.testing.assert_allclose(second, first, atol=1e-4 * np.abs(first).max() + 2e-4)


def test_hits_of_noise_differ(make: Make) -> None:
    engine = make()
    add(engine, 1, instrument("hat", Node("noise", ()), Node("perc", (0.0, 0.1)), Node("mul", (Ref(0), Ref(1)))))
    engine.push([event(t, 1, 0.1) for t in (1000, 13000)])
    wave = render(engine, 24000)[:, 0]
    a, b = wave[1000:3000], wave[13000:15000]
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.2


def test_stealing_does_not_click(make: Make) -> None:
    engine = make()
    add(engine, 1, TONE, voices=1)
    freq = 200.0
    engine.push([event(2000 + i * 2345, 1, 1.0, freq, 0.5) for i in range(12)])
    wave = render(engine, 40000)[:, 0]
    steepest = 2 * math.pi * freq / 48000 * 0.5 * 2  # two voices at most
    assert np.abs(np.diff(wave)).max() < steepest + 0.5 / 240 + 0.5 / 480
    assert np.abs(wave).max() <= 0.5 * math.sqrt(0.5) * 2 + 1e-3


def test_the_voice_that_ends_first_is_stolen(make: Make) -> None:
    engine = make()
    add(engine, 1, TONE, voices=2)
    engine.push([event(0, 1, 2.0, 300.0, 0.2), event(0, 1, 0.5, 1000.0, 0.2), event(9600, 1, 2.0, 3000.0, 0.2)])
    wave = render(engine, 24000)[12000:, 0]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    at = {f: spectrum[round(f * len(wave) / 48000)] for f in (300, 1000, 3000)}
    assert at[1000] < 0.001 * at[300] and at[3000] > 0.5 * at[300]


SINE, PERC, ASR = Node("sine", (FREQ, 0.25)), Node("perc", (0.0, 0.1)), Node("asr", (0.0, 0.2))
SHAPED = Node("mul", (Ref(0), Ref(1)))
BOTH = Node("add", (Ref(0), Ref(1)))
LIVES = [
    ("perc ends by itself", (SINE, Node("perc", (0.01, 0.2)), SHAPED), 5.0, 0.21),
    ("adsr waits for the gate", (SINE, Node("adsr", (0.01, 0.1, 0.5, 0.2)), SHAPED), 0.3, 0.5),
    ("a gate within the attack", (SINE, Node("adsr", (0.1, 0.1, 0.5, 0.2)), SHAPED), 0.05, 0.25),
    ("the product ends with the first", (SINE, PERC, ASR, SHAPED, Node("mul", (Ref(3), Ref(2)))), 0.3, 0.1),
    (
        "the sum ends with the last",
        (PERC, ASR, BOTH, SINE, Node("mul", (Ref(2), Ref(3)))),
        0.3,
        0.5,
    ),
    ("no envelope: a short gate", (SINE,), 0.3, 0.31),
]


@pytest.mark.parametrize(("name", "nodes", "dur", "life"), LIVES, ids=[c[0] for c in LIVES])
def test_a_note_lives_as_long_as_its_envelopes(
    make: Make, name: str, nodes: tuple[Node, ...], dur: float, life: float
) -> None:
    engine = make()
    add(engine, 1, instrument(name, *nodes))
    engine.push(event(480, 1, dur, 1000.0))
    wave = render(engine, 48000)[480:]
    last = np.nonzero(np.abs(wave[:, 0]) > 3e-4)[0][-1] / 48000
    assert last == pytest.approx(life, abs=0.012)
    assert engine.meters().voices == 0


def test_an_adsr_passes_through_its_levels(make: Make) -> None:
    engine = make()
    add(engine, 1, instrument("env", Node("adsr", (0.1, 0.1, 0.5, 0.2)), SINE, SHAPED))
    engine.push(event(0, 1, 0.4, 1000.0, 0.5, 0.0))
    wave = render(engine, 48000)[:, 0]
    for time, value in [(0.05, 0.5), (0.1, 1.0), (0.15, 0.75), (0.3, 0.5), (0.5, 0.25), (0.61, 0.0)]:
        at = round(time * 48000)
        assert np.abs(wave[at : at + 48]).max() == pytest.approx(0.5 * value, abs=0.01)


def test_gain_and_pan(make: Make) -> None:
    for pan, left, right in [(0.0, 1.0, 0.0), (0.5, math.sqrt(0.5), math.sqrt(0.5)), (1.0, 0.0, 1.0)]:
        engine = make()
        add(engine, 1, TONE)
        engine.push(event(0, 1, 1.0, 1000.0, 0.25, pan))
        peaks = np.abs(render(engine, 24000)).max(axis=0)
        assert peaks == pytest.approx([0.25 * left, 0.25 * right], abs=0.003)


def test_parameters_beyond_twelve_arrive(make: Make) -> None:
    params = tuple(Parameter(f"x{i}", 0.0) for i in range(20))
    graph = Graph(
        "many",
        EVENT_PARAMETERS + params,
        (Node("asr", (0.0, 0.0)), SINE, SHAPED, Node("mul", (Ref(2), Control("x19")))),
        Ref(3),
    )
    engine = make()
    add(engine, 1, graph)
    engine.push(event(100, 1, 0.001, 440.0, 0.8, 0.0, *[0.0] * 19, 0.5))
    assert np.abs(render(engine, 1000)).max() == pytest.approx(0.4, abs=0.01)


def test_cancel_forgets_what_is_to_come(make: Make) -> None:
    engine = make()
    add(engine, 1, CLICK)
    engine.push([event(1000, 1, 0.1), event(9000, 1, 0.1), event(5000, 0, kind=CANCEL), event(12000, 1, 0.1)])
    wave = np.abs(render(engine, 24000)).max(axis=1)
    assert wave[1000:3000].max() > 0.1 and wave[12000:14000].max() > 0.1
    assert wave[5000:11999].max() < 1e-4


def test_cut_fades_one_pool_or_all(make: Make) -> None:
    engine = make()
    add(engine, 1, TONE)
    add(engine, 2, TONE)
    engine.push([event(0, 1, 9.0, 300.0, 0.2), event(0, 2, 9.0, 3000.0, 0.2)])
    engine.push([event(10000, 1, 0.05, kind=CUT), event(30000, EVERYTHING, 0.01, kind=CUT)])
    wave = render(engine, 48000)[:, 0]
    assert level(wave[5000:9000]) - level(wave[14000:28000]) == pytest.approx(3.0, abs=0.1)
    assert np.abs(wave[30600:]).max() < 1e-4
    assert np.abs(np.diff(wave[9900:10100])).max() < 0.2 * 2 * math.pi * 3300 / 48000


def test_a_key_that_goes_up_lets_the_design_take_its_own_release(make: Make) -> None:
    """Of three designs the first dies away in 0.4 s, the second in 10 ms, and the third ends by itself."""
    slow = Node("adsr", (0.005, 0.05, 0.5, 0.4))
    held = (slow, Node("asr", (0.0, 0.01)), Node("perc", (0.0, 1.5)))
    params = (Parameter("cut", 0.0),)
    ended = []
    for node in held:
        engine = make()
        nodes = Node("sine", (FREQ, 0.0)), node, Node("mul", (Ref(0), Ref(1)))
        add(engine, 1, instrument("key", *nodes, params=params))
        engine.push([event(0, 1, 600.0, 1000.0, 0.5, 0.5, 7.0), event(24000, EVERYTHING, 7.0, kind=RELEASE)])
        engine.push(event(26000, EVERYTHING, 8.0, kind=RELEASE))  # another key, which nobody holds
        wave = np.abs(render(engine, 96000)[:, 0])
        assert wave[20000:24000].max() > 1e-2
        ended.append(int(np.flatnonzero(wave > 1e-5)[-1]))
        assert np.abs(np.diff(wave[23900:24100])).max() < 0.1
    assert ended[0] == pytest.approx(24000 + 0.4 * 48000, abs=600)
    assert ended[1] == pytest.approx(24000 + 0.01 * 48000, abs=600)
    assert ended[2] == pytest.approx(1.5 * 48000, abs=1500)


def test_a_note_that_sounds_is_aimed_at_another_value_without_a_click(make: Make) -> None:
    moving = Parameter("swell", 1.0, 0.0, 1.0, moves=True)
    nodes = (
        Node("sine", (FREQ, 0.0)),
        Node("asr", (0.0, 0.01)),
        Node("mul", (Ref(0), Ref(1))),
        Node("mul", (Ref(2), Control("swell"))),
    )
    engine = make()
    add(engine, 1, instrument("key", *nodes, params=(moving,)))
    line = 4.0, 2.0, 0.0, 0.1, 9.0, 0.1  # it stays where it is
    engine.push([event(960, 1, 9.0, 1000.0, 0.5, 0.0, 0.1, *line), event(960, 1, 9.0, 0.0, 0.0, 0.0, 0.1, *line)])
    engine.advance(9600)
    for begun in (960, 961):  # of the second nobody knows
        engine.push(EVENT.pack(14400, 1, AIM, 3, begun, 0.5, 0.005, 4.0, *[0.0] * (EVENT_FLOATS - 3)))
    wave = render(engine, 14400)[:, 0]
    assert np.abs(wave[2400:4800]).max() == pytest.approx(0.05, rel=0.02)
    assert np.abs(wave[7200:]).max() == pytest.approx(0.25, rel=0.02)
    assert np.abs(np.diff(wave)).max() < 0.25 * 2 * math.pi * 1000 / 48000 * 1.1


def test_a_tail_is_not_cut_off_by_the_next_note_of_its_key(make: Make) -> None:
    nodes = Node("sine", (FREQ, 0.0)), Node("adsr", (0.0, 0.0, 1.0, 0.5)), Node("mul", (Ref(0), Ref(1)))
    engine = make()
    add(engine, 1, instrument("key", *nodes, params=(Parameter("cut", 0.0),)))
    engine.push([event(0, 1, 600.0, 1000.0, 0.4, 0.0, 7.0), event(9600, EVERYTHING, 7.0, kind=RELEASE)])
    engine.push(event(12000, 1, 600.0, 3000.0, 0.0, 0.0, 7.0))  # silent, of the same group
    wave = render(engine, 24000)[:, 0]
    assert np.abs(wave[16000:17000]).max() > 0.1


def test_a_dropped_pool_ends_its_notes_by_itself(make: Make) -> None:
    engine = make()
    add(engine, 1, TONE)
    engine.push(event(0, 1, 0.3, 440.0, 0.3))
    engine.advance(4800)
    engine.send(DropPool(1))
    engine.push(event(20000, 1, 0.3, 440.0, 0.3))
    wave = np.abs(engine.advance(43200)).max(axis=1)
    assert wave[5000:9000].max() > 0.1
    assert wave[12000:].max() < 1e-4


def test_an_event_sends_to_a_return(make: Make) -> None:
    params = (Parameter("wet", 0.0, 0.0, 1.0),)
    graph = Graph("tone", EVENT_PARAMETERS + params, TONE.nodes, TONE.out)
    engine = make()
    engine.send(one_strip(PLAIN, Bus("hall", "return", PLAIN, "master")))
    engine.send(AddPool(Pool(1, "strip", graph, 4, (("hall", "wet"),))))
    engine.push([event(0, 1, 0.2, 1000.0, 0.2, 0.5, 0.0), event(24000, 1, 0.2, 1000.0, 0.2, 0.5, 0.5)])
    wave = render(engine, 48000)[:, 0]
    assert level(wave[24000:33000]) - level(wave[:9000]) == pytest.approx(20 * math.log10(1.5), abs=0.05)


def test_a_voice_that_is_not_a_number_is_contained(make: Make) -> None:
    engine = make()
    engine.send(one_strip())
    add(engine, 1, instrument("filtered", Node("saw", (FREQ,)), Node("lpf", (900.0, 0.5, Ref(0)))), voices=2)
    add(engine, 2, TONE)
    engine.push([event(0, 1, 9.0, 440.0, 0.1), event(0, 2, 9.0, 1000.0, 0.2)])
    engine.advance(9600)
    sick = engine._engine.pools[1].voices[0]
    next(u for u in sick.circuit.units if hasattr(u, "setPhase")).setMul(math.nan)  # the oscillator
    wave = engine.advance(24000)
    assert np.isfinite(wave).all()
    assert [r.message for r in engine.reports() if isinstance(r, Trouble)] == [
        "the sound of strip went out of range (filtered) and was built anew"
    ]
    assert level(wave[4800:, 0]) == pytest.approx(20 * math.log10(0.1), abs=0.1)
    engine.push([event(36000 + i * 100, 1, 0.2, 440.0, 0.3) for i in range(2)])
    assert level(engine.advance(9600)[4000:, 0]) > -18


def test_a_bad_graph_is_trouble_and_the_rest_plays(make: Make) -> None:
    engine = make()
    add(engine, 1, TONE)
    add(engine, 2, instrument("odd", Node("theremin", (FREQ,))))
    engine.push(event(0, 1, 0.3, 440.0, 0.3))
    assert np.abs(render(engine, 9600)).max() > 0.1
    assert [r.message for r in engine.reports() if isinstance(r, Trouble)] == [
        "odd: there is no unit generator theremin"
    ]


def test_a_design_changes_while_it_sounds(make: Make) -> None:
    """What sounds ends on the old graph, what starts is on the new, and nothing steps."""
    engine = make()
    add(engine, 1, TONE)
    engine.push(event(0, 1, 1.0, 500.0, 0.3, 0.0))
    parts = [engine.advance(12000)]
    soft = instrument("soft", Node("tri", (FREQ,)), Node("lpf", (3000.0, 0.0, Ref(0))), *_shaped(1))
    add(engine, 1, soft)
    engine.push(event(24000, 1, 0.2, 2000.0, 0.2, 1.0))
    parts.append(engine.advance(60000))
    wave = np.concatenate(parts)[engine.latency :]
    steps = np.abs(np.diff(wave[:, 0]))
    assert steps[11000:60000].max() <= 1.25 * steps[600:11000].max()
    assert level(wave[24000:47000, 0]) == pytest.approx(level(wave[2000:11000, 0]), abs=0.05)
    assert onset(wave[:, 1:]) == pytest.approx(24000, abs=2)  # the new one, on the other side
    assert engine.meters().voices == 0 and not engine._engine.leaving


def _shaped(source: int) -> tuple[Node, ...]:
    return (Node("asr", (0.01, 0.01)), Node("mul", (Ref(source), Ref(source + 1))))


def test_a_track_has_its_limit_and_all_tracks_together(make: Make) -> None:
    engine = make()
    engine.send(one_strip(PLAIN, Bus("other", "strip", PLAIN, "master")))
    for number, strip in [(1, "strip"), (2, "strip"), (3, "other")]:
        add(engine, number, TONE, strip, 64)
    engine.push([event(100 + 10 * i, 1 + i % 2, 2.0 + 0.01 * i, 200.0 + 5 * i, 0.01) for i in range(80)])
    engine.push([event(2000 + 10 * i, 3, 1.0, 200.0 + 5 * i, 0.01) for i in range(10)])
    engine.advance(9600)
    pools = engine._engine.pools
    assert pools[1].sounding + pools[2].sounding == polyphony.TRACK
    assert pools[3].sounding == 10
    kept = sorted(v.end for n in (1, 2) for v in pools[n].awake)
    assert kept[0] > 48000 * 2.15  # those that would have ended first went
    engine._engine.polyphony.total = 20
    engine.push(event(12000, 3, 3.0, 300.0, 0.01))
    engine.advance(9600)
    assert sum(p.sounding for p in pools.values()) == polyphony.TRACK + 10  # one came, one went


def test_overload_takes_voices_away_once_told_and_gives_them_back(make: Make) -> None:
    engine = make()
    add(engine, 1, TONE, voices=64)
    engine.push([event(i, 1, 60.0, 100.0 + 10 * i, 0.005) for i in range(40)])
    parts = [engine.advance(24000)]
    for second in range(1, 4):
        engine._engine.watch(0.97, float(second))
        parts.append(engine.advance(4800))
    told = [r.message for r in engine.reports() if isinstance(r, Trouble)]
    assert told == ["too much for this machine: at most 30 voices sound at once"]
    assert engine.meters().voices == 16
    steps = np.abs(np.diff(np.concatenate(parts)[:, 0]))
    assert steps[24000:].max() <= 1.25 * steps[:24000].max()
    for second in range(4, 60):
        engine._engine.watch(0.3, float(second))
    assert engine._engine.polyphony.total == polyphony.TOTAL


STEADY = [
    ("adsr", Node("adsr", (0.05, 0.1, 0.6, 0.3)), 0.9),
    ("asr", Node("asr", (0.02, 0.2)), 0.9),
    ("stolen", Node("adsr", (0.05, 0.1, 0.6, 0.3)), 5.0),
    ("too short to stay", Node("adsr", (0.05, 0.1, 0.6, 0.3)), 0.2),
]


@pytest.mark.parametrize(("name", "envelope", "dur"), STEADY, ids=[c[0] for c in STEADY])
def test_an_envelope_that_rests_sounds_as_one_that_runs(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str, envelope: Node, dur: float
) -> None:
    graph = instrument("held", SINE, Node("lpf", (4000.0, 0.2, Ref(0))), envelope, Node("mul", (Ref(1), Ref(2))))
    waves = []
    for long in (0.1, 1e6):
        monkeypatch.setattr(voice, "LONG", long)
        engine = make()
        add(engine, 1, graph, voices=1)
        engine.push([event(t, 1, dur, 300.0, 0.4) for t in (100, 30077, 62000)])
        wave = render(engine, 90000)[:, 0]
        assert engine._engine.pools[1].voices[0].envelope is not None
        waves.append(wave)
    np.testing.assert_allclose(waves[0], waves[1], atol=2e-5)


def test_panic_ends_tails_too(make: Make) -> None:
    hall = chain(Node("reverb", (5.0, 0.8, Ref(0))), Node("delay", (0.2, 0.9, 0.5, Ref(1))))
    engine = make()
    engine.send(one_strip(hall))
    add(engine, 1, TONE)
    engine.push([event(0, 1, 5.0, 300.0, 0.3), event(24000, EVERYTHING, 0.02, kind=CUT)])
    engine.push(event(36000, 1, 0.1, 300.0, 0.3))
    wave = render(engine, 48000)[:, 0]
    assert np.abs(wave[23000:24000]).max() > 0.03
    assert np.abs(wave[24000 + 960 + 600 : 36000]).max() < 1e-5
    steps = np.abs(np.diff(wave))
    assert steps[24000:36000].max() <= 1.25 * steps[:24000].max()
    assert np.abs(wave[36000:]).max() > 0.01


def test_voices_are_there_before_the_notes_that_wait_for_them(make: Make) -> None:
    """Let a sound be heard through more and more overlapping notes, sent a quarter of a second ahead, step by step."""
    engine = make()
    add(engine, 1, SAW, voices=32)
    inner = engine._engine
    inner.eager = False  # as it is live
    inner.started = True
    pool = inner.pools[1]
    sent = 4096
    for i in range(200):
        while sent < engine.clock().sample + 12000:
            chord = 1 + i // 40
            engine.push([event(sent, 1, 0.5 + 0.004 * i, 110.0 * (j + 2), 0.1) for j in range(chord)])
            sent += 6000
        engine.advance(1280)
    assert pool.most > 12 and pool.made == 0
    assert len(pool.voices) <= pool.most + 24


def test_no_step_of_a_change_makes_many_units(make: Make) -> None:
    """Count the units a step makes, rather than its time, which another process may spoil."""
    engine = make()
    rig = engine._engine.rig
    made = 0
    unit = rig.unit

    def counted(kind: str, *args: object) -> object:
        nonlocal made
        made += 1
        return unit(kind, *args)

    rig.unit = counted  # type: ignore[method-assign]
    names = [
        ("chorus", (0.6, 0.5)),
        ("delay", (0.2, 0.4, 0.3)),
        ("lpf", (800.0, 0.3)),
        ("compress", (-9.0, 4.0, 0.01, 0.1, 6.0, 0.0, 0.0)),
    ]
    nodes = [Node(name, (*args, Ref(i))) for i, (name, args) in enumerate(names)]
    inner = engine._engine
    inner.eager = False
    engine.send(one_strip(chain(*nodes)))
    engine.send(AddPool(Pool(1, "strip", SAW, 8)))
    most, all_of_them = 0, 0
    while inner.edits:
        before = made
        inner._edit()
        most, all_of_them = max(most, made - before), all_of_them + made - before
    assert all_of_them > 40 and most <= 16, (most, all_of_them)


def test_designs_that_were_replaced_leave_nothing_behind(make: Make) -> None:
    engine = make()
    engine.send(one_strip())

    def play(number: int) -> None:
        nodes = Node("lpf", (500.0 + number, 0.3, Ref(0))), *_shaped(1)
        add(engine, number, instrument("one", Node("saw", (FREQ,)), *nodes))
        engine.push(event(engine.clock().sample, number, 0.01, 440.0, 0.1, 0.5))
        engine.advance(1024)
        engine.send(DropPool(number))
        engine.advance(4096)

    def streams() -> int:
        gc.collect()
        return sum(type(thing).__name__ == "Stream" for thing in gc.get_objects())

    for number in range(1, 5):
        play(number)
    before = streams()
    for number in range(5, 25):
        play(number)
    assert streams() == before


@pytest.mark.parametrize("hold", [0.0, 0.1])
@pytest.mark.parametrize("dur", [0.0, 0.05])
def test_a_note_may_be_of_no_length(make: Make, dur: float, hold: float) -> None:
    shape = Node("ahdsr", (0.0, hold, 0.1, 0.5, 0.02))
    graph = instrument("short", Node("sine", (FREQ, 0.25)), shape, Node("mul", (Ref(0), Ref(1))))
    engine = make()
    add(engine, 1, graph)
    engine.push(event(100, 1, dur, 440.0, 1.0, 0.5))
    wave = render(engine, 9600)[:, 0]
    assert onset(wave[:, None]) == 100
    assert np.abs(wave[100 + round((dur + 0.03) * 48000) :]).max() < 1e-4


def _live(engine: OfflineEngine, pool: int) -> EnginePool:
    """Let an engine that runs offline build as it does live."""
    inner = engine._engine
    inner.eager, inner.started = False, True
    inner.pools[pool].eager = False
    return inner.pools[pool]


def _fire(engine: OfflineEngine, *notes: tuple[int, float]) -> None:
    """Begin notes, of a sample and a frequency, in the next block, whether voices were built for them or not."""
    inner = engine._engine
    for at, freq in notes:
        inner.waiting[1] += 1
        inner._put(inner.sample + at, NOTE, 1, [1.0, freq, 0.1, 0.5])
    engine.advance(256)


def test_a_note_without_a_voice_takes_one_rather_than_build_it_live(make: Make, monkeypatch: MonkeyPatch) -> None:
    engine = make()
    engine.send(one_strip())
    add(engine, 1, SAW, voices=4)
    pool = _live(engine, 1)
    monkeypatch.setattr(pool, "grow", lambda: False)  # it is not given the time
    for at, freq in ((10, 220.0), (20, 330.0), (0, 440.0)):
        _fire(engine, (at, freq))
        assert (pool.made, len(pool.voices), len(pool.awake)) == (0, 1, 1)
    assert level(engine.advance(2560)[:, 0]) > -40.0, "the newest is heard"
    _fire(engine, (5, 220.0), (5, 330.0), (90, 440.0))
    assert (pool.made, len(pool.awake)) == (2, 3), "but notes of one block do not take from each other"


def test_a_mark_waits_for_the_voices_of_a_chord(make: Make) -> None:
    engine = make()
    engine.send(one_strip())
    inner = engine._engine
    inner.eager, inner.started = False, True
    engine.send(AddPool(Pool(1, "strip", SAW, 8, ahead=5)))
    engine.send(Mark(7))
    while inner.marked != 7:
        engine.advance(256)
        assert inner.sample < 48000
    assert len(inner.pools[1].free) >= 5


def test_a_voice_that_falls_ill_is_replaced_step_by_step(make: Make, monkeypatch: MonkeyPatch) -> None:
    engine = make()
    engine.send(one_strip())
    add(engine, 1, SAW, voices=4)
    pool = _live(engine, 1)
    for _ in range(3):
        pool.build_voice()
    _fire(engine, (0, 220.0), (0, 330.0))
    ill = [voice.index for voice in pool.awake[:1]]
    with monkeypatch.context() as patched:
        patched.setattr(voice.Voice, "sane", property(lambda self: self.index not in ill))
        assert pool.purge() and not pool.built
    assert len(pool.voices) == 4 and len(pool.free) == 2, "nothing is built at once"
    while not pool.built:
        assert pool.free.count(ill[0]) == 0
        pool.grow()
    assert [v.index for v in pool.voices] == [0, 1, 2, 3] and sorted(pool.free)[0] == ill[0]
    _fire(engine, (0, 440.0))
    assert level(engine.advance(2560)[:, 0]) > -40.0
