"""The ports that were asked for: found, opened, lost and found again, with the sender and the keys that use them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from livecode.midi.hands import Players
from livecode.midi.ledger import Ledger
from livecode.midi.parser import Parser
from livecode.midi.ports import Backend, MidiError, Port, matching
from livecode.midi.records import (
    Begin,
    CloseIn,
    CloseOut,
    Instrument,
    Lateness,
    Look,
    Lost,
    Measure,
    Message,
    Opened,
    OpenIn,
    OpenOut,
    Panic,
    Ports,
    Quit,
    Received,
    Report,
    Standing,
    Trouble,
)
from livecode.midi.sender import Sender
from livecode.shared import Ring

HOT_PLUG = 0.1  # s between two looks at the list of ports
# ns after which what is said to a new connection is said again: a system may lose it before all is wired anew
SETTLED = tuple(ms * 1_000_000 for ms in (10, 25, 45, *range(70, 400, 30), 450, 550, 700, 950))
CALM = 5_000_000  # ns: it looks only when nothing is due for so long
IMPATIENT = 1.0  # s without a look, and a shorter gap will do
NEWS = 0.05  # s that the news of a port may come behind the port
BEHIND = 0.3  # s that the one that stands by waits when ports have come or gone


@dataclass(slots=True)
class Wanted:
    """A port that was asked for, and the full name of the one that was found."""

    part: str
    input: bool
    virtual: bool
    found: str = ""
    port: Port | None = None
    opened: float = 0.0  # when, in s of the monotonic clock
    told: bool = False  # that it is missing


class Host:
    """Runs a sender on the ports of a backend; until it is active it only has the outputs open and says nothing."""

    def __init__(
        self,
        backend: Backend | None,
        ledger: Ledger,
        report: Callable[[Report], None],
        reason: str,
        ring: Ring | None = None,
    ) -> None:
        self.backend = backend
        self.reason = reason
        self.report = report
        self.sender = Sender(ledger, self._gone)
        self.players = Players(ring)
        self.outs: dict[int, Wanted] = {}
        self.ins: dict[int, Wanted] = {}
        self.active = False
        self.mourning = 0.0  # s for which no port is looked for, when it takes up the work
        self.quitting = False
        self.changed = threading.Event()  # ports have come or gone since the last look
        self._came: deque[tuple[str, float]] = deque()  # names of ports, and when they came
        self._looked = self._took = self._changed = 0.0
        self._undisturbed = 0.0  # until when the system is asked for nothing
        self._listing = False  # a list of ports was asked for meanwhile

    # messages

    def take(self, message: Message) -> None:
        """Do what the control process asks for."""
        match message:
            case OpenOut(number, name, offset, members, virtual):
                self._want(self.outs, number, Wanted(name, False, virtual))
                self.sender.configure(number, name, offset, members)
                self._find(number, self.outs[number])
            case OpenIn(number, name, virtual):
                self._want(self.ins, number, Wanted(name, True, virtual))
                self._find(number, self.ins[number])
            case CloseOut(number):
                if self.outs.pop(number, None) is not None:
                    self._close(self.sender.remove(number))
            case CloseIn(number):
                wanted = self.ins.pop(number, None)
                self._close(wanted.port if wanted is not None else None)
                self.players.let_go(number)
                self.players.give(number, ())
            case Instrument(number, keys):
                self.players.give(number, keys)
            case Panic():
                self.sender.panic()
            case Look():
                self._list()
            case Measure():
                self.report(Lateness(tuple(self.sender.late)))
                self.sender.clock = time.monotonic_ns
                self.sender.late.clear()
            case Quit():
                self.quitting = True
            case Begin():
                self.inherit()

    def inherit(self) -> None:
        """Take up the work: first end what the process before left sounding, on the ports that are open already."""
        if self.active:
            return
        if self.changed.is_set():
            self.look()  # what was opened may be cut off since
        self.active = True
        self._undisturbed = time.monotonic() + self.mourning
        for number, wanted in self.outs.items():
            if wanted.port is not None:
                self._ready(number, wanted)
            else:
                self._find(number, wanted)

    def _want(self, table: dict[int, Wanted], number: int, wanted: Wanted) -> None:
        """Put a port in the table; another one that had its number is closed first, with its notes."""
        old = table.get(number)
        if old is not None and (old.part, old.virtual) == (wanted.part, wanted.virtual):
            return
        if old is not None and old.port is not None:
            if not old.input:
                self.sender.close(number)
                self.sender.detach(number)
            self._close(old.port)
        table[number] = wanted

    def _list(self) -> None:
        if not self.active:
            self.report(Standing())
            return
        if self.backend is None:
            self.report(Ports((), (), self.reason))
            return
        self._listing = time.monotonic() < self._undisturbed
        if self._listing:
            return
        outs, ins = tuple(self.backend.outputs()), tuple(self.backend.inputs())
        self._rest()
        self.report(Ports(outs, ins, "" if outs else f"{self.backend.name} has no port"))

    def _rest(self) -> None:
        if self.backend and all(wanted.port is not None for wanted in (*self.outs.values(), *self.ins.values())):
            self.backend.rest()

    # ports that come and go

    def look(self) -> None:
        """Open what has come, and let go of what has vanished."""
        if self.backend is None:
            return
        began = time.monotonic()
        self.changed.clear()
        came = {}
        while self._came:
            name, at = self._came.popleft()
            came[name] = at
        for table, listed in ((self.outs, self.backend.outputs), (self.ins, self.backend.inputs)):
            names = listed() if table else []
            for number, wanted in table.items():
                if wanted.port is None:
                    self._find(number, wanted)
                elif not wanted.virtual and wanted.found not in names:
                    self._lose(number, wanted)
                elif not wanted.virtual and came.get(wanted.found, 0.0) > wanted.opened + NEWS:
                    self._let_go(number, wanted)  # it was away so shortly that no list was without it
                    self._find(number, wanted)
                elif not wanted.input:
                    self.sender.confirm(number)
        if self.active:
            self._rest()
        if self._listing:
            self._list()
        self._looked = time.monotonic()
        self._took = self._looked - began

    def ready_to_look(self, now: int) -> bool:
        """Tell whether it is time to look; what is urgent needs a gap of twice what the last look took, at most."""
        waited, changed = time.monotonic() - self._looked, self.changed.is_set() or self._listing
        if time.monotonic() < self._undisturbed or (waited < HOT_PLUG and not changed):
            return False
        if not self.active and time.monotonic() - self._changed < BEHIND:
            return False  # the one that works comes first
        due = self.sender.due()
        return due is None or due - now > (min(2e9 * self._took, CALM) if changed or waited > IMPATIENT else CALM)

    def came(self, name: str) -> None:
        """Note that a port has come, or with no name that one has gone; any thread may."""
        self._changed = time.monotonic()
        if name:
            self._came.append((name, self._changed))
        self.changed.set()

    def _find(self, number: int, wanted: Wanted) -> None:
        if wanted.port is not None or (not self.active and wanted.virtual):
            return
        if self.backend is None:
            self._miss(number, wanted)
            return
        if time.monotonic() < self._undisturbed:
            return  # it will be looked for
        names = self.backend.inputs() if wanted.input else self.backend.outputs()
        name = wanted.part if wanted.virtual else matching(wanted.part, names)
        if name is None:
            self._miss(number, wanted)
            return
        try:
            if wanted.input:
                wanted.port = self.backend.open_input(name, self._hearer(number), virtual=wanted.virtual)
            else:
                wanted.port = self.backend.open_output(name, virtual=wanted.virtual)
        except MidiError as error:
            if self.active and not wanted.told:
                self.report(Trouble(error.message))
            self._miss(number, wanted)
            return
        wanted.found, wanted.opened, wanted.told = name, time.monotonic(), False
        if self.active:
            self._ready(number, wanted)

    def _ready(self, number: int, wanted: Wanted) -> None:
        if not wanted.input and wanted.port is not None:
            now = time.monotonic_ns()
            self.sender.attach(number, wanted.port, [now + later for later in SETTLED])
        self.report(Opened(number, wanted.found, wanted.input))

    def _miss(self, number: int, wanted: Wanted) -> None:
        if self.active and not wanted.told:
            wanted.told = True
            self.report(Lost(number, wanted.part, wanted.input))

    def _gone(self, number: int) -> None:
        wanted = self.outs.get(number)
        if wanted is not None and wanted.port is not None:
            self._lose(number, wanted)

    def _lose(self, number: int, wanted: Wanted) -> None:
        self._let_go(number, wanted)
        if self.active:
            wanted.told = True
            self.report(Lost(number, wanted.found, wanted.input))

    def _let_go(self, number: int, wanted: Wanted) -> None:
        port, wanted.port = wanted.port, None
        if wanted.input:
            self.players.let_go(number)
        else:
            self.sender.lose(number)
        self._close(port)

    def _close(self, port: Port | None) -> None:
        if port is not None:
            with suppress(OSError):  # it is gone already
                port.close()

    def _hearer(self, number: int) -> Callable[[bytes], None]:
        parser = Parser()

        def heard(data: bytes) -> None:
            at = time.monotonic_ns()
            for message in parser.feed(data):
                played = time.monotonic_ns() if self.players.play(number, message) else 0
                self.report(Received(number, at, message, played))

        return heard

    def leave(self) -> None:
        """Close every note and every port."""
        self.sender.close_all()
        for wanted in [*self.outs.values(), *self.ins.values()]:
            self._close(wanted.port)
