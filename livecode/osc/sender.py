"""Events out as OSC: SuperDirt's messages with their time tags, sent ahead of time."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

from livecode.osc import codec

# What SuperDirt calls by another name than our controls.
NAMES = {"clip": "legato"}
HANDSHAKE = "/dirt/handshake"  # SuperDirt answers it with a reply
LONGEST = 65536
OURS = frozenset(("oschost", "oscport", "midiport", "strip"))  # they route an event and mean nothing elsewhere


class OscSender:
    """A UDP socket to one host; what cannot be sent is told by the return value, never by an exception."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._address: tuple[str, int] | None = None
        with suppress(OSError):
            # once, so that no name server is asked while music plays
            self._address = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)[0][4][:2]  # type: ignore[assignment]

    @property
    def known(self) -> bool:
        """Whether the name of the host means something."""
        return self._address is not None

    def send(self, packet: bytes) -> bool:
        if self._address is None:
            return False
        try:
            self._socket.sendto(packet, self._address)
        except OSError:
            return False
        return True

    def replies(self) -> list[codec.OscMessage]:
        """Take what the host has answered; what is no OSC is left out."""
        found: list[codec.OscMessage] = []
        while True:
            try:
                packet = self._socket.recv(LONGEST)
            except OSError:  # there is nothing more, or nobody hears
                return found
            with suppress(codec.OscError):
                found += codec.read(packet)

    def close(self) -> None:
        self._socket.close()


def wall(monotonic_ns: int) -> float:
    """Give the time since 1970, in seconds, of a moment of the monotonic clock."""
    return time.time() + (monotonic_ns - time.monotonic_ns()) / 1e9


def osc_value(value: Any) -> codec.Value:
    """Give a value of a pattern as OSC knows it; numbers that are no integers are floats."""
    if isinstance(value, bool | str | bytes) or value is None:
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, float | Fraction):
        return float(value)
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def play_message(address: str, value: Mapping[str, Any], *, cps: float, cycle: float, delta: float) -> bytes:
    """Write an event as SuperDirt's `/dirt/play` has it: names and values in turn.

    `delta` is the event's length in seconds. A sound `bd:3` is sample 3 of the folder bd.
    """
    sent: dict[str, Any] = {"cps": float(cps), "cycle": float(cycle), "delta": float(delta)}
    for name, item in value.items():
        if name not in OURS:
            sent[NAMES.get(name, name)] = item
    name, colon, number = str(sent.get("s", "")).partition(":")
    if colon:
        sent["s"] = name
        if number.isdigit():
            sent.setdefault("n", int(number))
    pairs: list[codec.Value] = []
    for key, item in sent.items():
        pairs += [key, osc_value(item)]
    return codec.message(address, *pairs)
