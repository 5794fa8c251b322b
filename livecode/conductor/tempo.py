"""The one map between cycles and samples."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

# Where the tempo changes, time is kept to a millionth of a sample, so that fractions stay short for hours.
GRAIN = 2**20


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of steady tempo."""

    cycle: Fraction
    sample: Fraction
    length: Fraction  # samples in a cycle


def cycle_length(bpm: float | Fraction, beats: Fraction, rate: int) -> Fraction:
    """Give the samples in a cycle at a tempo."""
    return Fraction(rate * 60) * beats / Fraction(bpm).limit_denominator(10**6)


class TempoMap:
    """Cycles to samples and back, exactly; the tempo may change at any cycle that is not past."""

    def __init__(self, sample: int | Fraction, length: Fraction) -> None:
        self._legs = [Leg(Fraction(0), Fraction(sample), length)]

    def change(self, cycle: Fraction, length: Fraction) -> None:
        """Set the length of a cycle from a cycle on; what was set for later is forgotten."""
        while len(self._legs) > 1 and self._legs[-1].cycle >= cycle:
            self._legs.pop()
        last = self._legs[-1]
        if last.length == length:
            return
        if last.cycle == cycle:
            self._legs[-1] = Leg(cycle, last.sample, length)
            return
        at = last.sample + (cycle - last.cycle) * last.length
        self._legs.append(Leg(cycle, Fraction(round(at * GRAIN), GRAIN), length))

    def ahead(self) -> TempoMap:
        """Give a map of its own that goes on from the last leg."""
        last = self._legs[-1]
        made = TempoMap(last.sample, last.length)
        made._legs = [last]
        return made

    def forget(self, cycle: Fraction) -> None:
        """Drop the legs that ended before a cycle."""
        index = self._leg_at(cycle)
        if index > 0:
            del self._legs[:index]

    def _leg_at(self, cycle: Fraction) -> int:
        return max(0, bisect_right(self._legs, cycle, key=lambda leg: leg.cycle) - 1)

    def exact(self, cycle: Fraction) -> Fraction:
        """Give the sample time of a cycle, not rounded."""
        leg = self._legs[self._leg_at(cycle)] if len(self._legs) > 1 else self._legs[0]
        return leg.sample + (cycle - leg.cycle) * leg.length

    def sample(self, cycle: Fraction) -> int:
        """Give the sample nearest to a cycle."""
        at = self.exact(cycle)
        return (2 * at.numerator + at.denominator) // (2 * at.denominator)

    def cycle(self, sample: int | Fraction) -> Fraction:
        """Give the cycle of a sample time."""
        legs = self._legs
        index = max(0, bisect_right(legs, sample, key=lambda leg: leg.sample) - 1)
        leg = legs[index]
        return leg.cycle + (sample - leg.sample) / leg.length

    def steady(self, begin: Fraction, end: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
        """Cut a span of cycles where the tempo changes."""
        if begin >= end:
            return
        for leg in self._legs[self._leg_at(begin) + 1 :]:
            if leg.cycle >= end:
                break
            yield begin, leg.cycle
            begin = leg.cycle
        yield begin, end

    def length(self, cycle: Fraction) -> Fraction:
        """Give the samples in a cycle at the tempo that holds at a cycle."""
        return self._legs[self._leg_at(cycle)].length
