"""OSC in: a UDP port whose messages set what patterns read."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from livecode.errors import LiveError
from livecode.osc import codec

LONGEST = 65536


class OscListener:
    """Hears one UDP port in a thread of its own; packets that are not OSC are counted and dropped.

    Raises LiveError when the port is taken.
    """

    def __init__(self, port: int, heard: Callable[[codec.OscMessage], None], host: str = "") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except (OSError, OverflowError) as error:
            self._socket.close()
            raise LiveError(f"OSC cannot listen on port {port}: {error}", hint="choose another port") from None
        self.port = int(self._socket.getsockname()[1])
        self.dropped = 0
        self._heard = heard
        self._over = False
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over:
            try:
                packet = self._socket.recv(LONGEST)
            except OSError:
                return
            try:
                messages = codec.read(packet)
            except codec.OscError:
                self.dropped += 1
                continue
            for message in messages:
                self._heard(message)

    def close(self) -> None:
        self._over = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread where the system allows it
        self._socket.close()
        self._thread.join(timeout=0.2)


def controls(message: codec.OscMessage) -> list[tuple[str, float]]:
    """Give the names and values a message sets.

    `/ctrl name value`, as Tidal has it, sets a name; any other address sets the address itself, and its second value
    and those after it the address with a number behind it.
    """
    if message.address == "/ctrl" and len(message.values) >= 2:
        name, value = message.values[:2]
        return [(str(name), float(value))] if isinstance(value, int | float) else []
    numbers = [float(v) for v in message.values if isinstance(v, int | float)]
    names = [message.address, *(f"{message.address}/{i}" for i in range(2, len(numbers) + 1))]
    return list(zip(names, numbers, strict=True)) if numbers else []
