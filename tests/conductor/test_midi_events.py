"""Events of patterns to MIDI messages, and samples to the moments at which they are sent."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from livecode.conductor import midi_events
from livecode.conductor.monotonic import Line
from livecode.conductor.tempo import TempoMap, cycle_length
from livecode.engine.clock import Clock
from livecode.errors import Source
from livecode.gear import MidiOut
from livecode.midi.ledger import Ledger
from livecode.midi.messages import PPQN
from livecode.midi.ports import Dummy
from livecode.midi.sender import Sender
from livecode.render import render
from livecode.rig import Rig
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text

S = 1_000_000_000


def sent(value: dict[str, Any], out: MidiOut, key: str = "c major", seconds: float = 0.5) -> list[tuple[float, str]]:
    """What a port gets for an event, with the second at which it gets it."""
    backend = Dummy(["x"])
    sender = Sender(Ledger())
    sender.configure(1, "x", 0, out.mpe)
    sender.attach(1, backend.open_output("x"))
    skipped = len(backend.sent("x"))
    sender.take(midi_events.records(value, midi_events.Way(out, 1, 0, key), S, seconds, 7))
    found: list[tuple[float, str]] = []
    while (due := sender.due()) is not None:
        count = len(backend.sent("x"))
        sender.run(due)
        found += [(round(due / S, 3), m.hex(" ")) for m in backend.sent("x")[max(count, skipped) :]]
    return found


PLAIN = MidiOut("x", "x", channel=2)


@pytest.mark.parametrize(
    ("value", "out", "expected"),
    [
        ({"note": 60}, PLAIN, [(1.0, "91 3c 72"), (1.5, "81 3c 40")]),
        ({"note": "e4", "clip": 0.5, "midichan": 16}, PLAIN, [(1.0, "9f 40 72"), (1.25, "8f 40 40")]),
        ({"n": 1, "velocity": 0.5, "gain": 0.5}, PLAIN, [(1.0, "91 32 20"), (1.5, "81 32 40")]),
        ({"freq": 440, "velocity": 2}, PLAIN, [(1.0, "91 45 7f"), (1.5, "81 45 40")]),
        ({"note": 60, "gain": 0}, PLAIN, []),
        ({"s": "digi"}, PLAIN, [(1.0, "91 3c 72"), (1.5, "81 3c 40")]),
        ({"ccn": 74, "ccv": 0.5}, PLAIN, [(1.0, "b1 4a 40")]),
        ({"ccn": 1, "ccv": 0.5}, MidiOut("x", "x", fine=True), [(1.0, "b0 01 40"), (1.0, "b0 21 00")]),
        ({"progNum": 7, "bank": 130}, PLAIN, [(1.0, "b1 00 01"), (1.0, "b1 20 02"), (1.0, "c1 07")]),
        ({"note": 60, "progNum": 7}, PLAIN, [(1.0, "c1 07"), (1.0, "91 3c 72"), (1.5, "81 3c 40")]),
        ({"nrpnn": 300, "nrpv": 1000}, PLAIN, [(1.0, m) for m in ("b1 63 02", "b1 62 2c", "b1 06 07", "b1 26 68")]),
        ({"pitchbend": -1}, PLAIN, [(1.0, "e1 00 20")]),
        ({"pitchbend": 12}, MidiOut("x", "x", bend=24), [(1.0, "e0 00 60")]),
        ({"midibend": 1}, PLAIN, [(1.0, "e1 7f 7f")]),
        ({"miditouch": 1}, PLAIN, [(1.0, "d1 7f")]),
        ({"note": 60, "polyTouch": 0.5}, PLAIN, [(1.0, "91 3c 72"), (1.0, "a1 3c 40"), (1.5, "81 3c 40")]),
        ({"sustainpedal": 1}, PLAIN, [(1.0, "b1 40 7f")]),
        ({"sysexid": 67, "sysexdata": [1, 2]}, PLAIN, [(1.0, "f0 43 01 02 f7")]),
        ({"sysexid": [0, 32, 41], "sysexdata": 9}, PLAIN, [(1.0, "f0 00 20 29 09 f7")]),
        ({"midicmd": "start"}, PLAIN, [(1.0, "fa")]),
        ({"songPtr": 16}, PLAIN, [(1.0, "f2 10 00")]),
        (
            {"note": 60.5, "miditouch": 1, "mpeslide": 0},
            MidiOut("x", "x", mpe=3),
            [(1.0, "e1 55 40"), (1.0, "d1 7f"), (1.0, "b1 4a 00"), (1.0, "91 3c 72"), (1.5, "81 3c 40")],
        ),
    ],
)
def test_messages(value: dict[str, Any], out: MidiOut, expected: list[tuple[float, str]]) -> None:
    assert sent(value, out) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"note": 60, "midichan": 0}, "channels are 1 to 16"),
        ({"note": 200}, "notes are 0 to 127"),
        ({"note": "h4"}, "h4 is not a note"),
        ({"ccn": 128, "ccv": 1}, "controllers are 0 to 127"),
        ({"sysexid": 200, "sysexdata": 1}, "0 to 127"),
    ],
)
def test_values_that_make_no_sense(value: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sent(value, PLAIN)


def moved(text: str, out: MidiOut) -> list[tuple[float, bytes]]:
    """What a port gets for the first event of a pattern, which lasts a second."""
    evaluation = evaluate_text(prelude(), Source("x", f"a = {text}"))
    assert not evaluation.errors, evaluation.errors[0].render()
    (hap, *_) = evaluation.session.values()["a"].onsets(Fraction(0), Fraction(1))
    return [(at - 1.0, bytes.fromhex(message)) for at, message in sent(hap.value, out, seconds=1.0)]


def test_the_dimensions_of_an_mpe_note_move_while_it_sounds() -> None:
    text = 'note "c4" | pitchbend (saw | range 0 12) | mpeslide (saw | range 0 1) | miditouch 0.5'
    found = moved(text, MidiOut("x", "x", mpe=5))
    on = next(i for i, (_, m) in enumerate(found) if m[0] == 0x91)
    begun, sounding = found[:on], found[on + 1 : -1]
    assert {m.hex(" ") for _, m in begun} == {"e1 00 40", "d1 40", "b1 4a 00"}
    assert {m[0] & 15 for _, m in found} == {1}
    bends = [(at, (m[1] | m[2] << 7) - 8192) for at, m in sounding if m[0] == 0xE1]
    slides = [(at, m[2]) for at, m in sounding if m[0] == 0xB1]
    assert len(bends) == 99 and not any(m[0] == 0xD1 for _, m in sounding)
    for at, value in bends:
        assert value * 48 / 8192 == pytest.approx(12 * at, abs=0.01)
    for at, value in slides:
        assert value == pytest.approx(127 * at, abs=0.6)
    assert all(a != b for (_, a), (_, b) in pairwise(slides))
    assert found[-1] == (1.0, bytes.fromhex("813c40"))


def test_controllers_of_a_note_move_on_its_channel_and_say_nothing_twice() -> None:
    found = moved('note "c4" | ccn 74 | ccv (saw | range 0 0.1) | clip 0.5', PLAIN)
    values = [(at, m[2]) for at, m in found if m[0] == 0xB1]
    assert [v for _, v in values] == [0, 1, 2, 3, 4, 5, 6]
    assert values[-1][0] < 0.5
    assert found[-1][1][0] == 0x81


def test_the_line_through_jittering_stamps_is_smooth_and_follows_the_card() -> None:
    random.seed(1)
    rate, block, drift = 48000, 256, 1.00005  # a card that is 50 ppm slow
    line = Line()
    true = [(i * block, 5 * S + i * block / rate * drift * S) for i in range(60 * rate // block)]
    gaps: list[float] = []
    last = None
    for sample, at in true:
        line.look(Clock(sample, round(at + abs(random.gauss(0, 0.001)) * S), rate, block))
        if sample > 20 * rate and sample % (block * 2) == 0:
            ahead = line.at(sample + 12_000)
            if last is not None:
                gaps.append((ahead - last) / 1e6 - 2 * block / rate * drift * 1e3)
            last = ahead
            # the stamps are late by 0.8 ms on average, and a block later it leaves the computer
            expected = at + (12_000 + block) / rate * drift * S + 0.0008 * S
            assert abs(ahead - expected) < 0.0004 * S
    assert max(map(abs, gaps)) < 0.03  # ms, where the stamps jitter by 1


def test_the_line_begins_anew_after_a_jump() -> None:
    line = Line()
    for i in range(100):
        line.look(Clock(i * 256, round(i * 256 / 48000 * S), 48000, 256))
    line.look(Clock(100 * 256, round((100 * 256 / 48000 + 3) * S), 48000, 256))
    assert line.at(100 * 256) == pytest.approx((101 * 256 / 48000 + 3) * S, abs=1e4)


@pytest.mark.parametrize("slip", [0.005, -0.005, 0.02, 0.045])
def test_the_line_follows_a_slip_of_the_sound_card_at_once_and_one_late_stamp_not(slip: float) -> None:
    random.seed(4)
    line, rate, block = Line(), 48000, 128
    for i in range(4000):
        at = i * block / rate + (slip if i >= 3000 else 0.0)
        late = 0.02 if i == 2000 else abs(random.gauss(0, 0.0002))
        line.look(Clock(i * block, round((at + late) * S), rate, block))
        if 1000 < i < 3000 or i >= 3000 + 0.25 * rate / block:
            assert line.at(i * block) / S == pytest.approx(at + block / rate, abs=0.001)


def test_clock_out_neither_loses_nor_gains_a_tick_in_half_an_hour_of_changing_tempo() -> None:
    random.seed(2)
    rate, beats = 48000, Fraction(4)
    map = TempoMap(0, cycle_length(120, beats, rate))
    rig = Rig(lambda: Clock(0, 0, rate, 256), lambda text: None)
    ticks: list[int] = []

    class Wire:
        """Counts the clock bytes that the rig pushes."""

        def push(self, records: bytes) -> None:
            ticks.extend(i for i in range(len(records) // 32) if records[i * 32 + 24] == 0xF8)

    rig.line.look(Clock(0, 0, rate, 256))
    rig._midi = Wire()  # type: ignore[assignment]
    rig._outs["x"] = _out()
    at, sample = Fraction(0), 0
    while sample < 1800 * rate:
        end = sample + random.randrange(100, 12_000)
        if random.random() < 0.01:
            at = max(at, map.cycle(end) + Fraction(1, 64))
            map.change(at, cycle_length(random.randrange(80, 180), beats, rate))
        rig.advance(map, beats, sample, end)
        sample = end
    expected = map.cycle(sample) * beats * PPQN
    assert abs(len(ticks) - expected) <= 1


def _out() -> Any:
    from livecode.rig import Out

    return Out(1, MidiOut("x", "x", clock=True))


def test_what_only_leaves_is_silent_in_a_rendering() -> None:
    text = "midi out 'X' as x\na = note \"c e\" | midiport 'x'\nb = ccv sine | ccn 1\nc = progNum 3"
    evaluation = evaluate_text(prelude(), Source("x", text))
    made = render(evaluation.session, cycles=Fraction(1))
    assert not made.troubles and not made.notes
    assert float(abs(made.audio).max()) == 0.0
