"""The MIDI process: it sends in time, outlives its control process, and its successor closes what it left."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from livecode.midi.client import MidiProcess
from livecode.midi.host import BEHIND, NEWS, Host
from livecode.midi.ledger import SIZE, Ledger
from livecode.midi.ports import Dummy
from livecode.midi.process import run
from livecode.midi.records import (
    EVENTS,
    EVERY,
    MESSAGE,
    NOTE,
    SEND,
    Look,
    Lost,
    Opened,
    OpenIn,
    OpenOut,
    Panic,
    Quit,
    Received,
    Report,
    Standing,
    Trouble,
    event,
    message_frame,
)
from tests.waiting import kill, until

MS = 1_000_000
LOOP = "dummy:loop,other"
HELD = bytes((0, 60, 100, 64))


class Loop:
    """A MIDI process whose output is its own input, and everything that came back."""

    def __init__(self) -> None:
        self.midi = MidiProcess(LOOP)
        self.midi.start()
        self.heard: list[Received] = []
        self.said: list[Report] = []
        self.midi.send(OpenIn(1, "loop"))
        self.midi.send(OpenOut(1, "loop"))
        assert until(lambda: Opened(1, "loop", False) in self.listen())

    def listen(self) -> list[Report]:
        for report in self.midi.reports():
            if isinstance(report, Received):
                self.heard.append(report)
            else:
                self.said.append(report)
        return self.said

    def messages(self) -> list[str]:
        self.listen()
        return [r.message.hex(" ") for r in self.heard]


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.midi.stop()


def test_messages_leave_at_their_time(loop: Loop) -> None:
    begin = time.monotonic_ns() + 50 * MS
    times = [begin + i * 2 * MS for i in range(100)]
    loop.midi.push(b"".join(event(t, 1, 0, SEND, bytes((0xB0, 1, i))) for i, t in enumerate(times)))
    assert until(lambda: len(loop.messages()) == 100)
    late = sorted(r.at - t for r, t in zip(loop.heard, times, strict=True))
    assert late[0] >= 0
    assert late[50] < 2 * MS


def test_leaving_closes_what_sounds(loop: Loop) -> None:
    now = time.monotonic_ns()
    loop.midi.push(event(now, 1, 0, SEND, b"\xb0\x40\x7f") + event(now, 1, 0, NOTE, HELD, 10**12))
    assert until(lambda: "90 3c 64" in loop.messages())
    assert list(loop.midi.ledger.sounding(0)) == [(0, 60)] and loop.midi.ledger.pedals(0) == [0]
    loop.midi.stop()
    assert not loop.midi.ledger.busy(0)


def test_a_killed_process_is_replaced_and_its_notes_are_closed(loop: Loop) -> None:
    assert until(lambda: loop.midi.standby is not None)
    now = time.monotonic_ns()
    later = bytes((0, 72, 100, 64))
    loop.midi.push(event(now, 1, 0, NOTE, HELD, 10**12) + event(now + 3000 * MS, 1, 0, NOTE, later, MS))
    assert until(lambda: "90 3c 64" in loop.messages())
    assert loop.midi.pid is not None
    os.kill(loop.midi.pid, signal.SIGKILL)
    # the ledger is struck out behind the note-off; the bound of 200 ms is the benchmark's
    assert until(lambda: not loop.midi.ledger.busy(0))
    assert until(lambda: any(isinstance(r, Trouble) and "started again" in r.message for r in loop.listen()))
    # what was to come comes from the successor
    assert until(lambda: loop.messages()[-2:] == ["90 48 64", "80 48 40"])


def test_a_successor_stands_by_and_is_replaced_too(loop: Loop) -> None:
    for _ in range(2):
        assert until(lambda: loop.midi.standby is not None)
        pid, standby = loop.midi.pid, loop.midi.standby
        assert pid is not None and pid != standby
        kill(pid)
        assert until(lambda: loop.midi.pid not in (pid, None))  # noqa: B023 (called at once)
        assert loop.midi.pid == standby
    assert until(lambda: loop.midi.standby is not None)
    pid, standby = loop.midi.pid, loop.midi.standby
    kill(standby)
    # one that stands by is replaced when it is killed, and when both are two others are loaded
    assert until(lambda: loop.midi.standby not in (None, standby))
    opened = len([r for r in loop.listen() if isinstance(r, Opened)])
    kill(loop.midi.standby)
    kill(pid)
    assert until(lambda: len([r for r in loop.listen() if isinstance(r, Opened)]) >= opened + 2)


def test_it_is_started_again_however_often_it_is_killed(loop: Loop) -> None:
    for killed in range(1, 8):
        pid = loop.midi.pid
        kill(pid)
        assert until(lambda: loop.midi.pid not in (pid, None), 20.0)  # noqa: B023 (called at once)
        inputs = Opened(1, "loop", True)
        assert until(lambda: loop.listen().count(inputs) > killed, 20.0)  # noqa: B023
    loop.midi.push(event(time.monotonic_ns(), 1, 0, NOTE, HELD, MS))
    assert until(lambda: loop.messages()[-2:] == ["90 3c 64", "80 3c 40"])


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes of Linux")
def test_the_one_that_stands_by_closes_the_notes_when_all_others_are_killed_at_once() -> None:
    control = subprocess.Popen([sys.executable, "-c", CONTROL], stdout=subprocess.PIPE, text=True)
    assert control.stdout is not None
    pid, handle, standby = control.stdout.readline().split()
    with Path(f"/proc/{control.pid}/fd/{handle}").open("r+b") as file:
        ledger = Ledger(mmap.mmap(file.fileno(), SIZE))
    control.kill()
    os.kill(int(pid), signal.SIGKILL)
    control.wait()
    assert until(lambda: not ledger.busy(0), 5.0)
    assert until(lambda: not Path(f"/proc/{standby}").exists(), 5.0)


CONTROL = """
import sys, time
from livecode.midi.client import MidiProcess
from livecode.midi.records import OpenIn, OpenOut, NOTE, event
midi = MidiProcess("dummy:loop")
midi.start()
midi.send(OpenOut(1, "loop"))
midi.wait_ports()
midi.push(event(time.monotonic_ns(), 1, 0, NOTE, bytes((0, 60, 100, 64)), 10**12))
while not (midi.ledger.busy(0) and midi.standby):
    time.sleep(0.01)
print(midi.pid, midi.memory.handle, midi.standby, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes of Linux")
def test_it_outlives_a_killed_control_process_and_closes_its_notes() -> None:
    control = subprocess.Popen([sys.executable, "-c", CONTROL], stdout=subprocess.PIPE, text=True)
    assert control.stdout is not None
    pid, handle, _ = control.stdout.readline().split()
    # the ledger's memory is seen through the control process while it lives
    with Path(f"/proc/{control.pid}/fd/{handle}").open("r+b") as file:
        ledger = Ledger(mmap.mmap(file.fileno(), SIZE))
    assert list(ledger.sounding(0)) == [(0, 60)]
    control.kill()
    control.wait()
    assert until(lambda: not ledger.busy(0), 2.0)
    assert until(lambda: not Path(f"/proc/{pid}").exists(), 2.0)


class Desk:
    """A host without a process, its clock being the real one."""

    def __init__(self, names: list[str] | None = None, memory: bytearray | None = None, *, active: bool = True) -> None:
        self.backend = Dummy(["a", "b"] if names is None else names)
        self.said: list[Report] = []
        self.host = Host(self.backend, Ledger(memory), self.said.append, "")
        self.backend.watch(self.host.came)
        if active:
            self.host.inherit()

    def do(self, *messages: object, records: bytes = b"") -> None:
        inbox: SimpleQueue[tuple[int, bytes] | None] = SimpleQueue()
        for message in messages:
            inbox.put((MESSAGE, message_frame(message)[5:]))
        if records:
            inbox.put((EVENTS, records))
        inbox.put(None)
        run(self.host, inbox)
        self.host.sender.run(time.monotonic_ns())


def test_ports_are_found_by_a_part_of_their_name_and_reopened_when_they_return() -> None:
    desk = Desk(["Elektron Digitone MIDI 1"])
    desk.do(OpenOut(1, "digitone"), records=event(0, 1, 0, NOTE, HELD, 10**12))
    name = "Elektron Digitone MIDI 1"
    assert desk.said[-1] == Opened(1, name, False)
    desk.do(records=event(time.monotonic_ns(), 1, 0, NOTE, HELD, 10**12))
    assert [m.hex() for m in desk.backend.sent(name)] == ["903c64"]
    desk.backend.names.clear()
    desk.host.look()
    assert desk.said[-1] == Lost(1, name, False)
    desk.backend.names.append(name)
    desk.host.look()
    assert desk.said[-1] == Opened(1, name, False)
    assert [m.hex() for m in desk.backend.sent(name)] == ["903c64", "803c40"]


def test_a_port_that_was_away_too_shortly_to_be_missed_is_opened_again() -> None:
    desk = Desk()
    desk.do(OpenOut(1, "a"), OpenIn(2, "b"))
    desk.do(records=event(time.monotonic_ns(), 1, 0, NOTE, HELD, 10**12))
    opened = [wanted.opened for wanted in (desk.host.outs[1], desk.host.ins[2])]
    for name in ("a", "b"):
        desk.backend.replug(name)
    desk.host.look()  # so soon it was only the news of the port that had just been opened
    assert [wanted.opened for wanted in (desk.host.outs[1], desk.host.ins[2])] == opened
    time.sleep(2 * NEWS)
    for name in ("a", "b"):
        desk.backend.replug(name)
    desk.host.sender.run(time.monotonic_ns())  # what is said again of itself
    assert desk.host.ready_to_look(time.monotonic_ns())
    desk.host.look()
    # what sounded is ended on the new connection, and nobody was told that anything is missing
    assert [m.hex() for m in desk.backend.sent("a")] == ["903c64", "803c40"]
    assert not any(isinstance(r, Lost) for r in desk.said)
    heard = [r for r in desk.said if isinstance(r, Received)]
    desk.backend.listening["b"][-1](b"\xb0\x07\x01")
    assert [r for r in desk.said if isinstance(r, Received)] == [*heard, desk.said[-1]]
    again = desk.host.outs[1].opened
    desk.host.look()
    assert again > opened[0] and desk.host.outs[1].opened == again


def test_the_one_that_stands_by_has_its_ports_open_and_says_nothing_before_it_inherits() -> None:
    memory = bytearray(SIZE)
    desk, other = Desk(memory=memory), Desk(memory=memory, active=False)
    desk.do(OpenOut(1, "a", mpe=3))
    other.do(OpenOut(1, "a", mpe=3), OpenOut(2, "nowhere"), Look())
    assert other.said == [Standing()]
    other.said.clear()
    desk.do(records=event(time.monotonic_ns(), 1, 0, SEND, b"\x93\x3c\x64"))
    other.host.look()
    other.backend.replug("b")
    now = time.monotonic_ns()
    assert not other.host.ready_to_look(now) or time.monotonic_ns() - now > BEHIND * 1e9
    assert other.said == [] and other.backend.sent("a") == [] and len(other.backend.ports) == 1
    other.host.inherit()
    assert other.backend.sent("a")[0].hex() == "833c40"
    assert other.said == [Opened(1, "a", False), Lost(2, "nowhere", False)]
    assert len(other.backend.ports) == 1


def test_what_was_cut_off_while_it_stood_by_is_opened_again_before_it_inherits() -> None:
    memory = bytearray(SIZE)
    desk, other = Desk(memory=memory), Desk(memory=memory, active=False)
    desk.do(OpenOut(1, "a"))
    other.do(OpenOut(1, "a"))
    desk.do(records=event(time.monotonic_ns(), 1, 0, NOTE, HELD, 10**12))
    time.sleep(2 * NEWS)
    other.backend.replug("a")
    other.host.inherit()
    assert len(other.backend.ports) == 2 and other.backend.ports[1].sent[0].hex() == "803c40"


def test_another_port_under_the_same_number_gets_no_notes_of_the_first() -> None:
    desk = Desk()
    desk.do(OpenOut(1, "a"))
    desk.do(records=event(time.monotonic_ns(), 1, 0, NOTE, HELD, 10**12))
    desk.do(OpenOut(1, "b"))
    assert [m.hex() for m in desk.backend.sent("a")] == ["903c64", "803c40"]
    desk.do(Panic())
    assert len(desk.backend.sent("b")) == 64


def test_a_missing_port_is_told_once() -> None:
    desk = Desk()
    desk.do(OpenOut(1, "nowhere"), Look())
    desk.host.look()
    desk.host.look()
    assert sum(isinstance(r, Lost) for r in desk.said) == 1


def test_quit_closes_everything() -> None:
    desk = Desk()
    desk.do(OpenOut(1, "a"), OpenOut(2, "b"))
    desk.do(records=event(time.monotonic_ns(), 1, EVERY, NOTE, HELD, 10**12))
    desk.do(Quit())
    desk.host.leave()
    assert [m.hex() for m in desk.backend.sent("a")] == ["903c64", "803c40"]


def test_without_a_midi_system_it_says_why() -> None:
    said: list[Report] = []
    host = Host(None, Ledger(), said.append, "no MIDI system works here")
    host.inherit()
    host.take(Look())
    host.take(OpenOut(1, "x"))
    assert said[0].reason == "no MIDI system works here"  # type: ignore[union-attr]
    assert said[1] == Lost(1, "x", False)
