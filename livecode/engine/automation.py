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

    It stands at its default until the first breakpoint, and keeps the value of the last.
    """

    __slots__ = ("_lane", "_still", "hi", "lo", "points", "value")

    def __init__(self, lane: Lane | None, param: Parameter | None) -> None:
        self._lane = lane
        self._still = False
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
        if self._still and (not points or points[0][0] >= start + len(times)):
            return
        if len(points) == 1 and points[0][0] <= start:
            self.value = points[0][1]
        if not points or points[0][0] >= start + len(times) or (len(points) == 1 and points[0][0] <= start):
            self._stay()
            return
        xs = [float(t) for t, _ in points]
        ys = [v for _, v in points]
        self.lane.samples[:] = np.interp(times, xs, ys)
        if xs[0] > start:
            self.lane.samples[: int(xs[0]) - start] = self.value
        end = start + len(times)
        while len(points) > 1 and points[1][0] <= end:
            points.pop(0)
        self._still = False

    def _stay(self) -> None:
        """Keep the lane at one value, writing it only once."""
        if not self._still or self.lane.samples[0] != np.float32(self.value):
            self.lane.samples.fill(self.value)
            self._still = True
