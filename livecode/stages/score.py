"""From a session to the score that the conductor plays."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from livecode.conductor.score import Part, Score, Stretch
from livecode.language import habits
from livecode.patterns import WORDS, Pattern
from livecode.patterns.library.outside import TEMPO
from livecode.patterns.transitions import entry_of
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.mix import desk
from livecode.stages.plan import Step, plan

PLAYED = (Space.BUS, Space.FORM, Space.VALUE)  # spaces whose names are those of strips, what sounds last


def score(session: Session) -> Score:
    """Give what is to be played: the form that was started, or else the composed patterns.

    Raises LiveError when the mixer cannot be put together.
    """
    t, settings = session.transport, session.settings
    form = session.get(Space.FORM, t.form) if t.form else None
    sounding = [d.name for d in session.each(Space.VALUE) if d.sounds]
    strips = {*sounding, *session.names(Space.FORM)}
    mixer = desk(session, strips)
    if form is None:
        parts = tuple(Part(name, pattern) for name, pattern in session.tracks().items())
        stretches: tuple[Stretch, ...] = (Stretch(Fraction(0), None, _seeded(parts, settings.seed)),)
        entry = Fraction(0)
    else:
        row = plan(session)
        stretches = _in_a_row(row.steps, settings.seed)
        entry = stretches[row.entry].begin if row.entry else Fraction(0)
    return Score(
        stretches=stretches,
        tempo=TEMPO if session.gear.sync else settings.tempo,
        beats=settings.beats,
        key=settings.key,
        sounds={d.name: d.value.graph for d in session.each(Space.SOUND)},
        samples=session.samples,
        mix=mixer.mix,
        lanes=mixer.patterns,
        loop=t.loop and form is not None,
        entry=entry,
        cue=t.cue,
        audible={name: session.audible(name) for name in sounding} if form is not None else {},
        gear=session.gear,
        places=MappingProxyType({d.name: d.statement.place for s in PLAYED for d in session.each(s)}),
        others=tuple(gallery.names(Space.SOUND)),
        known=habits.SOUNDS,
    )


def _seeded(parts: tuple[Part, ...], seed: int) -> tuple[Part, ...]:
    """Let parts draw from the random stream of the session; stream 0 is the patterns' own."""
    if seed == 0:
        return parts
    return tuple(Part(part.strip, _with_seed(seed, part.pattern)) for part in parts)


@lru_cache(maxsize=1024)  # a pattern that has not changed is the same one in the next score
def _with_seed(seed: int, pattern: Pattern) -> Pattern:
    word, entering = WORDS.find("seed"), entry_of(pattern)
    if entering is not None:
        return entering.of(word.call(seed, entering.child))
    made: Pattern = word.call(seed, pattern)
    return made


def _in_a_row(steps: Iterable[Step], seed: int) -> tuple[Stretch, ...]:
    stretches: list[Stretch] = []
    at = Fraction(0)
    for step in steps:
        s = step.section
        parts = _seeded(s.parts, seed)
        stretches.append(Stretch(at, at + s.length, parts, s.name, s.tempo, s.beats, s.key, step.row, step.nth))
        at += s.length
    return tuple(stretches)
