"""A look-ahead limiter of true peaks: the same gain block by block as over a whole recording.

The height of the curve between the samples says which gain each sample needs. That is held from the look-ahead before
it to a while after it, recovers in a straight line and is averaged twice over half of the look-ahead, so it has
arrived, smoothly, when the peak comes out. All state is per sample: the size of the blocks does not matter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from livecode.measure.curve import TAPS, heights, surely_below

Wave = np.ndarray[Any, np.dtype[np.float64]]

LOOK_AHEAD = 0.002  # s
HOLD = 0.01  # s that a gain stays behind its peak, so that it does not follow the single turns of a bass
RELEASE = 0.25  # s: from silence back to full gain, in a straight line
MARGIN = 0.02  # dB below the ceiling, as a moving gain bends the curve a little between the samples
HALF = TAPS // 2


def look_ahead(rate: int) -> int:
    """Give the samples over which a gain moves to where it must be."""
    return max(TAPS, round(LOOK_AHEAD * rate))


def lowest(values: Wave, size: int) -> Wave:
    """Give the least of every `size` values in a row, (n - size + 1,)."""
    span = 1
    while span * 2 <= size:
        values = np.minimum(values[:-span], values[span:])
        span *= 2
    rest = size - span
    return np.minimum(values[:-rest], values[rest:]) if rest else values


def average(values: Wave, size: int) -> Wave:
    """Give the mean of every `size` values in a row, (n - size + 1,)."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray((sums[size:] - sums[:-size]) / size)


class Gains:
    """From the gain each sample needs to the gain it gets, which is later by `look_ahead` - 1 samples."""

    def __init__(self, rate: int) -> None:
        self.look = look_ahead(rate)
        self.span = self.look + round(HOLD * rate)
        self.boxes = self.look // 2 + 1, self.look - self.look // 2
        self.slope = 1.0 / (RELEASE * rate)
        self.needs = np.ones(self.span - 1)
        self.gains = np.ones(self.look - 1)

    def process(self, needs: Wave) -> Wave:
        """Take needs (n,) from 0 to 1; gives gains (n,)."""
        n = len(needs)
        every = np.concatenate((self.needs, needs))
        self.needs = every[n:]
        held = lowest(every, self.span)
        ramp = self.slope * np.arange(n + 1)
        steep = np.minimum.accumulate(np.concatenate((self.gains[-1:], held)) - ramp) + ramp
        gains = np.concatenate((self.gains, np.minimum(steep[1:], 1.0)))
        self.gains = gains[n:]
        first, second = self.boxes
        return average(average(gains, first), second)

    @property
    def open(self) -> bool:
        """Say whether nothing is turned down, nor will be."""
        return bool(self.needs.min() == 1.0 == self.gains.min())


class Limiter:
    """A limiter whose output never exceeds its ceiling, neither at the samples nor, to 0.05 dB, between them."""

    def __init__(self, rate: int, ceiling: float = 1.0) -> None:
        self.gain = Gains(rate)
        self.latency = self.gain.look - 1 + HALF  # samples
        self._ceiling = ceiling
        self.delayed = np.zeros((2, self.latency))
        self.height = 0.0  # of the curve in the gap before
        self.open = True  # nothing of late was above the ceiling, and the gain is 1
        self.reduction = 0.0  # dB that the last block was turned down by at most

    @property
    def ceiling(self) -> float:
        return self._ceiling

    @ceiling.setter
    def ceiling(self, level: float) -> None:
        if level != self._ceiling:
            self._ceiling = level
            self.open = False

    @property
    def empty(self) -> bool:
        """Say whether silence would come out of it for ever."""
        return self.open and not self.delayed.any()

    def process(self, block: Wave) -> Wave:
        """Limit a block (2, n); the output is later by `latency` samples."""
        n = block.shape[1]
        signal = np.concatenate((self.delayed, block), axis=1)
        self.delayed = signal[:, n:]
        out = signal[:, :n]
        around = signal[:, -(n + TAPS) :]
        aim = self._ceiling * 10.0 ** (-MARGIN / 20.0)
        if self.open and surely_below(around, aim):
            self.height = 0.0  # it is below the ceiling, whatever it is
            self.reduction = 0.0
            return out
        gaps = np.concatenate(([self.height], heights(around[:, 1:])))
        self.height = float(gaps[-1])
        if self.open and float(gaps.max()) <= aim:
            self.reduction = 0.0
            return out
        gains = self.gain.process(aim / np.maximum(np.maximum(gaps[:-1], gaps[1:]), aim))
        self.open = self.gain.open
        least = float(gains.min())
        self.reduction = -20.0 * float(np.log10(least)) if least < 1.0 else 0.0
        return np.clip(out * gains, -self._ceiling, self._ceiling)
