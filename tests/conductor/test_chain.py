"""What the controls of an event put behind a sound."""

from __future__ import annotations

from livecode.conductor import chain
from livecode.conductor.growth import Growing
from livecode.conductor.unheard import wanting
from livecode.engine.records import Control, Graph


def grown(*given: str) -> Growing:
    g = Growing(Graph("", (), (), 0.0), {}, frozenset(given), frozenset())
    chain.modulated(g, Control("freq"))
    return g


def test_operators_that_all_move_each_other_are_built_once() -> None:
    assert sum(n.ugen == "sine" for n in grown(*chain.FM_CONTROLS).nodes) == chain.OPERATORS


def test_a_link_that_closes_a_circle_is_left_out() -> None:
    assert grown("fmi", "fmi2", "fmi12", "fmi22").nodes == grown("fmi", "fmi2").nodes


def test_every_control_that_only_tells_more_has_one_that_calls_for_it() -> None:
    found = wanting()
    assert (found["vibmod"], found["fmh"], found["detune"], found["lrate"]) == ("vib", "fmi", "unison", "leslie")
