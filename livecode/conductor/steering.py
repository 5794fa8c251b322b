"""Steering: lanes of the mixer and notes that sound follow a controller at once, not only what is sent next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from livecode.conductor.conductor import LANE_GRID, Conductor
from livecode.conductor.movement import APART, any_moves, asked
from livecode.conductor.notes import Note, Voice
from livecode.engine.records import AIM, AUTOMATE, EVENT, EVENT_FLOATS
from livecode.errors import LiveError
from livecode.patterns import Context, Hap, Pattern, outside
from livecode.patterns.core import playing
from livecode.patterns.moving import Moving

INSTANT = Fraction(1, 1 << 20)  # cycles
RAMP = 0.005  # s in which a value is reached: no click, and no zip
TAIL = 2.0  # s that a note is steered past its end


@dataclass(slots=True)
class Held:
    """A note of which some parameters follow a value from outside."""

    voice: Voice
    onset: int  # sample
    length: Fraction  # samples of its event
    moving: list[tuple[int, Moving]]  # by the index of the parameter
    wavy: bool  # they move by themselves as well
    version: int  # of the values from outside that it knows


@dataclass(slots=True)
class Steering:
    """Listens to the notes a conductor sends and, when something outside moves, corrects those that sound."""

    conductor: Conductor
    held: list[Held] = field(default_factory=list)
    version: int = field(default_factory=outside.version)

    def __post_init__(self) -> None:
        self.conductor.heard = self.heard

    def heard(self, sample: int, note: Note, hap: Hap) -> None:
        """Remember a note whose parameters follow a value from outside."""
        if not any_moves(hap.value) or hap.whole is None:
            return
        names = {p.name: i for i, p in enumerate(note.voice.graph.params) if p.moves}
        found: list[tuple[int, Moving]] = []
        wavy = False
        for name, value in hap.value.items():
            index = names.get(APART.get(name, name))
            if type(value) is not Moving or index is None:
                continue
            reads = outside.reads()
            first, last = (_at(value.pattern, cycle) for cycle in (value.begin, (value.begin + value.end) / 2))
            if outside.reads() > reads:
                found.append((index, value))
                wavy |= first != last
        if found:
            cycle, map_ = self.conductor.map.cycle(sample), self.conductor.map
            length = map_.exact(cycle + hap.whole.end - hap.whole.begin) - map_.exact(cycle)
            self.held.append(Held(note.voice, sample, length, found, wavy, outside.version()))

    def steer(self, now: int) -> None:
        """Bring what sounds up to date; `now` is the sample of this moment."""
        conductor, version = self.conductor, outside.version()
        at = now + conductor.block
        gone = now - round(TAIL * conductor.rate)
        self.held = [h for h in self.held if h.onset + h.length > gone]
        records: list[bytes] = []
        with playing():
            for held in self.held:
                if held.onset <= now and (held.wavy or held.version != version):
                    held.version = version
                    records += self._note(held, at)
            if version != self.version:
                self.version = version
                records += self._lanes(at)
        if records:
            conductor.output.push(b"".join(records))

    def _note(self, held: Held, at: int) -> Iterator[bytes]:
        pool = self.conductor.provision.pools.get(held.voice)
        if pool is None:
            return
        part = Fraction(at - held.onset) / held.length if held.length else Fraction(0)
        for index, moving in held.moving:
            cycle = moving.begin + (moving.end - moving.begin) * part.limit_denominator(1 << 16)
            with asked(self._context(at)):
                value = _at(moving.pattern, cycle)
            if value is not None:
                yield _packed(at, pool.pool.number, AIM, held.onset & 0xFFFFFFFF, value, RAMP, float(index))

    def _lanes(self, at: int) -> Iterator[bytes]:
        """Move the lanes that read a value from outside, and send again what was sent ahead of them."""
        conductor = self.conductor
        era = conductor.eras[-1]
        ahead = at + round(RAMP * conductor.rate)
        first = (ahead - conductor.start) // LANE_GRID + 1
        samples = [ahead, *(conductor.start + i * LANE_GRID for i in range(first, conductor.points))]
        for key, pattern in zip(era.score.mix.lanes, era.score.lanes, strict=True):
            for sample in samples:
                reads = outside.reads()
                with asked(self._context(sample)):
                    value = _at(pattern, conductor.map.cycle(sample) - era.origin)
                if outside.reads() == reads:
                    break
                if value is not None and sample == ahead:
                    yield _packed(at, conductor.provision.lanes[key], AIM, 0, value, RAMP)
                elif value is not None:
                    yield _packed(sample, conductor.provision.lanes[key], AUTOMATE, 0, value)

    def _context(self, sample: int) -> Context:
        map_ = self.conductor.map
        return Context(cps=float(self.conductor.rate / map_.length(map_.cycle(sample))))


def _at(pattern: Pattern, cycle: Fraction) -> float | None:
    """Give what a pattern says at a moment; nothing where it is silent, or wrong, which the conductor tells."""
    try:
        haps = pattern.query(cycle, cycle + INSTANT)
        return float(haps[0].value) if haps else None
    except (LiveError, TypeError, ValueError):
        return None


def _packed(at: int, target: int, kind: int, note: int, *floats: float) -> bytes:
    return EVENT.pack(max(at, 0), target, kind, len(floats), note, *floats, *[0.0] * (EVENT_FLOATS - len(floats)))
