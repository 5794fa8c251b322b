"""Ports of this machine by way of python-rtmidi, which is optional: it has no wheels for every Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from livecode.midi.ports import Heard, MidiError

CLIENT = "livecode"
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

    def __init__(self, out: Any, name: str, gone: type[Exception]) -> None:
        self._out, self.name, self._gone = out, name, gone

    def send(self, message: bytes) -> None:
        try:
            self._out.send_message(message)
        except self._gone as error:
            raise OSError(str(error)) from None

    def close(self) -> None:
        self._out.close_port()
        self._out.delete()


class RtIn:
    """An open input, which calls back from a thread of its own."""

    def __init__(self, inp: Any, name: str) -> None:
        self._in, self.name = inp, name

    def send(self, message: bytes) -> None:
        raise OSError("an input takes no messages")

    def close(self) -> None:
        self._in.cancel_callback()
        self._in.close_port()
        self._in.delete()


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
                with _quiet():
                    self._outs = rtmidi.MidiOut(number, CLIENT)
                    self._ins = rtmidi.MidiIn(number, CLIENT)
            except (rtmidi.RtMidiError, rtmidi.SystemError) as error:
                reasons.append(f"{title}: {error}")
                continue
            self._api, self.name = number, str(title)
            return
        raise MidiError(
            f"no MIDI system works here ({'; '.join(reasons) or 'none was built in'})",
            hint="on Linux: modprobe snd-seq, or start a JACK server" if sys.platform == "linux" else "",
        )

    def outputs(self) -> list[str]:
        return [str(n) for n in self._outs.get_ports()]

    def inputs(self) -> list[str]:
        return [str(n) for n in self._ins.get_ports()]

    def open_output(self, name: str, *, virtual: bool = False) -> RtOut:
        out = self._rt.MidiOut(self._api, CLIENT)
        self._open(out, name, self.outputs(), virtual)
        return RtOut(out, name, self._rt.RtMidiError)

    def open_input(self, name: str, heard: Heard, *, virtual: bool = False) -> RtIn:
        inp = self._rt.MidiIn(self._api, CLIENT, 1024)
        inp.ignore_types(sysex=False, timing=False, active_sense=True)
        inp.set_callback(lambda event, data: heard(bytes(event[0])))
        self._open(inp, name, self.inputs(), virtual)
        return RtIn(inp, name)

    def _open(self, port: Any, name: str, names: list[str], virtual: bool) -> None:
        try:
            if virtual:
                port.open_virtual_port(name)
            else:
                port.open_port(names.index(name), name)
        except (ValueError, self._rt.RtMidiError) as error:
            port.delete()
            raise MidiError(f"the MIDI port {name} cannot be opened: {error}") from None
