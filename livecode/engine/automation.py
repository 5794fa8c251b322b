"""Automated parameters: straight lines between breakpoints, exact to the sample."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Any

import numpy as np

from livecode.engine.records import Parameter
from livecode.engine.tables import Lane
from livecode.engine.values import clamp


class Line:
    """One automated parameter: its lane and the breakpoints it moves through.

    It stands at its default until the first breakpoint, and keeps the value of the last. What it moves may be heard
    some samples after its notes: `late`. When that changes, the line is read faster or slower until it is there.
    """

    __slots__ = ("_lane", "_read", "_still", "hi", "late", "lo", "points", "value")

    def __init__(self, lane: Lane | None, param: Parameter | None) -> None:
        self._lane = lane
        self._still = False
        self.late = 0
        self._read = -1  # samples by which it is read late at present; nothing was read
        self.points: list[tuple[int, float]] = []
        self.lo, self.hi = -1e9, 1e9
        self.value = 0.0
        if lane is not None and param is not None:
            self.limit(param)
            self.value = clamp(param.default, self.lo, self.hi)
            lane.samples.fill(self.value)

    @property
    def lane(self) -> Lane:
        assert self._lane is not None
        return self._lane

    def limit(self, param: Parameter) -> None:
        self.lo, self.hi = max(param.lo, -1e9), min(param.hi, 1e9)

    def reach(self, at: int, value: float) -> None:
        """Move in a straight line from the breakpoint before to a value at a sample."""
        if self._lane is None:
            return
        value = clamp(value, self.lo, self.hi)
        if not self.points or self.points[-1][0] < at:
            self.points.append((at, value))
        else:
            self.points = [p for p in self.points if p[0] != at]
            insort(self.points, (at, value))

    def aim(self, at: int, value: float, length: int) -> None:
        """Leave the line at a sample, and move to a value within so many samples."""
        points = self.points
        level = self.value
        if points and points[0][0] <= at:
            level = float(np.interp(at, [t for t, _ in points], [v for _, v in points]))
        self.cancel(at)
        self.reach(at, level)
        self.reach(at + length, value)

    def cancel(self, at: int) -> None:
        """Forget the breakpoints at or after a sample."""
        del self.points[bisect_left(self.points, (at, -1e18)) :]

    def fill(self, start: int, times: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        """Write the samples of a block and drop the breakpoints it has left behind."""
        points = self.points
        first, end = float(start), float(start + len(times))
        if self.late != self._read or self.late:
            times = self._behind(times)
            first, end = float(times[0]), float(times[-1]) + 1.0
        if self._still and (not points or points[0][0] >= end):
            return
        if len(points) == 1 and points[0][0] <= first:
            self.value = points[0][1]
        if not points or points[0][0] >= end or (len(points) == 1 and points[0][0] <= first):
            self._stay()
            return
        xs = [float(t) for t, _ in points]
        ys = [v for _, v in points]
        self.lane.samples[:] = np.interp(times, xs, ys)
        if xs[0] > first:
            self.lane.samples[times < xs[0]] = self.value
        while len(points) > 1 and points[1][0] <= end:
            points.pop(0)
        self._still = False

    def _behind(self, times: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Give the times at which the line is read; it comes to its lateness by an eighth of a sample each sample."""
        if self._read < 0:
            self._read = self.late
        size = len(times)
        step = max(-size // 8, min(self.late - self._read, size // 8))
        behind = times - self._read if not step else times - (self._read + step * np.arange(1, size + 1) / size)
        self._read += step
        return np.asarray(behind)

    def _stay(self) -> None:
        """Keep the lane at one value, writing it only once."""
        if not self._still or self.lane.samples[0] != np.float32(self.value):
            self.lane.samples.fill(self.value)
            self._still = True
