"""Folders of samples: each folder is a name, each file in it a number."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from livecode.engine.records import Recording
from livecode.errors import FileError, nearest
from livecode.files.headers import read_header
from livecode.files.progress import Progress

AUDIO = frozenset([".wav", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".mp3", ".w64", ".caf", ".au"])
DECLARED = "LIVECODE_SAMPLES"  # folders outside a file's own that its user lets be read, as in PATH
DEEPEST = 4  # levels of folders
MOST = 20_000  # files


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was found in a folder: recordings by name, and the files that are not what their names say."""

    names: dict[str, tuple[Recording, ...]]
    failed: tuple[str, ...]


def declared() -> tuple[Path, ...]:
    """Give the folders that the user has declared as places of samples."""
    return tuple(Path(p) for p in os.environ.get(DECLARED, "").split(os.pathsep) if p)


def home_of(source: str) -> Path:
    """Give the folder whose inside a text may read: that of its file, or else the one we are in."""
    file = Path(source)
    return file.resolve().parent if file.is_file() else Path.cwd()


def find(name: str, home: Path) -> Path:
    """Give a folder by the name a text gives it.

    Raises FileError when it is not there, or outside of what may be read.
    """
    wanted = Path(name).expanduser()
    places = [home, *declared()]
    found = [p for p in (place / wanted for place in places) if p.is_dir()]
    if not found:
        near = (
            sorted(p.name for p in home.iterdir() if p.is_dir() and not p.name.startswith(".")) if home.is_dir() else []
        )
        hint = nearest(wanted.name, near) or (f"there are {', '.join(near[:8])}" if near else "")
        if ":" in name:
            hint = "folders of this machine are read: fetch it first, then samples 'its folder'"
        raise FileError(f"there is no folder {name}", hint=hint)
    for path in found:
        if _inside(path, places):
            return path
    raise FileError(
        f"{name} lies outside this folder", hint=f"folders elsewhere are read when {DECLARED} names them, as PATH does"
    )


def _inside(path: Path, places: list[Path]) -> bool:
    real = path.resolve()
    return any(real.is_relative_to(place.resolve()) for place in places)


def scan(folder: Path, home: Path) -> Shelf:
    """Read the names and sizes of all recordings in a folder.

    A folder in it is a name, and a folder in that one has both names joined by `_`; files that lie in the folder
    itself are under its own name, and each under its own. Numbers follow the order of the file names.
    """
    names: dict[str, tuple[Recording, ...]] = {}
    failed: list[str] = []
    places = [home, *declared()]
    progress = Progress(f"reading {folder.name}", _count(folder, DEEPEST))
    _scan(folder, (), names, failed, places, progress)
    loose = _recordings(folder, failed, places, progress)
    if loose:
        names.setdefault(_plain(folder.resolve().name), loose)
        for recording in loose:
            names.setdefault(_plain(Path(recording.path).stem), (recording,))
    return Shelf(names, tuple(dict.fromkeys(failed)))


def _count(folder: Path, depth: int) -> int:
    """Count the audio files of a folder and of those in it."""
    found = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir() and depth and not entry.name.startswith("."):
                found += _count(Path(entry.path), depth - 1)
            else:
                found += Path(entry.name).suffix.lower() in AUDIO
    return found


def _scan(
    folder: Path,
    above: tuple[str, ...],
    names: dict[str, tuple[Recording, ...]],
    failed: list[str],
    places: list[Path],
    progress: Progress,
) -> None:
    if sum(map(len, names.values())) > MOST:
        raise FileError(f"{folder} holds too many files", hint=f"{MOST} at most: name the folders inside one by one")
    for inner in sorted((p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")), key=_order):
        own = (*above, _plain(inner.name))
        recordings = _recordings(inner, failed, places, progress)
        if recordings:
            names["_".join(own)] = recordings
        if len(own) < DEEPEST:
            _scan(inner, own, names, failed, places, progress)


def _recordings(folder: Path, failed: list[str], places: list[Path], progress: Progress) -> tuple[Recording, ...]:
    out = []
    for path in sorted((p for p in folder.iterdir() if p.suffix.lower() in AUDIO), key=_order):
        progress.step()
        if path.name.startswith(".") or not path.is_file() or not _inside(path, places):
            continue
        try:
            stat = path.stat()
            out.append(_known(str(path.resolve()), stat.st_mtime_ns, stat.st_size))
        except (FileError, OSError):
            failed.append(str(path))
    return tuple(out)


@lru_cache(maxsize=1 << 16)
def _known(path: str, changed: int, size: int) -> Recording:
    """Read the head of a file once, until it changes."""
    header = read_header(Path(path))
    return Recording(path, min(header.channels, 2), header.frames / header.rate, changed)


def _order(path: Path) -> list[tuple[int, str]]:
    """Sort names as a person does: 2 before 10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", path.name.lower())]


def _plain(name: str) -> str:
    """Make a name that mini-notation can say."""
    return re.sub(r"[^\w]+", "_", name).strip("_") or "_"
