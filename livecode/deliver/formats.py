"""Sound files of every kind that is delivered: written under another name first, so that no half file is left."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from livecode.deliver.dither import generator, quantised
from livecode.deliver.tags import append, prefix, set_tags
from livecode.errors import FileError, nearest

Wave = NDArray[np.floating[Any]]

CHUNK = 1 << 20  # samples written at once
QUALITY = 0.8  # of OGG and MP3, 0 to 1
DEPTH = 24  # bits, where none are asked for
FLOAT = 32  # bits, of samples that may go beyond full scale
SPARE = 1 << 20  # bytes: a disk with less is full
TAGGED = {"MP3": prefix, "AIFF": append}  # what writes the tags of formats for which the library does not


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: what the library calls it, its subtypes by depth (0: lossy), and its highest rate in Hz."""

    name: str
    subtypes: Mapping[int, str]
    highest: int = 192_000

    @property
    def lossy(self) -> bool:
        return 0 in self.subtypes


_AIFF = Format("AIFF", {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"})
FORMATS: dict[str, Format] = {
    ".wav": Format("WAV", {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}),
    ".aiff": _AIFF,
    ".aif": _AIFF,
    ".flac": Format("FLAC", {16: "PCM_16", 24: "PCM_24"}),
    ".ogg": Format("OGG", {0: "VORBIS"}),
    ".mp3": Format("MP3", {0: "MPEG_LAYER_III"}, 48_000),
}


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is to be written; `bits` None is what suits the format, `rate` None that of the samples."""

    bits: int | None = None
    dither: str = "tpdf"
    quality: float | None = None
    rate: int | None = None
    tags: tuple[tuple[str, str], ...] = ()


def format_of(path: Path, form: Form) -> Format:
    """Give the format that a path names.

    Raises FileError for one that is not known, or that has no such depth or rate.
    """
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise FileError(
            f"{path.suffix or path.name} is no audio format known here",
            expected=", ".join(FORMATS),
            hint=nearest(path.suffix, FORMATS),
        )
    if form.bits is not None and form.bits not in found.subtypes:
        depths = ", ".join(f"{bits} bits" for bits in found.subtypes if bits)
        raise FileError(f"{found.name} has no depth of {form.bits} bits", expected=depths or "none: it is lossy")
    if form.rate is not None and form.rate > found.highest:
        raise FileError(f"{found.name} has no rate of {form.rate} Hz", expected=f"{found.highest} Hz at most")
    return found


def depth_of(path: Path, form: Form) -> int:
    """Give the depth in bits; of a lossy format, 0."""
    subtypes = format_of(path, form).subtypes
    return form.bits or (DEPTH if DEPTH in subtypes else 0)


def clips(path: Path, form: Form, wave: Wave) -> bool:
    """Say whether a file of whole numbers, or a lossy one, would cut off peaks."""
    return depth_of(path, form) != FLOAT and float(np.abs(wave).max(initial=0.0)) > 1.0


def bytes_of(path: Path, form: Form, samples: int) -> int:
    """Tell how many bytes a stereo file takes at most."""
    return samples * 2 * (depth_of(path, form) // 8 or 2) + SPARE


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    Raises FileError that says what stands in the way.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FileError(f"{folder} is a file, so nothing can lie in it") from None
    except NotADirectoryError:
        raise FileError(f"{folder} cannot be made: a file stands in its way") from None
    except OSError as error:
        raise FileError(f"the folder {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise FileError(f"nothing may be written in {folder}", hint="its permissions forbid it")


def make_room(folder: Path, size: int) -> None:
    """Make sure that a folder's disk holds so many bytes more.

    Raises FileError.
    """
    free = shutil.disk_usage(folder).free
    if free < size:
        raise FileError(f"the disk is full: this takes {size / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a name beside a path to write to; it takes the path's place at the end, or is removed when anything fails.

    Raises FileError.
    """
    if path.is_dir():
        raise FileError(f"{path} is a folder", hint=f"name a file: {path}/track.flac")
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    except (OSError, RuntimeError, AssertionError) as error:
        raise _failed(path, error) from None
    finally:
        partial.unlink(missing_ok=True)


def _failed(path: Path, error: Exception) -> FileError:
    """Say why a file could not be written; the library gives no reason when a disk is full."""
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if not path.parent.is_dir():
        return FileError(f"{path} cannot be written: there is no folder {path.parent}")
    if full or shutil.disk_usage(path.parent).free < SPARE:
        return FileError(f"{path} cannot be written: the disk is full")
    reason = str(error).strip() or "it could not be finished"
    return FileError(f"{path} cannot be written: {reason}")


def converted(wave: Wave, rate: int, wanted: int | None) -> Wave:
    """Give samples at another rate, by soxr at its best."""
    if wanted is None or wanted == rate:
        return wave
    return np.asarray(soxr.resample(wave, rate, wanted, quality="VHQ"))


def write(
    path: Path, wave: Wave, rate: int, form: Form = Form(), progress: Callable[[float], None] = lambda part: None
) -> None:
    """Write samples (n, 2) at their rate.

    Raises FileError; a file that could not be finished is not left behind.
    """
    kind = format_of(path, form)
    depth = depth_of(path, form)
    more: dict[str, Any] = {}
    if kind.lossy:
        more["compression_level"] = 1.0 - (QUALITY if form.quality is None else form.quality)
    if kind.name == "MP3":
        more["bitrate_mode"] = "VARIABLE"
    random = generator()
    with whole(path) as partial:
        with soundfile.SoundFile(
            partial, "w", rate, wave.shape[1], format=kind.name, subtype=kind.subtypes[depth], **more
        ) as file:
            set_tags(file, dict(form.tags), kind.name)
            for at in range(0, len(wave), CHUNK):
                file.write(_encoded(wave[at : at + CHUNK], depth, form.dither, rate, random))
                progress(min(1.0, (at + CHUNK) / len(wave)))
        if kind.name in TAGGED:
            TAGGED[kind.name](partial, dict(form.tags))


def _encoded(part: Wave, depth: int, dither: str, rate: int, random: np.random.Generator) -> NDArray[Any]:
    if depth not in (16, 24):
        return np.asarray(part, dtype=np.float32)
    steps = quantised(part, depth, dither, rate, random)
    return steps.astype(np.int16) if depth == 16 else steps << 8


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read a sound file as (n, 2) and its rate; of more channels the first two.

    Raises FileError.
    """
    if not path.is_file():
        raise FileError(f"there is no file {path}")
    try:
        wave, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise FileError(f"{path} cannot be read: {error}") from None
    if not len(wave):
        raise FileError(f"{path} is empty")
    return (np.repeat(wave, 2, axis=1) if wave.shape[1] == 1 else wave[:, :2]), int(rate)
