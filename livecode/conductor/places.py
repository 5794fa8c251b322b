"""Where in its sections the music is, and how a change of the score keeps that place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from livecode.conductor.score import Score, Stretch, stretch_at

INSTANT = Fraction(1, 1 << 30)  # cycles


@dataclass(frozen=True, slots=True)
class Spot:
    """Which section is heard, how many cycles of it are over, and what follows it.

    Without a section (composed patterns, or a song that is over) the name is empty and there is no length.
    """

    cycle: Fraction
    beats: Fraction  # to a cycle, here
    section: str = ""
    into: Fraction = Fraction(0)
    length: Fraction | None = None
    following: str = ""
    row: int = -1  # which of the song's sections it is, counted in a row


def spot(score: Score, time: Fraction, cycle: Fraction, beats: Fraction, cued: str | None) -> Spot:
    """Tell where a time of a score is; `cued` is what was asked to come next instead of what the score says."""
    found = stretch_at(score, time)
    if found is None or not found[0].name:
        return Spot(cycle, beats, following=cued or "")
    stretch, begin = found
    if cued is None:
        after = None if stretch.length is None else stretch_at(score, begin + stretch.length)
        cued = "" if after is None else after[0].name
    return Spot(cycle, beats, stretch.name, time - begin, stretch.length, cued, stretch.row)


def kept(old: Score, new: Score, time: Fraction) -> Fraction:
    """Give the time of a new score at which it goes on from a time of the old one: as far into the same section.

    At the seam of two sections it is the end of the first, so that what was put behind it comes.
    """
    if time <= 0 or layout(old) == layout(new):
        return time
    found = stretch_at(old, max(time - INSTANT, Fraction(0)))
    if found is None:
        return time
    stretch, begin = found
    same = next((s for s in new.stretches if (s.name, s.nth) == (stretch.name, stretch.nth)), None)
    same = same or next((s for s in new.stretches if s.name == stretch.name), None)
    if same is None or same.length is None:
        return time
    return same.begin + min(time - begin, same.length)


def layout(score: Score) -> tuple[tuple[Fraction, Fraction | None, str, int], ...]:
    """Give where the sections of a score lie."""
    return tuple((s.begin, s.end, s.name, s.nth) for s in score.stretches)


def number_at(score: Score, time: Fraction) -> int | None:
    """Give the number of the stretch that plays at a time of a score."""
    found = stretch_at(score, max(time, Fraction(0)))
    return None if found is None else _number(score, found[0])


def _number(score: Score, stretch: Stretch) -> int:
    return next(i for i, s in enumerate(score.stretches) if s is stretch)
