"""What a song plays from its transport on: its sections in a row, what is queued among them, and what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livecode.errors import KindError, Place
from livecode.session import Session, Space, Transport
from livecode.stages.arrange import Section, Song

PASSES = 8  # of a song that loops, before its choices repeat
QUEUED = 64  # sections that can wait


@dataclass(frozen=True, slots=True)
class Step:
    """A section as it stands in the row of its song (below 0: it was queued), and which one of its name it is."""

    section: Section
    row: int
    nth: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The sections that play one after the other; one that loops goes on with the number `entry` at its end."""

    steps: tuple[Step, ...]
    entry: int | None = None


def row(session: Session, name: str, passes: int = 1) -> list[Section]:
    """Give the sections of a song, or the section itself, in a row."""
    definition = session.get(Space.FORM, name)
    form: Section | Song | None = None if definition is None else definition.value
    if isinstance(form, Song):
        return [s for number in range(passes) for s in form.passed(number, session.settings.seed)]
    return [] if form is None else [form]


def _numbered(sections: Iterable[Section]) -> Iterator[Step]:
    met: Counter[str] = Counter()
    for number, section in enumerate(sections):
        yield Step(section, number, met[section.name])
        met[section.name] += 1


def plan(session: Session) -> Plan:
    """Give what plays from the transport on."""
    t = session.transport
    steps = list(_numbered(row(session, t.form, PASSES if t.loop else 1)))
    first = _first(t, steps)
    line = steps[first:]
    if t.queued:
        found = (section for name in t.queued for section in row(session, name))
        line = [*steps[first : t.turn + 1], *(Step(s, -1, -1 - i) for i, s in enumerate(found)), *steps[t.then :]]
    if not t.loop:
        return Plan(tuple(line))
    return Plan(tuple(line), 0) if len(line) == len(steps) and not first else Plan((*line, *steps), len(line))


def _first(t: Transport, steps: list[Step]) -> int:
    if t.skip >= 0:
        return t.skip
    return next((s.row for s in steps if s.section.name == t.start), 0) if t.start else 0


def cued(session: Session, **changes: Any) -> Session:
    """Give the session whose transport plays something else from the next boundary on; nothing is queued then."""
    t = session.transport
    fresh = Transport(stopped=t.stopped, muted=t.muted, soloed=t.soloed, cue=t.cue + 1)
    return replace(session, transport=replace(fresh, **changes))


def _queued(session: Session, **changes: Any) -> Session:
    """Give the session whose transport goes on where it is, with another queue."""
    return replace(session, transport=replace(session.transport, **changes))


def next_one(session: Session, number: int | None, place: Place | None = None) -> tuple[Session, str]:
    """Give the session that goes on with the section behind the one with a number in the plan, and its name.

    Raises KindError where nothing follows.
    """
    t = session.transport
    if number is None:
        said = f"{t.form} is over" if t.form else "no song plays"
        raise KindError(said, place=place, hint=f"play {t.form or 'song'}")
    if isinstance(_form(session, t.form), Section) and t.loop and not t.queued:
        if not t.song:
            raise KindError(f"nothing follows {t.form}: it loops", place=place, hint="queue NAME tells what does")
        return _at_row(session, t.song, t.back + 1, t.form, place)
    made = plan(session)
    following = number + 1 if number + 1 < len(made.steps) else made.entry
    if following is None:
        raise KindError(
            f"{made.steps[number].section.name} is the last section of {t.form}",
            place=place,
            hint="play song from drop, goto drop or queue drop",
        )
    step = made.steps[following]
    keep = {"form": t.form, "song": t.song, "loop": t.loop}
    if step.row < 0:
        left = t.queued[-1 - step.nth :]
        return cued(session, **keep, skip=t.turn + 1, queued=left, turn=t.turn, then=t.then), step.section.name
    ahead = max(t.turn + 1 - max(t.skip, 0), 0) if t.queued else 0
    if following < ahead:
        keep |= {"queued": t.queued, "turn": t.turn, "then": t.then}
    return cued(session, **keep, skip=step.row), step.section.name


def _at_row(session: Session, song: str, number: int, after: str, place: Place | None) -> tuple[Session, str]:
    sections = row(session, song)
    if number >= len(sections):
        raise KindError(f"{after} is the last section of {song}", place=place, hint=f"play {song}, or goto drop")
    return cued(session, form=song, song=song, skip=number), sections[number].name


def queue(
    session: Session, number: int | None, names: Sequence[str], place: Place | None = None
) -> tuple[Session, str]:
    """Give the session in which some forms wait behind the section with a number in the plan, and what to say.

    The song goes on behind the last of them, where it is one of its sections, or else where it was.
    Raises KindError where too many wait.
    """
    new = tuple(section.name for name in names for section in row(session, name))
    t = session.transport
    if number is None or not t.form:
        if not new:
            return session, "nothing is queued"
        first = names[0]
        made = cued(session, form=first, song=first if isinstance(_form(session, first), Song) else "")
        length = len(row(session, first))
        if len(new) > length:
            made = _queued(made, skip=0, queued=new[length:], turn=length - 1, then=length)
        return made, f"{new[0]} from the next boundary"
    step = plan(session).steps[number]
    if not new:
        left = t.queued[: -step.nth] if step.row < 0 else ()
        return _queued(session, queued=left), "nothing is queued"
    waiting = t.queued if step.row < 0 or t.turn == step.row else ()
    if len(waiting) + len(new) > QUEUED:
        raise KindError(f"no more than {QUEUED} sections can wait", place=place)
    turn, song = (t.turn if step.row < 0 else step.row), t.form
    if isinstance(_form(session, t.form), Section) and t.song and not t.queued:
        turn, song = t.back, t.song
    steps = [s.section.name for s in _numbered(row(session, song))]
    then = _behind(steps, names[-1], turn)
    loop = t.loop and song == t.form and isinstance(_form(session, song), Song)
    made = _queued(session, form=song, loop=loop, start="", skip=turn, queued=waiting + new, turn=turn, then=then)
    if step.row < 0:
        made = _queued(made, skip=turn + 1)
    return made, f"{', '.join(names)} behind {step.section.name}"


def _behind(steps: list[str], name: str, turn: int) -> int:
    """Give the row at which a song goes on behind a section of it: the next one of that name, or else the first."""
    later = [i for i, n in enumerate(steps) if n == name and i > turn] or [i for i, n in enumerate(steps) if n == name]
    return later[0] + 1 if later else turn + 1


def looped_at(session: Session, number: int | None) -> int:
    """Give the row of the song behind which it goes on after a section that loops: the one that plays, or the next."""
    t = session.transport
    steps = [s.name for s in row(session, t.song)]
    here = next((i for i, n in enumerate(steps) if n == t.form), -1)
    if number is None:
        return here
    return next((i for i, n in enumerate(steps) if n == t.form and i >= number), here)


def _form(session: Session, name: str) -> Section | Song | None:
    definition = session.get(Space.FORM, name)
    return None if definition is None else definition.value
