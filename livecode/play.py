"""livecode play: files that sound until Ctrl-C."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from livecode.engine.client import EngineProcess
from livecode.engine.records import Ready
from livecode.errors import FileError
from livecode.files.texts import read_text
from livecode.performance import Performance, described
from livecode.render import playing


@dataclass(frozen=True, slots=True)
class Played:
    """Whether the files had no error, and where the sound went."""

    well: bool
    ready: Ready


def play(engine: EngineProcess, files: list[Path], *, song: str | None, seconds: float | None) -> Played:
    """Play files until Ctrl-C or for some seconds.

    Raises FileError for a file that cannot be read; errors inside a file are told, and the rest of it plays.
    """
    performance = Performance(engine, _tell)
    sources = [read_text(path) for path in files]
    wrong = 0
    for source in sources:
        evaluation = performance.evaluate(source)
        for error in evaluation.errors:
            _tell(error.render())
        wrong += len(evaluation.errors)
        for answer in dict.fromkeys(performance.act(act) for _, act in evaluation.acts):
            _tell(answer)
    if song:
        performance.session = playing(performance.session, song)
    if not performance.session.tracks() and not performance.session.transport.form:
        raise FileError("nothing in these files sounds")
    performance.start()
    ready = engine.wait_ready(20.0)
    _tell(described(ready))
    end = None if seconds is None else time.monotonic() + seconds
    try:
        while end is None or time.monotonic() < end:
            time.sleep(0.2 if end is None else max(0.0, min(0.2, end - time.monotonic())))
    finally:
        performance.stop()
    return Played(not wrong, ready)


def _tell(text: str) -> None:
    if text:
        print(text, file=sys.stderr, flush=True)
