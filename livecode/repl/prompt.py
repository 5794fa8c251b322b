"""The prompt: what is typed is evaluated, told in short, and heard from the next boundary on."""

from __future__ import annotations

import os
import sys
import threading
from fractions import Fraction

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import ANSI, StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

from livecode.engine.client import EngineProcess
from livecode.errors import LiveError, Source
from livecode.journal import Journal, forget, latest
from livecode.language.lexer import is_complete
from livecode.performance import Performance, described
from livecode.repl.completion import WordCompleter
from livecode.repl.highlight import StatementLexer
from livecode.repl.reference import GREETING, told
from livecode.repl.toolbar import toolbar
from livecode.resources import state_path
from livecode.retelling import retold

STYLE = Style.from_dict(
    {
        "keyword": "bold ansicyan",
        "word": "ansigreen",
        "mini": "ansiyellow",
        "text": "ansimagenta",
        "number": "ansiblue",
        "comment": "ansibrightblack italic",
        "operator": "ansibrightblack",
        "bottom-toolbar": "noreverse bg:ansiblack ansiwhite",
        "bottom-toolbar.name": "bold",
        "bottom-toolbar.warning": "bold ansired",
    }
)


def run(engine: EngineProcess, *, restore: bool = False) -> int:
    """Run the prompt until Ctrl-D, from the start or from where one that was killed was; gives the exit status.

    Raises FileError where there is nothing to restore.
    """
    story = latest("prompt") if restore else None
    forget()
    journal = Journal.begin("prompt", _tell) if story is None else Journal.resume(story, _tell)
    performance = Performance(engine, _tell, journal)
    performance.delivers = True
    number = 0
    if story is not None:
        performance.restore(retold(story), story.heard or Fraction(0))
        number = len(story.entries)
    performance.start()
    prompt: PromptSession[str] = PromptSession(
        history=_history(),
        lexer=StatementLexer(),
        completer=WordCompleter(lambda: performance.session),
        complete_while_typing=True,
        complete_in_thread=True,
        multiline=True,
        key_bindings=_keys(performance),
        bottom_toolbar=lambda: toolbar(performance),
        prompt_continuation=_continuation,
        style=STYLE,
        refresh_interval=0.25,
        enable_history_search=False,
    )
    print(GREETING)
    if story is not None:
        print(f"restored: {number} evaluations of {story.path.name}, from cycle {float(story.heard or 0):.1f}")
    threading.Thread(target=_announce, args=(performance,), daemon=True).start()
    with patch_stdout(raw=True):
        while True:
            try:
                text = prompt.prompt(ANSI("\x1b[1;36m♪\x1b[0m "))
            except KeyboardInterrupt:
                continue
            except EOFError:
                break
            if text.strip() in ("exit", "quit"):
                break
            if text.strip():
                number += 1
                _evaluate(performance, Source(f"line {number}", text))
    performance.stop()
    return 0


def _evaluate(performance: Performance, source: Source) -> None:
    """Evaluate what was typed; whatever happens, the prompt comes back and the sound goes on."""
    try:
        evaluation = performance.evaluate(source)
        for error in evaluation.errors:
            _tell(error.render())
        for said in evaluation.said:
            _tell(said)
        for _, act in evaluation.acts:
            answer = told(performance.session, act)
            _tell(performance.act(act) if answer is None else answer)
    except LiveError as error:
        _tell(error.render())


def _announce(performance: Performance) -> None:
    """Tell the sound device once it is known."""
    try:
        _tell(described(performance.engine.wait_ready(20.0)))
    except LiveError as error:
        _tell(error.render())


def _tell(text: str) -> None:
    if text:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _history() -> History:
    try:
        folder = state_path()
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return InMemoryHistory()
    path = folder / "history"
    return FileHistory(path) if os.access(folder, os.W_OK) else InMemoryHistory()


def _continuation(width: int, number: int, soft: int) -> StyleAndTextTuples:
    return [("class:operator", "·".rjust(max(width - 1, 1)) + " ")]


def _keys(performance: Performance) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n    ")

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("c-x", "c-h")
    def _(event: KeyPressEvent) -> None:
        _evaluate(performance, Source("key", "hush"))

    @keys.add("c-x", "c-x")
    def _(event: KeyPressEvent) -> None:
        _evaluate(performance, Source("key", "panic"))

    return keys
