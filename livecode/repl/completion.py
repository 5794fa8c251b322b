"""Completion from the registry and the session: every word with its signature and sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from livecode.language.lexer import KEYWORDS
from livecode.patterns import WORDS
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.commands import COMMANDS
from livecode.stages.ugens import CHAIN, DESIGN
from livecode.words import Words

NAME = re.compile(r"[^\W\d][\w.]*$")
ATOM = re.compile(r"[^\s\[\]<>{}(),|*/!@:?~]+$")
BEFORE = re.compile(r"(?:^|\|)\s*(\w+)[^|]*$")


class WordCompleter(Completer):
    """Offers what fits where the cursor stands: statements, words, names, and sounds inside quotes."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        if before.count('"') % 2 or before.count("'") % 2:
            yield from self._in_quotes(before)
            return
        match = NAME.search(before)
        if match is None:
            return
        start = match.group()
        if before[: match.start()].strip() == "" or before[: match.start()].endswith("\n"):
            yield from _offers(start, ((w, "begins a statement") for w in KEYWORDS))
            yield from _offers(start, ((c.name, c.doc) for c in COMMANDS.values()))
        first = before.split(None, 1)[0]
        tables: tuple[Words, ...] = (WORDS,)
        if first == "design":
            tables = (DESIGN,)
        elif first in ("mix", "master"):
            tables = (CHAIN, WORDS)
        yield from _offers(start, self._names())
        for table in tables:
            yield from _offers(start, ((n, _told(table, n)) for n in table.names() if "." not in n or "." in start))

    def _names(self) -> Iterator[tuple[str, str]]:
        known = self.session().definitions
        for space, name in known:
            if space is not Space.SOUND:
                yield name, space.value
        yield from ((n, "effect of the gallery") for n in gallery.names(Space.EFFECT) if (Space.EFFECT, n) not in known)

    def _in_quotes(self, before: str) -> Iterator[Completion]:
        quote = max(before.rfind('"'), before.rfind("'"))
        head = BEFORE.search(before[:quote])
        match = ATOM.search(before[quote + 1 :])
        if head is None or match is None or head.group(1) not in ("s", "sound"):
            return
        session = self.session()
        kinds = {"sound": session.names(Space.SOUND), "samples": session.samples, "gallery": gallery.names(Space.SOUND)}
        names = {n: kind for kind, found in reversed(kinds.items()) for n in found}.items()
        yield from _offers(match.group(), names)


def _offers(start: str, rows: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    for name, told in rows:
        if name.startswith(start) and name != start:
            yield Completion(name, start_position=-len(start), display_meta=told)


def _told(table: Words, name: str) -> str:
    word = table.find(name)
    return f"{word.signature}: {word.doc}"
