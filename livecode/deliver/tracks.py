"""An album as files of its own: one a song, numbered and tagged, that sound as one recording behind each other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecode.deliver.album import FRAMES, Track
from livecode.deliver.formats import Form, read, write
from livecode.deliver.stems import file_name
from livecode.errors import FileError

Wave = NDArray[np.floating[Any]]

CD = 44100  # Hz


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of an album: its name, and the samples of the album that it holds."""

    file: str
    title: str
    begin: int
    end: int


def pieces(tracks: Sequence[Track], count: int, rate: int, suffix: str) -> list[Piece]:
    """Cut an album of so many samples where its songs begin; what lies before a song belongs to the one before it.

    At the rate of a CD it is cut at its frames, at most 13 ms before a song, so that no sector has to be filled up.
    """
    digits = max(2, len(str(len(tracks))))
    grid = CD // FRAMES if rate == CD else 1
    edges = [0, *(track.begin // grid * grid for track in tracks[1:]), count]
    names = (f"{number:0{digits}} {file_name(track.title)}{suffix}" for number, track in enumerate(tracks, 1))
    return [
        Piece(name, track.title, begin, end)
        for name, track, (begin, end) in zip(names, tracks, pairwise(edges), strict=True)
    ]


def tagged(form: Form, piece: Piece, number: int, total: int) -> Form:
    """Give the form of one file, with its title and its number of how many; the title of the order is the album's."""
    tags = dict(form.tags)
    album = tags.get("album", tags.get("title", ""))
    tags |= {"title": piece.title, "track": f"{number}/{total}"} | ({"album": album} if album else {})
    return replace(form, tags=tuple(tags.items()))


@contextmanager
def beside(folder: Path, files: Sequence[str]) -> Iterator[Path]:
    """Give a folder to write files to; they take their places together at the end, or none of them.

    Raises FileError.
    """
    for file in files:
        if (folder / file).is_dir():
            raise FileError(f"{folder / file} is a folder")
    partial = folder / f".{folder.name}.{os.getpid()}.partial"
    try:
        partial.mkdir()
        yield partial
        for file in files:
            (partial / file).replace(folder / file)
    except OSError as error:
        raise FileError(f"the files in {folder} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_pieces(
    folder: Path, wave: Wave, rate: int, form: Form, cut: Sequence[Piece], progress: Callable[[float], None]
) -> None:
    """Write every piece of an album into a folder.

    Raises FileError.
    """
    for number, piece in enumerate(cut, 1):
        part = wave[piece.begin : piece.end]
        write(folder / piece.file, part, rate, tagged(form, piece, number, len(cut)))
        progress(number / len(cut))


def read_pieces(folder: Path, cut: Sequence[Piece]) -> Wave:
    """Give the files of an album as one recording, as a player without gaps does.

    Raises FileError.
    """
    return np.concatenate([read(folder / piece.file)[0] for piece in cut])
