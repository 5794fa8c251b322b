"""Memory in small pages: the audio thread would stand still for milliseconds while a huge one is cleared."""

from __future__ import annotations

import ctypes
import sys

DISABLE = 41  # PR_SET_THP_DISABLE: numpy asks for huge pages wherever an array takes 4 MB


def small_pages() -> bool:
    """Let this process have no huge pages; say whether the system does so."""
    return sys.platform.startswith("linux") and bool(ctypes.CDLL(None).prctl(DISABLE, 1, 0, 0, 0) == 0)
