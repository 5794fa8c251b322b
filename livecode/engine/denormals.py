"""Treat denormal floats as zero: a tail that dies away would otherwise cost up to twice the time."""

from __future__ import annotations

import ctypes
import platform
import sys

FLUSH = 0x8040  # FTZ and DAZ of the SSE control word
WORD = 28  # its place in the floating-point environment of x86-64


def flush_denormals() -> bool:
    """Set the calling thread to flush denormals; say whether this machine can."""
    if platform.machine() not in ("x86_64", "AMD64") or not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    environment = (ctypes.c_uint8 * 32)()
    if library.fegetenv(environment) != 0:
        return False
    word = ctypes.c_uint32.from_buffer(environment, WORD)
    word.value |= FLUSH
    return bool(library.fesetenv(environment) == 0)
