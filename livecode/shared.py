"""Memory that several processes see: it has no name in any file system, so nothing is left behind whoever is killed."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Iterator
from functools import cached_property


class SharedMemory:
    """Some bytes, all 0 at first; the maker hands their handle to each process that is to see them.

    What nobody writes takes no memory. Where files cannot be inherited (Windows) the handle is a name that lives as
    long as a process has the memory mapped.
    """

    def __init__(self, size: int, handle: str = "") -> None:
        self.size = size
        self._file: int | None = None
        if sys.platform == "win32":
            self.handle = handle or f"livecode-{os.getpid()}-{id(self):x}"
            _ = self.map
            return
        self._file = int(handle) if handle else _nameless(size)
        self.handle = str(self._file)
        if handle:
            _ = self.map
            self.close()

    @cached_property
    def map(self) -> mmap.mmap:
        """The bytes; the maker may leave them unmapped and only hold them."""
        if sys.platform == "win32":
            return mmap.mmap(-1, self.size, tagname=self.handle)
        if self._file is None:
            raise ValueError("the memory is closed")
        return mmap.mmap(self._file, self.size)

    @property
    def inherited(self) -> tuple[int, ...]:
        """The files that a process must inherit to open the handle."""
        return () if self._file is None else (self._file,)

    def close(self) -> None:
        """Hand the memory to no further process; what is mapped stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __del__(self) -> None:
        self.close()


class Ring:
    """A queue of records of one size in memory that two processes see: one appends, the other takes.

    The two counters (of what was written and what was read) stand at the begin, each in a cache line of its own.
    """

    COUNTERS = 128  # bytes

    def __init__(self, memory: memoryview | mmap.mmap, record: int, slots: int, begin: int = COUNTERS) -> None:
        self.bytes = memoryview(memory)
        self.record, self.slots, self._begin = record, slots, begin
        self._words = self.bytes[: self.COUNTERS].cast("Q")

    def push(self, records: bytes) -> bool:
        """Append records, all or none; say whether there was room."""
        count = len(records) // self.record
        written = self._words[0]
        if count > self.slots - (written - self._words[8]):
            return False
        done = 0
        for first, number in self._spans(written % self.slots, count):
            size = number * self.record
            at = self._begin + first * self.record
            self.bytes[at : at + size] = records[done : done + size]
            done += size
        self._words[0] = written + count
        return True

    def drain(self) -> bytes:
        """Take every record that has arrived."""
        written, read = self._words[0], self._words[8]
        if written == read:
            return b""
        out = b"".join(
            self.bytes[self._begin + first * self.record : self._begin + (first + number) * self.record]
            for first, number in self._spans(read % self.slots, written - read)
        )
        self._words[8] = written
        return out

    def _spans(self, first: int, count: int) -> Iterator[tuple[int, int]]:
        """Split a run of slots at the end of the ring."""
        head = min(count, self.slots - first)
        if head:
            yield first, head
        if count > head:
            yield 0, count - head


class Shortcut:
    """The way from a key that is played straight to the engine: a ring of the engine's own records, made beforehand."""

    RECORD, SLOTS = 64, 1024

    def __init__(self, handle: str = "") -> None:
        self.memory = SharedMemory(Ring.COUNTERS + self.SLOTS * self.RECORD, handle)
        self.handle = self.memory.handle

    @cached_property
    def ring(self) -> Ring:
        return Ring(self.memory.map, self.RECORD, self.SLOTS)


def _nameless(size: int) -> int:
    """Make a file that lies in memory, or in the folder of temporary files where there is no such thing."""
    if hasattr(os, "memfd_create"):
        made = os.memfd_create("livecode")
    else:
        import tempfile  # takes long to load, and is hardly ever needed

        with tempfile.TemporaryFile() as file:
            made = os.dup(file.fileno())
    os.ftruncate(made, size)
    return made
