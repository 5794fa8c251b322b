"""Breakpoints of envelopes, on whole samples."""

from __future__ import annotations

import math

Points = list[tuple[float, float]]

FLOOR = math.exp(-6.9078)  # -60 dB, where a percussive decay ends
DECAY = [
    (f, (math.exp(-6.9078 * f) - FLOOR) / (1.0 - FLOOR)) for f in (0.03, 0.07, 0.12, 0.18, 0.26, 0.36, 0.5, 0.7, 1.0)
]
SHORTEST = 64  # samples: below it the breakpoints of a decay would fall together


class Shapes:
    """The envelope shapes at one sample rate; times in seconds, levels 0 to 1.

    pyo's breakpoint envelopes step per sample, and a segment that is not whole samples long misses its level for good.
    So each point stands half a sample early, on its sample, and the first half sample is flat; the onset's own sample
    is the first step of the rise.
    An attack shorter than half a sample is none: the onset itself is at full level.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate

    def _grid(self, *points: tuple[float, float]) -> Points:
        rate = self.rate
        last = 0
        out: Points = []
        for time, level in points[1:]:
            n = round(time * rate)
            last = n if n > last else last + 1
            if not out:
                start = points[0][1] + (level - points[0][1]) / last
                out = [(0.0, start), (0.5 / rate, start)][: min(last, 2)]
            out.append(((last - 0.5) / rate, level))
        return out

    def adsr(self, dur: float, a: float, d: float, s: float, r: float) -> Points:
        """Rise, fall to the sustain level, and release from wherever it is when the gate closes."""
        if a * self.rate < 0.5:
            if dur < d:
                return self._grid((0.0, 1.0), (dur, 1.0 - (1.0 - s) * dur / d), (dur + r, 0.0))
            return self._grid((0.0, 1.0), (d, s), (dur, s), (dur + r, 0.0))
        if dur <= a:
            return self._grid((0.0, 0.0), (dur, dur / a), (dur + r, 0.0))
        if dur < a + d:
            return self._grid((0.0, 0.0), (a, 1.0), (dur, 1.0 - (1.0 - s) * (dur - a) / d), (dur + r, 0.0))
        return self._grid((0.0, 0.0), (a, 1.0), (a + d, s), (dur, s), (dur + r, 0.0))

    def asr(self, dur: float, a: float, r: float) -> Points:
        """Rise, stay, and release when the gate closes."""
        if a * self.rate < 0.5:
            return self._grid((0.0, 1.0), (dur, 1.0), (dur + r, 0.0))
        if dur <= a:
            return self._grid((0.0, 0.0), (dur, dur / a), (dur + r, 0.0))
        return self._grid((0.0, 0.0), (a, 1.0), (dur, 1.0), (dur + r, 0.0))

    def perc(self, a: float, d: float) -> Points:
        """Rise, then decay exponentially by 60 dB and end at 0, whatever the gate does."""
        rate = self.rate
        rise = round(a * rate)
        fall = max(SHORTEST, round(d * rate))
        points = self._grid((0.0, 0.0), (a, 1.0)) if rise else [(0.0, 1.0), (0.5 / rate, 1.0)]
        points += [((rise + int(f * fall) - 0.5) / rate, level) for f, level in DECAY]
        return points

    def burst(self, time: float) -> Points:
        """Stay at 1 for a time."""
        return self._grid((0.0, 1.0), (time, 1.0), (time, 0.0))
