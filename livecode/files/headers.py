"""What the head of an audio file tells: channels, frames and rate, without decoding.

WAV, AIFF and FLAC are read here, so that a folder of a thousand samples is known at once and numpy stays out of the
process; other kinds are asked of soundfile.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from livecode.errors import FileError

CHUNKS = 1000  # of a file that are looked at


@dataclass(frozen=True, slots=True)
class Header:
    """The size of a recording."""

    channels: int
    frames: int
    rate: int


def read_header(path: Path) -> Header:
    """Read the size of an audio file.

    Raises FileError.
    """
    try:
        with path.open("rb") as file:
            start = file.read(12)
            for magic, offset, reader in READERS:
                if start[offset : offset + 4] == magic:
                    header = reader(file)
                    if header is not None and header.channels > 0 and header.rate > 0:
                        return header
    except (OSError, struct.error, IndexError, OverflowError) as error:
        raise FileError(f"{path} cannot be read: {error}") from None
    return _by_library(path)


def _chunks(file: BinaryIO, order: str) -> Iterator[tuple[bytes, int]]:
    """Give name and size of each chunk behind the head; what is read of a chunk is no matter."""
    at = 12
    for _ in range(CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, size = head[:4], int(struct.unpack(f"{order}I", head[4:])[0])
        yield name, size
        at += 8 + size + size % 2


def _wave(file: BinaryIO) -> Header | None:
    channels = rate = width = 0
    for name, size in _chunks(file, "<"):
        if name == b"fmt ":
            channels, rate, _, width = struct.unpack("<HIIH", file.read(14)[2:])
        elif name == b"data" and width:
            present = file.seek(0, 2)
            return Header(channels, min(size, present) // width, rate)
    return None


def _aiff(file: BinaryIO) -> Header | None:
    for name, _ in _chunks(file, ">"):
        if name == b"COMM":
            channels, frames, _, exponent, mantissa = struct.unpack(">HIHHQ", file.read(18))
            return Header(channels, frames, round(mantissa * 2.0 ** (exponent - 16383 - 63)))
    return None


def _flac(file: BinaryIO) -> Header | None:
    file.seek(8)
    info = int.from_bytes(file.read(18)[10:], "big")
    return Header((info >> 41 & 7) + 1, info & (1 << 36) - 1, info >> 44)


READERS = ((b"WAVE", 8, _wave), (b"AIFF", 8, _aiff), (b"AIFC", 8, _aiff), (b"fLaC", 0, _flac))


def _by_library(path: Path) -> Header:
    import soundfile

    try:
        info = soundfile.info(str(path))
    except (OSError, RuntimeError):
        raise FileError(f"{path} is no audio file that can be read") from None
    return Header(info.channels, info.frames, info.samplerate)
