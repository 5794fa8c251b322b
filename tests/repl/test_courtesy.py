"""What works in other threads waits for keys."""

from __future__ import annotations

import threading
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.completion import CompleteEvent, WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.input import DummyInput
from prompt_toolkit.output import DummyOutput

from livecode.repl import courtesy
from livecode.repl.courtesy import Courteous, Courtesy


def attended() -> tuple[Courtesy, Application[Any]]:
    application: Application[Any] = Application(input=DummyInput(), output=DummyOutput())
    made = Courtesy()
    made.attend(application)
    return made, application


def test_a_completion_waits_until_the_key_is_seen(monkeypatch: Any) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE", 60.0)
    made, application = attended()
    completer = Courteous(WordCompleter(["gain"]), made)
    found: list[str] = []

    def complete() -> None:
        found.extend(c.text for c in completer.get_completions(Document("ga"), CompleteEvent()))

    assert not made.typing
    application.key_processor.before_key_press.fire()
    assert made.typing
    thread = threading.Thread(target=complete)
    thread.start()
    thread.join(0.05)
    assert thread.is_alive() and not found
    application.after_render.fire()
    thread.join(60)
    assert found == ["gain"]


def test_nobody_waits_long_for_a_key_that_changes_nothing() -> None:
    made, application = attended()
    application.key_processor.before_key_press.fire()
    made.give_way()
    assert not made._seen.is_set()
