"""What is told of the word at a place, and of the call that is being written there."""

from __future__ import annotations

from dataclasses import dataclass

from livecode.editing.cursor import Spoken, block_at, call_at, word_at
from livecode.errors import LiveError, Source
from livecode.language.lexer import KEYWORDS
from livecode.patterns import WORDS
from livecode.repl.reference import help_on
from livecode.repl.statements import STATEMENTS
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.acts import Act
from livecode.stages.commands import COMMANDS
from livecode.stages.ugens import CHAIN, DESIGN
from livecode.words import Word


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a word, and where it stands."""

    word: Spoken
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A word with its arguments, what it does, and which argument is being written, if it has so many."""

    label: str
    doc: str
    params: tuple[tuple[str, str], ...]  # as it is written in the label, and what is told of it
    active: int | None


def hover(session: Session, source: Source, offset: int) -> Told | None:
    """Tell what the word at an offset does, or what the session says of a name."""
    word = word_at(source.text, offset)
    if word is None:
        return None
    block = block_at(source, offset)
    statement = STATEMENTS.get(word.text)
    if statement is not None and not word.quoted and block is not None and block.start == word.start:
        return Told(word, f"{statement.usage}\n    {statement.doc}")
    try:
        text = defined(session, word.text) if word.quoted else help_on(session, word.text, Act("help", (word.text,)))
    except LiveError:
        text = defined(session, word.text)
    return Told(word, text) if text else None


def defined(session: Session, name: str) -> str:
    """Give the statements that give a name its meaning, those of the gallery too, or nothing."""
    texts = [d.block.text for d in session.definitions.values() if d.name == name]
    texts += [str(len(files)) + " samples" for n, files in session.samples.items() if n == name]
    if not texts:
        texts = [block.text for space in (Space.SOUND, Space.EFFECT) if (block := gallery.block(space, name))]
    return "\n".join(texts)


def signature(source: Source, offset: int) -> Signature | None:
    """Tell of the call that is being written at an offset."""
    block = block_at(source, offset)
    call = None if block is None else call_at(source.text, block.start, offset)
    if block is None or call is None or call.head in KEYWORDS:
        return None
    first = block.text.split(None, 1)[0]
    if call.head == first and first in COMMANDS:
        command = COMMANDS[first]
        return Signature(command.usage, f"{command.doc}\n{command.example}", (), None)
    tables = {"design": (DESIGN,), "mix": (CHAIN, WORDS), "master": (CHAIN, WORDS)}.get(first, (WORDS,))
    word = next((row for table in tables if (row := table.get(call.head)) is not None), None)
    return None if word is None else _signature(word, call.complete, call.named)


def _signature(word: Word, complete: int, named: str) -> Signature:
    params = tuple((p.name if p.required else f"{p.name}={p.default}", _measure(p)) for p in word.params)
    names = [p.name for p in word.params]
    index = names.index(named) if named in names else complete
    active = index if index < len(params) else None
    return Signature(word.signature, f"{word.doc}\n{word.example}", params, active)


def _measure(param: object) -> str:
    lo, hi, unit, kind = (getattr(param, name) for name in ("lo", "hi", "unit", "kind"))
    span = f"{lo:g} to {hi:g}" if lo is not None and hi is not None else ""
    return ", ".join(part for part in (kind.value, f"{span} {unit}".strip()) if part)
