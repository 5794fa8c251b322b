"""Single periods of a wave, and rows of them, read from WAV files for oscillators."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from livecode.errors import FileError

PERIOD = 2048  # frames of one period in a row of them, as synthesisers write it
LONGEST = 16384  # frames of a file that is one period
ROUGHLY = 4  # decimals that are kept of a point
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE


def periods(path: Path, count: int, points: int) -> list[tuple[float, ...]]:
    """Read a WAV file as periods of at most so many points, each from -1 to 1: evenly chosen ones, `count` at most.

    Raises FileError for what is no WAV file, or too long for one period when one is wanted.
    """
    frames = _frames(path)
    if len(frames) <= PERIOD or count == 1:
        if len(frames) > LONGEST or not frames:
            raise FileError(
                f"{path.name} is {len(frames)} samples long, and one period is wanted",
                hint="wavetable reads a row of periods; s plays a whole sample",
            )
        return [_reduced(frames, points)]
    rows = [frames[i : i + PERIOD] for i in range(0, len(frames) - PERIOD + 1, PERIOD)]
    chosen = min(count, len(rows))
    places = [round(i * (len(rows) - 1) / max(chosen - 1, 1)) for i in range(chosen)]
    return [_reduced(rows[i], points) for i in places]


def _reduced(frames: list[float], points: int) -> tuple[float, ...]:
    """Give the means of equal parts; a wave that is shorter stays as it is."""
    n = min(points, len(frames))
    edges = [i * len(frames) // n for i in range(n + 1)]
    return tuple(round(sum(frames[a:b]) / (b - a), ROUGHLY) for a, b in pairwise(edges))


def _frames(path: Path) -> list[float]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    chunks = dict(_chunks(data))
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE" or len(chunks.get(b"fmt ", b"")) < 16 or b"data" not in chunks:
        raise FileError(f"{path.name} is no WAV file: waves are read from those")
    kind, channels, _, _, size, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if kind == EXTENSIBLE and len(chunks[b"fmt "]) >= 26:
        kind = struct.unpack_from("<H", chunks[b"fmt "], 24)[0]
    body = chunks[b"data"]
    if kind not in (PCM, FLOAT) or bits not in ((8, 16, 24, 32) if kind == PCM else (32, 64)) or not channels:
        raise FileError(f"{path.name} is a WAV file of a kind that is not read here", expected="PCM or float")
    width = bits // 8
    if kind == FLOAT:
        code = "f" if bits == 32 else "d"
        values: list[float] = [v[0] for v in struct.iter_unpack(f"<{code}", body[: len(body) // width * width])]
        return [x if x == x and abs(x) < 1e6 else 0.0 for x in values[::channels]]
    top = float(1 << (bits - 1))
    if bits == 8:
        return [(x - 128) / top for x in body[::channels]]
    starts = range(0, len(body) // size * size, size)
    return [int.from_bytes(body[i : i + width], "little", signed=True) / top for i in starts]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
