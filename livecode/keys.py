"""Keys that are played: their notes are made at once, without waiting for the conductor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from livecode.conductor.notes import Note, Sounding
from livecode.conductor.score import Score
from livecode.engine.records import EVENT, EVENT_FLOATS, EVERYTHING, RELEASE
from livecode.errors import LiveError
from livecode.patterns import Hap, Span

if TYPE_CHECKING:
    from livecode.performance import Performance

HELD = 600.0  # s that a key may be held
GROUP = 90_000  # the first of the groups that are let go together: one for each sound and key
KEYS = 128
MIDDLE = 60
CYCLE = Span(Fraction(0), Fraction(1))


@dataclass(slots=True)
class Keys:
    """What is played by hand; a key that goes up lets its notes take the release of their design."""

    performance: Performance
    _sounding: Sounding | None = None
    _score: Score | None = None
    _groups: dict[tuple[str, int], float] = field(default_factory=dict)

    def prepare(self, sounds: Iterable[str]) -> None:
        """Have the voices of some sounds ready; called by the conductor's thread when the score may change."""
        conductor = self.performance.conductor
        if conductor is None or conductor.eras[-1].score is self._score:
            return
        score = conductor.eras[-1].score
        sounding = Sounding(score, None, conductor.tapes, conductor.returns)
        for sound in sounds:
            try:
                note = self._note(sounding, sound, MIDDLE, KEYS - 1)
            except LiveError as error:
                self.performance.tell(error.render())
                continue
            with self.performance.playing():
                conductor.admit(note.voice)
        self._sounding, self._score = sounding, score

    def strike(self, sound: str, key: int, velocity: int) -> None:
        """Let a key go down, or up with velocity 0; any thread may.

        Raises PlayError for a sound that cannot be played.
        """
        conductor, sounding = self.performance.conductor, self._sounding
        if conductor is None or sounding is None:
            return
        if not velocity:
            group = self._group(sound, key)
            sample = int(self.performance.engine.now())
            zeros = [0.0] * (EVENT_FLOATS - 1)
            conductor.output.push(EVENT.pack(sample, EVERYTHING, RELEASE, 1, 0, group, *zeros))
            return
        note = self._note(sounding, sound, key, velocity)
        if note.voice not in conductor.provision.pools:
            with self.performance.playing():
                conductor.admit(note.voice)
        conductor.strike(note, int(self.performance.engine.now()))

    def _group(self, sound: str, key: int) -> float:
        return self._groups.setdefault((sound, key), float(GROUP + len(self._groups)))

    def _note(self, sounding: Sounding, sound: str, key: int, velocity: int) -> Note:
        value = {"s": sound, "note": key, "cut": 1, "velocity": velocity / (KEYS - 1)}
        note = sounding.note(Hap(CYCLE, CYCLE, value, ()), sound, HELD)
        at = [p.name for p in note.voice.graph.params].index("cut")
        return replace(note, values=(*note.values[:at], self._group(sound, key), *note.values[at + 1 :]))
