"""Ports of this machine by way of python-rtmidi, which is optional: it has no wheels for every Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from livecode.midi.jack import PortWatch
from livecode.midi.ports import Heard, MidiError

CLIENT = "livecode"
TRIES = 5  # to list ports that come and go meanwhile
MISSING = "MIDI needs python-rtmidi, which is not installed"
FIX = "pip install python-rtmidi (where it has no wheel it needs a C++ compiler)"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the C libraries print about missing servers off the screen."""
    if sys.platform == "win32":
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


class RtOut:
    """An open output."""

    def __init__(self, out: Any, name: str, gone: type[Exception], closed: Callable[[Any], None]) -> None:
        self._out, self.name, self._gone, self._closed = out, name, gone, closed

    def send(self, message: bytes) -> None:
        try:
            self._out.send_message(message)
        except self._gone as error:
            raise OSError(str(error)) from None

    def close(self) -> None:
        self._closed(self._out)


class RtIn:
    """An open input, which calls back from a thread of its own."""

    def __init__(self, inp: Any, name: str, closed: Callable[[Any], None]) -> None:
        self._in, self.name, self._closed = inp, name, closed

    def send(self, message: bytes) -> None:
        raise OSError("an input takes no messages")

    def close(self) -> None:
        self._in.cancel_callback()
        self._closed(self._in)


class Ends:
    """The objects of python-rtmidi of one direction, as few as can be.

    Over JACK each is a client that takes part in every block; the more there are, the sooner a block is not done in
    time and its messages are lost. So the one that lists ports is the next to be opened, and one that is open lists.
    """

    def __init__(self, make: Callable[[], Any], changed: type[Exception]) -> None:
        self._make, self._changed = make, changed
        self._open: list[Any] = []
        self._spare: Any = None
        self._known: list[str] = []

    def ports(self) -> list[str]:
        if not self._open and self._spare is None:
            self._spare = self._make()
        lister = self._open[0] if self._open else self._spare
        for _ in range(TRIES):
            with suppress(self._changed):  # one has gone between being counted and being named
                self._known = [str(name) for name in lister.get_ports() if name]
                break
        return self._known

    def take(self) -> Any:
        """Give one that is to be opened."""
        made, self._spare = self._spare or self._make(), None
        self._open.append(made)
        return made

    def close(self, end: Any) -> None:
        self._open.remove(end)
        end.close_port()
        if self._spare is None:
            self._spare = end  # the next to be opened
        else:
            end.delete()

    def rest(self) -> None:
        """Let go of what only lists."""
        if self._spare is not None:
            self._spare.delete()
            self._spare = None


class RtMidi:
    """The first system of python-rtmidi that works here: ALSA or JACK, CoreMIDI, Windows MM.

    Raises MidiError, with a fix, when there is none.
    """

    def __init__(self, api: str = "") -> None:
        os.environ.setdefault("JACK_NO_START_SERVER", "1")
        try:
            import rtmidi
        except ImportError:
            raise MidiError(MISSING, hint=FIX) from None
        self._rt: Any = rtmidi
        reasons: list[str] = []
        for number in rtmidi.get_compiled_api():
            title = rtmidi.get_api_display_name(number)
            if api and api.lower() not in title.lower():
                continue
            try:
                self._outs = Ends(partial(self._made, rtmidi.MidiOut, number, CLIENT), rtmidi.RtMidiError)
                self._outs.ports()
            except (rtmidi.RtMidiError, rtmidi.SystemError) as error:
                reasons.append(f"{title}: {error}")
                continue
            self._ins = Ends(partial(self._made, rtmidi.MidiIn, number, CLIENT, 1024), rtmidi.RtMidiError)
            self.name = str(title)
            self._watch: PortWatch | None = None
            return
        raise MidiError(
            f"no MIDI system works here ({'; '.join(reasons) or 'none was built in'})",
            hint="on Linux: modprobe snd-seq, or start a JACK server" if sys.platform == "linux" else "",
        )

    @staticmethod
    def _made(kind: Callable[..., Any], *args: object) -> Any:
        with _quiet():
            return kind(*args)

    def outputs(self) -> list[str]:
        return self._outs.ports()

    def inputs(self) -> list[str]:
        return self._ins.ports()

    def rest(self) -> None:
        self._outs.rest()
        self._ins.rest()

    def watch(self, changed: Callable[[str], None]) -> None:
        if "jack" in self.name.lower():
            self._watch = PortWatch.of(changed)

    def open_output(self, name: str, *, virtual: bool = False) -> RtOut:
        names = self.outputs()
        out = self._outs.take()
        self._open(self._outs, out, name, names, virtual)
        return RtOut(out, name, self._rt.RtMidiError, self._outs.close)

    def open_input(self, name: str, heard: Heard, *, virtual: bool = False) -> RtIn:
        names = self.inputs()
        inp = self._ins.take()
        inp.ignore_types(sysex=False, timing=False, active_sense=True)
        inp.set_callback(lambda event, data: heard(bytes(event[0])))
        self._open(self._ins, inp, name, names, virtual)
        return RtIn(inp, name, self._ins.close)

    def _open(self, ends: Ends, end: Any, name: str, names: list[str], virtual: bool) -> None:
        try:
            if virtual:
                end.open_virtual_port(name)
            else:
                end.open_port(names.index(name), name)
        except (ValueError, self._rt.RtMidiError) as error:
            ends.close(end)
            raise MidiError(f"the MIDI port {name} cannot be opened: {error}") from None
