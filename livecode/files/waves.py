"""Single periods of a wave, and rows of them, read from audio files for oscillators."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from livecode.errors import FileError

PERIOD = 2048  # frames of one period in a row of them, as synthesisers write it
LONGEST = 16384  # frames of a file that is one period
ROUGHLY = 4  # decimals that are kept of a point
MOST = PERIOD * 1024  # frames that are read of a file
LOUDEST = 1e6  # beyond it, and what is no number, is silence


def periods(path: Path, count: int, points: int) -> list[tuple[float, ...]]:
    """Read an audio file as periods of at most so many points, each from -1 to 1: evenly chosen ones, `count` at most.

    Raises FileError for what cannot be read, or is too long for one period when one is wanted.
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
    """Give the first channel of an audio file."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            channels = file.channels
            data = memoryview(file.buffer_read(min(file.frames, MOST), dtype="float32")).cast("f")
    except (OSError, RuntimeError) as error:
        raise FileError(f"{path.name} cannot be read: {str(error).rpartition(': ')[2]}") from None
    return [x if abs(x) < LOUDEST else 0.0 for x in data[::channels].tolist()]
