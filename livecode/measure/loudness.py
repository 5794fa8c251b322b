"""Loudness by ITU-R BS.1770-4 and EBU R 128: momentary, short-term, integrated, and its range (EBU Tech 3342)."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from livecode.measure.weighting import (
    ABSOLUTE_GATE,
    OFFSET,
    RANGE_GATE,
    RANGE_SHARES,
    RELATIVE_GATE,
    SILENCE,
    k_weighting,
    lufs,
)

Samples = NDArray[np.floating]

HOP = 0.01  # s between two values
MOMENTARY, SHORT_TERM = 40, 300  # hops in a window: 400 ms, 3 s
GATED = 10  # hops between two blocks that are gated: 100 ms
SURROUND = (1.0, 1.0, 1.0, 1.41, 1.41)  # weights of L R C Ls Rs


@dataclass(slots=True)
class LoudnessMeter:
    """Measures as sound goes by; `feed` takes blocks of any size, (samples, channels)."""

    rate: int
    weights: tuple[float, ...] = (1.0, 1.0)
    _sections: NDArray[np.float64] = field(init=False)
    _state: NDArray[np.float64] = field(init=False)
    _rest: NDArray[np.float64] = field(init=False, default_factory=lambda: np.empty(0))  # squares of a hop not yet full
    _hops: array[float] = field(init=False, default_factory=lambda: array("d"))  # mean squares

    def __post_init__(self) -> None:
        self._sections = k_weighting(self.rate)
        self._state = np.zeros((len(self._sections), 2, len(self.weights)))

    def feed(self, block: Samples) -> None:
        """Take samples (n, channels)."""
        weighted, self._state = sosfilt(self._sections, block, axis=0, zi=self._state)
        power = np.concatenate((self._rest, (weighted * weighted) @ np.array(self.weights)))
        done = len(self._hops)
        full = int((round(done * HOP * self.rate) + len(power)) / (HOP * self.rate)) - done
        edges = np.round((done + np.arange(full + 2)) * HOP * self.rate).astype(int) - round(done * HOP * self.rate)
        edges = edges[edges <= len(power)]
        if len(edges) > 1:
            self._hops.extend(np.add.reduceat(power[: edges[-1]], edges[:-1]) / np.diff(edges))
        self._rest = power[edges[-1] :]

    def _windows(self, hops: int, step: int = 1) -> NDArray[np.float64]:
        """Give the mean squares of the full windows of so many hops, one every `step` hops."""
        if len(self._hops) < hops:
            return np.empty(0)
        sums = np.concatenate(([0.0], np.cumsum(self._hops)))
        means: NDArray[np.float64] = np.maximum(sums[hops::step] - sums[:-hops:step], 0.0) / hops
        return means

    @property
    def momentary(self) -> float:
        """The loudness of the last 400 ms, in LUFS."""
        return lufs(float(np.mean(self._hops[-MOMENTARY:]))) if len(self._hops) >= MOMENTARY else float(SILENCE)

    @property
    def short_term(self) -> float:
        """The loudness of the last 3 s, in LUFS."""
        return lufs(float(np.mean(self._hops[-SHORT_TERM:]))) if len(self._hops) >= SHORT_TERM else float(SILENCE)

    @property
    def momentary_curve(self) -> NDArray[np.float64]:
        """The momentary loudness, a value every 10 ms from 0.4 s on."""
        return _curve(self._windows(MOMENTARY))

    @property
    def short_term_curve(self) -> NDArray[np.float64]:
        """The short-term loudness, a value every 10 ms from 3 s on."""
        return _curve(self._windows(SHORT_TERM))

    @property
    def integrated(self) -> float:
        """The loudness of all that was fed, without what the two gates leave out, in LUFS."""
        blocks = _above(self._windows(MOMENTARY, GATED), ABSOLUTE_GATE)
        if not len(blocks):
            return float(SILENCE)
        return lufs(float(_above(blocks, lufs(float(blocks.mean())) + RELATIVE_GATE).mean()))

    @property
    def range(self) -> float:
        """The loudness range in LU: between the 10th and 95th percentile of the short-term loudness, gated."""
        blocks = _above(self._windows(SHORT_TERM, GATED), ABSOLUTE_GATE)
        if not len(blocks):
            return 0.0
        blocks = _above(blocks, lufs(float(blocks.mean())) + RANGE_GATE)
        low, high = np.percentile(_curve(blocks), RANGE_SHARES, method="nearest")
        return float(high - low)


def _curve(power: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(OFFSET + 10 * np.log10(power))


def _above(power: NDArray[np.float64], gate: float) -> NDArray[np.float64]:
    return power[power > 10 ** ((gate - OFFSET) / 10)]


def measured(wave: Samples, rate: int, weights: tuple[float, ...] = (1.0, 1.0)) -> LoudnessMeter:
    """Measure a whole recording, (samples, channels)."""
    meter = LoudnessMeter(rate, weights)
    meter.feed(wave)
    return meter
