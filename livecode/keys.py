"""Keys that are played: their notes are made at once, or beforehand for the MIDI process to play by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from livecode.conductor.notes import Note, Sounding
from livecode.conductor.score import Score
from livecode.engine.records import EVENT, EVENT_FLOATS, EVERYTHING, MORE, NOTE, RELEASE
from livecode.errors import LiveError
from livecode.midi.hands import Struck
from livecode.patterns import Hap, Span

if TYPE_CHECKING:
    from livecode.conductor.conductor import Conductor
    from livecode.performance import Performance

HELD = 600.0  # s that a key may be held
GROUP = 90_000  # the first of the groups that are let go together: one for each sound and key
KEYS = 128
CYCLE = Span(Fraction(0), Fraction(1))
LOW, HALF, HIGH = 1, 64, 127  # velocities at which a note is looked at
PROBES = ((60, HIGH), (72, HALF))  # keys and velocities that tell whether a sound has changed
NEAR = 1e-6  # by which a value may miss the line through its ends, as a part of itself
FLOATS = EVENT.size - 4 * EVENT_FLOATS  # where in a record they begin
NEEDED = 1.0  # s after which the pools of what is played are said to be needed still


@dataclass(slots=True)
class Keys:
    """What is played by hand; a key that goes up lets its notes take the release of their design."""

    performance: Performance
    _sounding: Sounding | None = None
    _score: Score | None = None
    _groups: dict[tuple[str, int], float] = field(default_factory=dict)
    _tables: dict[str, tuple[list[object], tuple[Struck, ...]]] = field(default_factory=dict)
    _looked: float = 0.0

    def prepare(self, sounds: Iterable[str]) -> None:
        """Have the voices and keys of some sounds ready; called by the conductor's thread again and again."""
        conductor, now = self.performance.conductor, time.monotonic()
        if conductor is None:
            return
        score = conductor.eras[-1].score
        if score is self._score and now - self._looked < NEEDED:
            return
        new, self._looked = score is not self._score, now
        if new or self._sounding is None:
            self._sounding, self._score = Sounding(score, None, conductor.tapes, conductor.returns), score
        for sound in sounds:
            try:
                self._prepare(conductor, self._sounding, sound)
            except LiveError as error:
                self._tables.pop(sound, None)
                if new:
                    self.performance.tell(error.render())

    def of(self, sound: str) -> tuple[Struck, ...]:
        """Give the 128 keys of a sound as the engine wants them; none where each must be made as it is played."""
        return self._tables[sound][1] if sound in self._tables else ()

    def _prepare(self, conductor: Conductor, sounding: Sounding, sound: str) -> None:
        """Say that the pool of a sound is needed still, and make its keys if anything of them has changed."""
        mark: list[object] = []
        for key, velocity in PROBES:
            note = self._note(sounding, sound, key, velocity)
            with self.performance.playing():
                conductor.admit(note.voice)
                held = conductor.provision.pools[note.voice]
                held.used = max(held.used, conductor.sent)
            mark += [held.pool.number, note.values]
        if sound not in self._tables or self._tables[sound][0] != mark:
            self._tables[sound] = mark, self._table(conductor, sounding, sound)

    def _table(self, conductor: Conductor, sounding: Sounding, sound: str) -> tuple[Struck, ...]:
        """Give all keys of a sound, or none where they need more than one pool or velocity is not a straight line."""
        found: list[Struck] = []
        for key in range(KEYS):
            low, half, high = (self._note(sounding, sound, key, velocity) for velocity in (LOW, HALF, HIGH))
            held = conductor.provision.pools.get(low.voice)
            if held is None or not low.voice == half.voice == high.voice:
                return ()
            levels = []
            for i, (a, b, c) in enumerate(zip(low.values, half.values, high.values, strict=True)):
                step = (c - a) / (HIGH - LOW)
                if abs(a + step * (HALF - LOW) - b) > NEAR * max(abs(a), abs(c)):
                    return ()
                if step:
                    place = i // EVENT_FLOATS * EVENT.size + FLOATS + 4 * (i % EVENT_FLOATS)
                    levels.append((place, a - step * LOW, step))
            up = EVENT.pack(0, EVERYTHING, RELEASE, 1, 0, self._group(sound, key), *[0.0] * (EVENT_FLOATS - 1))
            found.append(Struck(_packed(held.pool.number, low.values), tuple(levels), up))
        return tuple(found)

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


def _packed(pool: int, values: tuple[float, ...]) -> bytes:
    packed = bytearray()
    for i in range(0, len(values), EVENT_FLOATS):
        some = values[i : i + EVENT_FLOATS]
        padded = (*some, *[0.0] * (EVENT_FLOATS - len(some)))
        packed += EVENT.pack(0, pool, MORE if i else NOTE, len(some), 0, *padded)
    return bytes(packed)
