"""The code of notes with tables does what it does without them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecode.engine.builder import finished
from livecode.engine.code import Line, bounding, defaults, define, named, setting
from livecode.engine.repeats import KEPT, Table, Tabling
from livecode.engine.values import clamp, power

SCOPE: dict[str, Any] = {"clamp": clamp, "power": power, "tanh": math.tanh, "ceil": math.ceil, "tape": hash}
LINES = [
    bounding("p1", 0.0, 20.0),
    named("x0", "p1 * 2.0"),
    named("x1", "power(2.0, x0)"),
    setting(0, "x1"),
    named("x2", "p0 if 0.0 <= p0 <= 5.0 else clamp(p0, 0.0, 5.0)"),
    setting(1, "tanh(x2)"),
    named("x3", "tanh(x2 + x0)"),
    setting(2, "tanh(x3)"),
    named("x4", "tanh(chance)"),
    setting(3, "tanh(x4)"),
    setting(4, "tape(p0)"),
]
END = ["n = max(1, ceil(x2 * 100))", "return n, x2"]
# the engine flushes what is subnormal to 0 for the whole process
NUMBERS = st.floats(-30.0, 30.0, allow_subnormal=False)
CHANCES = st.floats(0.0, 1.0, allow_subnormal=False)


def _note(lines: Sequence[object], made: dict[str, Any]) -> Any:
    define(f"note(s, chance, p0, p1{defaults(made, lines)})", lines, SCOPE, made)
    return made["note"]


def _tabled() -> tuple[list[str | Line], dict[str, Any]]:
    tabling = Tabling(LINES, SCOPE)
    lines, end = finished(tabling.steps(END))
    return [*lines, *end], dict(tabling.tables)


@given(st.lists(st.tuples(CHANCES, NUMBERS, NUMBERS), min_size=1, max_size=8))
def test_tables_change_nothing(notes: list[tuple[float, float, float]]) -> None:
    plain, tabled = _note([*LINES, *END], {}), _note(*_tabled())
    for numbers in (*notes, *notes):  # the second time all is in the tables
        told: list[list[tuple[int, float]]] = []
        given_back = []
        for note in (plain, tabled):
            said: list[tuple[int, float]] = []
            setters = [lambda x, i=i, said=said: said.append((i, x)) for i in range(5)]
            given_back.append(note(setters, *numbers))
            told.append(said)
        assert told[0] == told[1]
        assert given_back[0] == given_back[1]


def test_what_is_looked_up() -> None:
    code = "\n".join(map(str, _tabled()[0]))
    assert "[p1]" in code and "[p0]" in code and "[x3]" in code, "a table for what hangs on one number"
    assert "ceil" not in code and "power" not in code and "x2 = " in code, "only what is still asked for is computed"
    assert "tanh(chance)" in code and "tanh(x4)" in code and "tape(p0)" in code, "what changes by itself is not kept"


def test_a_table_stays_small() -> None:
    made: list[float] = []
    table = Table(lambda x: made.append(x) or -x)  # type: ignore[func-returns-value]
    for i in range(10 * KEPT):
        assert table[float(i)] == -i
        assert table[float(i)] == -i
        assert len(table) <= KEPT
    assert len(made) == 10 * KEPT
    assert math.isnan(table[math.nan])


@pytest.mark.parametrize("line", [named("x0", "tanh(p0)"), setting(0, "tanh(p0)")])
def test_a_table_a_step(line: Line) -> None:
    assert len(list(Tabling([line], SCOPE).steps(["return 1, 2"]))) == 1
