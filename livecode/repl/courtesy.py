"""Courtesy towards keys: what works in other threads waits while a key that was pressed is still to be seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

PATIENCE = 0.05  # s that a thread waits for a key to be seen
TYPING = 0.25  # s from a key on in which another may follow


class Courtesy:
    """Knows when a key was pressed, and when the screen shows it."""

    def __init__(self) -> None:
        self._pressed = float("-inf")  # s of the monotonic clock
        self._seen = threading.Event()
        self._seen.set()

    def attend(self, application: Application[Any]) -> None:
        """Follow the keys and the screen of an application."""
        application.key_processor.before_key_press += self._hurry
        application.after_render += self._rest

    def _hurry(self, sender: object) -> None:
        self._pressed = time.monotonic()
        self._seen.clear()

    def _rest(self, sender: object) -> None:
        self._seen.set()

    def give_way(self) -> None:
        """Wait until the last key is seen, but never long."""
        self._seen.wait(PATIENCE)

    @property
    def typing(self) -> bool:
        """Whether somebody types just now."""
        return time.monotonic() - self._pressed < TYPING


class Courteous(Completer):
    """Completes once the key that asks for it is seen; for a thread of its own."""

    def __init__(self, completer: Completer, courtesy: Courtesy) -> None:
        self.completer = completer
        self.courtesy = courtesy

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        self.courtesy.give_way()
        return self.completer.get_completions(document, complete_event)
