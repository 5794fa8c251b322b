"""A name that is evaluated anew takes over as it says, and another change does not let it begin again."""

from __future__ import annotations

from fractions import Fraction

from livecode.conductor.score import Score
from livecode.conductor.takeovers import Takeovers
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from tests.conductor.test_conductor import session


def names(made: Score, cycle: int) -> list[str]:
    pattern = made.stretches[0].parts[0].pattern
    return [h.value["s"] for h in pattern.onsets(Fraction(cycle), Fraction(cycle + 1))]


def test_the_old_pattern_goes_on_until_its_time() -> None:
    takeovers = Takeovers()
    before = session("a = s 'bd'")
    first = takeovers.resolved(score(before), None, Fraction(0))
    after = session("a = s 'sd' | jumpIn 2", before)
    second = takeovers.resolved(score(after), first, Fraction(4))
    assert [names(second, c) for c in (4, 5, 6)] == [["bd"], ["bd"], ["sd"]]


def test_another_change_does_not_let_it_begin_again() -> None:
    for seed in (0, 3):
        takeovers = Takeovers()
        before = session(f"seed {seed}\na = s 'bd'")
        first = takeovers.resolved(score(before), None, Fraction(0))
        after = session("a = s 'sd' | jumpIn 2", before)
        second = takeovers.resolved(score(after), first, Fraction(4))
        other: Session = session("b = s 'hh'", after)
        third = takeovers.resolved(score(other), second, Fraction(5))
        assert [names(third, c) for c in (5, 6)] == [["bd"], ["sd"]]


def test_a_form_plays_the_pattern_itself() -> None:
    made = session("a = s 'sd' | jumpIn 2\narrange x 4 = a\nplay x", prelude())
    resolved = Takeovers().resolved(score(made), None, Fraction(0))
    assert names(resolved, 0) == ["sd"]
