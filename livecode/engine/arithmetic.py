"""Arithmetic with numbers of which some are known only when a note starts: the code that reckons them then."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from livecode.engine.circuit import Circuit
from livecode.engine.code import bounding, named, setting
from livecode.engine.records import Graph
from livecode.engine.rig import FUNCTIONS, Rig
from livecode.engine.values import ARITHMETIC, Expr, Number, Value, clamp

CHANGES = re.compile(r"\b([px]\d+|chance|tape|tape_size)\b")  # what differs from note to note


class Arithmetic:
    """Reckons with the parameters of a graph; what a note decides becomes lines of its circuit's code."""

    def __init__(self, rig: Rig, graph: Graph) -> None:
        self.rig = rig
        self.graph = graph
        self.circuit = Circuit()
        self._names = 0
        self._ranges: dict[str, tuple[float, float]] = {}  # what is known of what varies from note to note

    def given(self, i: int) -> Expr:
        """Give a parameter of the note, in its range."""
        name = f"p{i}"
        if name not in self._ranges:
            lo, hi = self._ranges[name] = finite(self.graph.params[i].lo), finite(self.graph.params[i].hi)
            self.circuit.lines.append(bounding(name, lo, hi))
        return Expr(name)

    def bind(self, text: str) -> Expr:
        """Name an expression of the note's parameters."""
        name = f"x{self._names}"
        self._names += 1
        self.circuit.lines.append(named(name, text))
        return Expr(name)

    def number(self, op: str, a: Number, b: Number) -> Number:
        """Fold two numbers into one, now or when the note starts."""
        function, text = ARITHMETIC[op]
        if isinstance(a, float) and isinstance(b, float):
            return float(function(a, b))
        if op == "mul" and 0.0 in (a, b):
            return 0.0
        trivial = {("add", 0.0), ("sub", 0.0), ("mul", 1.0), ("div", 1.0)}
        if isinstance(b, float) and (op, b) in trivial:
            return a
        if isinstance(a, float) and (op, a) in {("add", 0.0), ("mul", 1.0)}:
            return b
        return self.bind(text.format(a, b))

    def evaluated(self, text: str, *values: Number) -> Number:
        """Fold numbers into one by an expression, now or when the note starts."""
        if all(isinstance(v, float) for v in values):
            return self.constant(text, *values)
        return self.bind(text.format(*values))

    def constant(self, text: str, *values: Value) -> float:
        """Evaluate an expression of fixed numbers; a signal counts as 0.5."""
        numbers = [v if isinstance(v, float) else 0.5 for v in values]
        return float(eval(text.format(*numbers), dict(FUNCTIONS)))

    def kept(self, value: Number, lo: float, hi: float) -> Number:
        """Keep a number in a range."""
        if isinstance(value, float):
            return clamp(value, lo, hi)
        least, most = self._ranges.get(str(value), (-math.inf, math.inf))
        if lo <= least and most <= hi:
            return value
        kept = self.bind(f"{value} if {lo} <= {value} <= {hi} else clamp({value}, {lo}, {hi})")
        self._ranges[str(kept)] = lo, hi
        return kept

    def neg(self, a: Number) -> Number:
        return self.number("mul", a, -1.0)

    def latest(self, a: Number | None, b: Number | None) -> Number | None:
        """Give the end of what sounds as long as either sounds."""
        return None if a is None or b is None else self.number("max", a, b)

    def earliest(self, a: Number | None, b: Number | None) -> Number | None:
        """Give the end of what sounds as long as both sound."""
        return b if a is None else a if b is None else self.number("min", a, b)

    def tail(self, life: Number | None, seconds: Number) -> Number | None:
        return None if life is None else self.number("add", life, seconds)

    def on_note(self, setter: Callable[..., Any], text: str) -> None:
        """Call a setter with an expression whenever a note starts, or now if no note changes it."""
        if text and not CHANGES.search(text):
            setter(self.rig.evaluate(text))
            return
        self.circuit.lines.append(setting(len(self.circuit.setters), text))
        self.circuit.setters.append(setter)


def finite(x: float) -> float:
    return max(-1e9, min(1e9, x)) if x == x else 0.0
