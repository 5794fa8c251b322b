"""Completion from the registry and the session: what fits where the cursor stands, each told in a line."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from livecode.language.lexer import GOES_ON
from livecode.patterns import WORDS
from livecode.patterns.chords import CHORD_TONES
from livecode.patterns.scales import scale_names
from livecode.repl.pairs import quote_before
from livecode.repl.statements import STATEMENTS
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.commands import COMMANDS
from livecode.stages.ugens import CHAIN, DESIGN
from livecode.words import Kind, Param, Word, Words

MOST = 80  # completions of one kind: nobody reads more, and a menu must be there at once
TOLD = 60  # characters of a definition
NAME = re.compile(r"[^\W\d][\w.]*$")
ATOM = re.compile(r"[^\s\[\]<>{}(),|*/!@:?~]*$")
HEAD = re.compile(r"(?:^|[|(=,\s])\s*([^\W\d][\w.]*)\s*$")
WORD_BEFORE = re.compile(r"([^\W\d]\w*)\s+$")
FRESH = 3.0  # s for which a list of ports is believed
FIRST = 0.5  # s that the first list is waited for, in the thread that completes

Rows = Mapping[str, str]  # names, each with what is told of it
KINDS = {Space.VALUE: "pattern", Space.FORM: "section", Space.BUS: "bus", Space.SOUND: "sound", Space.EFFECT: "effect"}


class Ports:
    """The MIDI ports of this machine, looked up in a thread, so that nobody waits for them after the first time."""

    def __init__(self) -> None:
        self._names: tuple[list[str], list[str]] = ([], [])
        self._at = float("-inf")
        self._busy = threading.Lock()
        self._known = threading.Event()

    def names(self) -> list[str]:
        """Give the names known by now, and look for newer ones."""
        if time.monotonic() - self._at > FRESH and self._busy.acquire(blocking=False):
            threading.Thread(target=self._look, name="ports", daemon=True).start()
        self._known.wait(FIRST)
        return [*self._names[0], *self._names[1]]

    def _look(self) -> None:
        from livecode.midi.process import backend_named  # rtmidi is loaded only when a port is completed

        try:
            system, _ = backend_named(os.environ.get("LIVECODE_MIDI", ""))
            if system is not None:
                self._names = (system.outputs(), system.inputs())
        finally:
            self._at = time.monotonic()
            self._known.set()
            self._busy.release()


class WordCompleter(Completer):
    """Offers statements, words, names, and what stands inside quotes."""

    def __init__(self, session: Callable[[], Session], ports: Callable[[], list[str]] | None = None) -> None:
        self.session = session
        self.ports = ports or Ports().names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        statement = statement_before(document.text_before_cursor)
        quote = quote_before(statement)
        if quote is not None:
            inside = statement[quote + 1 :]
            match = ATOM.search(inside)
            start = match.group() if match and statement[quote] == '"' else inside
            return _offers(start, [self._quoted(statement, quote)], asked=complete_event.completion_requested)
        match = NAME.search(statement)
        start = match.group() if match is not None else ""
        return _offers(start, self._bare(statement, start), asked=complete_event.completion_requested)

    def _bare(self, statement: str, start: str) -> Iterator[Rows]:
        """Give what may stand outside quotes, the likeliest first."""
        before = statement[: len(statement) - len(start)]
        session = self.session()
        if not before.strip():
            yield _statements()
            yield _names(session, Space.VALUE, Space.FORM)
        head = before.split(None, 1)[0] if before.strip() else ""
        last = WORD_BEFORE.search(before)
        if head in COMMANDS:
            yield self._arguments(session, head, before.split()[1:])
            return
        word = CHAIN.get(last.group(1)) if last is not None and head in ("mix", "master") else None
        if word is not None and word.params and word.params[0].kind is Kind.NAME:
            yield _names(session, Space.BUS, Space.VALUE)
            return
        if head == "mix" and len(before.split()) == 1:
            yield _names(session, Space.VALUE, Space.BUS)
            return
        if not start:
            return
        dotted = "." in start
        yield _names(session, *([Space.EFFECT] if head in ("mix", "master", "design") else [Space.VALUE, Space.FORM]))
        if head in ("mix", "master", "design"):
            known = session.definitions
            yield {n: "effect of the gallery" for n in gallery.names(Space.EFFECT) if (Space.EFFECT, n) not in known}
        if head == "design":
            yield _table(DESIGN, dotted)
            return
        if head in ("mix", "master"):
            yield _table(CHAIN, dotted)
            yield _names(session, Space.VALUE, Space.BUS)
        else:
            yield _parameters(session)
        yield _table(WORDS, dotted)

    def _arguments(self, session: Session, head: str, given: Sequence[str]) -> Rows:
        """Give what may stand behind a command."""
        if head in ("mute", "unmute"):
            return _names(session, Space.VALUE, Space.BUS)
        if head in ("solo", "unsolo", "stop"):
            return _names(session, Space.VALUE)
        if head in ("goto", "loop") or given[-1:] == ["from"]:
            return _names(session, Space.FORM)
        if head == "play":
            return {**_names(session, Space.FORM, Space.VALUE), **({"from": "from a section on"} if given else {})}
        if head == "show":
            return _names(session, *Space)
        if head == "help":
            return {**_statements(), **_table(DESIGN, True), **_table(CHAIN, True), **_table(WORDS, True)}
        if head in ("export", "compare"):
            return _names(session, Space.FORM)
        usage = COMMANDS[head].usage
        return dict.fromkeys(re.findall(r"(?<=[\[| ])[a-z]+(?:=)?(?=[\] |=])", usage), f"of: {usage}")

    def _quoted(self, statement: str, quote: int) -> Rows:
        """Give what may stand inside a quote, by the word before it."""
        session = self.session()
        first = statement.split(None, 1)[0] if statement[:quote].strip() else ""
        if statement[quote] == "'" and first in FILES:
            return _files(statement[quote + 1 :], FILES[first])
        if statement[quote] == "'" and first == "midi":
            return dict.fromkeys(self.ports(), "MIDI port")
        if first == "arrange":
            return _names(session, Space.FORM)
        match = HEAD.search(statement[:quote])
        head = match.group(1) if match is not None else ""
        if head in ("s", "sound", "superimpose"):
            return _sounds(session)
        if head in ("scale", "key"):
            return _scales()
        if head == "chord":
            return _chords()
        if head == "vowel":
            return dict.fromkeys("aeiou", "vowel")
        return _notes() if head in ("note", "n", "arp") or not head else {}


FILES = {
    "samples": "",
    "load": ".live .mid",
    "import": ".live",
    "save": ".live",
    "record": ".wav",
    "compare": ".wav .flac",
    "export": ".wav .flac",
}


def statement_before(text: str) -> str:
    """Give the statement that the end of a text lies in."""
    lines = text.split("\n")
    first = len(lines) - 1
    while first > 0 and (not lines[first] or lines[first][0] in GOES_ON):
        first -= 1
    return "\n".join(lines[first:])


def _offers(start: str, groups: Iterable[Rows], *, asked: bool) -> Iterator[Completion]:
    """Offer the rows that begin with what is typed; then those that hold it, where three letters are typed."""
    if not start and not asked:
        return
    seen: set[str] = set()
    groups = list(groups)
    low = start.lower()
    tests: list[Callable[[str], bool]] = [lambda n: n.startswith(start), lambda n: n.lower().startswith(low)]
    if len(start) >= 3:
        tests.append(lambda n: low in n.lower())
    left = [MOST] * len(groups)
    for test in tests:
        for number, rows in enumerate(groups):
            if not left[number]:
                continue
            for name in rows:
                if name != start and name not in seen and test(name):
                    seen.add(name)
                    yield Completion(name, start_position=-len(start), display_meta=rows[name])
                    left[number] -= 1
                    if not left[number]:
                        break


@cache
def _statements() -> Rows:
    statements = {row.name: f"{row.usage}: {row.doc}" for row in STATEMENTS.values()}
    return statements | {row.name: f"{row.usage}: {row.doc}" for row in COMMANDS.values()}


@cache
def _table(table: Words, dotted: bool) -> Rows:
    return {n: told(table.find(n)) for n in table.names() if dotted or "." not in n}


def told(word: Word) -> str:
    """Tell a word in a line: its arguments with units and ranges, then its sentence."""
    return f"{' '.join([word.name, *(_argument(p) for p in word.params)])}: {word.doc}"


def _argument(p: Param) -> str:
    span = f"{p.lo:g}…{p.hi:g}" if p.lo is not None and p.hi is not None else ""
    measure = " ".join(part for part in (span, p.unit) if part)
    if p.kind is Kind.PATTERN and p.default is None:
        return f"[{p.name}]"
    name = p.name if p.required else f"{p.name}={p.default}"
    return f"{name}({measure})" if measure else name


def _names(session: Session, *spaces: Space) -> Rows:
    return {
        name: f"{KINDS[space]}: {d.block.text.partition(chr(10))[0][:TOLD]}"
        for (space, name), d in session.definitions.items()
        if space in spaces
    }


def _parameters(session: Session) -> Rows:
    """Give the parameters of the session's own designs, which are controls."""
    found: dict[str, str] = {}
    for d in session.each(Space.SOUND):
        for p in d.value.params:
            if WORDS.get(p.name) is None:
                found[p.name] = f"{_argument(p)}: parameter of {d.name}"
    return found


_SOUNDS: list[tuple[Session, Rows]] = []


def _sounds(session: Session) -> Rows:
    """Give all sounds and samples; those of the newest session are kept, for there may be thousands."""
    if _SOUNDS and _SOUNDS[0][0] is session:
        return _SOUNDS[0][1]
    rows = dict.fromkeys(session.names(Space.SOUND), "sound")
    rows |= {name: _counted(len(files)) for name, files in session.samples.items()}
    rows |= {name: "sound of the gallery" for name in gallery.names(Space.SOUND) if name not in rows}
    _SOUNDS[:] = [(session, rows)]
    return rows


def _counted(count: int) -> str:
    return "sample" if count == 1 else f"{count} samples: n 0 to n {count - 1}"


@cache
def _scales() -> Rows:
    return {name.replace(" ", ":"): "scale" for name in scale_names()}


@cache
def _chords() -> Rows:
    return {f"{root}{name}": "chord" for root in "CDEFGAB" for name in CHORD_TONES}


@cache
def _notes() -> Rows:
    signs = ("", "#", "b")
    return {f"{letter}{sign}{octave}": "note" for octave in range(1, 8) for letter in "cdefgab" for sign in signs}


def _files(start: str, endings: str) -> Rows:
    """Give files and folders below this one that begin so."""
    head, slash, _ = start.rpartition("/")
    folder = Path(head or ".")
    if folder.is_absolute() or ".." in folder.parts or not folder.is_dir():
        return {}
    rows: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            rows[f"{head}{slash}{path.name}"] = "folder"
        elif path.suffix in endings.split():
            rows[f"{head}{slash}{path.name}"] = "file"
    return rows
