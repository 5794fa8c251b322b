"""samples: folders of sounds, read into the session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from livecode.errors import FileError, KindError, LiveError
from livecode.files.folders import AUDIO, find, home_of, scan
from livecode.language import tree
from livecode.session import Session

TOLD = 12  # names


def listed(session: Session) -> str:
    """Tell the names of the samples, folder by folder, and how many there are of each."""
    if not session.samples:
        return "there are no samples yet: samples 'my-drums' reads a folder"
    shelves: dict[str, list[str]] = {}
    for name, recordings in session.samples.items():
        folder = Path(recordings[0].path).parent
        shelf = str(folder.parent if name.endswith(folder.name) else folder)
        shelves.setdefault(shelf, []).append(f"{name}:{len(recordings)}" if len(recordings) > 1 else name)
    total = sum(map(len, session.samples.values()))
    lines = [f"{shelf}: {'  '.join(names)}" for shelf, names in shelves.items()]
    return "\n".join([f"{total} samples under {len(session.samples)} names", *lines])


def samples(session: Session, statement: tree.Command) -> tuple[Session, tuple[Any, ...], str]:
    """Read folders of samples: what is in them plays by its name from now on; alone it tells what is there.

    Raises LiveError with its place.
    """
    if not statement.args:
        return session, (), listed(session)
    home = home_of(statement.word.place.source.name)
    found: dict[str, tuple[Any, ...]] = {}
    failed: list[str] = []
    for arg in statement.args:
        if not isinstance(arg, tree.Text | tree.Name):
            raise KindError("samples takes the names of folders", place=arg.place, hint="samples 'my-drums'")
        name = arg.value if isinstance(arg, tree.Text) else arg.name
        try:
            shelf = scan(find(name, home), home)
        except LiveError as error:
            raise error.at(arg.place) from None
        if not shelf.names:
            raise FileError(f"{name} holds no samples", place=arg.place, hint=f"samples are {' '.join(sorted(AUDIO))}")
        found |= shelf.names
        failed += shelf.failed
    names = ", ".join(list(found)[:TOLD]) + (" …" if len(found) > TOLD else "")
    said = f"{sum(map(len, found.values()))} samples: {names}"
    if failed:
        said += f"; {len(failed)} cannot be read, as {failed[0]}"
    return replace(session, samples=MappingProxyType({**session.samples, **found})), (), said
