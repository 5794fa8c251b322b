"""Checking while typing: what is wrong is shown before Enter, found in a thread that no key waits for."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from prompt_toolkit.document import Document

from livecode.errors import LiveError, Source
from livecode.language.lexer import is_complete
from livecode.repl.pairs import quote_before
from livecode.session import Session
from livecode.stages.statements import evaluate_text

REST = 0.15  # s without a key, and the text is looked at
LONGEST = 8_000  # characters that are looked at
READING = re.compile(r"^(?:samples|import)\b", re.MULTILINE)  # would read files at every key


def mistake(session: Session, text: str) -> LiveError | None:
    """Give the first mistake of a text that is complete, or goes on behind an open quote; nothing changes."""
    if not text.strip() or len(text) > LONGEST or READING.search(text):
        return None
    if not is_complete(text) and not ("\n" in text and quote_before(text) is not None):
        return None
    errors = evaluate_text(session, Source("here", text)).errors
    return min(errors, key=lambda e: e.place.start if e.place is not None else 0) if errors else None


class Checker:
    """Looks at the newest text once typing rests, and calls `changed` when there is something else to show."""

    def __init__(self, session: Callable[[], Session], changed: Callable[[], None]) -> None:
        self.session = session
        self.changed = changed
        self._text = ""
        self._found: tuple[str, LiveError | None] = ("", None)
        self._typed = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._typed.set()

    def look(self, text: str) -> None:
        """Have a text looked at; called at every change."""
        self._text = text
        self._typed.set()

    def found(self, text: str) -> LiveError | None:
        """Give what is wrong with a text, where that is known."""
        seen, error = self._found
        return error if seen == text else None

    def marks(self, document: Document) -> list[tuple[int, int, str]]:
        """Mark the mistake in a document."""
        error = self.found(document.text)
        if error is None or error.place is None:
            return []
        return [(error.place.start, max(error.place.end, error.place.start + 1), "class:mistake")]

    def _run(self) -> None:
        while True:
            self._typed.wait()
            while not self._over.is_set() and self._typed.is_set():
                self._typed.clear()
                self._over.wait(REST)
            if self._over.is_set():
                return
            text = self._text
            found = mistake(self.session(), text)
            if found is not None or self._found[1] is not None:
                self._found = (text, found)
                self.changed()


def shown(error: LiveError, width: int) -> str:
    """Write a mistake in short, for under the cursor: what is wrong, and the hint."""
    text = error.message + (f"; expected {error.expected}" if error.expected else "")
    lines = [text, *error.hint.splitlines()]
    room = width - 2
    return "\n".join(f" {line if len(line) <= room else line[: room - 1] + '…'} " for line in lines)
