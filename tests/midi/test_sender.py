"""Notes leave in time and in order, and none hangs."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.midi import messages as m
from livecode.midi.ledger import SIZE, Ledger
from livecode.midi.ports import Dummy, DummyPort
from livecode.midi.records import CANCEL, CUT, EVERY, LIVE_SOURCE, MOVE, MPE_NOTE, NOTE, SEND, STREAM, event
from livecode.midi.sender import Sender, mpe_data

MS = 1_000_000


class Bench:
    """A sender on dummy ports, with a clock that is turned by hand."""

    def __init__(self, memory: bytearray | None = None, mpe: int = 0, **offsets: int) -> None:
        self.backend = Dummy(list(offsets) or ["a"])
        self.memory = memory if memory is not None else bytearray(SIZE)
        self.lost: list[int] = []
        self.sender = Sender(Ledger(self.memory), self.lost.append)
        self.log: list[tuple[int, int, bytes]] = []
        for number, name in enumerate(self.backend.names):
            self.sender.configure(number, name, offsets.get(name, 0), mpe)
            self.attach(number)

    def attach(self, number: int) -> DummyPort:
        port = self.backend.open_output(self.backend.names[number])
        self.sender.attach(number, port)
        return port

    def note(self, at: int, key: int = 60, length: int = 100, channel: int = 0, source: int = 1, port: int = 0) -> None:
        data = bytes((channel, key, 100, 64))
        self.sender.take(event(at * MS, port, source, NOTE, data, length * MS))

    def run(self, until: int) -> None:
        """Let time pass to `until` ms, doing everything at its time."""
        while (due := self.sender.due()) is not None and due <= until * MS:
            self.sender.run(due)

    def sent(self, number: int = 0) -> list[str]:
        return [message.hex(" ") for message in self.backend.sent(self.backend.names[number])]

    def down(self, number: int = 0) -> Counter[tuple[int, int]]:
        """The keys that a synthesiser on the port holds, from what it was sent."""
        return down(self.backend.sent(self.backend.names[number]))


def down(messages: list[bytes]) -> Counter[tuple[int, int]]:
    keys: Counter[tuple[int, int]] = Counter()
    for message in messages:
        if message[0] & 0xF0 == m.NOTE_ON:
            assert keys[message[0] & 15, message[1]] == 0, "a key was struck while it was down"
            keys[message[0] & 15, message[1]] = 1
        elif message[0] & 0xF0 == m.NOTE_OFF:
            keys[message[0] & 15, message[1]] = 0
    return +keys


def test_a_note_begins_and_ends() -> None:
    bench = Bench()
    bench.note(10, 60, 20)
    bench.run(9)
    assert bench.sent() == []
    bench.run(29)
    assert bench.sent() == ["90 3c 64"]
    bench.run(30)
    assert bench.sent() == ["90 3c 64", "80 3c 40"]


def test_a_note_that_ends_where_the_next_begins_is_ended_first() -> None:
    bench = Bench()
    bench.note(10, 60, 10)
    bench.note(20, 60, 10)
    bench.run(50)
    assert bench.sent() == ["90 3c 64", "80 3c 40", "90 3c 64", "80 3c 40"]


def test_what_prepares_a_note_comes_before_it() -> None:
    bench = Bench()
    bench.note(10)
    bench.sender.take(event(10 * MS, 0, 1, SEND, m.program(0, 5)))
    bench.run(10)
    assert bench.sent() == ["c0 05", "90 3c 64"]


def test_overlapping_notes_of_one_key_are_struck_again_and_held_to_the_last() -> None:
    bench = Bench()
    bench.note(0, 60, 100)
    bench.note(50, 60, 100)
    bench.run(120)
    assert bench.sent() == ["90 3c 64", "80 3c 40", "90 3c 64"]
    bench.run(150)
    assert bench.sent()[-1] == "80 3c 40" and not bench.down()


def test_a_port_has_its_own_offset_and_a_cut_keeps_to_it() -> None:
    bench = Bench(a=-12 * MS, b=30 * MS)
    for port in (0, 1):
        bench.note(100, 60, 500, port=port)
    bench.sender.take(event(200 * MS, EVERY, 1, CUT))
    bench.run(90)
    assert bench.sent(0) and not bench.sent(1)
    bench.run(190)
    assert len(bench.sent(0)) == 2 and len(bench.sent(1)) == 1
    bench.run(230)
    assert len(bench.sent(1)) == 2


def test_cancel_forgets_what_has_not_begun_and_leaves_the_rest() -> None:
    bench = Bench()
    bench.note(0, 60, 300)
    bench.note(100, 62, 300)
    bench.run(50)
    bench.sender.take(event(60 * MS, EVERY, EVERY, CANCEL))
    bench.run(1000)
    assert bench.sent() == ["90 3c 64", "80 3c 40"]


def test_a_cut_ends_the_notes_of_its_source_that_began_before() -> None:
    bench = Bench()
    bench.note(0, 60, 5000, source=1)
    bench.note(0, 62, 5000, source=2)
    bench.note(100, 64, 5000, source=1)
    bench.sender.take(event(100 * MS, EVERY, 1, CUT))
    bench.run(100)
    assert bench.down() == {(0, 62): 1, (0, 64): 1}


@pytest.mark.parametrize("apart", [-90_000, -5_000, 0, 5_000, 90_000])
def test_the_first_new_note_at_a_boundary_is_neither_cut_nor_played_twice(apart: int) -> None:
    """The line from samples to time moves a little between what is said of one sample and of the same one later."""
    bench = Bench()
    boundary = 100 * MS
    old, new = bytes((0, 60, 90, 64)), bytes((0, 60, 100, 64))
    bench.sender.take(event(10 * MS, 0, 1, NOTE, old, 5000 * MS) + event(boundary, 0, 1, NOTE, old, 5000 * MS))
    bench.sender.take(event(boundary + apart, EVERY, EVERY, CANCEL) + event(boundary + apart, EVERY, 1, CUT))
    bench.sender.take(event(boundary - apart, 0, 1, NOTE, new, 5000 * MS))
    bench.run(1000)
    assert [s for s in bench.sent() if s.startswith("90")] == ["90 3c 5a", "90 3c 64"]
    assert bench.down() == {(0, 60): 1}


def test_a_cut_that_comes_late_ends_the_old_notes_that_have_begun_since() -> None:
    bench = Bench()
    for at in (10, 100, 120):
        bench.note(at, 60 + at % 7, 5000)
    bench.run(130)  # the cut for 100 ms comes only now
    bench.sender.take(event(100 * MS, EVERY, EVERY, CANCEL) + event(100 * MS, EVERY, 1, CUT))
    bench.note(140, 70, 5000)
    bench.run(200)
    assert bench.down() == {(0, 70): 1}


def test_a_cut_long_ahead_ends_the_old_notes_that_are_still_to_come() -> None:
    bench = Bench()
    bench.sender.take(event(100 * MS, EVERY, 1, CUT))
    bench.note(50, 60, 5000)
    bench.note(100, 61, 5000)
    bench.run(200)
    assert bench.down() == {(0, 61): 1}


@pytest.mark.parametrize("source", [1, EVERY])
def test_an_old_note_that_comes_after_its_cut_does_not_begin(source: int) -> None:
    bench = Bench()
    bench.sender.take(event(100 * MS, EVERY, source, CUT))
    bench.run(130)
    for key, at, whose in ((60, 90, 1), (61, 99, 1), (62, 100, 1), (63, 120, 1), (64, 90, LIVE_SOURCE)):
        bench.note(at, key, 5000, source=whose)
    bench.run(200)
    assert bench.down() == {(0, 62): 1, (0, 63): 1, (0, 64): 1}


def test_a_stream_says_nothing_twice() -> None:
    bench = Bench()
    for at, value in enumerate((10, 10, 11, 11, 10)):
        bench.sender.take(event(at * MS, 0, 1, STREAM, m.control(0, 74, value)))
        bench.sender.take(event(at * MS, 0, 1, STREAM, m.control(0, 1, 5)))
        bench.sender.take(event(at * MS, 0, 1, STREAM, m.bend(0, 0, 2)))
    bench.run(10)
    assert bench.sent() == ["b0 4a 0a", "b0 01 05", "e0 00 40", "b0 4a 0b", "b0 4a 0a"]


def test_long_messages_arrive_whole() -> None:
    bench = Bench()
    for size in (1, 7, 8, 9, 64, 1000):
        bench.sender.take(event(size * MS, 0, 1, SEND, m.sysex(bytes(i % 128 for i in range(size - 2)))))
    bench.run(2000)
    assert [len(message) for message in bench.backend.sent("a")] == [2, 7, 8, 9, 64, 1000]


def test_panic_closes_notes_and_then_silences_every_channel() -> None:
    bench = Bench()
    bench.note(0, 60, 5000)
    bench.note(50, 61, 5000)
    bench.run(10)
    bench.sender.panic()
    bench.run(10_000)
    sent = bench.sent()
    assert sent[:2] == ["90 3c 64", "80 3c 40"]
    assert sent[2:6] == ["b0 78 00", "b0 79 00", "b0 7b 00", "b0 40 00"]
    assert len(sent) == 2 + 16 * 4


def test_a_successor_closes_what_was_left() -> None:
    bench = Bench()
    bench.note(0, 60, 5000)
    bench.note(0, 61, 5000, channel=3)
    bench.sender.take(event(0, 0, 1, SEND, m.control(3, 64, 127)))
    bench.sender.take(event(0, 0, 1, SEND, m.START))
    bench.run(10)
    after = Bench(bench.memory)
    assert after.sent() == ["80 3c 40", "83 3d 40", "b3 40 00", "fc"]
    assert Bench(bench.memory).sent() == ["80 3c 40", "83 3d 40"]  # which may have been lost on their way


def test_a_port_that_vanishes_and_returns_is_closed_then() -> None:
    bench = Bench()
    bench.note(0, 60, 5000)
    bench.run(10)
    bench.backend.names.clear()
    bench.note(20, 61, 5000)
    bench.run(20)
    assert bench.lost == [0]
    bench.sender.lose(0)
    bench.note(40, 62, 5000)
    bench.run(40)
    bench.backend.names.append("a")
    bench.attach(0)
    assert bench.down() == {}
    bench.run(10_000)
    assert "90 3e 64" not in bench.sent()


def test_what_ended_on_a_port_that_was_gone_unnoticed_is_ended_when_it_returns() -> None:
    bench = Bench()
    for key in (60, 61, 62):
        bench.note(0, key, 5000, source=key)
    bench.run(10)
    bench.sender.take(event(20 * MS, EVERY, 60, CUT))
    bench.run(20)
    bench.sender.confirm(0)
    bench.sender.confirm(0)  # seen twice since: this one was surely heard
    bench.sender.take(event(30 * MS, EVERY, 61, CUT))
    bench.run(30)  # nobody hears this: the cable is out, and that is found out later
    bench.sender.lose(0)
    bench.attach(0)
    assert bench.sent()[-2:] == ["80 3d 40", "80 3e 40"]


def test_what_a_new_port_may_have_missed_is_said_again_but_for_keys_that_are_down_again() -> None:
    bench = Bench(mpe=2)
    bench.sender.take(event(0, 0, 1, SEND, b"\xb0\x40\x7f"))
    for key in (60, 61):
        bench.note(0, key, 5000)
    bench.run(10)
    bench.sender.lose(0)
    bench.sender.attach(0, bench.backend.open_output("a"), [60 * MS])
    bench.note(20, 61, 5000)
    first = len(bench.sent())
    bench.run(50)
    assert bench.sent()[first:] == ["90 3d 64"]
    bench.run(100)
    again = bench.sent()[first + 1 :]
    assert again[:2] == ["80 3c 40", "b0 40 00"]
    assert len(again) == 2 + len(bench.sender.outputs[0].zone.setup())  # type: ignore[union-attr]


def test_what_was_let_go_at_a_new_port_is_said_again_too() -> None:
    bench = Bench()
    bench.sender.lose(0)
    bench.sender.attach(0, bench.backend.open_output("a"), [60 * MS, 90 * MS])
    bench.note(20, 65, 20)
    bench.note(70, 65, 50)
    bench.run(200)
    assert bench.sent() == ["90 41 64", "80 41 40", "80 41 40", "90 41 64", "80 41 40"]


def test_a_pedal_and_a_clock_that_are_on_again_are_left_alone_when_it_is_said_again() -> None:
    bench = Bench()
    on = (b"\xb0\x40\x7f", b"\xfa")
    for message in on:
        bench.sender.take(event(0, 0, 1, SEND, message))
    bench.run(10)
    bench.sender.lose(0)
    bench.sender.attach(0, bench.backend.open_output("a"), [20 * MS, 60 * MS])
    bench.run(30)
    assert bench.sent()[-4:] == ["b0 40 00", "fc"] * 2
    for message in on:
        bench.sender.take(event(40 * MS, 0, 1, SEND, message))
    bench.run(100)
    assert bench.sent()[-2:] == ["b0 40 7f", "fa"]


def test_a_removed_output_is_closed_and_forgotten() -> None:
    bench = Bench(a=0, b=0)
    bench.note(0, 60, 5000)
    bench.note(0, 60, 5000, port=1)
    bench.run(10)
    bench.sender.remove(0)
    bench.run(10_000)
    assert not bench.down(0) and len(bench.sent(0)) == 2
    assert not bench.down(1) and len(bench.sent(1)) == 2


def test_mpe_notes_have_channels_of_their_own_and_their_pitch_before_they_begin() -> None:
    bench = Bench(mpe=5)
    setup = len(bench.sent())
    assert bench.sent()[:4] == ["b0 65 00", "b0 64 06", "b0 06 05", "b0 26 00"]
    for pitch in (60, 60.5, 63.75):
        bench.sender.take(event(0, 0, 1, MPE_NOTE, mpe_data(pitch, 100, None, 0.5), 100 * MS))
    bench.run(0)
    sent = bench.backend.sent("a")[setup:]
    ons = [message for message in sent if message[0] & 0xF0 == m.NOTE_ON]
    assert [(message[0] & 15, message[1]) for message in ons] == [(1, 60), (2, 60), (3, 64)]
    bends = {message[0] & 15: (message[1] | message[2] << 7) for message in sent if message[0] & 0xF0 == m.BEND}
    assert bends == {1: 8192, 2: 8192 + round(8192 * 0.5 / 48), 3: 8192 - round(8192 * 0.25 / 48)}
    assert sent.index(ons[1]) > [x[0] for x in sent].index(m.BEND | 2)
    bench.run(1000)
    assert not bench.down()


def test_what_moves_a_note_survives_a_cancellation_after_its_begin_and_ends_with_it() -> None:
    bench = Bench(mpe=5)
    tags = {1: 0, 2: 500}  # a note that has begun, and one that is to come
    for tag, begin in tags.items():
        bench.sender.take(event(begin * MS, 0, 1, MPE_NOTE, mpe_data(60, 100, None, None, tag), 300 * MS))
        for i in range(1, 5):
            data = tag.to_bytes(2, "little") + m.touch(0, i)
            bench.sender.take(event((begin + 100 * i) * MS, 0, 1, MOVE, data, begin * MS))
    bench.run(50)
    bench.sender.take(event(100 * MS, 0, EVERY, CANCEL))
    bench.run(2000)
    touched = [message for message in bench.backend.sent("a") if message[0] & 0xF0 == m.TOUCH]
    # the first is its pressure before the note; at 300 ms it is over, and what comes later finds nothing
    assert touched == [bytes((0xD1, 0)), bytes((0xD1, 1)), bytes((0xD1, 2))]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_every_note_ends(seed: int) -> None:
    """1,000 interruptions in all; after each, no note of what was interrupted sounds on, and at last none at all."""
    random.seed(seed)
    bench = Bench(a=-5 * MS, b=0, c=9 * MS)
    now = 0
    for _ in range(50):
        for _ in range(random.randrange(12)):
            bench.note(
                now + random.randrange(300),
                random.randrange(58, 66),
                random.randrange(1, 4000),
                random.randrange(2),
                random.randrange(3),
                random.randrange(3),
            )
        now += random.randrange(200)
        bench.run(now)
        interruption = random.choice(("cut", "every", "panic", "kill", "unplug", "settings"))
        at = now + 20
        if interruption in ("cut", "every"):
            source = EVERY if interruption == "every" else random.randrange(3)
            bench.sender.take(event(at * MS, EVERY, EVERY, CANCEL))
            bench.sender.take(event(at * MS, EVERY, source, CUT))
        elif interruption == "panic":
            bench.sender.panic()
        elif interruption == "kill":
            names, ports = bench.backend.names, bench.backend.ports
            bench = Bench(bench.memory, a=-5 * MS, b=0, c=9 * MS)
            bench.backend.ports = [*ports, *bench.backend.ports]
            assert bench.backend.names == names
        elif interruption == "unplug":
            bench.backend.names[1] = "gone"
            bench.note(now, 60, 100, port=1)
            bench.run(now)
            bench.sender.lose(1)
            bench.backend.names[1] = "b"
            bench.attach(1)
            assert not bench.down(1)
        else:
            bench.sender.configure(2, "c", random.randrange(-9, 9) * MS, 0)
        now += 40
        bench.run(now)
        if interruption in ("every", "panic", "kill"):
            assert not any(bench.down(n) for n in range(3)), interruption
    bench.run(now + 10_000)
    assert not any(bench.down(n) for n in range(3))
    assert not any(bench.sender.ledger.busy(bench.sender.outputs[n].slot) for n in range(3))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(60, 62), st.integers(0, 200)), max_size=30))
def test_every_note_on_has_its_note_off(notes: list[tuple[int, int, int]]) -> None:
    bench = Bench()
    for at, key, length in notes:
        bench.note(at, key, length)
    bench.run(1000)
    sent = bench.backend.sent("a")
    assert sum(x[0] == 0x90 for x in sent) == len(notes) == sum(x[0] == 0x80 for x in sent)
    assert not down(sent)


def test_a_stream_goes_on_from_what_was_said_meanwhile() -> None:
    """A value that a single message has replaced is said again, though the stream said it last."""
    bench = Bench()
    bench.note(0, length=1000)
    said = ((10, STREAM, 127), (20, STREAM, 127), (30, SEND, 0), (40, STREAM, 0), (50, STREAM, 127))
    for at, kind, value in said:
        bench.sender.take(event(at * MS, 0, 1, kind, m.control(0, 74, value)))
    bench.run(100)
    assert bench.sent()[1:] == ["b0 4a 7f", "b0 4a 00", "b0 4a 7f"]
