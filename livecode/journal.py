"""The journal: every evaluation, written before it takes effect, so that nothing a performer did is lost.

A journal is a text of JSON lines. Every line is written at once and flushed to the system, so it survives the end of
the process at any moment; a line that was torn off by it is left out when the journal is read.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from livecode import __version__
from livecode.errors import FileError, Source
from livecode.resources import state_path

FORMAT = 1
KEPT = 200  # journals
ENDING = ".journal"
CYCLE = re.compile(r"-?\d{1,60}(/\d{1,60})?")

# What an entry is: a text that was evaluated, a version of files that are followed, or how transport was set elsewhere.
EVALUATED, FOLLOWED, TRANSPORT = "evaluated", "followed", "transport"


@dataclass(frozen=True, slots=True)
class Entry:
    """One evaluation: its texts, of which the first `roots` were given and the others imported, and when it was.

    `wall` is in s since 1970 and `monotonic` in s; `at` is the cycle that was heard, None before the music began.
    `took` is the cycle at which it took over and `origin` that at which its form's own time is 0; `mixed` is the
    cycle at which its mixer was set. They are None where nothing took over, or where the journal ends before.
    """

    number: int
    kind: str
    sources: tuple[Source, ...]
    roots: int
    wall: float
    monotonic: float
    at: Fraction | None
    transport: Mapping[str, Any] | None = None
    took: Fraction | None = None
    origin: Fraction | None = None
    mixed: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What a journal tells: where and by what it was written, its entries, and the last cycle that was heard."""

    path: Path
    by: str
    folder: Path
    entries: tuple[Entry, ...]
    heard: Fraction | None
    torn: int = 0  # lines that could not be read


@dataclass(slots=True)
class Journal:
    """Writes a journal; `tell` hears once when that cannot be done, and the music goes on."""

    path: Path
    tell: Callable[[str], None]
    number: int = 0
    _file: int = -1
    _failed: bool = False

    @classmethod
    def begin(cls, by: str, tell: Callable[[str], None], path: Path | None = None) -> Journal:
        """Begin a journal in the folder of journals, or in a file."""
        made = cls(path or journals() / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{os.getpid()}{ENDING}", tell)
        made._open()
        made._line({"livecode": __version__, "format": FORMAT, "by": by, "folder": str(Path.cwd())})
        return made

    @classmethod
    def resume(cls, story: Story, tell: Callable[[str], None]) -> Journal:
        """Go on writing a journal; what was torn off at its end is taken away."""
        made = cls(story.path, tell, max((e.number for e in story.entries), default=0))
        made._open(mend=True)
        return made

    def evaluated(self, kind: str, sources: Iterable[Source], roots: int, at: Fraction | None) -> int:
        """Write what is about to be evaluated; gives its number."""
        return self._entry(kind, at, {"sources": [[s.name, s.text] for s in sources], "roots": roots})

    def transported(self, transport: Mapping[str, Any], at: Fraction | None) -> int:
        """Write how transport is about to be set."""
        return self._entry(TRANSPORT, at, {"transport": dict(transport)})

    def took(self, cycle: Fraction, origin: Fraction, mixed: Fraction) -> None:
        """Write at which cycle the last entry takes over."""
        self._line({"of": self.number, "took": str(cycle), "origin": str(origin), "mixed": str(mixed)})

    def heard(self, cycle: Fraction) -> None:
        """Write the cycle that is heard now."""
        self._line({"heard": str(cycle), **_times()})

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _entry(self, kind: str, at: Fraction | None, said: dict[str, Any]) -> int:
        self.number += 1
        self._line({"n": self.number, "kind": kind, **_times(), "at": None if at is None else str(at), **said})
        return self.number

    def _open(self, *, mend: bool = False) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            _locked(self._file)
            if mend:
                os.ftruncate(self._file, self.path.read_bytes().rfind(b"\n") + 1)
        except OSError as error:
            self._fail(error)

    def _line(self, said: dict[str, Any]) -> None:
        if self._file < 0:
            return
        try:
            rest = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.close()
        if not self._failed:
            self._failed = True
            self.tell(f"no journal is written from here on: {error}")


def _times() -> dict[str, float]:
    return {"wall": round(time.time(), 3), "monotonic": round(time.monotonic(), 6)}


def journals() -> Path:
    """Give the folder of journals."""
    return state_path() / "journals"


def load(path: Path) -> Story:
    """Read a journal; lines that were torn are counted and left out.

    Raises FileError where there is no journal.
    """
    try:
        if path.exists() and not path.is_file():
            raise FileError(f"the journal {path} cannot be read: it is no file")
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise FileError(f"the journal {path} cannot be read: {error.strerror}") from None
    head: dict[str, Any] = {}
    entries: dict[int, Entry] = {}
    heard: Fraction | None = None
    torn = 0
    for line in filter(None, lines):
        try:
            said = json.loads(line.decode("utf-8", "surrogatepass"))
            if "format" in said:
                head = head or said
            elif "heard" in said:
                heard = _cycle(said["heard"])
            elif "of" in said:
                took, origin, mixed = (_cycle(said[name]) for name in ("took", "origin", "mixed"))
                entries[said["of"]] = replace(entries[said["of"]], took=took, origin=origin, mixed=mixed)
            else:
                entry = _entry(said)
                entries[entry.number] = entry
                heard = heard if entry.at is None else entry.at
        except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError, RecursionError):
            torn += 1
    if head.get("format") != FORMAT:
        raise FileError(f"{path} is no journal of livecode", hint=f"journals are in {journals()}")
    return Story(path, head.get("by", ""), Path(head.get("folder", ".")), tuple(entries.values()), heard, torn)


def _cycle(said: str) -> Fraction:
    """Read a cycle as it is written here: a number, or two with a stroke, never one with an exponent."""
    if not CYCLE.fullmatch(said):
        raise ValueError(said)
    return Fraction(said)


def _entry(said: dict[str, Any]) -> Entry:
    return Entry(
        number=int(said["n"]),
        kind=str(said["kind"]),
        sources=tuple(Source(name, text) for name, text in said.get("sources", ())),
        roots=int(said.get("roots", 0)),
        wall=float(said["wall"]),
        monotonic=float(said["monotonic"]),
        at=None if said["at"] is None else _cycle(said["at"]),
        transport=said.get("transport"),
    )


def latest(by: str) -> Story:
    """Read the newest journal that was written by the prompt or another command and is not being written now.

    Raises FileError where there is none.
    """
    folder = journals()
    found = sorted(folder.glob(f"*{ENDING}"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    for path in found:
        if _free(path):
            try:
                story = load(path)
            except FileError:
                continue  # one that was torn off in its first line tells nothing
            if story.by == by and story.entries:
                return story
    raise FileError("there is no journal to restore", hint=f"journals are in {folder}")


def forget() -> None:
    """Delete the oldest journals when there are many."""
    found = sorted(journals().glob(f"*{ENDING}"), key=lambda p: p.stat().st_mtime_ns)
    for path in found[:-KEPT]:
        path.unlink(missing_ok=True)


if sys.platform == "win32":

    def _locked(file: int) -> None:
        """Files that are open cannot be told from others here."""

    def _free(path: Path) -> bool:
        return True

else:
    import fcntl

    def _locked(file: int) -> None:
        """Mark a journal as being written, for as long as this process lives."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _free(path: Path) -> bool:
        file = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(file)
        return True
