"""livecode play: files that sound until Ctrl-C."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from livecode.engine.client import EngineProcess
from livecode.errors import FileError
from livecode.performance import Performance, described, read_source
from livecode.render import playing


def play(engine: EngineProcess, files: list[Path], *, song: str | None, seconds: float | None) -> int:
    """Play files until Ctrl-C or for some seconds; gives the exit status.

    Raises FileError for a file that cannot be read; errors inside a file are told, and the rest of it plays.
    """
    performance = Performance(engine, _tell)
    sources = [read_source(path) for path in files]
    wrong = 0
    for source in sources:
        evaluation = performance.evaluate(source)
        for error in evaluation.errors:
            _tell(error.render())
        wrong += len(evaluation.errors)
        for said in evaluation.said:
            _tell(said)
        for _, act in evaluation.acts:
            _tell(performance.act(act))
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
    return 1 if wrong else 0


def _tell(text: str) -> None:
    if text:
        print(text, file=sys.stderr, flush=True)
