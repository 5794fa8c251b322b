"""The curve through samples: what fills in the values between them (ITU-R BS.1770-4, annex 2)."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]

OVERSAMPLING = 8
TAPS = 32  # input samples that the interpolation looks at
BETA = 9.0  # of the Kaiser window


def interpolator(factor: int = OVERSAMPLING, taps: int = TAPS) -> Numbers:
    """Give the low-pass that fills in `factor` - 1 values between samples: a windowed sinc, (factor * taps + 1,)."""
    at = np.arange(-factor * taps // 2, factor * taps // 2 + 1)
    low_pass = np.sinc(at / factor) * np.kaiser(len(at), BETA)
    return np.asarray(low_pass * (factor / low_pass.sum()))


FILTER = interpolator()


def between() -> Numbers:
    """Give the weights (OVERSAMPLING - 1, TAPS) of the samples around a gap for each value that is filled into it.

    The gap is behind the sample in the place TAPS / 2 - 1.
    """
    middle, half = len(FILTER) // 2, TAPS // 2
    phases = np.arange(1, OVERSAMPLING)
    at = OVERSAMPLING * (half - 1 - np.arange(TAPS))[None, :] + phases[:, None] + middle
    return np.asarray(FILTER[at])


BETWEEN = between()
CREST = float(np.abs(BETWEEN).sum(axis=1).max())  # how far at most the curve goes above the highest sample


def _bends() -> tuple[float, float]:
    """Give how much of its sharpest bend the curve goes above the highest sample at most, and a factor for the rest.

    What is filled in is on the straight line between two samples, and beside it by a sum of second differences.
    """
    after = np.arange(1, OVERSAMPLING) / OVERSAMPLING
    beside = BETWEEN.copy()
    beside[:, TAPS // 2 - 1] -= 1.0 - after
    beside[:, TAPS // 2] -= after
    once = np.cumsum(beside, axis=1)
    twice = np.cumsum(once, axis=1)
    rest = np.abs(once[:, -1]) + 2.0 * np.abs(twice[:, -2])
    return float(np.abs(twice[:, :-2]).sum(axis=1).max()), 1.0 + float(rest.max())


BEND, REST = _bends()


def surely_below(around: Numbers, level: float) -> bool:
    """Say whether the curve through samples (channels, n) is known, at little cost, to stay at or below a level."""
    highest = float(np.abs(around).max())
    if highest * CREST <= level:
        return True
    if highest > level:
        return False
    bends = around[:, 1:-1] * -2.0
    bends += around[:, 2:]
    bends += around[:, :-2]
    return highest * REST + BEND * float(np.abs(bends, out=bends).max()) <= level


def heights(around: Numbers) -> Numbers:
    """Give how high the curve of the loudest channel goes in each gap of samples (channels, n + TAPS - 1), (n,)."""
    n = around.shape[1] - TAPS + 1
    rows = np.lib.stride_tricks.sliding_window_view(around, n, axis=1).transpose(1, 0, 2)
    gaps = BETWEEN @ rows.reshape(TAPS, -1)
    curve = np.maximum(np.abs(gaps, out=gaps).max(axis=0).reshape(-1, n), np.abs(rows[TAPS // 2 - 1]))
    return np.asarray(curve.max(axis=0))
