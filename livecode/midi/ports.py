"""Ports: the protocol every MIDI system is reached through, and its twin for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from livecode.errors import LiveError

Heard = Callable[[bytes], None]


class MidiError(LiveError):
    """External gear cannot be reached or does not understand."""

    phase = "MIDI"


class Port(Protocol):
    """An open port."""

    name: str

    def send(self, message: bytes) -> None:
        """Send one message; raises OSError when the port is gone."""

    def close(self) -> None: ...


class Backend(Protocol):
    """A MIDI system: its ports, and how they are opened."""

    name: str

    def outputs(self) -> list[str]: ...

    def inputs(self) -> list[str]: ...

    def rest(self) -> None:
        """Let go of what is held only to list ports: nobody will ask soon."""

    def watch(self, changed: Callable[[str], None]) -> None:
        """Have the name of each port told as it comes, and no name when one goes, if the system can."""

    def open_output(self, name: str, *, virtual: bool = False) -> Port:
        """Open an output by its full name; raises MidiError when it is not there."""

    def open_input(self, name: str, heard: Heard, *, virtual: bool = False) -> Port:
        """Open an input; `heard` gets its bytes, perhaps in a thread of its own."""


def matching(part: str, names: list[str]) -> str | None:
    """Find the port whose name is, begins with or contains a part of it, in any case; the first of the best."""
    wanted = part.lower()
    tests: tuple[Callable[[str], bool], ...] = (
        lambda n: n == wanted,
        lambda n: n.startswith(wanted),
        lambda n: wanted in n,
    )
    for test in tests:
        for name in names:
            if test(name.lower()):
                return name
    return None


@dataclass(slots=True)
class DummyPort:
    """A port that keeps what it is sent and passes it to the inputs that listen to its name."""

    name: str
    backend: Dummy
    sent: list[bytes] = field(default_factory=list)
    open: bool = True

    def send(self, message: bytes) -> None:
        if not self.open or self.name not in self.backend.names:
            raise OSError(f"{self.name} is gone")
        self.sent.append(message)
        for heard in self.backend.listening.get(self.name, ()):
            heard(message)

    def close(self) -> None:
        self.open = False


@dataclass(slots=True)
class Dummy:
    """A MIDI system without hardware: what is sent to a name is heard from it; `names` may change at any time."""

    names: list[str] = field(default_factory=list)
    name: str = "dummy"
    ports: list[DummyPort] = field(default_factory=list)
    listening: dict[str, list[Heard]] = field(default_factory=dict)
    watching: list[Callable[[str], None]] = field(default_factory=list)

    def outputs(self) -> list[str]:
        return list(self.names)

    def inputs(self) -> list[str]:
        return list(self.names)

    def rest(self) -> None:
        """Nothing is held."""

    def watch(self, changed: Callable[[str], None]) -> None:
        self.watching.append(changed)

    def replug(self, name: str) -> None:
        """Let a port be away for a moment, too shortly for any list: what was open is cut off."""
        for port in self.ports:
            if port.name == name:
                port.open = False
        for changed in self.watching:
            changed(name)

    def open_output(self, name: str, *, virtual: bool = False) -> DummyPort:
        if virtual and name not in self.names:
            self.names.append(name)
        if name not in self.names:
            raise MidiError(f"there is no MIDI port {name}")
        port = DummyPort(name, self)
        self.ports.append(port)
        return port

    def open_input(self, name: str, heard: Heard, *, virtual: bool = False) -> DummyPort:
        port = self.open_output(name, virtual=virtual)
        self.listening.setdefault(name, []).append(heard)
        return port

    def sent(self, name: str) -> list[bytes]:
        """Give everything that was sent to a name, through however many openings."""
        return [m for port in self.ports if port.name == name for m in port.sent]
