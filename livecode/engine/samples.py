"""Samples: decoded and resampled off the audio thread, in a cache of bounded size, seen by pyo without a copy.

A table of pyo is made once and never freed; what it shows is numpy's memory, which can be taken away when nothing plays
it. So the cache can shrink, and no sound is copied while pyo's thread waits.
"""

from __future__ import annotations

import ctypes
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from livecode.engine.binding import Server, Unit
from livecode.engine.records import LoadSample, Reading
from livecode.engine.shelf import SIZE, Shelf, key_of
from livecode.errors import SoundError, nearest
from livecode.priority import ahead

CACHE = SIZE  # bytes of decoded samples that are kept
PAD = 4  # samples of silence behind the last, which interpolation reads
MARK = 37  # a size by which the fields of a table are known
LONGEST = 20 * 60.0  # s
MOST = int(LONGEST * 48000 * 2)  # numbers that are decoded
PAUSE = 0.5  # s between two reports of how far the reading has come, and before the first

NEVER = 1 << 62

Frames = np.ndarray[Any, np.dtype[np.float32]]


def warm() -> None:
    """Load what decodes: done while something plays, it would hold the audio thread up for tens of milliseconds."""
    import soundfile  # noqa: F401
    import soxr

    soxr.resample(np.zeros(64, dtype=np.float32), 44100, 48000, quality="HQ")


def decode(path: str, rate: int, begin: float = 0.0, end: float = 1.0, *, loop: bool = False) -> tuple[Frames, int]:
    """Read a part of an audio file: (channels, samples), one or two channels, contiguous; and its rate.

    A loop keeps the rate of its file, so that its end meets its beginning.
    Raises SoundError.
    """
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > LONGEST * file.samplerate:
                raise SoundError(f"{path} is too long for a sample", hint=f"{LONGEST / 60:g} minutes at most")
            if file.frames * file.channels > MOST:  # a small file may hold hours of silence in many channels
                raise SoundError(f"{path} is too large for a sample", hint="no more than two channels are played")
            data, source = file.read(dtype="float32", always_2d=True), file.samplerate
    except (OSError, RuntimeError) as error:
        raise SoundError(f"{path} cannot be read: {_reason(path, error)}") from None
    data = data[:, :2]
    if (begin, end) != (0.0, 1.0):
        first, last = round(begin * len(data)), round(end * len(data))
        data = data[first : max(last, first + 1)]
    if source != rate and not loop:
        import soxr

        data, source = soxr.resample(data, source, rate, quality="HQ"), rate
    data = np.nan_to_num(data, nan=0.0, posinf=0.0, neginf=0.0)
    return np.ascontiguousarray(data.T, dtype=np.float32), source


def _reason(path: str, error: Exception) -> str:
    file = Path(path)
    if not file.exists():
        near = nearest(file.name, [p.name for p in file.parent.glob("*")]) if file.parent.is_dir() else ""
        return "it is not there" + (f"; {near}" if near else "")
    return str(error).rpartition(": ")[2]


class Window:
    """A table of pyo that shows memory of ours."""

    __slots__ = ("_data", "_memory", "_pointer", "_sizes", "table")

    def __init__(self, server: Server) -> None:
        self.table: Unit = server.pyo.DataTable_base(MARK)
        stream = self.table.getTableStream()
        address = np.frombuffer(memoryview(stream), dtype=np.float32).ctypes.data
        words = (ctypes.c_uint64 * (type(stream).__basicsize__ // 8)).from_address(id(stream))
        pointers = [i for i, word in enumerate(words) if word == address]
        self._sizes = [i for i, word in enumerate(words) if word == MARK]
        if len(pointers) != 1 or not self._sizes:
            raise SoundError("this version of pyo keeps its tables in another way: samples cannot be played")
        self._memory = words
        self._pointer = pointers[0]
        self._data: Frames | None = None

    def show(self, data: Frames, size: int) -> None:
        """Show the first `size` samples; behind them must be more, at least `PAD`."""
        for i in self._sizes:
            self._memory[i] = size
        self._memory[self._pointer] = data.ctypes.data
        self._data = data


@dataclass(frozen=True, slots=True)
class Laid:
    """Decoded sound as pyo's tables show it: (channels, frames and `PAD`), its rate, and its key on the shelf."""

    data: Frames
    rate: int
    key: bytes | None = None


@dataclass(slots=True)
class Tape:
    """One sample: its windows, one a channel, and when it was last asked for."""

    record: Any  # what asked for it
    key: bytes | None = None  # on the shelf
    windows: tuple[Window, ...] = ()
    size: float = 1.0  # samples of the engine in a channel
    bytes: int = 0
    used: int = 0
    free_at: int = -1  # the sample of the engine's clock from which nothing plays it
    asked: bool = False  # it is being read
    failed: bool = False  # it cannot be had
    pinned: bool = False  # it cannot be had again, so it is kept


@dataclass(slots=True)
class Samples:
    """The samples of one engine, by number."""

    server: Server
    trouble: Callable[[str], None]
    eager: bool
    shelf: Shelf | None = None
    limit: int = CACHE
    tapes: dict[float, Tape] = field(default_factory=dict)
    clock: int = 0  # the engine's sample counter
    total: int = 0  # bytes that are kept
    _idle: list[Window] = field(default_factory=list)
    _asked: queue.SimpleQueue[Tape] = field(default_factory=queue.SimpleQueue)
    _decoded: queue.SimpleQueue[tuple[Tape, Laid | str]] = field(default_factory=queue.SimpleQueue)
    _silence: Window | None = None
    _named: dict[tuple[str, int], float] = field(default_factory=dict)  # by path and version; below 0
    _waiting: int = 0
    _batch: int = 0  # how many were asked for since nothing was being read
    _said: float = 0.0  # s of the monotonic clock: when that was told, or nothing was being read
    _old: list[Tape] = field(default_factory=list)  # whose numbers others have
    _worker: threading.Thread | None = None

    @property
    def loading(self) -> bool:
        return self._waiting > 0

    def progress(self) -> Reading | None:
        """Tell now and then how far a long reading has come; any thread may ask."""
        now, left = time.monotonic(), self._waiting
        if not left:
            self._said = now
            return None
        if now - self._said < PAUSE:
            return None
        self._said = now
        return Reading(self._batch - left, self._batch)

    def load(self, record: LoadSample) -> None:
        """Have a sample ready: at once offline or when an engine before this one had it, soon when live."""
        tape = self.tapes.get(record.number)
        if tape is None or tape.record != record:
            tape = self.renew(record.number, record)
        tape.used = self.clock
        tape.failed = False
        if not tape.windows and not tape.asked:
            self._read(tape)

    def named(self, path: str, changed: int) -> float:
        """Give the number of a whole file that a design plays, and have it read when it is new."""
        number = self._named.setdefault((path, changed), -2.0 - len(self._named))
        if number not in self.tapes:
            self.load(LoadSample(number, path, changed=changed))  # type: ignore[arg-type]
        return number

    def renew(self, number: float, record: Any) -> Tape:
        """Give a fresh tape a number; what plays the one before it goes on."""
        old = self.tapes.get(number)
        if old is not None and old.windows:
            old.pinned = False
            self._old.append(old)
        tape = self.tapes[number] = Tape(record)
        return tape

    def _read(self, tape: Tape) -> None:
        if self.eager:
            self._take(tape, self._laid(tape.record))
            return
        ready = self._found(tape.record)
        if ready is not None:
            self._take(tape, ready)
            return
        tape.asked = True
        self._batch = self._batch + 1 if self._waiting else 1
        self._waiting += 1
        self._asked.put(tape)
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="samples", daemon=True)
            self._worker.start()

    def _work(self) -> None:
        ahead()  # whoever has Python's lock must not be kept waiting: the audio thread wants it
        while True:
            tape = self._asked.get()
            self._decoded.put((tape, self._laid(tape.record)))

    def _key(self, record: LoadSample) -> bytes:
        return key_of(record.path, record.changed, record.begin, record.end, record.loop, self.server.rate)

    def _found(self, record: LoadSample) -> Laid | None:
        """Give what an engine before this one has decoded."""
        return self.found(self._key(record))

    def found(self, key: bytes) -> Laid | None:
        """Give what lies on the shelf under a key."""
        place = None if self.shelf is None else self.shelf.find(key)
        if place is None or self.shelf is None:
            return None
        data = np.frombuffer(self.shelf.data(place), dtype=np.float32).reshape(place.channels, place.frames)
        return Laid(data, place.rate, key)

    def room(self, key: bytes, channels: int, frames: int, rate: int) -> Laid:
        """Give memory for so many frames and `PAD`, on the shelf if there is room."""
        place = None if self.shelf is None else self.shelf.make(key, channels, frames + PAD, rate)
        if place is None or self.shelf is None:
            return Laid(np.zeros((channels, frames + PAD), dtype=np.float32), rate)
        data = np.frombuffer(self.shelf.data(place), dtype=np.float32).reshape(channels, frames + PAD)
        return Laid(data, rate, key)

    def keep(self, laid: Laid) -> None:
        """Let engines to come find a sound."""
        if laid.key is not None and self.shelf is not None:
            self.shelf.keep(laid.key)

    def _laid(self, record: LoadSample) -> Laid | str:
        """Decode a sample and lay it where pyo can read it; or say why there is none."""
        try:
            found = self._found(record)
            if found is not None:
                return found
            data, rate = decode(record.path, self.server.rate, record.begin, record.end, loop=record.loop)
            laid = self.room(self._key(record), len(data), data.shape[1], rate)
        except SoundError as error:
            return error.message
        except MemoryError:
            return f"{record.path} does not fit into memory"
        frames = data.shape[1]
        laid.data[:, :frames] = data
        # what follows the end of a loop is its beginning
        laid.data[:, frames:] = data[:, np.arange(PAD) % frames] if record.loop else 0.0
        self.keep(laid)
        return laid

    def process(self, start: int) -> None:
        """Take what has been decoded; call it at the start of every block."""
        self.clock = start
        if self._waiting and not self._decoded.empty():
            tape, laid = self._decoded.get()
            self._waiting -= 1
            tape.asked = False
            if self.tapes.get(tape.record.number) is tape:
                self._take(tape, laid)
            elif isinstance(laid, Laid):
                self._drop(laid.key)

    def _take(self, tape: Tape, laid: Laid | str) -> None:
        if isinstance(laid, str):
            tape.failed = True
            self.trouble(laid)
        else:
            self.show(tape, laid, tape.record.path)

    def show(self, tape: Tape, laid: Laid, name: str) -> bool:
        """Let notes play a sound; say whether it fits into what is kept."""
        frames = laid.data.shape[1] - PAD
        size = laid.data[:, :frames].nbytes
        self._make_room(size)
        if self.total + size > self.limit:
            tape.failed = size > self.limit
            self.trouble(f"{name} does not fit: {size >> 20} MB, and {self.limit >> 20} MB are kept at most")
            self._drop(laid.key)
            return False
        windows = []
        for channel in laid.data:
            window = self._idle.pop() if self._idle else Window(self.server)
            window.show(channel, frames)
            windows.append(window)
        tape.windows, tape.bytes, tape.key = tuple(windows), size, laid.key
        tape.size = frames * self.server.rate / laid.rate
        self.total += size
        return True

    def _drop(self, key: bytes | None) -> None:
        if key is not None and self.shelf is not None:
            self.shelf.drop(key)

    def _make_room(self, size: int) -> None:
        """Let go of what was not asked for the longest, and is not being played."""
        if self.total + size <= self.limit:
            return
        for tape in sorted([*self._old, *self.tapes.values()], key=lambda t: t.used):
            if self.total + size <= self.limit:
                return
            if tape.windows and not tape.pinned and tape.free_at < self.clock:
                silence = np.zeros(1 + PAD, dtype=np.float32)
                for window in tape.windows:
                    window.show(silence, 1)
                self._idle.extend(tape.windows)
                self._drop(tape.key)
                self.total -= tape.bytes
                tape.windows, tape.size, tape.bytes, tape.key = (), 1.0, 0, None
        self._old = [tape for tape in self._old if tape.windows]

    # what notes ask for

    def size(self, number: float) -> float:
        """Give the length of a sample in samples of the engine; 1 when it is not there."""
        tape = self.tapes.get(number)
        return tape.size if tape is not None else 1.0

    def table(self, number: float, channel: int, seconds: float) -> Unit:
        """Give the table of a channel for a note of some seconds, silence when it is not there."""
        tape = self.tapes.get(number)
        if tape is None or not tape.windows:
            self._miss(tape)
            return self.silence()
        tape.used = self.clock
        tape.free_at = max(tape.free_at, self.clock + int((min(seconds, 3600.0) + 1.0) * self.server.rate))
        return tape.windows[channel % len(tape.windows)].table

    def silence(self) -> Unit:
        if self._silence is None:
            self._silence = Window(self.server)
            self._silence.show(np.zeros(1 + PAD, dtype=np.float32), 1)
        return self._silence.table

    def _miss(self, tape: Tape | None) -> None:
        if tape is not None and not tape.asked and not tape.failed:
            self._read(tape)  # it was let go for others
