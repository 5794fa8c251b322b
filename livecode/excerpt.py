"""What was performed, as statements: a section in which all sounds again as it did, whatever is changed later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import count, groupby, islice, pairwise
from math import ceil
from typing import Any

from livecode.conductor.pace import pace_at
from livecode.conductor.score import stretches
from livecode.errors import KindError, Place
from livecode.language import tree
from livecode.language.lexer import TOKEN
from livecode.past import Hands, Stay, Turns
from livecode.patterns.leaves import Pure
from livecode.patterns.library.outside import written_moves
from livecode.patterns.transitions import entry_of
from livecode.session import Definition, Session, Space
from livecode.stages.compose import free_names, names_read
from livecode.stages.score import score

MOST_PARTS = 128
FINE = 1536  # of a cycle: to so much the times of keys are written
TURNED = ("cc", "knob")  # words that follow what is turned; those that follow what was end in Was


@dataclass(frozen=True, slots=True)
class Scrap:
    """A part that was heard: which one, on which strip, in which time of its own, and from when to when.

    `part` is the name of the pattern that holds it; `section` is the length of the section that it stood in.
    """

    part: str
    strip: str
    origin: Fraction
    section: Fraction | None
    begin: Fraction
    end: Fraction


@dataclass(slots=True)
class Excerpt:
    """Collects the patterns that were heard under names of their own."""

    name: str
    taken: set[str]  # names that are not free
    stays: Sequence[Stay]  # from the first on, so that it can be told what was taken over from
    moves: str = ""  # the name of what was turned
    hands: Hands = field(default_factory=dict)  # what keys played
    lines: list[str] = field(default_factory=list)
    known: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def scraps(self, stay: Stay) -> Iterator[Scrap]:
        """Give the parts that were heard in a stay."""
        session = stay.session
        if session.get(Space.FORM, session.transport.form) is not None:
            yield from self._of_form(stay)
            return
        for name in session.tracks():
            definition = session.get(Space.VALUE, name)
            assert definition is not None
            yield Scrap(self._entered(stay, definition), name, stay.origin, None, stay.begin, stay.end)

    def _entered(self, stay: Stay, definition: Definition) -> str:
        """Keep a composed pattern as it took over from the one before."""
        part = self.kept(stay.session, definition, stay.origin)
        if entry_of(definition.value) is None:
            return part
        number = max(i for i, other in enumerate(self.stays) if other.begin <= stay.begin)
        while number and _composed(self.stays[number - 1], definition) is definition.value:
            number -= 1
        first = self.stays[number]
        old = "silence"
        if number and self.stays[number - 1].session.transport.cue == first.session.transport.cue:
            before = self.stays[number - 1]
            known = before.session.get(Space.VALUE, definition.name)
            if known is not None and _composed(before, definition) is not None:
                old = self._entered(before, known)
        key = ("entered", old, part, number)
        if key not in self.known:
            begin = _time(first.begin - first.origin)
            self.known[key] = self._named(definition.name, f" entered {begin} {old} {part}")
        return self.known[key]

    def _of_form(self, stay: Stay) -> Iterator[Scrap]:
        session, origin = stay.session, stay.origin
        for stretch, at in stretches(score(session), stay.begin - origin, stay.end - origin):
            definition = session.get(Space.FORM, stretch.name)
            if (
                definition is None
                or stretch.length is None
                or not isinstance(definition.statement, tree.ArrangeSection)
            ):
                continue
            begin, end = max(stay.begin, origin + at), min(stay.end, origin + at + stretch.length)
            for number, expression in enumerate(definition.statement.parts):
                part = self._of_section(session, definition, number, expression, origin + at)
                yield Scrap(part, stretch.name, origin + at, stretch.length, begin, end)

    def _of_section(
        self, session: Session, section: Definition, number: int, expression: tree.Expression, begin: Fraction
    ) -> str:
        """Keep a part of a section, in which composed patterns play on their own strips."""
        names = self._turned(names_read(expression), begin)
        for used in _used(session, names_read(expression)):
            kept = self.kept(session, used, begin)
            if used.sounds:
                kept = f"({kept} | onStrip '{used.name}')" if session.audible(used.name) else "silence"
            names[used.name] = kept
        key = (id(section.statement), number, *sorted(names.items()))
        if key not in self.known:
            self.known[key] = self._named(section.name, " " + written(expression, names))
        return self.known[key]

    def _turned(self, names: Iterable[tree.Name], begin: Fraction) -> dict[str, str]:
        """Give the words that follow controllers in the place of which stands what was turned from a cycle on."""
        return {n.name: f"({n.name}Was {self.moves} {_time(begin)})" for n in names if self.moves and n.name in TURNED}

    def kept(self, session: Session, definition: Definition, begin: Fraction) -> str:
        """Keep a pattern, value or function, and all that it is made of, under a free name; gives the name.

        Its time is 0 at a cycle.
        """
        statement = definition.statement
        assert isinstance(statement, tree.Compose | tree.Let)
        names = self._turned(_read(statement), begin)
        names |= {d.name: self.kept(session, d, begin) for d in _used(session, _read(statement))}
        key = (id(statement), *sorted(names.items()))
        if key not in self.known:
            self.known[key] = self._named(definition.name, *_said(statement, names))
        return self.known[key]

    def arrange(self, name: str, stays: list[Stay], begin: Fraction, end: Fraction, key: str, present: Session) -> None:
        """Write a section of what was heard between two cycles."""
        parts = [_part(scrap, begin, end) for scrap in _joined(s for stay in stays for s in self.scraps(stay))]
        if len(parts) > MOST_PARTS:
            said = f"more than {MOST_PARTS} parts were heard in this time"
            raise KindError(said, hint="fewer cycles can be captured")
        parts += self._of_hands(begin, end)
        own = [*_settings(stays, begin, end, present)]
        own += [f'key="{key.replace(" ", ":")}"'] if key != present.settings.key else []
        settings = "".join(f" {setting}" for setting in own)
        body = ",\n    ".join(parts or ["silence"])
        self.lines.append(f"arrange {name} {_time(end - begin)}{settings} =\n    {body}")

    def _of_hands(self, begin: Fraction, end: Fraction) -> Iterator[str]:
        """Give parts of what keys played between two cycles, each sound on its strip."""
        length = ceil(end - begin)
        for sound, notes in self.hands.items():
            within = [n for n in notes if begin <= n.begin < end]
            if within:
                from livecode import scores  # what reads MIDI files is needed only here

                moved = [replace(n, begin=n.begin - begin, end=min(n.end, end) - begin) for n in within]
                part = self._named(sound, f" {scores.played(moved, length, FINE)} | s '{sound}'")
                yield f"{part} | onStrip '{sound}'"

    def _named(self, name: str, text: str, params: str = "") -> str:
        """Let a text have a free name."""
        wanted = re.sub(r"\W", "_", f"{self.name}_{name}")
        free, number = wanted, 2
        while free in self.taken:
            free, number = f"{wanted}{number}", number + 1
        self.taken.add(free)
        self.lines.append(f"let {free}{params} ={text}")
        return free


def _composed(stay: Stay, definition: Definition) -> Any:
    """Give the pattern that a name was composed as, if it played."""
    session = stay.session
    found = session.get(Space.VALUE, definition.name)
    playing = session.get(Space.FORM, session.transport.form) is None and definition.name in session.tracks()
    return found.value if found is not None and playing else None


def _read(statement: tree.Compose | tree.Let) -> list[tree.Name]:
    """Give the names that the meaning of a pattern, value or function is made of."""
    if isinstance(statement, tree.Compose):
        return names_read(statement.expression)
    return [*free_names(statement), *(n for p in statement.params if p.default for n in names_read(p.default))]


def _used(session: Session, names: Iterable[tree.Name]) -> Iterator[Definition]:
    """Give the definitions of the user's own among some names, each once."""
    for name in dict.fromkeys(name.name for name in names):
        definition = session.get(Space.VALUE, name)
        if definition is not None:
            yield definition


def written(item: tree.Expression, names: Mapping[str, str]) -> str:
    """Write a part of a tree with other names in it; in brackets where it runs over several lines."""
    place = _whole(item.place)
    out, at = "", place.start
    for name in sorted(names_read(item), key=lambda n: n.place.start):
        if name.name in names:
            out += place.source.text[at : name.place.start] + names[name.name]
            at = name.place.end
    text = out + place.source.text[at : place.end]
    return f"({text})" if "\n" in text else text


def _whole(place: Place) -> Place:
    """Give the place of an expression with the brackets at its edges, which its tree leaves out."""
    text, start, end = place.source.text, place.start, place.end
    opened = closed = 0
    at = start
    while at < end and (match := TOKEN.match(text, at)) is not None:
        if match.group() == "(":
            opened += 1
        elif match.group() == ")" and opened:
            opened -= 1
        elif match.group() == ")":
            closed += 1
        at = match.end()
    for _ in range(closed):
        start = text.rindex("(", 0, start)
    for _ in range(opened):
        end = text.index(")", end) + 1
    return Place(place.source, start, end)


def _said(statement: tree.Compose | tree.Let, names: Mapping[str, str]) -> tuple[str, str]:
    """Give what stands behind the name of a statement, with other names in it, and its parameters."""
    if isinstance(statement, tree.Compose):
        return " " + written(statement.expression, names), ""
    given = {p.name.name: "" if p.default is None else f"=({written(p.default, names)})" for p in statement.params}
    params = "".join(f" {name}{default}" for name, default in given.items())
    inside = {n: kept for n, kept in names.items() if n not in given}
    if not statement.body.bindings:
        return " " + written(statement.body.result, inside), params
    lines = []
    for name, e in statement.body.bindings:
        lines.append(f"    {name.name} = {written(e, inside)}")
        inside.pop(name.name, None)
    return "\n" + "\n".join([*lines, f"    {written(statement.body.result, inside)}"]), params


def excerpt(
    stays: Iterable[Stay],
    begin: Fraction,
    end: Fraction,
    name: str,
    present: Session,
    turns: Turns | None = None,
    hands: Hands | None = None,
) -> str:
    """Write what was heard between two cycles as statements that make a section of it, or a song of several.

    A section has one key, so each key makes one. `stays` may begin earlier: what has taken over is then known.
    Raises KindError when too much was changed meanwhile.
    """
    found = list(stays)
    made = Excerpt(name, {n for space, n in present.definitions if space is Space.VALUE}, found)
    made.hands = hands or {}
    if turns:
        made.moves = made._named("moves", f" '{written_moves(turns)}'")
    heard = [stay for stay in found if stay.end > begin and stay.begin < end]
    within = [_clipped(stay, begin, end) for stay in heard]
    keys = list(_keys(within, begin, end, present))
    if len(keys) == 1:
        made.arrange(name, within, begin, end, keys[0][2], present)
        return "\n".join(made.lines) + "\n"
    forms = {n for space, n in present.definitions if space is Space.FORM}
    names = list(islice((n for i in count(1) if (n := f"{name}_{i}") not in forms), len(keys)))
    for part, (first, last, key) in zip(names, keys, strict=True):
        scope = [_clipped(s, first, last) for s in within if s.end > first and s.begin < last]
        made.arrange(part, scope, first, last, key, present)
    made.lines.append(f'arrange {name} = "{" ".join(names)}"')
    return "\n".join(made.lines) + "\n"


def _clipped(stay: Stay, begin: Fraction, end: Fraction) -> Stay:
    return replace(stay, begin=max(stay.begin, begin), end=min(stay.end, end))


def _keys(
    stays: list[Stay], begin: Fraction, end: Fraction, present: Session
) -> Iterator[tuple[Fraction, Fraction, str]]:
    """Give the keys that were heard, from which cycle on to which."""
    row: list[tuple[Fraction, str]] = []
    for stay in stays:
        made = score(stay.session)
        for stretch, at in stretches(made, stay.begin - stay.origin, stay.end - stay.origin):
            row.append((max(stay.begin, stay.origin + at), stretch.key or made.key))
    row = row or [(begin, present.settings.key)]
    edges = [(begin, row[0][1]), *((at, key) for (_, before), (at, key) in pairwise(row) if key != before)]
    for (at, key), (until, _) in pairwise([*edges, (end, "")]):
        if until > at:
            yield at, until, key


def _joined(scraps: Iterable[Scrap]) -> Iterator[Scrap]:
    """Put the scraps of one part together that follow each other."""
    open_: dict[tuple[Any, ...], Scrap] = {}
    for scrap in scraps:
        key = (scrap.part, scrap.strip, scrap.origin, scrap.section)
        before = open_.get(key)
        if before is not None and before.end == scrap.begin:
            open_[key] = replace(before, end=scrap.end)
            continue
        if before is not None:
            yield before
        open_[key] = scrap
    yield from open_.values()


def _part(scrap: Scrap, begin: Fraction, end: Fraction) -> str:
    text = f"{scrap.part} | onStrip '{scrap.strip}'"
    if scrap.section is not None:
        text += f" | inSection {_time(scrap.section)}"
    early = begin - scrap.origin
    if early:
        text += f" | early {_time(early)}" if early > 0 else f" | late {_time(-early)}"
    if (scrap.begin, scrap.end) != (begin, end):
        text += f" | playFor {_time(scrap.begin - begin)} {_time(scrap.end - begin)}"
    return text


def _time(cycles: Fraction) -> str:
    return str(cycles)


def _settings(stays: list[Stay], begin: Fraction, end: Fraction, present: Session) -> Iterator[str]:
    """Give tempo and meter of the section, where they are not those of the session now."""
    paces: list[tuple[float, Fraction]] = []
    for stay in stays:
        made = score(stay.session)
        at = max(begin, Fraction(ceil(stay.begin)))
        while at < stay.end:
            pace = pace_at(made, at - stay.origin)
            paces.append((pace.bpm, pace.beats))
            at += 1
    if not paces or present.gear.sync:
        return
    beats = paces[-1][1]
    tempi = [round(bpm * float(beats / own), 3) for bpm, own in paces]  # a cycle lasts as long as it did
    ours = present.settings.tempo
    if len(set(tempi)) > 1:
        yield f'tempo="<{" ".join(f"{bpm:g}!{len(list(run))}" for bpm, run in groupby(tempi))}>"'
    elif not isinstance(ours, Pure) or float(ours.value) != tempi[0]:
        yield f"tempo={tempi[0]:g}"
    if beats != present.settings.beats:
        yield f"meter={beats if beats.denominator == 1 else beats / 4}"
