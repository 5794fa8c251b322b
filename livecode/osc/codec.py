"""OSC 1.0 packets: messages and bundles to bytes and back."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

Value = int | float | str | bytes | bool | None

EPOCH = 2_208_988_800  # s from 1900, where time tags begin, to 1970
NOW = 1  # the time tag that means: at once
DEEPEST = 8  # bundles inside each other


class OscError(ValueError):
    """A packet that is not OSC."""


@dataclass(frozen=True, slots=True)
class OscMessage:
    """One message; `time` is the time tag of its bundle in seconds since 1970, or None for at once."""

    address: str
    values: tuple[Value, ...]
    time: float | None = None


def _text(text: str) -> bytes:
    data = text.encode() + b"\0"
    return data + bytes(-len(data) % 4)


def _value(value: Value) -> tuple[str, bytes]:
    if isinstance(value, bool):
        return ("T" if value else "F"), b""
    if value is None:
        return "N", b""
    if isinstance(value, int):
        return ("i", struct.pack(">i", value)) if -(2**31) <= value < 2**31 else ("h", struct.pack(">q", value))
    if isinstance(value, float):
        return "f", struct.pack(">f", value)
    if isinstance(value, str):
        return "s", _text(value)
    return "b", struct.pack(">i", len(value)) + value + bytes(-len(value) % 4)


def message(address: str, *values: Value) -> bytes:
    """Write a message.

    Raises OverflowError for a number that OSC cannot hold.
    """
    written = [_value(v) for v in values]
    return _text(address) + _text("," + "".join(t for t, _ in written)) + b"".join(d for _, d in written)


def time_tag(seconds: float) -> bytes:
    """Write a time in seconds since 1970."""
    fraction, whole = math.modf(seconds)
    return struct.pack(">II", (int(whole) + EPOCH) & 0xFFFFFFFF, min(int(fraction * 2**32), 2**32 - 1))


def bundle(seconds: float, *packets: bytes) -> bytes:
    """Write a bundle that is to be carried out at a time in seconds since 1970."""
    return b"#bundle\0" + time_tag(seconds) + b"".join(struct.pack(">i", len(p)) + p for p in packets)


def read(packet: bytes) -> list[OscMessage]:
    """Read every message of a packet.

    Raises OscError for what is not OSC.
    """
    try:
        return list(_read(packet, None, 0))
    except (struct.error, UnicodeDecodeError, IndexError, ValueError) as error:
        raise OscError(f"this is no OSC packet: {error}") from None


def _read(packet: bytes, time: float | None, depth: int) -> Iterator[OscMessage]:
    if depth > DEEPEST:
        raise OscError("bundles nest too deep")
    if not packet.startswith(b"#bundle\0"):
        yield _read_message(packet, time)
        return
    whole, fraction = struct.unpack_from(">II", packet, 8)
    time = None if (whole, fraction) == (0, NOW) else whole - EPOCH + fraction / 2**32
    at = 16
    while at < len(packet):
        size = struct.unpack_from(">i", packet, at)[0]
        if size < 4 or at + 4 + size > len(packet):
            raise OscError("a bundle is cut short")
        yield from _read(packet[at + 4 : at + 4 + size], time, depth + 1)
        at += 4 + size


def _read_text(packet: bytes, at: int) -> tuple[str, int]:
    end = packet.index(b"\0", at)
    return packet[at:end].decode(), end + 4 - end % 4


def _read_message(packet: bytes, time: float | None) -> OscMessage:
    address, at = _read_text(packet, 0)
    if not address.startswith("/"):
        raise OscError("an address begins with /")
    if at >= len(packet):
        return OscMessage(address, (), time)  # old senders leave the types out when there is nothing to say
    types, at = _read_text(packet, at)
    if not types.startswith(","):
        raise OscError("the types are missing")
    values: list[Value] = []
    for kind in types[1:]:
        if kind in CONSTANTS:
            values.append(CONSTANTS[kind])
        elif kind in NUMBERS:
            form = NUMBERS[kind]
            values.append(struct.unpack_from(form, packet, at)[0])
            at += struct.calcsize(form)
        elif kind in "sS":
            text, at = _read_text(packet, at)
            values.append(text)
        elif kind == "b":
            size = struct.unpack_from(">i", packet, at)[0]
            if size < 0 or at + 4 + size > len(packet):
                raise OscError("a blob is cut short")
            values.append(packet[at + 4 : at + 4 + size])
            at += 4 + size + -size % 4
        else:
            raise OscError(f"values of type {kind} are not known")
    return OscMessage(address, tuple(values), time)


CONSTANTS: dict[str, Value] = {"T": True, "F": False, "N": None, "I": math.inf}
NUMBERS = {"i": ">i", "f": ">f", "d": ">d", "h": ">q", "t": ">Q", "c": ">I", "m": ">I", "r": ">I"}
