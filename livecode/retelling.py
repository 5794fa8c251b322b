"""Retelling a journal: its evaluations again, in their order, to the session that they led to."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from livecode.errors import FileError, Source
from livecode.history import History
from livecode.journal import FOLLOWED, TRANSPORT, Entry, Story
from livecode.session import Session, Transport
from livecode.stages.acts import Act
from livecode.stages.prelude import prelude
from livecode.stages.programs import Program, program
from livecode.stages.reload import begin, reload
from livecode.stages.statements import evaluate_program


def written(transport: Transport) -> dict[str, Any]:
    """Write a transport as plain values."""
    values = {f.name: getattr(transport, f.name) for f in fields(transport)}
    return {name: sorted(v) if isinstance(v, frozenset) else v for name, v in values.items()}


def read(values: dict[str, Any]) -> Transport:
    """Read a transport that `written` wrote."""
    kinds = {f.name: type(getattr(Transport(), f.name)) for f in fields(Transport)}
    given: dict[str, Any] = {name: kinds[name](v) for name, v in values.items() if name in kinds}
    return Transport(**given)


def program_of(entry: Entry) -> Program:
    """Put together the program of an entry from the texts that it keeps, whatever the files say now."""
    texts = {source.name: source for source in entry.sources[entry.roots :]}

    def from_entry(path: Path, home: Path) -> Source:
        if str(path) not in texts:
            raise FileError(f"there was no file {path}")
        return texts[str(path)]

    return program(entry.sources[: entry.roots], from_entry)


@dataclass(slots=True)
class Retelling:
    """The session that a journal has led to so far, and its history."""

    session: Session = field(default_factory=prelude)
    history: History = field(default_factory=History)
    followed: Program | None = None
    origin: Fraction = Fraction(0)  # the cycle at which the time of the form that plays is 0

    def tell(self, entry: Entry) -> tuple[Act, ...]:
        """Evaluate an entry again; gives what acts once, undo and redo aside."""
        before = self.session
        acts = self._evaluated(entry)
        if entry.origin is not None:
            self.origin = entry.origin
        elif self.session.transport.cue != before.transport.cue and entry.at is not None:
            quant = before.settings.quant
            self.origin = -(-entry.at // quant) * quant
        return acts

    def _evaluated(self, entry: Entry) -> tuple[Act, ...]:
        if entry.kind == TRANSPORT:
            self.session = replace(self.session, transport=read(dict(entry.transport or {})))
            return ()
        given = program_of(entry)
        if entry.kind == FOLLOWED:
            followed = self.followed
            reloaded = (
                begin(self.session, given) if followed is None else reload(self.session, prelude(), followed, given)
            )
            self.followed, evaluation = reloaded.kept, reloaded.evaluation
        else:
            evaluation = evaluate_program(self.session, given)
        if evaluation.session is not self.session:
            self.history.remember(self.session)
            self.session = evaluation.session
        left: list[Act] = []
        for _, act in evaluation.acts:
            if act.name in ("undo", "redo"):
                step = self.history.back if act.name == "undo" else self.history.forth
                self.session = step(self.session) or self.session
            else:
                left.append(act)
        return tuple(left)


def retold(story: Story) -> Retelling:
    """Give the session to which a whole journal leads."""
    made = Retelling()
    for entry in story.entries:
        made.tell(entry)
    return made
