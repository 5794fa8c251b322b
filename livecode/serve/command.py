"""livecode serve: a performance without a prompt, which editors play on."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from livecode.engine.client import EngineProcess
from livecode.errors import FileError, plain
from livecode.files.texts import read_text
from livecode.journal import Journal
from livecode.performance import Performance, described
from livecode.priority import ahead
from livecode.resources import state_path
from livecode.serve.server import Server, listen

TOKEN = "LIVECODE_TOKEN"


def card_path() -> Path:
    """Give the file that tells editors of this user where to connect, and with which token."""
    return state_path() / "serve.json"


def serve(
    engine: EngineProcess, files: Sequence[Path], *, port: int = 0, path: Path | None = None, journal: Journal | None
) -> int:
    """Serve editors until Ctrl-C; files are evaluated first.

    Raises FileError where no socket can be opened or a file cannot be read.
    """
    sources = [read_text(file) for file in files]
    link, address = listen(port, path)
    server: Server | None = None

    def tell(text: str) -> None:
        if text:
            print(plain(text), file=sys.stderr, flush=True)
            if server is not None:
                server.tell(text)

    ahead()
    performance = Performance(engine, tell, journal)
    performance.delivers = True
    token = os.environ.get(TOKEN) or secrets.token_urlsafe(24)
    server = Server(performance, token)
    card = card_path()
    try:
        for source in sources:
            for error in performance.evaluate(source).errors:
                tell(error.render())
        performance.start()
        tell(described(engine.wait_ready(20.0)))
        _write(card, {"address": address, "token": token, "process": os.getpid()})
        tell(f"serving on {address}; the token is in {card}")
        server.serve(link)
    finally:
        server.over.set()
        link.close()
        performance.stop()
        _forget(card)
        if path is not None:
            path.unlink(missing_ok=True)
    return 0


def _write(card: Path, said: dict[str, Any]) -> None:
    """Write the card, for this user's eyes alone."""
    partial = card.with_name(f".{card.name}.{os.getpid()}")
    try:
        card.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(said, file)
        partial.replace(card)
    except OSError as error:
        raise FileError(f"{card} cannot be written: {error.strerror}") from None


def _forget(card: Path) -> None:
    """Take the card away if it is still ours."""
    try:
        if json.loads(card.read_text()).get("process") == os.getpid():
            card.unlink(missing_ok=True)
    except (OSError, ValueError):
        return
