"""What a command comes to: the session that follows, what is to be done once, and what is said."""

from __future__ import annotations

from dataclasses import dataclass

from livecode.errors import KindError, Place
from livecode.language import tree
from livecode.session import Session
from livecode.stages.delivery import Comparison, Order


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens once, outside the session: panic, record, load, undo, show, help, …"""

    name: str
    args: tuple[str, ...] = ()
    place: Place | None = None
    order: Order | Comparison | None = None  # of export and compare


Ran = tuple[Session, tuple[Act, ...], str]


def words(statement: tree.Command) -> list[tuple[str, Place]]:
    """Give the plain names and texts behind a command."""
    found: list[tuple[str, Place]] = []
    for arg in statement.args:
        if isinstance(arg, tree.Name):
            found.append((arg.name, arg.place))
        elif isinstance(arg, tree.Text):
            found.append((arg.value, arg.place))
        else:
            hint = f"{statement.word.name} {arg.text}" if isinstance(arg, tree.Mini) and arg.text.isidentifier() else ""
            if isinstance(arg, tree.Number) and statement.word.name == "play":
                hint = "a note is a pattern: note 60"
            raise KindError(f"{statement.word.name} takes names", place=arg.place, hint=hint)
    return found
