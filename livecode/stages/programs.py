"""Programs: the statements of one or more texts, with those of the files they import in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from livecode.errors import FileError, KindError, LiveError, Place, SizeError, Source
from livecode.files.folders import home_of
from livecode.files.texts import read_inside
from livecode.language import parser, tree
from livecode.language.lexer import TOKEN
from livecode.language.parser import Block

IMPORT = re.compile(r"import(?![\w.])(?!\s*=)")
MOST = 256  # files
MOST_STATEMENTS = 2048

Reader = Callable[[Path, Path], Source]


@dataclass(frozen=True, slots=True)
class Program:
    """Statements in the order in which they stand, the texts they come from, and what could not be imported."""

    blocks: tuple[Block, ...] = ()
    sources: tuple[Source, ...] = ()
    files: tuple[Path, ...] = ()  # that are imported, there or not
    errors: tuple[LiveError, ...] = ()


def program(sources: Iterable[Source], read: Reader = read_inside) -> Program:
    """Put texts together; each file stands where it is first imported, and only there.

    `read` gives the text of a path inside a folder or raises FileError.
    """
    blocks: list[Block] = []
    texts: list[Source] = []
    files: list[Path] = []
    errors: list[LiveError] = []
    seen: set[Path] = set()

    def add(source: Source, home: Path) -> None:
        texts.append(source)
        for block in parser.blocks(source):
            if len(blocks) >= MOST_STATEMENTS:
                errors.append(SizeError(f"more than {MOST_STATEMENTS:,} statements", place=block.place))
                return
            if not IMPORT.match(block.text):
                blocks.append(block)
                continue
            try:
                for name, place in _names(block):
                    follow(source, name, place, home)
            except LiveError as error:
                errors.append(error.at(block.place))

    def follow(source: Source, name: str, place: Place, home: Path) -> None:
        path = Path(source.name).parent / name
        if path.resolve() in seen:
            return
        seen.add(path.resolve())
        files.append(path)
        if len(files) > MOST:
            raise FileError(f"more than {MOST} files are imported", place=place)
        try:
            found = read(path, home)
        except LiveError as error:
            raise error.at(place) from None
        add(found, home)

    given = list(sources)
    for source in given:
        path = Path(source.name).resolve()
        if path not in seen:
            seen.add(path)
            add(source, home_of(source.name))
    return Program(tuple(blocks), tuple(texts), tuple(files), tuple(errors))


def _names(block: Block) -> list[tuple[str, Place]]:
    statement = parser.parse(block, frozenset({"import"}))
    args = statement.args if isinstance(statement, tree.Command) else ()
    if not args or not all(isinstance(a, tree.Text) for a in args):
        raise KindError("import takes a file in single quotes", place=block.place, hint="import 'drums.live'")
    return [(a.value, a.place) for a in args if isinstance(a, tree.Text)]


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    """Give a statement without its comments and with single blanks: two that are alike mean the same."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            parts.append(text[position:])
            break
        kind = match.lastgroup
        parts.append(" " if kind == "blank" else "" if kind == "comment" else match.group())
        position = match.end()
    return re.sub(r"[ \r]*\n\s*", "\n ", "".join(parts)).strip()
