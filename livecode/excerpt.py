"""What was performed, as statements: a section in which all sounds again as it did, whatever is changed later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from math import ceil
from typing import Any

from livecode.conductor.pace import pace_at
from livecode.conductor.score import stretch_at, stretches
from livecode.errors import KindError, Place
from livecode.language import tree
from livecode.language.lexer import TOKEN
from livecode.past import Stay
from livecode.patterns.leaves import Pure
from livecode.session import Definition, Session, Space
from livecode.stages.compose import free_names, names_read
from livecode.stages.score import score

MOST_PARTS = 128


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
            part = self.kept(session, definition)
            yield Scrap(part, name, stay.origin, None, stay.begin, stay.end)

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
                part = self._of_section(session, definition, number, expression)
                yield Scrap(part, stretch.name, origin + at, stretch.length, begin, end)

    def _of_section(self, session: Session, section: Definition, number: int, expression: tree.Expression) -> str:
        """Keep a part of a section, in which composed patterns play on their own strips."""
        names: dict[str, str] = {}
        for used in _used(session, names_read(expression)):
            kept = self.kept(session, used)
            if used.sounds:
                kept = f"({kept} | onStrip '{used.name}')" if session.audible(used.name) else "silence"
            names[used.name] = kept
        key = (id(section.statement), number, *sorted(names.items()))
        if key not in self.known:
            self.known[key] = self._named(section.name, " " + written(expression, names))
        return self.known[key]

    def kept(self, session: Session, definition: Definition) -> str:
        """Keep a pattern, value or function, and all that it is made of, under a free name; gives the name."""
        statement = definition.statement
        assert isinstance(statement, tree.Compose | tree.Let)
        names = {d.name: self.kept(session, d) for d in _used(session, _read(statement))}
        key = (id(statement), *sorted(names.items()))
        if key not in self.known:
            self.known[key] = self._named(definition.name, *_said(statement, names))
        return self.known[key]

    def _named(self, name: str, text: str, params: str = "") -> str:
        """Let a text have a free name."""
        wanted = re.sub(r"\W", "_", f"{self.name}_{name}")
        free, number = wanted, 2
        while free in self.taken:
            free, number = f"{wanted}{number}", number + 1
        self.taken.add(free)
        self.lines.append(f"let {free}{params} ={text}")
        return free


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


def excerpt(stays: Iterable[Stay], begin: Fraction, end: Fraction, name: str, present: Session) -> str:
    """Write what was heard between two cycles as statements that make a section of it.

    Raises KindError when too much was changed meanwhile.
    """
    found = list(stays)
    made = Excerpt(name, {n for space, n in present.definitions if space is Space.VALUE})
    parts = [_part(scrap, begin, end) for scrap in _joined(s for stay in found for s in made.scraps(stay))]
    if len(parts) > MOST_PARTS:
        raise KindError(f"more than {MOST_PARTS} parts were heard in this time", hint="fewer cycles can be captured")
    settings = "".join(f" {setting}" for setting in _settings(found, begin, end, present))
    length = _time(end - begin)
    made.lines.append(f"arrange {name} {length}{settings} =\n    " + ",\n    ".join(parts or ["silence"]))
    return "\n".join(made.lines) + "\n"


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
    """Give the settings of the section, where they are not those of the session now."""
    paces: list[tuple[float, Fraction]] = []
    key = present.settings.key
    for stay in stays:
        made = score(stay.session)
        at = max(begin, Fraction(ceil(stay.begin)))
        while at < stay.end:
            pace = pace_at(made, at - stay.origin)
            paces.append((pace.bpm, pace.beats))
            at += 1
        found = stretch_at(made, stay.end - stay.origin - Fraction(1, 1 << 20))
        key = (found[0].key if found is not None else "") or made.key
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
    if key != present.settings.key:
        yield f'key="{key.replace(" ", ":")}"'
