"""An export from its order to its files; the tapes are made where the session is, the sound anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from livecode.errors import FileError
from livecode.render import Tape, conduct, playing
from livecode.session import Session
from livecode.stages.delivery import Comparison, Order
from livecode.stages.score import score

if TYPE_CHECKING:
    from livecode.midi.files import Song

Progress = Callable[[float, str], None]

CONDUCTED = 0.1  # of the work is done when the tapes are there


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to deliver: plain data."""

    order: Order
    path: Path
    tapes: tuple[Tape, ...]
    sheet: Song | None = None  # the notes, where they are delivered too


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a process needs to compare: the tape of ours, and the reference."""

    tape: Tape
    path: Path


def prepared(session: Session, order: Order, home: Path, progress: Progress = lambda part, label: None) -> Job:
    """Ask the patterns of a session for all that an order plays.

    Raises LiveError: a path that leaves `home`, nothing to render.
    """
    path = home / order.path
    if not path.resolve().is_relative_to(home.resolve()):
        raise FileError(
            "an export lies in or below this folder", place=order.place, hint="export song 'out/track.flac'"
        )
    forms = order.forms or ("",)
    notes = _notes(session, order) if order.silent or order.midi else None
    if order.silent:
        return Job(order, path, (), notes)
    tapes = []
    for number, form in enumerate(forms):

        def told(part: float, number: int = number) -> None:
            progress(CONDUCTED * (number + part) / len(forms), "notes")

        tapes.append(_tape(session, form, order, told))
    return Job(order, path, tuple(tapes), notes)


def _notes(session: Session, order: Order) -> Song:
    from livecode.deliver.sheet import sheet  # mido is loaded only where notes are delivered

    form = order.forms[0] if order.forms else ""
    return sheet(score(playing(session, form) if form else _composed(session)), order.begin, order.end)


def _tape(session: Session, form: str, order: Order | Comparison, progress: Callable[[float], None]) -> Tape:
    tail = isinstance(order, Comparison) or order.tail or order.loop
    return conduct(
        playing(session, form) if form else _composed(session),
        begin=order.begin,
        end=order.end,
        tail=tail,
        progress=progress,
    )


def contrasted(session: Session, comparison: Comparison, home: Path) -> Contrast:
    """Ask the patterns of a session for all that is compared.

    Raises LiveError.
    """
    return Contrast(_tape(session, comparison.form, comparison, lambda part: None), home / comparison.path)


def _composed(session: Session) -> Session:
    """Give the session with no song or section: what is composed plays."""
    return replace(session, transport=replace(session.transport, form="", start="", loop=False))
