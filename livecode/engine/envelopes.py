"""Breakpoints of envelopes, on whole samples."""

from __future__ import annotations

import math
from itertools import pairwise

Points = list[tuple[float, float]]

FLOOR = math.exp(-6.9078)  # -60 dB, where a percussive decay ends
DECAY = [
    (f, (math.exp(-6.9078 * f) - FLOOR) / (1.0 - FLOOR)) for f in (0.03, 0.07, 0.12, 0.18, 0.26, 0.36, 0.5, 0.7, 1.0)
]
CURVE_STEPS = 12  # straight lines for a bent one
BEND_STEPS = 24  # straight lines between two corners at most
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

    def adsr(self, dur: float, a: float, d: float, s: float, r: float, hold: float = 0.0) -> Points:
        """Rise, stay at the top for `hold`, fall to the sustain level, and release from wherever it is at the end."""
        if hold > 0.0:
            return self._held(dur, a, d, s, r, hold)
        if a * self.rate < 0.5:
            if dur < d:
                return self._grid((0.0, 1.0), (dur, 1.0 - (1.0 - s) * dur / d), (dur + r, 0.0))
            return self._grid((0.0, 1.0), (d, s), (dur, s), (dur + r, 0.0))
        if dur <= a:
            return self._grid((0.0, 0.0), (dur, dur / a), (dur + r, 0.0))
        if dur < a + d:
            return self._grid((0.0, 0.0), (a, 1.0), (dur, 1.0 - (1.0 - s) * (dur - a) / d), (dur + r, 0.0))
        return self._grid((0.0, 0.0), (a, 1.0), (a + d, s), (dur, s), (dur + r, 0.0))

    def _held(self, dur: float, a: float, d: float, s: float, r: float, hold: float) -> Points:
        corners = [(0.0, 0.0)] if a * self.rate >= 0.5 else [(0.0, 1.0)]
        corners += [(a, 1.0), (a + hold, 1.0), (a + hold + d, s)]
        kept = [corners[0], *(corner for corner in corners[1:] if corner[0] < dur)]
        level = s
        if len(kept) < len(corners):
            (t0, y0), (t1, y1) = kept[-1], corners[len(kept)]
            level = y0 + (y1 - y0) * (dur - t0) / (t1 - t0) if t1 > t0 else y0
        return self._grid(*kept, (dur, level), (dur + r, 0.0))

    def curved(self, dur: float, a: float, hold: float, d: float, s: float, r: float, curve: float) -> Points:
        """Do what `adsr` does along bent lines: a curve below 0 goes fast at first, above 0 fast at last."""
        corners = [(0.0, 0.0 if a * self.rate >= 0.5 else 1.0), (a, 1.0), (a + hold, 1.0), (a + hold + d, s)]
        points = [corners[0]]
        for (t0, y0), (t1, y1) in pairwise(corners):
            last = min(t1, dur)
            part = (last - t0) / (t1 - t0) if t1 > t0 else 1.0
            if last < t0 or t1 == t0:
                continue
            points += self._bent(t0, y0, t1, y1, curve, part)
        held = points[-1][1]
        points.append((dur, held))
        points += self._bent(dur, held, dur + r, 0.0, curve, 1.0)
        return self._grid(*points)

    def _bent(self, t0: float, y0: float, t1: float, y1: float, curve: float, part: float) -> Points:
        """Give points of a bent line, up to a part of its time, as SuperCollider bends it."""
        if t1 <= t0 or part <= 0.0:
            return []
        straight = abs(curve) < 0.01 or y0 == y1
        steps = 1 if straight else max(1, min(CURVE_STEPS, int((t1 - t0) * part * self.rate / 4)))
        out = []
        for i in range(1, steps + 1):
            x = part * i / steps
            out.append((t0 + (t1 - t0) * x, y0 + (y1 - y0) * (x if straight else _bend(curve, x))))
        return out

    def swell(self, dur: float, peak: float, flat: float, curve: float) -> Points:
        """Rise and fall once over a time: `peak` says where it is at its top, `flat` for what part of the time."""
        rest = dur * (1.0 - flat)
        return self.segments((0.0, 1.0, 1.0, 0.0), (rest * peak, dur * flat, rest * (1.0 - peak)), curve)

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

    def segments(self, levels: tuple[float, ...], seconds: tuple[float, ...], curve: float) -> Points:
        """Go from level to level; a curve below 0 goes fast at first, above 0 fast at last, as SuperCollider has it."""
        points = [(0.0, levels[0])]
        at = 0.0
        for start, end, time in zip(levels[:-1], levels[1:], seconds, strict=True):
            if time * self.rate < 0.5:  # a jump; at the onset there is nothing to jump from
                points[0 if len(points) == 1 else len(points) :] = [(at, end)]
                continue
            straight = abs(curve) < 0.01 or start == end
            steps = 1 if straight else max(1, min(CURVE_STEPS, int(time * self.rate / 4)))
            for i in range(1, steps + 1):
                x = i / steps
                part = x if straight else _bend(curve, x)
                points.append((at + time * x, start + (end - start) * part))
            at += time
        return self._grid(*points) if len(points) > 1 else [points[0], (1.0, points[0][1])]

    def glide(self, start: float, end: float, seconds: float) -> Points:
        """Go from one frequency to another by even ratios."""
        if seconds * self.rate < 2.0 or start == end:
            return [(0.0, end), (1.0, end)]
        steps = CURVE_STEPS
        return self._grid(*((seconds * i / steps, start * (end / start) ** (i / steps)) for i in range(steps + 1)))

    def after(self, time: float) -> Points:
        """Stay at 0 for a time, then rise to 1 within a millisecond and stay there."""
        if time * self.rate < 1.0:
            return [(0.0, 1.0), (0.5 / self.rate, 1.0)]
        return self._grid((0.0, 0.0), (time, 0.0), (time + 0.001, 1.0))

    def travel(self, start: float, end: float, time: float) -> Points:
        """Go from a position to another in a time and stay there."""
        return self._grid((0.0, start), (max(time, 2.0 / self.rate), end))

    def ramp(self, time: float) -> Points:
        """Rise from 0 to 1 over a time and stay there."""
        return self._grid((0.0, 0.0), (max(time, 1.0 / self.rate), 1.0))

    def bend(self, dur: float, a: float, d: float, s: float, r: float, octaves: float, anchor: float) -> Points:
        """Give factors: an envelope in octaves, of which the part `anchor` lies below 1.

        Between its corners it follows the exponential curve through points.
        """
        a, d, r = (max(x, 2.0 / self.rate) for x in (a, d, r))
        corners = [(0.0, 0.0), (a, 1.0), (a + d, s)]
        if dur < a:
            corners = [(0.0, 0.0), (max(dur, 1.0 / self.rate), dur / a)]
        elif dur < a + d:
            corners = [*corners[:2], (max(dur, a + 1.0 / self.rate), 1.0 - (1.0 - s) * (dur - a) / d)]
        else:
            corners.append((dur, s))
        corners.append((corners[-1][0] + r, 0.0))
        points = [corners[0]]
        for (t0, y0), (t1, y1) in pairwise(corners):
            steps = min(BEND_STEPS, max(1, math.ceil(abs((y1 - y0) * octaves) * 6)))
            points += [(t0 + (t1 - t0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(1, steps + 1)]
        return self._grid(*((t, 2.0 ** (octaves * (y - anchor))) for t, y in points))

    def burst(self, time: float) -> Points:
        """Stay at 1 for a time."""
        return self._grid((0.0, 1.0), (time, 1.0), (time, 0.0))


def _bend(curve: float, x: float) -> float:
    return math.expm1(curve * x) / math.expm1(curve)
