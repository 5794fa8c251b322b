"""What is read off the meters of the master: plain numbers, for processes without numpy."""

from __future__ import annotations

from typing import NamedTuple

NOTHING = float("-inf")


class Loudness(NamedTuple):
    """A moment of a performance: LUFS, the range in LU, the highest true peak so far in dBTP; silence is -inf."""

    momentary: float = NOTHING
    short_term: float = NOTHING
    integrated: float = NOTHING
    range: float = 0.0
    true_peak: float = NOTHING


SILENT = Loudness()
