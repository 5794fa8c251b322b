"""An album: songs in a row with gaps or crossfades, one loudness, track numbers and a cue sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecode.deliver.target import brought, loudness_of

Wave = NDArray[np.floating[Any]]

FRAMES = 75  # of a CD to a second
KINDS = {".wav": "WAVE", ".aiff": "AIFF", ".aif": "AIFF", ".mp3": "MP3"}  # what a cue sheet calls a file; others: WAVE


@dataclass(frozen=True, slots=True)
class Track:
    """A song of an album: its title, and the sample at which it begins."""

    title: str
    begin: int


def matched(waves: Sequence[Wave], rate: int, loudness: float | None, peak: float | None) -> list[Wave]:
    """Bring every song to one loudness: that which is asked for, or else that of the quietest, by gain alone.

    Silent songs stay as they are.
    """
    own = [loudness_of(wave, rate) for wave in waves]
    heard = [value for value in own if np.isfinite(value)]
    if not heard:
        return list(waves)
    if loudness is not None:
        return [
            brought(wave, rate, loudness, peak).wave if np.isfinite(value) else wave
            for wave, value in zip(waves, own, strict=True)
        ]
    lowest = min(heard)
    even = [
        wave * np.float32(10 ** ((lowest - value) / 20)) if np.isfinite(value) else wave
        for wave, value in zip(waves, own, strict=True)
    ]
    return even if peak is None else [brought(wave, rate, None, peak).wave for wave in even]


def joined(
    waves: Sequence[Wave], titles: Sequence[str], rate: int, *, gap: float = 0.0, crossfade: float = 0.0
) -> tuple[Wave, list[Track]]:
    """Put songs behind each other, with so many seconds of silence between them, or of both at once at equal power."""
    over = [0] + [min(round(crossfade * rate), len(before) // 2, len(after) // 2) for before, after in pairwise(waves)]
    silence = round(gap * rate)
    begins: list[int] = []
    end = -silence
    for wave, shared in zip(waves, over, strict=True):
        begins.append(end + silence - shared)
        end = begins[-1] + len(wave)
    out = np.zeros((end, 2), dtype=np.float32)
    for i, (wave, begin) in enumerate(zip(waves, begins, strict=True)):
        faded = np.array(wave, dtype=np.float32)
        into, away = over[i], over[i + 1] if i + 1 < len(over) else 0
        if into:
            faded[:into] *= np.sin(np.linspace(0, np.pi / 2, into, dtype=np.float32))[:, None]
        if away:
            faded[-away:] *= np.cos(np.linspace(0, np.pi / 2, away, dtype=np.float32))[:, None]
        out[begin : begin + len(wave)] += faded
    return out, [Track(title, begin) for title, begin in zip(titles, begins, strict=True)]


def cue_sheet(files: Sequence[tuple[str, Sequence[Track]]], rate: int, tags: Mapping[str, str]) -> str:
    """Write a cue sheet for files and the tracks in each of them; times are minutes, seconds and frames of a CD."""
    lines = [f'PERFORMER "{_quoted(tags["artist"])}"'] if "artist" in tags else []
    album = tags.get("album", tags.get("title", ""))
    lines += [f'TITLE "{_quoted(album)}"'] if album else []
    number = 0
    for file, track in ((file, track) for file, tracks in files for track in (None, *tracks)):
        if track is None:
            lines.append(f'FILE "{_quoted(file)}" {KINDS.get(PurePath(file).suffix.lower(), "WAVE")}')
            continue
        number += 1
        frames = track.begin * FRAMES // rate
        lines += [
            f"  TRACK {number:02} AUDIO",
            f'    TITLE "{_quoted(track.title)}"',
            *([f'    PERFORMER "{_quoted(tags["artist"])}"'] if "artist" in tags else []),
            f"    INDEX 01 {frames // (60 * FRAMES):02}:{frames // FRAMES % 60:02}:{frames % FRAMES:02}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace('"', "'")
