"""What is wrong in a text: its errors, and what would go wrong or unheard while it plays."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livecode.conductor.conductor import Conductor
from livecode.engine.records import Message
from livecode.errors import LiveError, Source
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.programs import program
from livecode.stages.score import score
from livecode.stages.statements import evaluate_program

RATE, BLOCK = 48000, 256
HEARD = 4 * 2 * RATE  # samples that are looked at: four cycles at 120 beats a minute


@dataclass(frozen=True, slots=True)
class Looked:
    """What a text leads to by itself, its errors, and warnings of what plays wrong or changes nothing."""

    session: Session
    errors: tuple[LiveError, ...]
    warnings: tuple[LiveError, ...]


class _Nowhere:
    """An output that nobody hears."""

    def send(self, message: Message) -> None:
        pass

    def push(self, records: bytes) -> None:
        pass


def looked_at(source: Source) -> Looked:
    """Evaluate a text on the first session, and conduct the first cycles of what it plays, unheard."""
    evaluation = evaluate_program(prelude(), program([source]))
    warnings: list[LiveError] = []
    session = evaluation.session
    for transport in {session.transport, replace(session.transport, form="")}:
        conductor = Conductor(_Nowhere(), RATE, BLOCK, warnings.append)
        conductor.begin(score(replace(session, transport=transport)), 0)
        conductor.tick(HEARD)
    seen = {(w.message, w.place): w for w in warnings}
    return Looked(session, evaluation.errors, tuple(seen.values()))
