"""What fits at a place of a text, as plain rows: the completions of the prompt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from livecode.repl.completion import WordCompleter
from livecode.session import Session

MOST = 500  # of one answer


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that may stand from `start` on up to the place that was asked about, and what is told of it."""

    text: str
    told: str
    start: int


def completions(session: Session, text: str, offset: int) -> list[Offer]:
    """Give what may be written at an offset, the likeliest first."""
    document = Document(text[:offset], offset)
    found = WordCompleter(lambda: session).get_completions(document, CompleteEvent(completion_requested=True))
    return [Offer(c.text, c.display_meta_text, offset + c.start_position) for c in islice(found, MOST)]
