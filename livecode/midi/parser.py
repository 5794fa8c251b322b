"""Incoming MIDI bytes to whole messages."""

from __future__ import annotations

from collections.abc import Iterable

# Data bytes of a message by its status: channel messages by the high half, system messages whole.
LENGTHS = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2, 0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0}
REALTIME = frozenset((0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF))
LONGEST = 65536  # bytes of a system message that are kept


class Parser:
    """Reads a stream of bytes, in pieces of any size: running status, system messages, realtime bytes in between.

    What makes no sense is dropped, and the next status byte starts afresh.
    """

    def __init__(self) -> None:
        self._status = 0  # 0: data bytes mean nothing
        self._wanted = 0
        self._data = bytearray()
        self._long: bytearray | None = None  # the system message that is being read
        self.dropped = 0

    def feed(self, data: Iterable[int]) -> list[bytes]:
        """Give the messages that these bytes complete."""
        out: list[bytes] = []
        for byte in data:
            if byte >= 0xF8:
                if byte in REALTIME:
                    out.append(bytes((byte,)))
                else:
                    self.dropped += 1
            elif byte >= 0x80:
                self._begin(byte, out)
            elif self._long is not None:
                self._extend(byte)
            else:
                self._take(byte, out)
        return out

    def _begin(self, status: int, out: list[bytes]) -> None:
        long, self._long = self._long, None
        if long is not None and status == 0xF7:
            out.append(bytes((*long, 0xF7)))
            return
        self.dropped += len(self._data) + (len(long) if long is not None else 0)
        self._data.clear()
        self._status = 0
        if status == 0xF0:
            self._long = bytearray((0xF0,))
            return
        wanted = LENGTHS.get(status if status >= 0xF0 else status & 0xF0)
        if wanted is None:
            self.dropped += 1
        elif wanted == 0:
            out.append(bytes((status,)))
        else:
            self._status, self._wanted = status, wanted

    def _extend(self, byte: int) -> None:
        assert self._long is not None
        self._long.append(byte)
        if len(self._long) >= LONGEST:
            self.dropped += len(self._long)
            self._long = None
            self._status = 0

    def _take(self, byte: int, out: list[bytes]) -> None:
        if not self._status:
            self.dropped += 1
            return
        self._data.append(byte)
        if len(self._data) == self._wanted:
            out.append(bytes((self._status, *self._data)))
            self._data.clear()
            if self._status >= 0xF0:
                self._status = 0  # running status is for channel messages
