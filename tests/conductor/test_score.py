"""What of a score is new beside the one that plays."""

from __future__ import annotations

import pytest

from livecode.conductor.score import new_parts
from livecode.errors import Source
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text

PLAYING = """kick = s "bd*4"
hats = s "hh*8"
lead = note "c e" | s 'saw'
arrange drop 4 = kick, lead
"""


def session(text: str, before: Session) -> Session:
    made = evaluate_text(before, Source("test", text))
    assert not made.errors, made.errors[0].render()
    return made.session


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ('kick = s "bd*2"', ["kick"]),
        ('bell = s "cb"', ["bell"]),
        ("mute hats", []),
        ("mix kick | gain -3dB", []),
        ("tempo 90", []),
        ("seed 3", ["kick", "hats", "lead"]),  # other random numbers
        ("design saw = square freq | adsr 1ms 1ms 1 1ms", ["kick", "hats", "lead"]),  # the sounds are others
        ("play drop", ["kick", "lead"]),  # begins anew
    ],
)
def test_what_is_rehearsed(text: str, new: list[str]) -> None:
    before = session(PLAYING, prelude())
    playing, made = score(before), score(session(text, before))
    found = [part for stretch in made.stretches for part in new_parts(stretch, made, playing)]
    assert len(found) == len(new)
    assert {part.strip for part in found} <= {*new, "drop"}
