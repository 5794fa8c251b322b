"""Loudness and true peak while it plays: what `loudness` and `peaks` measure of a recording, a block at a time.

The filters are computed in closed form over some samples at once, as numpy has no recursion and a callback no time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from math import log10
from typing import Any

import numpy as np

from livecode.measure.curve import TAPS, heights, surely_below
from livecode.measure.reading import Loudness
from livecode.measure.weighting import (
    ABSOLUTE_GATE,
    RANGE_GATE,
    RANGE_SHARES,
    RELATIVE_GATE,
    k_weighting,
    lufs,
)

Wave = np.ndarray[Any, np.dtype[np.float64]]

HOP = 0.01  # s between two values
MOMENTARY, SHORT_TERM = 40, 300  # hops in a window
GATED = 10  # hops between two values that are gated: 100 ms
STILL = 1e-9  # below it a filter has forgotten
STEP = 0.01  # LU between two steps of the histograms
STEPS = 9000  # from the absolute gate on
PIECE = 64  # samples at most that are filtered at once
BATCH = 512  # samples, about, that are measured together: numpy's calls take longer than their work
PARTS = 3  # in which a batch is measured, each in a block of its own where there are so many


class KFilter:
    """The K-weighting of channels (2, size), piece by piece."""

    def __init__(self, rate: int, size: int) -> None:
        self.piece = next(piece for piece in range(min(PIECE, size), 0, -1) if size % piece == 0)
        step, into, out, through = _states(k_weighting(rate))
        powers = [np.eye(len(step))]
        for _ in range(self.piece):
            powers.append(step @ powers[-1])
        response = np.array([through, *(float(out @ powers[k] @ into) for k in range(self.piece - 1))])
        at = np.arange(self.piece)
        later = at[None, :] - at[:, None]
        self.direct = np.where(later >= 0, response[np.abs(later)], 0.0)
        self.ringing = np.stack([out @ powers[k] for k in range(self.piece)], axis=1)
        self.entering = np.stack([powers[self.piece - 1 - k] @ into for k in range(self.piece)])
        staying, count = powers[self.piece].T, size // self.piece
        # the states before each piece and after the last, of the one before all and of what enters in each
        kept = [np.linalg.matrix_power(staying, k) for k in range(count + 1)]
        self.passing = np.hstack(kept)
        rows = [[kept[k - j - 1] if j < k else 0.0 * staying for k in range(count + 1)] for j in range(count)]
        self.joining = np.block(rows)
        self.state = np.zeros((2, len(step)))

    @property
    def ringing_on(self) -> bool:
        """Say whether something of what went in would still come out."""
        if float(np.abs(self.state).max()) < STILL:
            self.state[:] = 0.0
            return False
        return True

    def process(self, block: Wave) -> Wave:
        """Weight (2, size)."""
        pieces = block.reshape(2, -1, self.piece)
        entering = pieces @ self.entering
        states = (entering.reshape(2, -1) @ self.joining + self.state @ self.passing).reshape(2, -1, len(self.passing))
        self.state = states[:, -1]
        return np.asarray((pieces @ self.direct + states[:, :-1] @ self.ringing).reshape(block.shape))


def _states(sections: Wave) -> tuple[Wave, Wave, Wave, float]:
    """Give second-order sections in a row as one state space: step (s, s), into (s,), out (s,), through."""
    step, into, out, through = np.zeros((0, 0)), np.zeros(0), np.zeros(0), 1.0
    for b0, b1, b2, _, a1, a2 in sections:
        own = np.array([[-a1, 1.0], [-a2, 0.0]])
        enter = np.array([b1 - a1 * b0, b2 - a2 * b0])
        size = len(step)
        grown = np.zeros((size + 2, size + 2))
        grown[:size, :size], grown[size:, size:] = step, own
        grown[size:, :size] = np.outer(enter, out)
        step, into = grown, np.concatenate((into, enter * through))
        out, through = np.concatenate((b0 * out, [1.0, 0.0])), b0 * through
    return step, into, out, through


class Histogram:
    """How often which loudness above the absolute gate was measured, and the power of it."""

    def __init__(self) -> None:
        self.counts = np.zeros(STEPS)
        self.powers = np.zeros(STEPS)

    def add(self, power: float) -> None:
        at = int((lufs(power) - ABSOLUTE_GATE) / STEP) if power > 0 else -1
        if at >= 0:
            at = min(at, STEPS - 1)
            self.counts[at] += 1
            self.powers[at] += power

    def gated(self, gate: float) -> tuple[int, float]:
        """Give the first step above a gate in LU under the mean, and the mean power of what is there."""
        count = self.counts.sum()
        if not count:
            return 0, 0.0
        first = max(0, int((lufs(float(self.powers.sum() / count)) + gate - ABSOLUTE_GATE) / STEP))
        return first, float(self.powers[first:].sum() / self.counts[first:].sum())

    def spread(self, first: int) -> float:
        """Give the range of loudness in LU of what is above a step."""
        sums = np.cumsum(self.counts[first:])
        low, high = (int(np.searchsorted(sums, round((sums[-1] - 1) * share / 100) + 1)) for share in RANGE_SHARES)
        return (high - low) * STEP


class LiveMeter:
    """Measures the blocks (2, n) of a performance as they come; `reading` is what it has found.

    Some blocks are measured together, while the next ones are gathered, so that no block bears much of it.
    """

    def __init__(self, rate: int, block: int) -> None:
        self.rate, self.block = rate, block
        count = max(1, BATCH // block)
        self.batch, self.next = np.zeros((2, block * count)), np.zeros((2, block * count))
        self.share = -(-PARTS // count)  # parts a block
        self.filter = KFilter(rate, block * count)
        self.reset()

    def reset(self) -> None:
        """Begin anew, as a performance does."""
        self.reading = Loudness()
        self.hops: deque[float] = deque(maxlen=SHORT_TERM)
        self.blocks, self.windows = Histogram(), Histogram()
        self.tail = np.zeros((2, TAPS - 1))
        self.highest = 0.0
        self.sum = 0.0
        self.seen = self.done = 0  # samples, hops
        self.filled = 0  # samples of the next batch
        self.parts: Iterator[None] = iter(())  # of the one that is measured

    def feed(self, wave: Wave | None) -> None:
        """Take a block; none is silence."""
        end = self.filled + self.block
        self.next[:, self.filled : end] = 0.0 if wave is None else wave
        self.filled = end % self.next.shape[1]
        if not self.filled:
            self.batch, self.next = self.next, self.batch
            self.parts = self._measured(self.batch)
        for _ in range(self.share):
            next(self.parts, None)

    def _measured(self, batch: Wave) -> Iterator[None]:
        around = np.concatenate((self.tail, batch), axis=1)
        self.tail = around[:, 1 - TAPS :]
        if not around.any() and not self.filter.ringing_on:
            self._pass(np.zeros(batch.shape[1]))
            return
        if not surely_below(around, self.highest):
            highest = float(heights(around).max())
            if highest > self.highest:
                self.highest = highest
                self.reading = self.reading._replace(true_peak=20.0 * log10(highest))
        yield
        weighted = self.filter.process(batch)
        yield
        self._pass(np.einsum("cn,cn->n", weighted, weighted))

    def _pass(self, power: Wave) -> None:
        begin = 0
        while self.seen + len(power) - begin >= (edge := round((self.done + 1) * HOP * self.rate)):
            end = begin + edge - self.seen
            self.sum += float(power[begin:end].sum())
            self._hop(self.sum / (edge - round(self.done * HOP * self.rate)))
            self.sum, self.seen, begin = 0.0, edge, end
            self.done += 1
        self.sum += float(power[begin:].sum())
        self.seen += len(power) - begin

    def _hop(self, power: float) -> None:
        """Take the mean square of another hop."""
        self.hops.append(power)
        if len(self.hops) < MOMENTARY:
            return
        momentary = sum(islice(reversed(self.hops), MOMENTARY)) / MOMENTARY
        short = sum(self.hops) / SHORT_TERM if len(self.hops) == SHORT_TERM else 0.0
        if (self.done + 1) % GATED == 0:
            self._gate(momentary, short)
        self.reading = self.reading._replace(momentary=lufs(momentary), short_term=lufs(short))

    def _gate(self, momentary: float, short: float) -> None:
        """Take another block for the loudness of all and its range."""
        self.blocks.add(momentary)
        _, integrated = self.blocks.gated(RELATIVE_GATE)
        spread = 0.0
        if len(self.hops) == SHORT_TERM:
            self.windows.add(short)
            first, there = self.windows.gated(RANGE_GATE)
            spread = self.windows.spread(first) if there else 0.0
        self.reading = self.reading._replace(integrated=lufs(integrated), range=spread)
