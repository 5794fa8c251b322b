"""Tempo and meter of a score at each of its times: the score's own, or those of the section that plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from livecode.conductor.score import Score, stretch_at
from livecode.conductor.tempo import TempoMap, cycle_length
from livecode.patterns import Context, Pattern
from livecode.patterns.leaves import Pure

TEMPO_GRID = Fraction(1, 16)  # cycles between two looks at a tempo that varies
INSTANT = Fraction(1, 1 << 20)  # cycles
FARTHEST = Fraction(16)  # cycles that a note looks ahead at the tempo to come


@dataclass(frozen=True, slots=True)
class Pace:
    """Beats a minute and beats to a cycle, and up to which time of the score they surely hold (None: for ever)."""

    bpm: float
    beats: Fraction
    until: Fraction | None

    def cycle(self, rate: int) -> Fraction:
        """Give the samples in a cycle."""
        return cycle_length(self.bpm, self.beats, rate)


def pace_at(score: Score, time: Fraction) -> Pace:
    """Give tempo and meter at a time of a score; a tempo that varies is looked at on a grid of its own time."""
    found = stretch_at(score, time)
    tempo, beats, begin, length, until = score.tempo, score.beats, Fraction(0), None, None
    if found is not None:
        stretch, at = found
        until = None if stretch.length is None else at + stretch.length
        beats = stretch.beats or beats
        if stretch.tempo is not None:
            tempo, begin, length = stretch.tempo, at, stretch.length
    step = (time - begin) // TEMPO_GRID
    if not isinstance(tempo, Pure):
        following = begin + (step + 1) * TEMPO_GRID
        until = following if until is None else min(until, following)
    return Pace(bpm_at(tempo, step * TEMPO_GRID, length), beats, until)


def bpm_at(tempo: Pattern, cycle: Fraction, section: Fraction | None = None) -> float:
    """Give the tempo at a cycle, in beats a minute; 120 where it says nothing."""
    haps = tempo.query(cycle, cycle + INSTANT, Context(section=section))
    try:
        value = float(haps[0].value) if haps else 120.0
    except (TypeError, ValueError):
        value = 120.0
    return min(max(value, 10.0), 999.0)


def lay_out(map: TempoMap, begin: Fraction, end: Fraction, rate: int, pace: Callable[[Fraction], Pace]) -> Fraction:
    """Let a map follow a pace, given at a cycle, from a cycle to another or behind it; gives how far it is known."""
    while begin < end:
        now = pace(begin)
        map.change(begin, now.cycle(rate))
        begin = end if now.until is None else now.until
    return begin


def metered(
    map: TempoMap, begin: int, end: int, pace: Callable[[Fraction], Pace]
) -> Iterator[tuple[int, int, Fraction]]:
    """Cut a span of samples where the meter may change; gives the beats to a cycle of each part."""
    cycle, last = map.cycle(begin), map.cycle(end)
    while begin < end:
        now = pace(cycle)
        cycle = last if now.until is None else min(now.until, last)
        until = end if cycle >= last else max(begin, min(end, map.sample(cycle)))
        yield begin, until, now.beats
        begin = until


@dataclass(slots=True)
class Forecast:
    """How the tempo goes on behind what is known, where nothing changes it; what comes from outside still may."""

    rate: int
    pace: Callable[[Fraction], Pace]
    _map: TempoMap | None = None
    _known: Fraction = Fraction(0)

    def forget(self) -> None:
        """Take nothing for known, since more has become known or something has changed."""
        self._map = None

    def lasting(self, known: TempoMap, looked: Fraction, cycle: Fraction, duration: Fraction) -> Fraction:
        """Give the samples of some cycles from a cycle on; a map knows the tempo up to `looked`."""
        end = cycle + min(duration, FARTHEST)
        ahead = known if end <= looked else self._ahead(known, looked, end)
        return ahead.exact(end) - known.exact(cycle) + (cycle + duration - end) * ahead.length(end)

    def _ahead(self, known: TempoMap, looked: Fraction, end: Fraction) -> TempoMap:
        if self._map is None:
            self._map, self._known = known.ahead(), looked
        self._known = lay_out(self._map, self._known, end, self.rate, self.pace)
        return self._map


def map_of(score: Score, rate: int) -> TempoMap:
    """Give the map of a whole score that ends, from sample 0 on."""
    map_ = TempoMap(0, pace_at(score, Fraction(0)).cycle(rate))
    lay_out(map_, Fraction(0), score.length or Fraction(1), rate, lambda time: pace_at(score, time))
    return map_
