"""livecode play and watch: files that sound until Ctrl-C, and are followed as they change."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from livecode.engine.client import EngineProcess
from livecode.engine.records import Ready
from livecode.errors import FileError, plain
from livecode.files.watch import Watch
from livecode.follow import Follower
from livecode.journal import Journal
from livecode.performance import Performance, described
from livecode.priority import ahead
from livecode.render import playing


@dataclass(frozen=True, slots=True)
class Played:
    """Whether the files had no error at first, and where the sound went."""

    well: bool
    ready: Ready


def play(
    engine: EngineProcess,
    files: Sequence[Path] = (),
    *,
    folder: Path | None = None,
    song: str | None = None,
    seconds: float | None = None,
    journal: Journal | None = None,
) -> Played:
    """Play files, or all files of a folder, until Ctrl-C or for some seconds, and follow every save of them.

    Raises FileError for a file that cannot be read; errors inside a file are told, and the rest of it plays.
    """
    if folder is not None and not folder.is_dir():
        raise FileError(f"there is no folder {folder}", hint=f"livecode play {folder}" if folder.exists() else "")
    ahead()
    performance = Performance(engine, _tell, journal)
    follower = Follower(performance, tuple(files), folder, _tell)
    watch = Watch(follower.wanted, () if folder is None else (folder,))
    wrong = follower.first()
    if song:
        performance.take(playing(performance.session, song))
    if folder is None and not performance.session.tracks() and not performance.session.transport.form:
        raise FileError("nothing in these files sounds")
    performance.start()
    ready = engine.wait_ready(20.0)
    _tell(described(ready))
    end = None if seconds is None else Timer(seconds, watch.over.set)
    if end is not None:
        end.start()
    try:
        for changed in watch.changes():
            if changed:
                follower.again(changed)
    finally:
        if end is not None:
            end.cancel()
        performance.stop()
    return Played(not wrong, ready)


def _tell(text: str) -> None:
    if text:
        print(plain(text), file=sys.stderr, flush=True)
