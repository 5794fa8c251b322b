"""Reading the texts of files: in a musician's words when that fails, and never more than a text."""

from __future__ import annotations

from pathlib import Path

from livecode.errors import FileError, Source

LARGEST = 4_000_000  # bytes of one text


def read_text(path: Path) -> Source:
    """Read a file of statements.

    Raises FileError in a musician's words.
    """
    try:
        if path.exists() and not path.is_file():
            raise FileError(f"{path} is no file", hint=f"livecode watch {path}" if path.is_dir() else "")
        if path.stat().st_size > LARGEST:
            raise FileError(f"{path} is larger than {LARGEST // 1_000_000} MB, so it is no text of a set")
        return Source(str(path), path.read_text(encoding="utf-8-sig"))  # some editors begin a text with a mark
    except FileNotFoundError:
        near = sorted(p.name for p in path.parent.glob("*.live")) if path.parent.is_dir() else []
        hint = f"there are {', '.join(near[:6])}" if near else ""
        raise FileError(f"there is no file {path}", hint=hint) from None
    except UnicodeDecodeError:
        raise FileError(f"{path} cannot be read: it is no text in UTF-8", hint="save it as UTF-8") from None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error}") from None


def read_inside(path: Path, home: Path) -> Source:
    """Read a file that another one names, only inside a folder: links that lead out of it are not followed.

    Raises FileError.
    """
    return read_text(inside(path, home))


def inside(path: Path, home: Path) -> Path:
    """Give a path back that lies in a folder, links followed.

    Raises FileError for another.
    """
    if not path.resolve().is_relative_to(home.resolve()):
        raise FileError(f"{path.name} lies outside this folder", hint="a text uses files in or below its own folder")
    return path
