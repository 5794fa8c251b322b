"""Where the grammars and the patches stand: at the top of a checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def grammar_path(name: str) -> Path:
    """Give the path of a grammar file."""
    return _folder("grammars") / name


def patches_path() -> Path:
    """Give the folder of the built-in songs, instruments and effects."""
    return _folder("patches")
