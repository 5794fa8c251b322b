"""A loudness to be reached under a ceiling of true peaks: gain, and a look-ahead limiter where gain is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import upfirdn

from livecode.measure.curve import FILTER, OVERSAMPLING, TAPS
from livecode.measure.limiting import Gains
from livecode.measure.loudness import measured
from livecode.measure.peaks import CHUNK, decibels, true_peak

Wave = NDArray[np.floating[Any]]

CEILING = -1.0  # dBTP, where a loudness is asked for and no peak (EBU R 128)
NEAR = 0.03  # LU: near enough to the target
WITHIN = 0.2  # LU: what is promised
ROUNDS = 16
FADE = 0.005  # s
MARGIN = 0.01  # dB


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of it: samples, the gain in dB, the most that the limiter took away in dB, loudness and true peak."""

    wave: Wave
    gain: float
    reduction: float
    loudness: float
    peak: float


def misses(loudness: float, wanted: float) -> bool:
    """Say whether a loudness is farther away from the one that was asked for than is promised."""
    return not abs(loudness - wanted) <= WITHIN


def envelope(wave: Wave) -> NDArray[np.float32]:
    """Give at each sample (n,) how high the curve through both channels goes between its neighbours."""
    out = np.empty(len(wave), dtype=np.float32)
    delay = len(FILTER) // 2
    taps = FILTER.astype(np.float32)
    for start in range(0, len(wave), CHUNK):
        before = min(TAPS, start)
        part = np.asarray(wave[start - before : start + CHUNK + TAPS], dtype=np.float32)
        size = min(CHUNK, len(wave) - start)
        # a copy each, as the filter goes twice as fast along contiguous samples
        curves = [np.abs(upfirdn(taps, part[:, c].copy(), up=OVERSAMPLING)) for c in range(part.shape[1])]
        curve = np.maximum.reduce(curves)[delay + before * OVERSAMPLING - OVERSAMPLING + 1 :]
        wide = maximum_filter1d(curve, 2 * OVERSAMPLING - 1)
        out[start : start + size] = wide[OVERSAMPLING - 1 :: OVERSAMPLING][:size]
    return out


def faded(wave: Wave, rate: int) -> Wave:
    """Fade the last milliseconds out: what is cut off in full swing clicks, and rises beyond its peaks."""
    length = min(len(wave), round(FADE * rate))
    out = np.array(wave, dtype=np.float32)
    out[len(out) - length :] *= np.cos(np.linspace(0.0, np.pi / 2, length, dtype=np.float32))[:, None] ** 2
    return out


def limiting(heights: NDArray[np.floating[Any]], ceiling: float, rate: int) -> NDArray[np.float32] | None:
    """Give the gain (n,) that keeps heights under a ceiling, both linear; nothing where none is needed.

    It is that of the master's own limiter, over a whole recording.
    """
    if float(heights.max(initial=0.0)) <= ceiling:
        return None
    gains = Gains(rate)
    after = np.ones(gains.look - 1)
    moved = gains.process(np.concatenate((ceiling / np.maximum(heights, ceiling), after)))
    return np.asarray(moved[gains.look - 1 :], dtype=np.float32)


def loudness_of(wave: Wave, rate: int) -> float:
    """Give the integrated loudness in LUFS; of silence, or less than 0.4 s, minus infinity."""
    return measured(wave, rate).integrated


def brought(wave: Wave, rate: int, loudness: float | None = None, peak: float | None = None) -> Reached:
    """Bring samples (n, 2) to a loudness in LUFS under a true peak in dBTP; nothing asked: they are only measured.

    A peak alone never makes them louder. Raises ValueError for a loudness of what has none.
    """
    own = loudness_of(wave, rate)
    if loudness is None and peak is None:
        return Reached(wave, 0.0, 0.0, own, decibels(true_peak(wave)))
    if loudness is not None and not np.isfinite(own):
        raise ValueError("silence, or less than 0.4 s, has no loudness that could be brought to a target")
    ceiling = CEILING if peak is None else peak
    heights = envelope(wave)
    gain = 0.0 if loudness is None else loudness - own
    highest = decibels(float(heights.max(initial=0.0))) + gain
    if highest <= ceiling - MARGIN:
        return Reached(wave * np.float32(10 ** (gain / 20)), gain, 0.0, own + gain, highest)
    inner = ceiling - MARGIN
    for _ in range(4):
        made = _under(wave, rate, heights, gain, inner, loudness)
        if made.peak <= ceiling:
            return made
        # what is turned down between two samples bends the curve: the gain aims so much lower
        inner -= made.peak - ceiling + MARGIN
        gain = made.gain
    trim = ceiling - MARGIN - made.peak
    return Reached(
        made.wave * np.float32(10 ** (trim / 20)),
        made.gain + trim,
        made.reduction,
        made.loudness + trim,
        made.peak + trim,
    )


def _under(
    wave: Wave, rate: int, heights: NDArray[np.float32], gain: float, ceiling: float, loudness: float | None
) -> Reached:
    """Find the gain before the limiter that gives a loudness behind it."""
    limit = 10 ** (ceiling / 20)
    before: tuple[float, float] | None = None
    for _ in range(ROUNDS):
        factor = np.float32(10 ** (gain / 20))
        moved = limiting(heights * factor, limit, rate)
        out = wave * factor if moved is None else wave * (moved * factor)[:, None]
        now = loudness_of(out, rate)
        if loudness is None or abs(now - loudness) < NEAR:
            break
        slope = 1.0
        if before is not None and abs(gain - before[0]) > 1e-6:
            slope = min(max((now - before[1]) / (gain - before[0]), 0.15), 1.0)
        before = (gain, now)
        gain += min(max((loudness - now) / slope, -12.0), 12.0)
    least = 1.0 if moved is None else float(moved.min())
    return Reached(out, gain, -decibels(least), now, decibels(true_peak(out)))
