"""Statements that say what plays: songs and sections, and which patterns are heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from livecode.errors import KindError, NameUnknown, Place, nearest
from livecode.language import tree
from livecode.session import Session, Space
from livecode.stages.acts import Act, Ran, words
from livecode.stages.arrange import Song
from livecode.stages.plan import cued, looped_at

SECTION = "arrange drop 16 = kick, bass makes a section"


def _sounding(session: Session) -> list[str]:
    return [d.name for d in session.each(Space.VALUE) if d.sounds]


def _known(
    session: Session, statement: tree.Command, *, buses: bool = False, others: Iterable[str] = ()
) -> frozenset[str]:
    """Give the patterns (and buses) that are named; none named means all patterns. `others` are only told of."""
    known = _sounding(session) + (session.names(Space.BUS) if buses else [])
    names = words(statement)
    for name, place in names:
        if name not in known:
            raise NameUnknown(
                f"nothing called {name} plays here",
                place=place,
                hint=nearest(name, [*known, *others]) or _listing(known),
            )
    return frozenset(n for n, _ in names) or frozenset(_sounding(session))


def _listing(known: list[str]) -> str:
    return f"there are {', '.join(known)}" if known else 'nothing plays yet; try: s "bd*4"'


def _transport(session: Session, **changes: Any) -> Session:
    return replace(session, transport=replace(session.transport, **changes))


def play(session: Session, statement: tree.Command) -> Ran:
    """Play a form, or let patterns sound again."""
    names = words(statement)
    if not names:
        return _transport(session, stopped=frozenset(), form="", song=""), (), "the composed patterns loop"
    first = names[0][0]
    if session.get(Space.FORM, first) is not None and not (len(names) == 1 and first in _sounding(session)):
        start = ""
        if len(names) >= 2:
            if len(names) != 3 or names[1][0] != "from":
                raise KindError("play takes a song and a section", place=names[1][1], hint="play song from drop")
            start = _section_of(session, first, *names[2])
        return _form(session, first, start, loop=False), (), f"{first} from the next boundary"
    known = _known(session, statement, others=session.names(Space.FORM))
    stopped = session.transport.stopped - known
    return _transport(session, stopped=stopped, form="", song=""), (), ""


def _form(session: Session, name: str, start: str, *, loop: bool) -> Session:
    """Let a form play from the next boundary; a section that loops stays one of the song that played."""
    t = session.transport
    if _is_song(session, name):
        return cued(session, form=name, start=start, loop=loop, song=name)
    song = (t.song or t.form) if loop else ""
    song = song if song and _is_song(session, song) and name in _sections(session, song) else ""
    made = cued(session, form=name, loop=loop, song=song)
    return _transport(made, back=looped_at(made, t.back if t.back >= 0 else None)) if song else made


def _is_song(session: Session, name: str) -> bool:
    definition = session.get(Space.FORM, name)
    return definition is not None and isinstance(definition.value, Song)


def _sections(session: Session, song: str) -> list[str]:
    definition = session.get(Space.FORM, song)
    found: list[str] = definition.value.sections() if definition is not None else []
    return found


def _section_of(session: Session, song: str, name: str, place: Place) -> str:
    sections = _sections(session, song)
    if name not in sections:
        raise NameUnknown(
            f"{song} has no section {name}",
            place=place,
            hint=nearest(name, sections) or f"it has {', '.join(dict.fromkeys(sections))}",
        )
    return name


def loop(session: Session, statement: tree.Command) -> Ran:
    names = words(statement)
    forms = session.names(Space.FORM)
    if not names or names[0][0] not in forms:
        raise NameUnknown(
            "loop takes a section or song",
            place=names[0][1] if names else statement.place,
            hint=(nearest(names[0][0], forms) if names else "") or (_listing(forms) if forms else SECTION),
        )
    name = names[0][0]
    made = _form(session, name, "", loop=True)
    # Which one of its name in a song that plays is known only to who plays it.
    acts = (Act("loop", (name,), statement.place),) if made.transport.song == session.transport.form != name else ()
    return made, acts, f"{name} loops from the next boundary"


def goto(session: Session, statement: tree.Command) -> Ran:
    names = words(statement)
    t = session.transport
    song = t.song or t.form
    if not song:
        raise KindError("no song plays", place=statement.place, hint="play song from drop")
    if len(names) != 1:
        raise KindError("goto takes a section", place=statement.place, hint="goto drop")
    start = _section_of(session, song, *names[0])
    return _form(session, song, start, loop=t.loop and song == t.form), (), f"{start} from the next boundary"


def queue(session: Session, statement: tree.Command) -> Ran:
    names = words(statement)
    known = session.names(Space.FORM)
    for name, place in names:
        if name not in known:
            raise NameUnknown(
                f"there is no section {name}",
                place=place,
                hint=nearest(name, known) or (f"there are {', '.join(known)}" if known else SECTION),
            )
    return session, (Act("queue", tuple(name for name, _ in names), statement.place),), ""


def stop(session: Session, statement: tree.Command) -> Ran:
    names = _known(session, statement)
    every = not statement.args
    stopped = session.transport.stopped | names
    form, song = ("", "") if every else (session.transport.form, session.transport.song)
    return _transport(session, stopped=stopped, form=form, song=song), (), "stops at the next boundary"


def mute(session: Session, statement: tree.Command) -> Ran:
    names = _known(session, statement, buses=True)
    return _transport(session, muted=session.transport.muted | names), (), ""


def unmute(session: Session, statement: tree.Command) -> Ran:
    names = _known(session, statement, buses=True) if statement.args else session.transport.muted
    return _transport(session, muted=session.transport.muted - names), (), ""


def solo(session: Session, statement: tree.Command) -> Ran:
    return _transport(session, soloed=session.transport.soloed | _known(session, statement)), (), ""


def unsolo(session: Session, statement: tree.Command) -> Ran:
    names = _known(session, statement) if statement.args else session.transport.soloed
    return _transport(session, soloed=session.transport.soloed - names), (), ""


def hush(session: Session, statement: tree.Command) -> Ran:
    silent = _transport(session, stopped=frozenset(_sounding(session)), form="", song="")
    return silent, (Act("hush", place=statement.place),), "hushed; play brings everything back"


def panic(session: Session, statement: tree.Command) -> Ran:
    silent = _transport(session, stopped=frozenset(_sounding(session)), form="", song="")
    return silent, (Act("panic", place=statement.place),), "silence"
