"""Memory that several processes see: it has no name in any file system, so nothing is left behind whoever is killed."""

from __future__ import annotations

import mmap
import os
import sys
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
