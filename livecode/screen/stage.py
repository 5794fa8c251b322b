"""The stage view: a file as an editor with block evaluation, and beside it what plays, on a full screen."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import ThreadedCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, has_completions
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.layout import (
    ConditionalContainer,
    Float,
    FloatContainer,
    HSplit,
    Layout,
    UIContent,
    UIControl,
    VSplit,
    Window,
)
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Attrs, Style
from prompt_toolkit.utils import get_cwidth

from livecode.errors import LiveError, Place, Source
from livecode.performance import Performance
from livecode.repl import highlight, keys
from livecode.repl.checking import Checker, shown
from livecode.repl.completion import WordCompleter
from livecode.repl.courtesy import Courteous, Courtesy
from livecode.repl.entry import enter
from livecode.repl.highlight import Marked, StatementLexer
from livecode.repl.prompt import STYLES
from livecode.repl.toolbar import PERIOD, toolbar
from livecode.screen.canvas import Area, Canvas
from livecode.screen.editor import Chosen, Script, block_at, statement_at, whole
from livecode.screen.moment import Line
from livecode.screen.pace import Pace
from livecode.screen.panes import chosen, drawn
from livecode.screen.room import TOOLBAR, Room, panes
from livecode.screen.timeline import timeline
from livecode.screen.watching import Watcher

STYLE = Style.from_dict(
    {
        **STYLES,
        "title": "ansibrightblack",
        "head": "bg:ansiblack ansigray",
        "head.name": "bold ansiwhite",
        "quiet": "ansibrightblack",
        "now": "reverse",
        "sounding": "bg:ansiyellow ansiblack",
        "flash": "bg:ansicyan ansiblack",
        "flash.wrong": "bg:ansired ansiwhite",
        "level": "ansigreen",
        "warm": "ansiyellow",
        "hot": "bold ansibrightred",
        "mark": "bold ansiyellow",
        "reduction": "ansibrightred",
        "wave": "ansicyan",
        "spectrum": "ansimagenta",
        "page": "bg:ansiblack ansigray",
        **{f"track{i}": f"ansibright{c}" for i, c in enumerate(("cyan", "yellow", "green", "magenta", "blue", "red"))},
    }
)
MESSAGES = 100  # that are remembered
SELDOM = 0.1  # s between two pictures while somebody types
HINTS = "F1 keys  F2 prompt  Ctrl-E statement  Ctrl-B block  Ctrl-A all"


class Left(Enum):
    """Why the stage view ended."""

    PROMPT = "for the prompt"
    END = "for good"


Mark = tuple[int, int, str]  # from and to which character, and the style


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture: the lines of the panes, of the timeline and of the toolbar, and the places that sound."""

    panes: list[Line] = field(default_factory=list)
    time: list[Line] = field(default_factory=list)
    toolbar: list[Line] = field(default_factory=list)
    sounding: frozenset[Place] = frozenset()


class Lines(UIControl):
    """Shows lines that are made elsewhere."""

    def __init__(self, lines: Callable[[], list[Line]]) -> None:
        self.lines = lines

    def create_content(self, width: int, height: int) -> UIContent:
        lines = self.lines()
        return UIContent(lambda i: list(lines[i]), line_count=len(lines), show_cursor=False)


class Stage:
    """The application, its text and its pictures.

    Pictures are made in a thread that gives way to keys, and drawn past what draws the text (see `canvas`).
    """

    def __init__(
        self,
        performance: Performance,
        script: Script,
        *,
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self.performance = performance
        self.script = script
        self.watcher = Watcher(performance)
        self.frame = Frame()
        self.messages: deque[str] = deque(maxlen=MESSAGES)
        self.pace = Pace()
        self.rolling = False
        self.paned = True
        self.page = False
        self._warned = False
        self._over = threading.Event()
        self.courtesy = Courtesy()
        self._toolbar: list[Line] = []
        self._read = float("-inf")  # s of the monotonic clock: when the toolbar was made
        self._spent = 0.0  # s that drawing took since the last picture
        self._began = 0.0
        self._room = Room(0, 0)  # as it is drawn
        self._lit: list[Mark] = []  # in the text as it is drawn: what sounds and flashes
        self._marks: list[Mark] | None = None  # all of them, once they are known
        self.checker = Checker(lambda: performance.session, lambda: self.application.invalidate())
        self.buffer = Buffer(
            document=Document(script.text, 0),
            multiline=True,
            completer=ThreadedCompleter(Courteous(WordCompleter(lambda: performance.session), self.courtesy)),
            complete_while_typing=True,
            on_text_changed=self._edited,
            on_cursor_position_changed=self._moved,
        )
        self.application: Application[Left] = Application(
            layout=self._layout(),
            key_bindings=merge_key_bindings([keys.performing(performance, self.enter), self._bindings()]),
            style=STYLE,
            full_screen=True,
            mouse_support=True,
            before_render=self._begin_drawing,
            after_render=self._end_drawing,
            input=input,
            output=output,
        )
        self.courtesy.attend(self.application)
        self.canvas = Canvas(self.application.output, _attributes, lambda: self.application.color_depth)

    # what is done

    def run(self) -> Left:
        """Show the stage until it is left."""
        self.checker.start()
        painter = threading.Thread(target=self._paint, name="painter", daemon=True)
        painter.start()
        try:
            return self.application.run()
        finally:
            self._over.set()
            self.checker.stop()
            painter.join(timeout=1)
            self.watcher.sounding.leave()

    def tell(self, text: str) -> None:
        """Show a message; any thread may."""
        if text:
            self.messages.append(text)
            self.application.invalidate()

    def enter(self, text: str) -> None:
        """Evaluate what a key stands for."""
        enter(self.performance, Source("key", text), self.tell)

    def evaluate(self, choose: Chosen) -> None:
        """Evaluate a part of the text, and let it flash."""
        span = choose(self.buffer.text, self.buffer.cursor_position)
        if span is None:
            self.tell("there is no statement here")
            return
        entered = enter(self.performance, self.script.taken(span), self.tell)
        self.script.flash(span, well=entered.error is None)
        self.application.invalidate()

    def save(self) -> None:
        try:
            self.tell(self.script.save())
        except LiveError as error:
            self.tell(error.render())

    def leave(self) -> None:
        """End, at the second time even with changes that are not saved."""
        if self.script.changed and not self._warned:
            self._warned = True
            self.tell(f"{self.script.title} is not saved: Ctrl-S saves it, Ctrl-Q again leaves without")
            return
        self.application.exit(result=Left.END)

    def _edited(self, buffer: Buffer) -> None:
        self.script.edited(buffer.text)
        self._warned = False
        self._moved(buffer)

    def _moved(self, buffer: Buffer) -> None:
        span = statement_at(buffer.text, buffer.cursor_position)
        self.checker.look("" if span is None else buffer.text[slice(*span)])

    # pictures

    def _paint(self) -> None:
        """Make a picture, and another as soon as the pace allows; nothing is drawn where nothing changes."""
        while not self._over.is_set():
            began = time.thread_time()
            frame = self.picture()
            cost, self._spent = time.thread_time() - began + self._spent, 0.0
            if frame != self.frame or self.script.flashes:
                self.frame = frame
                self._hand_over()
                self.pace.paid(cost)
            self._over.wait(max(self.pace.pause(), SELDOM if self.courtesy.typing else 0.0))

    def _hand_over(self) -> None:
        """Have the picture drawn by the thread that draws."""
        loop = self.application.loop
        if loop is not None:
            with suppress(RuntimeError):  # it ended just now, and with it the stage
                loop.call_soon_threadsafe(self._show)

    def picture(self) -> Frame:
        """Make a picture of now, in steps between which a key is seen first."""
        moment, heard = self.watcher.moment()
        self.courtesy.give_way()
        size = self.application.output.get_size()
        below = timeline(moment, size.columns, 2 if size.rows > 16 else 1)
        room = self._shared(len(below))
        beside: list[Line] = []
        if room.panes:
            beside = drawn(chosen(self.rolling), moment, room.panes, room.body, self.courtesy.give_way)
        return Frame(
            beside,
            below,
            self._toolbar_of(size.columns),
            frozenset(place for note in heard for place in note.places),
        )

    def _toolbar_of(self, columns: int) -> list[Line]:
        """Give the toolbar, made anew only so often that its figures can be read."""
        now = time.monotonic()
        if now - self._read >= PERIOD:
            made = split_lines(toolbar(self.performance, columns))
            self._toolbar, self._read = [[(piece[0], piece[1]) for piece in line] for line in made], now
        return self._toolbar

    def _show(self) -> None:
        """Draw the picture; the text only where it is lit otherwise than it is drawn."""
        began = time.thread_time()
        if self._lit != self._lighting() or self._room != self._shared(len(self.frame.time)):
            self.application.invalidate()  # and the picture with it
        elif self.application.is_running:
            self.canvas.draw(self._areas())
        self._spent += time.thread_time() - began

    def _shared(self, below: int) -> Room:
        """Share the screen as it is now."""
        size = self.application.output.get_size()
        told = len(self._told(size.columns, size.rows))
        wide = panes(size.columns) if self.paned else 0
        return Room(size.rows, size.columns, wide, below, told, self.page)

    def _areas(self) -> list[Area]:
        """Give the pictures and where they stand."""
        frame, room = self.frame, self._room
        if room.page or not room.fits:
            return []
        low = room.rows - TOOLBAR
        areas = [
            Area(low - room.told - room.time, 0, room.columns, frame.time[: room.time]),
            Area(low, 0, room.columns, frame.toolbar[:TOOLBAR], "class:bottom-toolbar"),
        ]
        if room.panes:
            lines = [*frame.panes, *[[]] * (room.body - len(frame.panes))][: room.body]
            areas.append(Area(1, room.text + 1, room.panes, lines))
        return areas

    def _lighting(self) -> list[Mark]:
        return [*self.script.sounding(self.frame.sounding), *self.script.flashing()]

    def _told(self, columns: int, rows: int) -> list[str]:
        """Give the newest messages: as many lines as the last of them has, at most a third of the screen."""
        messages = tuple(self.messages)
        lines: list[str] = []
        for text in messages:
            lines = [*lines, *_wrapped(text, columns)][-rows:]
        count = len(_wrapped(messages[-1], columns)) if messages else 0
        return lines[len(lines) - min(count, max(rows // 3, 1)) :]

    def _begin_drawing(self, app: Application[Any]) -> None:
        """Take stock of what is to be drawn, and wipe away the pictures that have no room there."""
        self._began = time.thread_time()
        before, self._room = self._room, self._shared(len(self.frame.time))
        self._lit, self._marks = self._lighting(), None
        if app.renderer.last_rendered_screen is None or before.columns != self._room.columns:
            self.canvas.forget()  # all is drawn anew
        elif before != self._room:
            self.canvas.keep(self._areas())

    def _end_drawing(self, app: Application[Any]) -> None:
        if not app.is_done:
            self.canvas.draw(self._areas())
        self._spent += time.thread_time() - self._began

    # what is seen

    def _layout(self) -> Layout:
        text = Window(
            BufferControl(
                self.buffer,
                lexer=StatementLexer(),
                input_processors=[Marked(self._marked)],
                include_default_input_processors=False,
            ),
            wrap_lines=False,
            width=lambda: Dimension.exact(self._room.text),
            height=lambda: Dimension.exact(self._room.body),
        )
        wrong = Condition(lambda: self._wrong() is not None)
        mistake = Window(FormattedTextControl(self._mistaken), dont_extend_width=True, dont_extend_height=True)
        page = Window(FormattedTextControl(self._page), style="class:page", dont_extend_height=True)
        editor = FloatContainer(
            text,
            [
                Float(ConditionalContainer(mistake, wrong & ~has_completions), left=2, ycursor=True),
                Float(CompletionsMenu(max_height=12, scroll_offset=1), xcursor=True, ycursor=True),
            ],
        )
        line = Window(width=1, char="│", style="class:title")  # holds off the ends of lines from the panes
        beside = VSplit([line, Window(width=lambda: Dimension.exact(self._room.panes))])
        body = HSplit(
            [
                Window(FormattedTextControl(self._head), height=1, style="class:head"),
                VSplit(
                    [editor, ConditionalContainer(beside, Condition(lambda: self._room.panes > 0))],
                    height=lambda: Dimension.exact(self._room.body),
                ),
                Window(height=lambda: Dimension.exact(self._room.time)),
                Window(Lines(self._said), height=lambda: Dimension.exact(self._room.told)),
                Window(height=TOOLBAR),
            ]
        )
        shown_page = ConditionalContainer(page, Condition(lambda: self.page))
        return Layout(FloatContainer(body, [Float(shown_page, left=0, right=0, top=1)]), text)

    def _marked(self, document: Document) -> list[Mark]:
        """Give what is shown otherwise in the text: looked for once, and asked for at every line."""
        if self._marks is None:
            self._marks = [*highlight.paired(document), *self._mistake(document), *self._lit]
        return self._marks

    def _head(self) -> StyleAndTextTuples:
        columns = self.application.output.get_size().columns
        name = f" {self.script.title}{' *' if self.script.changed else ''} "
        room = columns - get_cwidth(name) - 1
        return [("class:head.name", name), ("", HINTS.rjust(room)[:room] if room > 0 else "")]

    def _said(self) -> list[Line]:
        size = self.application.output.get_size()
        return [[("", line)] for line in self._told(size.columns, size.rows)]

    def _wrong(self) -> tuple[LiveError, int] | None:
        """Give the mistake in the statement at the cursor, and where that begins."""
        span = statement_at(self.buffer.text, self.buffer.cursor_position)
        error = self.checker.found(self.buffer.text[slice(*span)]) if span is not None else None
        return None if error is None or span is None else (error, span[0])

    def _mistake(self, document: Document) -> list[tuple[int, int, str]]:
        found = self._wrong()
        if found is None or found[0].place is None:
            return []
        (_, start, end), base = found[0].place, found[1]
        return [(base + start, base + max(end, start + 1), "class:mistake")]

    def _mistaken(self) -> StyleAndTextTuples:
        found = self._wrong()
        width = max(self._room.text - 4, 10)
        return [("class:checked", shown(found[0], width))] if found is not None else []

    def _page(self) -> StyleAndTextTuples:
        return [("", keys.page(keys.STAGE))]

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()
        add = bindings.add

        def does(call: Callable[[], object], *presses: tuple[str, ...]) -> None:
            def handler(event: KeyPressEvent) -> None:
                call()
                event.app.invalidate()

            for press in presses:
                add(*press)(handler)

        does(lambda: self.evaluate(statement_at), ("c-e",), ("escape", "enter"))
        does(lambda: self.evaluate(block_at), ("c-b",))
        does(lambda: self.evaluate(whole), ("c-a",))
        does(self.save, ("c-s",))
        does(self.leave, ("c-q",))
        does(lambda: self.application.exit(result=Left.PROMPT), ("f2",))
        does(lambda: self._switch("page"), ("f1",))
        does(lambda: self._switch("rolling"), ("f5",))
        does(lambda: self._switch("paned"), ("f6",))
        does(lambda: None, ("c-c",))

        @add("enter", filter=Condition(self._completing))
        def _(event: KeyPressEvent) -> None:
            self.buffer.complete_state = None

        @add("escape", filter=Condition(lambda: self.page), eager=True)
        def _(event: KeyPressEvent) -> None:
            self.page = False

        return bindings

    def _switch(self, name: str) -> None:
        setattr(self, name, not getattr(self, name))

    def _completing(self) -> bool:
        state = self.buffer.complete_state
        return state is not None and state.current_completion is not None


@cache
def _attributes(style: str) -> Attrs:
    """Give what a style of the panes looks like; there are few, and each is asked for at every picture."""
    return STYLE.get_attrs_for_style_str(style)


def _wrapped(text: str, columns: int) -> list[str]:
    """Cut a text into lines that fit."""
    lines: list[str] = []
    for line in text.split("\n"):
        while get_cwidth(line) > columns:
            lines.append(line[:columns])
            line = line[columns:]
        lines.append(line)
    return lines
