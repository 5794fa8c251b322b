"""The takeovers of patterns whose name was evaluated anew, each resolved once, when it is known at which cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from livecode.conductor.score import Part, Score
from livecode.patterns import Pattern
from livecode.patterns.transitions import Entered, Takeover, entry_of

KEPT = 256


@dataclass(slots=True)
class Takeovers:
    """Remembers which patterns have entered, so that another change of the score does not let them enter again."""

    entered: dict[Takeover, Entered] = field(default_factory=dict)

    def resolved(self, score: Score, playing: Score | None, begin: Fraction) -> Score:
        """Give the score with its composed patterns as they enter at a cycle, after those of the score before."""
        old = {} if playing is None else _open_parts(playing)
        stretches = tuple(
            stretch
            if stretch.end is not None
            else replace(stretch, parts=tuple(self._part(part, old, begin) for part in stretch.parts))
            for stretch in score.stretches
        )
        return replace(score, stretches=stretches)

    def _part(self, part: Part, old: Mapping[str, Pattern], begin: Fraction) -> Part:
        entering = entry_of(part.pattern)
        if entering is None:
            return part
        known = self.entered.get(entering.takeover)
        if known is None:
            while len(self.entered) >= KEPT:
                del self.entered[next(iter(self.entered))]
            known = self.entered[entering.takeover] = entering.after(old.get(part.strip), begin)
        return Part(part.strip, known)


def _open_parts(score: Score) -> dict[str, Pattern]:
    return {part.strip: part.pattern for stretch in score.stretches if stretch.end is None for part in stretch.parts}
