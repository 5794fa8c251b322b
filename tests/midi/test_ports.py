"""Ports are found by a part of their name, and what is missing is told with its fix."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from livecode import cli
from livecode.midi.ports import Dummy, MidiError, matching
from livecode.midi.process import backend_named
from livecode.midi.rtmidi_ports import RtMidi

NAMES = ["Midi Through 14:0", "Elektron Digitone:MIDI 1 20:0", "Digitakt 24:0", "MIDI 1"]


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("digi", "Digitakt 24:0"),  # it begins with it
        ("digitone", "Elektron Digitone:MIDI 1 20:0"),
        ("MIDI 1", "MIDI 1"),  # it is it
        ("through", "Midi Through 14:0"),
        ("nano", None),
    ],
)
def test_the_best_match_is_taken(part: str, found: str | None) -> None:
    assert matching(part, NAMES) == found


def test_a_dummy_port_that_is_gone_takes_nothing() -> None:
    backend = Dummy(["a"])
    port = backend.open_output("a")
    backend.names.clear()
    with pytest.raises(OSError, match="gone"):
        port.send(b"\xf8")
    with pytest.raises(MidiError, match="no MIDI port a"):
        backend.open_output("a")


def test_without_rtmidi_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(MidiError, match="python-rtmidi, which is not installed"):
        RtMidi()
    backend, reason = backend_named("")
    assert backend is None and "pip install python-rtmidi" in reason
    assert cli.main(["midi"]) == 1
    assert "pip install python-rtmidi" in capsys.readouterr().err


class Refusing(ModuleType):
    """A python-rtmidi whose every system fails."""

    RtMidiError = type("RtMidiError", (Exception,), {})
    SystemError = type("SystemError", (RtMidiError,), {})

    def get_compiled_api(self) -> list[int]:
        return [2, 3]

    def get_api_display_name(self, number: int) -> str:
        return {2: "ALSA", 3: "Jack"}[number]

    def MidiOut(self, number: int, name: str) -> SimpleNamespace:  # noqa: N802
        raise self.SystemError(f"{number} is out of order")


def test_where_no_system_works_every_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", Refusing("rtmidi"))
    with pytest.raises(MidiError, match=r"ALSA: 2 is out of order; Jack: 3 is out of order"):
        RtMidi()
    with pytest.raises(MidiError, match=r"works here \(Jack: 3 is out of order\)"):
        RtMidi("jack")


class Clients(ModuleType):
    """A python-rtmidi that counts its clients."""

    RtMidiError = type("RtMidiError", (Exception,), {})
    SystemError = type("SystemError", (RtMidiError,), {})

    def __init__(self) -> None:
        super().__init__("rtmidi")
        self.alive = 0
        self.names = ["synth", "drums"]
        self.vanishing = 0  # times that a port goes while they are listed

    def get_compiled_api(self) -> list[int]:
        return [3]

    def get_api_display_name(self, number: int) -> str:
        return "Jack"

    def MidiOut(self, number: int, name: str, size: int = 0) -> SimpleNamespace:  # noqa: N802
        self.alive += 1
        return SimpleNamespace(
            get_ports=self.listed,
            open_port=lambda index, name: None,
            close_port=lambda: None,
            delete=self.deleted,
            ignore_types=lambda **_: None,
            set_callback=lambda heard: None,
            cancel_callback=lambda: None,
        )

    MidiIn = MidiOut

    def deleted(self) -> None:
        self.alive -= 1

    def listed(self) -> list[str]:
        if self.vanishing:
            self.vanishing -= 1
            raise self.RtMidiError("there is no port 2")
        return self.names


@pytest.mark.parametrize("times", [1, 3, 99])
def test_a_port_that_goes_while_ports_are_listed_is_no_error(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    rtmidi = Clients()
    monkeypatch.setitem(sys.modules, "rtmidi", rtmidi)
    system = RtMidi("jack")
    assert system.outputs() == ["synth", "drums"]
    rtmidi.vanishing = times
    assert system.outputs() == ["synth", "drums"]
    rtmidi.names = ["synth"]
    rtmidi.vanishing = 0
    assert system.outputs() == ["synth"]


def test_there_is_a_client_for_each_open_port_and_none_that_only_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    rtmidi = Clients()
    monkeypatch.setitem(sys.modules, "rtmidi", rtmidi)
    system = RtMidi("jack")
    assert system.outputs() == system.inputs() == ["synth", "drums"]
    system.rest()
    assert rtmidi.alive == 0
    ports = [system.open_output("synth"), system.open_output("drums"), system.open_input("synth", lambda data: None)]
    assert system.outputs() == system.inputs() == ["synth", "drums"]
    assert rtmidi.alive == 3
    with pytest.raises(MidiError, match="cannot be opened"):
        system.open_output("bass")
    for port in ports:
        port.close()
    assert rtmidi.alive == 2  # the next to be opened
    again = system.open_output("drums")
    assert rtmidi.alive == 2
    again.close()
    system.rest()
    assert rtmidi.alive == 0
    assert system.outputs() == ["synth", "drums"] and rtmidi.alive == 1
