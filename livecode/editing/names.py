"""The names of a text: where each is defined, and where what a place says is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from livecode.editing.cursor import block_at, word_at
from livecode.errors import LiveError, Place, Source
from livecode.language import parser, tree
from livecode.language.parser import Block
from livecode.resources import patches_path
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.commands import COMMAND_WORDS
from livecode.stages.programs import program
from livecode.stages.statements import key_of


@dataclass(frozen=True, slots=True)
class Named:
    """A name with the space it stands in, where it is written, and the statement that defines it."""

    name: str
    space: Space
    place: Place
    block: Block
    sounds: bool = False


def names(source: Source) -> Iterator[Named]:
    """Give the names that the statements of a text define, in their order."""
    for block in parser.blocks(source):
        try:
            statement = parser.parse(block, COMMAND_WORDS)
        except LiveError:
            continue
        key = key_of(statement)
        if key is not None and not isinstance(statement, tree.Command):
            yield Named(key[1], key[0], statement.name.place, block, isinstance(statement, tree.Compose))


def definitions(session: Session, source: Source, offset: int) -> list[Place]:
    """Give where the word at an offset is defined.

    That is in its own statement, this text, what it imports, or what is built in; inside the quotes of an import it is
    the beginning of that file.
    """
    word, block = word_at(source.text, offset), block_at(source, offset)
    if block is None or offset > block.end:
        return []
    given = program([source])
    imported = _imported(block, offset, [s for s in given.sources if s is not source])
    if imported is not None:
        return [Place(imported, 0, 0)]
    if word is None:
        return []
    inner = [] if word.quoted else [p for p in _inner(block) if p.text == word.text]
    if inner:
        return [max((p for p in inner if p.start <= word.start), default=inner[0], key=lambda p: p.start)]
    found = [n for text in given.sources for n in names(text) if n.name == word.text]
    if found:
        return [n.place for n in _fitting(found, block, quoted=word.quoted)]
    return list(_built_in(session, word.text))


def _fitting(found: list[Named], block: Block, *, quoted: bool) -> list[Named]:
    """Leave the names of the spaces that a place speaks of, where there are some."""
    first = block.text.split(None, 1)[0]
    if quoted:
        wanted = {Space.FORM} if first == "arrange" else {Space.SOUND}
    elif first in ("mix", "master"):
        wanted = {Space.EFFECT, Space.VALUE}
    else:
        wanted = {Space.VALUE, Space.EFFECT}
    return [n for n in found if n.space in wanted] or found


def _inner(block: Block) -> Iterator[Place]:
    """Give where a statement names its own parameters and bindings."""
    try:
        statement = parser.parse(block, COMMAND_WORDS)
    except LiveError:
        return
    if isinstance(statement, tree.Let | tree.Design):
        yield from (p.name.place for p in statement.params)
        yield from (name.place for name, _ in statement.body.bindings)


def _imported(block: Block, offset: int, others: list[Source]) -> Source | None:
    try:
        statement = parser.parse(block, frozenset({"import"}))
    except LiveError:
        return None
    for arg in statement.args if isinstance(statement, tree.Command) else ():
        if isinstance(arg, tree.Text) and arg.place.start <= offset <= arg.place.end:
            path = (Path(block.source.name).parent / arg.value).resolve()
            return next((s for s in others if Path(s.name).resolve() == path), None)
    return None


def _built_in(session: Session, name: str) -> Iterator[Place]:
    """Give where the built-in files say what a name means."""
    blocks = [d.block for d in session.definitions.values() if d.name == name]
    blocks += [b for space in (Space.SOUND, Space.EFFECT) if (b := gallery.block(space, name))]
    for block in blocks:
        path = patches_path() / block.source.name
        if path.is_file():
            source = Source(str(path), block.source.text)
            yield Place(source, block.start, block.end).within(name)
