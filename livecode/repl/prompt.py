"""The prompt: what is typed is evaluated, told in short, and heard from the next boundary on."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition, has_completions, is_done, is_searching
from prompt_toolkit.formatted_text import ANSI, StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.layout import ConditionalContainer, Float, FloatContainer, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

from livecode.engine.client import EngineProcess
from livecode.errors import LiveError, Source, plain
from livecode.journal import Journal, forget, latest
from livecode.language.lexer import is_complete
from livecode.performance import Performance, described
from livecode.priority import ahead
from livecode.repl import highlight, keys
from livecode.repl.checking import Checker, shown
from livecode.repl.completion import WordCompleter
from livecode.repl.courtesy import Courteous, Courtesy
from livecode.repl.entry import enter
from livecode.repl.highlight import Marked, StatementLexer
from livecode.repl.reference import GREETING
from livecode.repl.toolbar import Ticker
from livecode.repl.width import fitted
from livecode.resources import state_path
from livecode.retelling import retold

if TYPE_CHECKING:
    from livecode.screen.editor import Script

STYLES = {
    **highlight.STYLE,
    "checked": "bg:ansiblack ansibrightred",
    "bottom-toolbar": "noreverse bg:ansiblack ansigray",
    "bottom-toolbar.name": "bold ansiwhite",
    "bottom-toolbar.quiet": "ansibrightblack",
    "bottom-toolbar.recording": "bold ansibrightred",
    "bottom-toolbar.warning": "bold ansired",
}
LEAVING = ("exit", "quit")
URGENT = ("hush", "panic")  # act on a line of their own, even behind a quote that was left open
STAGE = object()  # the answer of a prompt that is left for the stage view
SWITCH = 0.0005  # s for which a thread that only computes may keep a key waiting
SELDOM = (3_000, 20, 20)  # of the collection of cycles: often is short, and the long ones are rare
LEAST = 20  # columns that a mistake is told in
INDENT = "    "


@dataclass(slots=True)
class Teller:
    """Tells what happens, at the prompt or wherever else it is listened to."""

    to: Callable[[str], None]

    def __call__(self, text: str) -> None:
        self.to(text)


def run(engine: EngineProcess, *, restore: bool = False, file: Path | None = None) -> int:
    """Run the prompt until Ctrl-D, from the start or from where one that was killed was; gives the exit status.

    With a file, that is performed in the stage view first.
    Raises FileError where there is nothing to restore, or for a file that cannot be read.
    """
    ahead()
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(*SELDOM)
    story = latest("prompt") if restore else None
    forget()
    tell = Teller(_tell)
    journal = Journal.begin("prompt", tell) if story is None else Journal.resume(story, tell)
    performance = Performance(engine, tell, journal)
    performance.delivers = True
    number = 0
    if story is not None:
        performance.restore(retold(story), story.heard or Fraction(0))
        number = len(story.entries)
    turns = Turns(performance, tell, number)
    if file is not None:
        turns.open(file)
    else:
        performance.start()
    try:
        if file is None or not turns.stage():
            _tell(GREETING)
            if story is not None:
                print(f"restored: {number} evaluations of {story.path.name}, from cycle {float(story.heard or 0):.1f}")
            if file is None:
                threading.Thread(target=_announce, args=(performance,), daemon=True).start()
            turns.take()
    finally:
        performance.stop()
    return 0


@dataclass(slots=True)
class Turns:
    """The prompt and the stage view, of which one has its turn."""

    performance: Performance
    tell: Teller
    number: int  # of the last entry
    _script: Script | None = None
    _said: list[str] = field(default_factory=list)  # what the last entry led to
    _fresh: bool = False  # a file was opened and is still to be evaluated

    def open(self, path: Path) -> None:
        """Open a file for the stage view.

        Raises FileError.
        """
        from livecode.screen.editor import opened

        self._script, self._fresh = opened(path), True

    def take(self) -> None:
        """Evaluate what is typed until it ends; the stage view has turns in between."""
        prompt = Prompt.made(self.performance, self.tell, self.enter)
        prompt.start()
        gc.freeze()  # what is there now stays, and need not be looked through between two keys
        try:
            while True:
                with patch_stdout(raw=True):
                    text = prompt.ask()
                if text is STAGE:
                    if self.stage():
                        return
                    continue
                if text is None or text.strip() in LEAVING:
                    return
                said, self._said = self._said, []
                for line in said:
                    self.tell(line)
        finally:
            prompt.stop()

    def enter(self, text: str) -> None:
        """Evaluate what was typed, at the very key press; what there is to tell is told when the prompt has ended."""
        if text.strip() and text.strip() not in LEAVING:
            self.number += 1
            enter(self.performance, Source(f"line {self.number}", text), self._said.append)

    def stage(self) -> bool:
        """Let the stage view have its turn; tells whether that was the end."""
        from livecode.screen.editor import Script, whole  # only who looks at it waits for it to be loaded
        from livecode.screen.stage import Left, Stage

        self._script = self._script or Script()
        self._script.woven(self.performance.session)
        stage = Stage(self.performance, self._script)
        before, self.tell.to = self.tell.to, stage.tell
        try:
            if self._fresh:  # all of the file is there when the music begins
                if self._script.text.strip():
                    stage.evaluate(whole)
                self._fresh = False
                self.performance.start()
            gc.freeze()
            return stage.run() is Left.END
        finally:
            self.tell.to = before


@dataclass(slots=True)
class Prompt:
    """The line that is typed into, with all that helps."""

    session: PromptSession[Any]
    checker: Checker
    ticker: Ticker
    kept: str = ""  # what was typed when the stage view came

    @classmethod
    def made(cls, performance: Performance, tell: Callable[[str], None], taken: Callable[[str], None]) -> Prompt:
        """Make the prompt of a performance; `taken` has what is typed at once when it is entered."""
        prompt: PromptSession[Any]

        def changed() -> None:
            prompt.app.invalidate()

        courtesy = Courtesy()
        checker = Checker(lambda: performance.session, changed)
        ticker = Ticker(performance, lambda: prompt.output.get_size().columns, changed)
        prompt = PromptSession(
            history=_history(),
            lexer=StatementLexer(),
            completer=Courteous(WordCompleter(lambda: performance.session), courtesy),
            complete_while_typing=True,
            complete_in_thread=True,
            multiline=True,
            # where nothing is typed, the terminal's own scrolling and selecting are worth more
            mouse_support=Condition(lambda: bool(prompt.default_buffer.text)),
            input_processors=[Marked(highlight.paired), Marked(checker.marks)],
            key_bindings=merge_key_bindings([keys.performing(performance, _entered(performance, tell)), _keys()]),
            bottom_toolbar=lambda: ticker.shown or "\n",
            prompt_continuation=_continuation,
            style=Style.from_dict(STYLES),
            enable_history_search=False,
        )
        prompt.default_buffer.on_text_changed += lambda buffer: checker.look(buffer.text)
        courtesy.attend(prompt.app)
        _below(prompt, checker)
        ended = prompt.default_buffer.accept_handler

        def accept(buffer: Buffer) -> bool:
            taken(buffer.text)
            return ended is None or ended(buffer)

        prompt.default_buffer.accept_handler = accept
        return cls(prompt, checker, ticker)

    def start(self) -> None:
        self.checker.start()
        self.ticker.start()

    def stop(self) -> None:
        self.checker.stop()
        self.ticker.stop()

    def ask(self) -> Any:
        """Give what was typed, nothing at the end, or STAGE; Ctrl-C clears the line."""
        while True:
            kept, self.kept = self.kept, ""
            try:
                answer = self.session.prompt(ANSI("\x1b[1;36m♪\x1b[0m "), default=kept)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None
            if isinstance(answer, tuple):
                self.kept = answer[1]
                return STAGE
            return answer


def _below(prompt: PromptSession[Any], checker: Checker) -> None:
    """Show under the cursor what is wrong with what is typed."""

    def told() -> StyleAndTextTuples:
        error = checker.found(prompt.default_buffer.text)
        width = max(prompt.output.get_size().columns - 4, LEAST)
        return [("class:checked", shown(error, width))] if error is not None else []

    wrong = Condition(lambda: checker.found(prompt.default_buffer.text) is not None)
    window = Window(FormattedTextControl(told), dont_extend_width=True, dont_extend_height=True, style="class:checked")
    content = ConditionalContainer(window, wrong & ~has_completions & ~is_done)
    prompt.layout.container = FloatContainer(prompt.layout.container, [Float(content, left=2, ycursor=True)])


def _entered(performance: Performance, tell: Callable[[str], None]) -> Callable[[str], None]:
    def entered(text: str) -> None:
        enter(performance, Source("key", text), tell)

    return entered


def _announce(performance: Performance) -> None:
    """Tell the sound device once it is known."""
    try:
        performance.tell(described(performance.engine.wait_ready(20.0)))
    except LiveError as error:
        performance.tell(error.render())


def _tell(text: str) -> None:
    if text:
        sys.stdout.write(fitted(plain(text), get_terminal_size().columns) + "\n")
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


def _keys() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None
        elif is_complete(buffer.text) or (buffer.text.strip() and not buffer.document.current_line.strip()):
            buffer.validate_and_handle()  # an empty line ends whatever is still open, and tells what it is
        elif buffer.document.current_line.strip() in URGENT:  # whatever was left open above waits in the history
            line = buffer.document.current_line.strip()
            buffer.append_to_history()
            buffer.text = line
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n" + INDENT)

    @bindings.add("escape", "enter", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @bindings.add("c-o")
    def _(event: KeyPressEvent) -> None:
        line = event.current_buffer.document.current_line
        indent = line[: len(line) - len(line.lstrip())]
        event.current_buffer.insert_text("\n" + (indent or INDENT))

    @bindings.add("f1")
    def _(event: KeyPressEvent) -> None:
        _tell(keys.page(keys.PROMPT))

    @bindings.add("f2")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=(STAGE, event.current_buffer.text))

    return bindings
