"""The keys of a performer: each enters a statement, at the prompt and in the stage view alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from livecode.performance import Performance
from livecode.session import Session, Space

NUDGE = 10  # ms by which a key moves the phase
STEP = 1  # bpm by which a key moves the tempo
LOWEST, HIGHEST = 10, 999  # bpm
NUMBERED = 9  # tracks


@dataclass(frozen=True, slots=True)
class Key:
    """A row: the key presses that mean the same, how they are written, what they do, and the statement they enter."""

    presses: tuple[tuple[str, ...], ...]
    shown: str
    doc: str
    statement: Callable[[Performance], str] | None = None


def tracks(session: Session) -> list[str]:
    """Give the patterns that sound or could, in the order of their numbers."""
    return [d.name for d in session.each(Space.VALUE) if d.sounds]


def _toggled(number: int, on: str, off: str, chosen: Callable[[Session], frozenset[str]]) -> Callable[..., str]:
    def statement(performance: Performance) -> str:
        session = performance.session
        names = tracks(session)
        if number > len(names):
            return ""
        name = names[number - 1]
        return f"{off} {name}" if name in chosen(session) else f"{on} {name}"

    return statement


def _faster(bpm: int) -> Callable[[Performance], str]:
    def statement(performance: Performance) -> str:
        now = performance.bpm()
        return f"tempo {min(max(round(now + bpm, 2), LOWEST), HIGHEST):g}" if now else ""

    return statement


def _muted(session: Session) -> frozenset[str]:
    return session.transport.muted


def _soloed(session: Session) -> frozenset[str]:
    return session.transport.soloed


def _says(text: str) -> Callable[[Performance], str]:
    return lambda performance: text


def _numbered(rows: Callable[[int], Key]) -> tuple[Key, ...]:
    return tuple(rows(n) for n in range(1, NUMBERED + 1))


PERFORMING: tuple[Key, ...] = (
    Key((("c-x", "c-h"), ("f8",)), "F8, Ctrl-X Ctrl-H", "hush: no more events; what sounds dies away", _says("hush")),
    Key((("c-x", "c-x"), ("f12",)), "F12, Ctrl-X Ctrl-X", "panic: silence within 20 ms", _says("panic")),
    *_numbered(
        lambda n: Key(
            (("escape", str(n)),),
            "Alt-1 … Alt-9" if n == 1 else "",
            "mute the track of this number, or end that",
            _toggled(n, "mute", "unmute", _muted),
        )
    ),
    *_numbered(
        lambda n: Key(
            (("c-x", str(n)),),
            "Ctrl-X 1 … 9" if n == 1 else "",
            "solo the track of this number, or end its solo",
            _toggled(n, "solo", "unsolo", _soloed),
        )
    ),
    Key((("c-x", "u"),), "Ctrl-X U", "undo: take the last evaluation back", _says("undo")),
    Key((("c-x", "r"),), "Ctrl-X R", "redo what was taken back", _says("redo")),
    Key((("escape", "up"),), "Alt-Up", f"tempo {STEP} bpm faster", _faster(STEP)),
    Key((("escape", "down"),), "Alt-Down", f"tempo {STEP} bpm slower", _faster(-STEP)),
    Key((("c-x", "right"),), "Ctrl-X Right", f"{NUDGE} ms ahead in time", _says(f"sync nudge {NUDGE}ms")),
    Key((("c-x", "left"),), "Ctrl-X Left", f"{NUDGE} ms back in time", _says(f"sync nudge -{NUDGE}ms")),
    Key((("f3",), ("escape", "t")), "F3, Alt-T", "tap the tempo, three times or more", _says("sync tap")),
)


def performing(performance: Performance, entered: Callable[[str], None]) -> KeyBindings:
    """Bind the keys of a performer; `entered` takes the statement of a key."""
    bindings = KeyBindings()
    for row in PERFORMING:
        for presses in row.presses:
            bindings.add(*presses)(_handler(row, performance, entered))
    return bindings


def _handler(row: Key, performance: Performance, entered: Callable[[str], None]) -> Callable[[KeyPressEvent], None]:
    def handler(event: KeyPressEvent) -> None:
        text = row.statement(performance) if row.statement is not None else ""
        if text:
            entered(text)
        event.app.invalidate()

    return handler


PROMPT: tuple[Key, ...] = (
    Key((), "F1", "this page"),
    Key((), "F2", "the stage view: the text as an editor, and what plays"),
    Key((), "Enter", "evaluate what is complete, else a new line; empty: end it"),
    Key((), "Alt-Enter", "evaluate whatever stands there"),
    Key((), "Ctrl-O", "a new line in any case"),
    Key((), "Tab", "complete; arrows choose"),
    Key((), "Up, Down", "earlier and later entries, of earlier sessions too"),
    Key((), "Ctrl-R", "search them"),
    Key((), "Ctrl-C", "clear what is typed"),
    Key((), "Ctrl-_", "take typing back"),
    Key((), "Ctrl-D", "leave"),
)

STAGE: tuple[Key, ...] = (
    Key((), "F1", "this page"),
    Key((), "F2", "back to the prompt"),
    Key((), "Ctrl-E, Alt-Enter", "evaluate the statement at the cursor"),
    Key((), "Ctrl-B", "evaluate the block: what no empty line parts"),
    Key((), "Ctrl-A", "evaluate everything"),
    Key((), "Ctrl-S", "save the file"),
    Key((), "F5", "punchcard or piano roll"),
    Key((), "F6", "show or hide the panes"),
    Key((), "Tab", "complete"),
    Key((), "Ctrl-_", "take typing back"),
    Key((), "Ctrl-Q", "leave"),
)


def page(rows: tuple[Key, ...]) -> str:
    """Write the page of keys: those of a place, then those of a performer."""
    shown = [row for row in (*rows, *PERFORMING) if row.shown]
    width = max(len(row.shown) for row in shown)
    return "\n".join(f"{row.shown:<{width}}  {row.doc}" for row in shown)
