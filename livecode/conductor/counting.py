"""The beats of what plays, counted through the meters of its sections, as a clock outside counts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from livecode.conductor.score import Score, stretches

if TYPE_CHECKING:
    from livecode.conductor.conductor import Conductor, Era


def beats_at(score: Score, time: Fraction) -> Fraction:
    """Give how many beats a score has had at a time of its own."""
    if time <= 0:
        return time * score.beats
    total = covered = Fraction(0)
    for stretch, at in stretches(score, Fraction(0), time):
        end = time if stretch.length is None else min(time, at + stretch.length)
        total += (end - at) * (stretch.beats or score.beats)
        covered += end - at
    return total + (time - covered) * score.beats


def time_of(score: Score, beat: Fraction) -> Fraction:
    """Give the time of a score at which it has had so many beats."""
    end = max(beat, Fraction(0)) + 1  # cycles have a beat at least, or come nearer below
    while beats_at(score, end) < beat:
        end *= 2
    total = Fraction(0)
    for stretch, at in stretches(score, Fraction(0), end):
        beats = stretch.beats or score.beats
        if stretch.length is None or total + stretch.length * beats >= beat:
            return at + (beat - total) / beats
        total += stretch.length * beats
    covered = score.length or Fraction(0)
    return covered + (beat - total) / score.beats


@dataclass(slots=True)
class Count:
    """Counts the beats of a conductor from its begin, through all that takes over meanwhile."""

    _conductor: Conductor | None = None
    _bases: list[tuple[Era, Fraction]] = field(default_factory=list)  # eras, and the beats at the 0 of their scores

    def forget(self) -> None:
        """Count anew: what plays has been put to another place."""
        self._bases = []

    def at(self, conductor: Conductor, cycle: Fraction) -> Fraction:
        """Give the beats at a cycle of what a conductor plays now."""
        if conductor is not self._conductor:
            self._conductor, self._bases = conductor, []
        known = {id(era): base for era, base in self._bases}
        bases: list[tuple[Era, Fraction]] = []
        before = self._bases[-1] if self._bases else None
        for era in conductor.eras:
            base = known.get(id(era))
            if base is None:
                base = era.origin * era.score.beats if before is None else _follow(*before, era)
            before = era, base
            bases.append(before)
        self._bases = bases
        era, base = next((b for b in reversed(bases) if b[0].begin <= cycle), bases[0])
        return base + beats_at(era.score, cycle - era.origin)


def _follow(before: Era, base: Fraction, era: Era) -> Fraction:
    """Give the beats at the 0 of a score that took over from another."""
    had = base + beats_at(before.score, era.begin - before.origin)
    return had - beats_at(era.score, era.begin - era.origin)
