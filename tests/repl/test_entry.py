"""What is entered always comes back."""

from __future__ import annotations

from typing import Any, cast

from livecode.errors import Fault, Source
from livecode.performance import Performance
from livecode.repl.entry import enter


class Broken:
    """A performance in which everything goes wrong."""

    def evaluate(self, source: Source) -> Any:
        raise ZeroDivisionError("by nothing")


def test_a_fault_of_ours_is_told_and_the_prompt_goes_on() -> None:
    said: list[str] = []
    entered = enter(cast(Performance, Broken()), Source("here", 's "bd"'), said.append)
    assert isinstance(entered.error, Fault)
    assert "ZeroDivisionError: by nothing" in said[0] and "the sound goes on" in said[0]
