"""Random and mutated statements: each gives music, or errors that all have a place, in a quarter of a second.

`python -m tests.fuzz.statements SEED COUNT` runs many and prints what is wrong with which.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from dataclasses import replace
from functools import cache
from itertools import count

from livecode.conductor.conductor import Conductor
from livecode.conductor.score import Score, new_parts
from livecode.engine.records import Message
from livecode.errors import Fault, LiveError, Source
from livecode.session import Session
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from tests.fuzz import corpus

LONGEST = 0.25  # s of processor time
SHARED = ("tempo", "beats", "key", "gear", "lanes")  # of all parts of a score
LOOKED = 200_000  # samples that are conducted: two cycles


class Nowhere:
    """An output that nobody hears."""

    def send(self, message: Message) -> None:
        pass

    def push(self, records: bytes) -> None:
        pass


def looped(session: Session) -> Score:
    """Give what a session sounds like without its song."""
    return score(replace(session, transport=replace(session.transport, form="")))


@cache
def known() -> Score:
    return looped(corpus.session())


def otherwise(session: Session) -> Score:
    """Give what a session sounds like, of its parts and lanes only those that sound otherwise than in the corpus's own.

    Where what all parts share is another, all of them do.
    """
    new = looped(session)
    if any(getattr(new, name) != getattr(known(), name) for name in SHARED):
        return new
    if new.mix == known().mix:
        new = replace(new, mix=replace(new.mix, lanes=()), lanes=())
    return replace(new, stretches=tuple(replace(s, parts=tuple(new_parts(s, new, known()))) for s in new.stretches))


def problem(session: Session, text: str) -> str:
    """Evaluate a text and conduct what it leads to; gives what is wrong with livecode, or nothing."""
    begun = time.thread_time()
    told: list[LiveError] = []
    try:
        evaluation = evaluate_text(session, Source("typed", text))
        spent = time.thread_time() - begun
        told.extend(evaluation.errors)
        conductor = Conductor(Nowhere(), 48000, 256, told.append)
        if evaluation.session is not session:
            conductor.begin(otherwise(evaluation.session), 0)
            conductor.tick(LOOKED)
    except Exception as error:  # noqa: BLE001 (to find these is what this is for)
        tb = error.__traceback__
        while tb is not None and tb.tb_next is not None:
            tb = tb.tb_next
        where = f"{tb.tb_frame.f_code.co_filename}:{tb.tb_lineno}" if tb is not None else ""
        return f"{type(error).__name__} at {where}: {error}"
    for error in told:
        if isinstance(error, Fault):
            return f"fault: {error.message}"
        if error.place is None:
            return f"no place: {error.message}"
        error.render()
    return f"slow: {spent:.2f} s" if spent > LONGEST else ""


def run(seed: int, number: int) -> int:
    """Try some statements and print each kind of problem once; gives how many kinds there are."""
    chance = random.Random(seed)
    found: dict[str, str] = {}
    right = 0
    corpus.session(), known()
    gc.freeze()  # so that no collection looks through the corpus again and again
    begun = time.monotonic()
    for i in count(1) if number == 0 else range(1, number + 1):
        text = corpus.mutated(chance)
        wrong = problem(corpus.session(), text)
        right += not wrong
        kind = "slow" if wrong.startswith("slow") else wrong[:70]
        if wrong and found.setdefault(kind, text) is text:
            print(f"{wrong}\n    {text!r}", flush=True)
        if i % 10_000 == 0:
            print(f"# {i} statements, {len(found)} kinds of problems, {time.monotonic() - begun:.0f} s", flush=True)
    print(f"# {right} of {number} well, {len(found)} kinds of problems")
    return len(found)


if __name__ == "__main__":
    sys.exit(1 if run(int(sys.argv[1]), int(sys.argv[2])) else 0)
