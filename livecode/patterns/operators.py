"""Binary functions of two patterns, in all the ways their structures can meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livecode.patterns.combining import DROP, Apply, Keep, Map
from livecode.patterns.core import Pattern
from livecode.patterns.joins import poly_bind, reset_bind, restart_bind, squeeze_bind
from livecode.patterns.leaves import Pure, reify, silence
from livecode.patterns.register import WORDS
from livecode.patterns.rhythm import keep_if
from livecode.patterns.values import OPERATORS, Operator, lifted
from livecode.words import Kind, Param, Word

FUNCTIONS: dict[str, Operator] = {name: lifted(name, function) for name, (function, _) in OPERATORS.items()}
FUNCTIONS["keepif"] = keep_if
SENTENCES = {name: doc for name, (_, doc) in OPERATORS.items()}
SENTENCES["keepif"] = "Keep the own value where the argument is true, else nothing."


def _clean(pat: Pattern, f: Operator) -> Pattern:
    return Keep(lambda v: v is not DROP, pat) if f is keep_if else pat


def _inner(f: Operator, pat: Pattern) -> Callable[[Any], Pattern]:
    """Make the function of an outer value that combines it, on the right, with all values of a pattern."""
    return lambda b: _clean(Map(lambda a: f(a, b), pat), f)


def _inner_right(f: Operator, other: Pattern) -> Callable[[Any], Pattern]:
    return lambda a: _clean(Map(lambda b: f(a, b), other), f)


Way = Callable[[Operator, Pattern, Pattern], Pattern]

# How the structures meet: the function of (operator, left, right).
WAYS: dict[str, tuple[Way, str]] = {
    "in": (lambda f, a, b: Apply(f, a, b, "in"), "structure from the left"),
    "out": (lambda f, a, b: Apply(f, a, b, "out"), "structure from the right"),
    "mix": (lambda f, a, b: Apply(f, a, b, "mix"), "structure from both"),
    "squeeze": (
        lambda f, a, b: squeeze_bind(_inner_right(f, b), a, analog=b.analog),
        "cycles of the right squeezed into events of the left",
    ),
    "squeezeout": (
        lambda f, a, b: squeeze_bind(_inner(f, a), b, analog=a.analog),
        "cycles of the left squeezed into events of the right",
    ),
    "reset": (lambda f, a, b: reset_bind(_inner(f, a), b), "the left aligned to each onset of the right"),
    "restart": (lambda f, a, b: restart_bind(_inner(f, a), b), "the left started anew at each onset of the right"),
    "poly": (lambda f, a, b: poly_bind(_poly(f, b), a), "steps of both aligned"),
}


def _poly(f: Operator, other: Pattern) -> Callable[[Any], Pattern]:
    # The peer hands over the operands the other way round here.
    return lambda a: _clean(Map(lambda b: f(b, a), other), f)


def operate(name: str, way: str, other: Any, pat: Any) -> Pattern:
    """Combine a pattern, as the left operand, with another."""
    left, right, f = reify(pat), reify(other), FUNCTIONS[name]
    if way == "in" and type(left) is Pure and type(right) is Pure:
        value = f(left.value, right.value)
        return silence if value is DROP else Pure(value, left.places + right.places)
    return WAYS[way][0](f, left, right)


def infix(name: str) -> Callable[[Any, Any], Pattern]:
    """Make an infix operator: structure from the left, unless only a bare value stands there."""
    function = FUNCTIONS[name]

    def combine(left: Any, right: Any) -> Pattern:
        way = "in" if isinstance(left, Pattern) else "out"
        return Apply(function, reify(left), reify(right), way)

    return combine


def _register() -> None:
    params = (Param("other", Kind.PATTERN), Param("pat", Kind.PATTERN))
    for name, sentence in SENTENCES.items():
        for way, (_, tells) in WAYS.items():
            doc = sentence.rstrip(".") + f": {tells}."
            names = (name, f"{name}.in") if way == "in" else (f"{name}.{way}",)
            if way == "squeeze":
                names = (f"{name}.squeeze", f"{name}.squeezein")
            WORDS.add(
                Word(
                    names[0],
                    params,
                    doc,
                    f'{names[0]} "1 2" "3 4 5"',
                    lambda other, pat, n=name, w=way: operate(n, w, other, pat),
                    "values",
                    names[1:],
                )
            )
    for way, (_, tells) in WAYS.items():
        if way in ("reset", "restart", "squeeze"):
            continue  # these names mean more: see structure and choosing
        WORDS.add(
            Word(
                way,
                params,
                f"Set the controls of another pattern: {tells}.",
                f'{way} (n "0 1") (s "bd sd hh")',
                lambda other, pat, w=way: operate("set", w, other, pat),
                "values",
                (),
            )
        )


_register()
Pattern.operators.update({name: infix(name) for name in ("add", "sub", "mul", "div", "mod")})
