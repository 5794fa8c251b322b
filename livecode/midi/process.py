"""The MIDI process: sends what it is told at the very time, hears what comes in, and closes every note when it leaves.

It knows no tempo and no pattern, only monotonic time. One thread sends; others only read pipes and fill queues. A
second such process stands by with the same outputs open. The one that works holds a lock, which the system gives to
the other when it dies.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

if sys.platform != "win32":
    import fcntl

from livecode.midi.host import Host
from livecode.midi.ledger import SIZE, Ledger
from livecode.midi.ports import Backend, Dummy, MidiError
from livecode.midi.records import EVENTS, MOURNING, Report, frames, message_frame
from livecode.priority import hurry
from livecode.shared import SharedMemory, Shortcut

SPIN = 300_000  # ns before a deadline from which the thread no longer sleeps
IDLE = 0.1  # s that it sleeps at most
PRIORITY = 40  # of real time, where that is permitted
SLICE = 2048  # bytes of records that are unpacked between two looks at the clock
INHERITED, CHANGED = 2, 3  # kinds in the inbox: the one before has died; ports have come or gone
FAREWELL = 1.0  # s that the one before is awaited when the control process is gone


def run(host: Host, inbox: SimpleQueue[tuple[int, bytes] | None]) -> None:
    """Send until told to quit or until the control process is gone (None in the inbox)."""
    pending: list[memoryview] = []
    sender = host.sender
    while not host.quitting:
        now = time.monotonic_ns()
        due = sender.due()
        if due is not None and due <= now:
            sender.run(now)
        if pending:
            # long lists are unpacked in pieces, so that nothing that is due waits for them
            data = pending[0]
            sender.take(data[:SLICE])
            if len(data) > SLICE:
                pending[0] = data[SLICE:]
            else:
                pending.pop(0)
            continue
        if host.ready_to_look(now):
            host.look()
        due = sender.due()
        wait = IDLE if due is None else (due - SPIN - time.monotonic_ns()) / 1e9
        try:
            got = inbox.get(timeout=min(wait, IDLE)) if wait > 0 else inbox.get_nowait()
        except Empty:
            if due is not None and wait <= 0:
                while time.monotonic_ns() < due:
                    pass
            continue
        if got is None:
            return
        kind, data_bytes = got
        if kind == EVENTS:
            pending.append(memoryview(data_bytes))
        elif kind == INHERITED:
            host.inherit()
        elif kind != CHANGED:  # that only wakes
            host.take(pickle.loads(data_bytes))


def _listen(stream: IO[bytes], inbox: SimpleQueue[tuple[int, bytes] | None]) -> None:
    for item in frames(stream):
        inbox.put(item)
    inbox.put(None)


def _speak(stream: IO[bytes], outbox: SimpleQueue[Report | None]) -> None:
    hurry(PRIORITY)  # a key that is played must not wait until another program has used up its time
    with suppress(OSError, ValueError):  # nobody listens any more
        while (report := outbox.get()) is not None:
            stream.write(message_frame(report))
            stream.flush()


def backend_named(name: str) -> tuple[Backend | None, str]:
    """Give a MIDI system, or none and the reason."""
    if name.startswith("dummy:"):
        return Dummy([n for n in name[6:].split(",") if n]), ""
    from livecode.midi.rtmidi_ports import RtMidi

    try:
        return RtMidi(name), ""
    except MidiError as error:
        return None, error.message + (f" ({error.hint})" if error.hint else "")


def prefer() -> None:
    """Ask for real-time priority and a precise timer; without the permission it works all the same, less tightly."""
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/timerslack_ns").write_text("1000")
    hurry(PRIORITY, inherited=True)  # the drivers' threads too
    sys.setswitchinterval(0.0002)


def succeed(file: int, inbox: SimpleQueue[tuple[int, bytes] | None], alone: threading.Event) -> None:
    """Wait for the lock that the one before holds as long as it lives, however it dies, and hold it from then on."""
    fcntl.lockf(file, fcntl.LOCK_EX)
    alone.set()
    inbox.put((INHERITED, b""))


def first(file: int) -> bool:
    """Take the lock if nobody has it; where there are no such locks the control process alone says when to begin."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--memory", required=True)
    parser.add_argument("--system", default="")
    parser.add_argument("--shortcut", default="")
    parser.add_argument("--after", type=float, default=0.0)  # s of the monotonic clock
    args = parser.parse_args(argv)
    # Ctrl-C is for the control process, which then closes our pipe
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox: SimpleQueue[tuple[int, bytes] | None] = SimpleQueue()
    outbox: SimpleQueue[Report | None] = SimpleQueue()
    signal.signal(signal.SIGTERM, lambda number, frame: inbox.put(None))
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what C libraries print must not mix with the reports
    file = os.dup(int(args.memory)) if sys.platform != "win32" else -1
    ledger = Ledger(SharedMemory(SIZE, args.memory).map)
    shortcut = Shortcut(args.shortcut).ring if args.shortcut else None
    prefer()
    # behind that, since whoever holds Python's lock must not wait for a processor while what is due waits for the lock
    threading.Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()
    # Over JACK this makes a client, which on a busy machine takes longer than a note may go on after a kill.
    time.sleep(max(0.0, args.after - time.monotonic()))
    backend, reason = backend_named(args.system)
    host = Host(backend, ledger, outbox.put, reason, shortcut)

    def changed(name: str) -> None:
        hurry(PRIORITY)  # the system calls in a thread of its own
        host.came(name)
        inbox.put((CHANGED, b""))

    if backend is not None:
        backend.watch(changed)
    alone = threading.Event()
    if first(file):
        alone.set()
    else:
        host.mourning = MOURNING
        threading.Thread(target=succeed, args=(file, inbox, alone), daemon=True).start()
    speaker = threading.Thread(target=_speak, args=(stdout, outbox), daemon=True)
    speaker.start()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        run(host, inbox)
    finally:
        if not host.active and alone.wait(FAREWELL):
            host.inherit()  # all others were killed at once
        host.leave()
        outbox.put(None)
        speaker.join(timeout=0.5)
    os._exit(0)  # the threads of the drivers may be in the middle of anything
