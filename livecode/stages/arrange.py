"""arrange: sections made of parts, and songs whose form is written in mini-notation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any

from livecode.conductor.score import Part
from livecode.errors import KindError, NameUnknown, Place, nearest
from livecode.language import tree
from livecode.language.evaluate import Scope, pattern_of
from livecode.patterns import Pattern, check_size, mini, mini_tree
from livecode.patterns.combining import Map
from livecode.patterns.generators import rand_at
from livecode.session import Session, Space
from livecode.stages.compose import names
from livecode.stages.settings import OF_SECTIONS
from livecode.stages.trial import tried

MAX_SECTIONS = 4096
MAX_CYCLES = 100_000


@dataclass(frozen=True, slots=True)
class Section:
    """A length in cycles, what plays in it, and its own tempo, beats to a cycle and key where it has them."""

    name: str
    length: Fraction
    parts: tuple[Part, ...]
    tempo: Pattern | None = None
    beats: Fraction | None = None
    key: str = ""

    def sections(self) -> list[str]:
        return [self.name]


@dataclass(frozen=True, slots=True)
class Song:
    """A form: sections in a row, chosen anew at each pass."""

    name: str
    form: mini_tree.Node
    forms: dict[str, Section | Song]

    def sections(self) -> list[str]:
        """Name every section that may be played."""
        found: dict[str, None] = {}
        _name_sections(self, found, set())
        return list(found)

    def passed(self, number: int, seed: int = 0) -> list[Section]:
        """Give the sections of one pass, in order.

        Raises KindError when there are too many.
        """
        row = list(islice(_unfold(self.form, number, self.forms, seed), MAX_SECTIONS + 1))
        if len(row) > MAX_SECTIONS or sum(s.length for s in row) > MAX_CYCLES:
            raise KindError(f"{self.name} is longer than {MAX_CYCLES:,} cycles or {MAX_SECTIONS:,} sections")
        return row


Form = Section | Song


def section(session: Session, statement: tree.ArrangeSection) -> tuple[Section, set[str]]:
    """Make a section, and tell which patterns it is made of.

    Raises LiveError with its place.
    """
    name, place = statement.name.name, statement.length.place
    length = Fraction(statement.length.value).limit_denominator(10**6)
    if hasattr(statement.length.value, "unit") or not 0 < length <= MAX_CYCLES:
        expected = f"more than 0 and at most {MAX_CYCLES:,}"
        raise KindError(
            "a section lasts a number of cycles", place=place, expected=expected, hint=f"arrange {name} 8 = …"
        )
    used: set[str] = set()
    own: dict[str, Any] = {}
    for setting, e in statement.named:
        if setting not in OF_SECTIONS:
            hint = nearest(setting, OF_SECTIONS) or f'arrange {name} 8 tempo=140 meter=3/4 key="d:minor" = …'
            raise KindError(f"a section has no {setting}", place=e.place, hint=hint)
        field, read = OF_SECTIONS[setting]
        scope = Scope(names(session), used=set())
        own[field] = read(e, scope)
        used |= scope.used
    parts: list[Part] = []
    for expression in statement.parts:
        scope = Scope(_on_their_strips(session), used=set())
        pattern = pattern_of(expression, scope)
        check_size(pattern, expression.place)
        tried(pattern, expression.place, length)
        parts.append(Part(name, pattern))
        used |= scope.used
    return Section(name, length, tuple(parts), **own), used


def _on_their_strips(session: Session) -> dict[str, Any]:
    """Give the named values; the events of a composed pattern say which strip they belong to."""
    found = names(session)
    found |= {d.name: Map(partial(_on_strip, d.name), d.value) for d in session.each(Space.VALUE) if d.sounds}
    return found


def _on_strip(name: str, value: Any) -> Any:
    return {"strip": name, **value} if isinstance(value, dict) else value


def song(session: Session, statement: tree.ArrangeSong) -> tuple[Song, set[str]]:
    """Make a song, and tell which sections it is made of.

    Raises LiveError with its place, inside the form's text too.
    """
    form = statement.form
    if not isinstance(form, tree.Mini):
        raise KindError(
            "a song's form stands in double quotes",
            place=form.place,
            hint='arrange song = "intro drop!2 outro"; a section has a length: arrange drop 16 = kick, bass',
        )
    parsed = mini.parse(form.text, form.place.source, form.place.start + 1)
    forms: dict[str, Form] = {}
    known = session.names(Space.FORM)
    for atom in _atoms(parsed):
        definition = session.get(Space.FORM, atom.text)
        if atom.text == statement.name.name:
            raise KindError("a song cannot contain itself", place=atom.place)
        if atom.is_rest:
            raise KindError("a song has no rests", place=atom.place, hint="arrange pause 4 = silence is a section")
        if definition is None:
            raise NameUnknown(
                f"there is no section {atom.text}",
                place=atom.place,
                hint=nearest(atom.text, known) or f"arrange {atom.text} 8 = … makes one",
            )
        forms[atom.text] = definition.value
    made = Song(statement.name.name, parsed, forms)
    _check(parsed)
    made.passed(0)
    return made, set(forms)


def _steps(node: mini_tree.Node) -> Iterator[mini_tree.Step]:
    if isinstance(node, mini_tree.Sequence):
        yield from node.steps
    elif not isinstance(node, mini_tree.Atom):
        for part in node.parts:
            yield from part.steps


def _atoms(node: mini_tree.Node) -> Iterator[mini_tree.Atom]:
    if isinstance(node, mini_tree.Atom):
        yield node
    for step in _steps(node):
        yield from _atoms(step.node)


def _name_sections(song: Song, found: dict[str, None], seen: set[str]) -> None:
    """Collect the names of a song's sections, looking into each song in it once."""
    for atom in _atoms(song.form):
        form = song.forms[atom.text]
        if isinstance(form, Section):
            found[form.name] = None
        elif form.name not in seen:
            seen.add(form.name)
            _name_sections(form, found, seen)


def _check(node: mini_tree.Node) -> None:
    """Refuse what means something in a bar but nothing in a song."""
    if isinstance(node, mini_tree.Stack | mini_tree.Polymeter):
        raise KindError(
            "sections follow each other; what plays together stands in one section",
            place=node.place,
            hint="arrange drop 16 = kick, bass",
        )
    for step in _steps(node):
        if step.weight != 1 and not any(isinstance(o, mini_tree.Replicate) for o in step.operators):
            raise KindError("a section has its own length", place=step.place, hint="arrange drop 32 = …")
        for operator in step.operators:
            _repeats(operator)
        _check(step.node)


def _repeats(operator: Any) -> int:
    """Give how often a step is played."""
    count: Any = None
    if isinstance(operator, mini_tree.Replicate):
        count = operator.count
    elif isinstance(operator, mini_tree.Fast) and isinstance(operator.amount, mini_tree.Atom):
        count = mini.atom_value(operator.amount.text)
    place: Place = operator.place
    if isinstance(count, str) or count is None or count != int(count) or count < 1:
        raise KindError("in a song a section is repeated with ! or * and a whole number", place=place, hint="drop!2")
    return int(count)


def _unfold(node: mini_tree.Node, number: int, forms: dict[str, Form], seed: int) -> Iterator[Section]:
    """Give the sections of one pass through a part of a form."""
    if isinstance(node, mini_tree.Atom):
        form = forms[node.text]
        if isinstance(form, Section):
            yield form
        else:
            yield from form.passed(number, seed)
    elif isinstance(node, mini_tree.Alternation):
        steps = [copy for step in _steps(node) for copy in _copies(step)]
        yield from _unfold(steps[number % len(steps)], number // len(steps), forms, seed)
    elif isinstance(node, mini_tree.Choice):
        at = rand_at(number + seed + 0.0003 * node.seed)
        yield from _unfold(node.parts[int(at * len(node.parts)) % len(node.parts)], number, forms, seed)
    else:
        for step in _steps(node):
            copies = _copies(step)
            for i, copy in enumerate(copies):
                yield from _unfold(copy, number * len(copies) + i, forms, seed)


def _copies(step: mini_tree.Step) -> list[mini_tree.Node]:
    count = 1
    for operator in step.operators:
        count *= _repeats(operator)
        if count > MAX_SECTIONS:
            raise KindError("a song has too many sections", place=operator.place)
    return [step.node] * count
