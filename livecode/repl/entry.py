"""What is entered: evaluated, carried out, and told in short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from livecode.errors import Fault, LiveError, Source
from livecode.performance import Performance
from livecode.repl.reference import told

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Entered:
    """What an entry led to: whether all of it was right, and the first mistake."""

    error: LiveError | None = None


def enter(performance: Performance, source: Source, tell: Tell) -> Entered:
    """Evaluate what was entered; whatever happens, it comes back and the sound goes on."""
    first: LiveError | None = None
    try:
        evaluation = performance.evaluate(source)
        for error in evaluation.errors:
            first = first or error
            tell(error.render())
        for said in evaluation.said:
            tell(said)
        for _, act in evaluation.acts:
            answer = told(performance.session, act)
            tell(performance.act(act) if answer is None else answer)
    except LiveError as error:
        first = first or error
        tell(error.render())
    except Exception as error:  # noqa: BLE001 (a fault of ours must not end a performance)
        first = Fault(f"livecode stumbles over this ({type(error).__name__}: {error})", hint="the sound goes on")
        tell(first.render())
    return Entered(first)
