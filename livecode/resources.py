"""Where the files that travel with livecode are: grammars, patches and the cache of parser tables."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    """Find a folder inside an installed package, or at the top of a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def grammar_path(name: str) -> Path:
    """Give the path of a grammar by its file name."""
    return _folder("grammars") / name


def patches_path() -> Path:
    """Give the folder of the built-in patches."""
    return _folder("patches")


def parser_cache(name: str) -> str | bool:
    """Give the file in which a parser's tables are kept, or False where no folder can be written."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "livecode"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return str(folder / f"{name}.tables") if os.access(folder, os.W_OK) else False


def state_path() -> Path:
    """Give the folder for what is remembered between performances: the history of the prompt."""
    base = os.environ.get("XDG_STATE_HOME") or (Path.home() / ".local" / "state")
    return Path(base) / "livecode"
