"""True peaks: how high the curve goes between the samples (ITU-R BS.1770-4, annex 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import upfirdn

from livecode.measure.curve import FILTER, OVERSAMPLING, TAPS

CHUNK = 1 << 16


def true_peak(wave: NDArray[np.floating]) -> float:
    """Give the highest absolute value of the curve through the samples (n, channels), 8 times oversampled, linear."""
    best = float(np.abs(wave).max(initial=0.0))
    for start in range(0, len(wave), CHUNK):
        begin, end = max(start - TAPS, 0), min(start + CHUNK + TAPS, len(wave))
        curve = upfirdn(FILTER, wave[begin:end], up=OVERSAMPLING, axis=0)
        # where a chunk is cut off the curve rings, which the sound does not: that part is its neighbour's
        first = TAPS * OVERSAMPLING if begin else 0
        last = len(curve) - TAPS * OVERSAMPLING if end < len(wave) else len(curve)
        best = max(best, float(np.abs(curve[first:last]).max(initial=0.0)))
    return best


def decibels(value: float) -> float:
    """Give a linear level in dB; of 0, minus infinity."""
    return 20 * float(np.log10(value)) if value > 0 else float(-np.inf)
