"""The conformance cases: reading them, evaluating their expression trees and comparing events."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from livecode.patterns import WORDS, Context, Pattern, mini, pure

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "conformance"

VARIADIC = frozenset(
    """stack polyrhythm pr stackLeft stackRight stackCentre slowcat cat slowcatPrime fastcat seq sequence
    stepcat timecat timeCat s_cat stepalt s_alt seqPLoop polymeter pm s_polymeter zip s_zip arrange
    choose chooseIn chooseOut chooseCycles randcat wchoose wchooseCycles wrandcat""".split()  # noqa: SIM905
)
VARIADIC_AFTER = {"stackBy": 1}
VARIADIC_ON_PATTERN = frozenset(("layer", "superimpose", "tour", "s_tour", "FX"))


class NoSpellingError(Exception):
    """The tree holds a function of raw values or times, for which the language has no spelling."""


def cases(name: str) -> Iterator[dict[str, Any]]:
    """Read the cases of a file."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def evaluate(e: Any, v: Any = None) -> Any:
    """Give what a tree means; `v` is the value bound by vbind."""
    if not isinstance(e, list):
        if isinstance(e, dict):
            return {k: evaluate(x, v) for k, x in e.items()}
        return e
    head, args = e[0], e[1:]
    if head in SPECIAL:
        return SPECIAL[head](args, v)
    word = WORDS.find(head.removesuffix("()"))
    values = [evaluate(a, v) for a in args]
    return word.call(*_grouped(head, values, True))


def _grouped(head: str, values: list[Any], complete: bool) -> list[Any]:
    if head in VARIADIC:
        return [values]
    if head in VARIADIC_AFTER:
        k = VARIADIC_AFTER[head]
        return [*values[:k], values[k:]]
    if head in VARIADIC_ON_PATTERN:
        last = -1 if complete else len(values)
        return [values[:last], *values[last:]]
    return values


def _function(args: list[Any], v: Any) -> Callable[[Any], Any]:
    head, rest = args[0], args[1:]
    if _holds(rest, "index"):
        return lambda p: (
            lambda i: WORDS.find(head).call(*_grouped(head, [evaluate(_put(a, i), v) for a in rest], False), p)
        )
    values = [evaluate(a, v) for a in rest]
    return lambda p: WORDS.find(head).call(*_grouped(head, values, False), p)


def _holds(e: Any, head: str) -> bool:
    return isinstance(e, list) and ((bool(e) and e[0] == head) or any(_holds(x, head) for x in e))


def _put(e: Any, i: int) -> Any:
    if isinstance(e, list):
        return i * e[1] if e and e[0] == "index" else [_put(x, i) for x in e]
    return e


def _compose(args: list[Any], v: Any) -> Callable[[Any], Any]:
    functions = [evaluate(a, v) for a in args]

    def run(p: Any) -> Any:
        for f in functions:
            p = f(p)
        return p

    return run


def _on_value(args: list[Any], v: Any) -> Callable[[Any], Any]:
    name, *rest = args
    values = [evaluate(a, v) for a in rest]
    return lambda x: WORDS.find(name).call(*values, pure(x))


def _no_spelling(args: list[Any], v: Any) -> Any:
    raise NoSpellingError


SPECIAL: dict[str, Callable[[list[Any], Any], Any]] = {
    "mini": lambda args, v: mini.pattern(args[0]),
    "rat": lambda args, v: Fraction(args[0], args[1]),
    "list": lambda args, v: [evaluate(a, v) for a in args],
    "obj": lambda args, v: evaluate(args[0], v),
    "fn": _function,
    "compose": _compose,
    "id": lambda args, v: lambda p: p,
    "vbind": lambda args, v: lambda x: evaluate(args[0], x),
    "v": lambda args, v: v,
    "vfn": _on_value,
    "vpred": _on_value,
    "tpred": _on_value,
    "cpred": _no_spelling,
    "nth": lambda args, v: lambda haps: haps[args[0]],
    "ref": _no_spelling,
}


def events(pattern: Pattern, case: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    """Query a case's spans."""
    cps = case.get("controls", {}).get("_cps")
    context = Context(cps=cps) if cps is not None else None
    out = []
    for begin, end in case["cycles"]:
        for hap in pattern.query(Fraction(begin), Fraction(end), context):
            whole = None if hap.whole is None else [_ratio(hap.whole.begin), _ratio(hap.whole.end)]
            out.append((whole, [_ratio(hap.part.begin), _ratio(hap.part.end)], plain(hap.value)))
    return out


def _ratio(x: Fraction) -> str:
    return f"{x.numerator}/{x.denominator}"


def plain(value: Any) -> Any:
    """Write a value as the files do."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Fraction):
        return {"$frac": _ratio(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$num": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, list | tuple):
        return [plain(x) for x in value]
    if isinstance(value, dict):
        return {k: plain(x) for k, x in value.items()}
    return {"$undef": True} if value is None else value


def close(a: Any, b: Any) -> bool:
    """Compare values: numbers with a relative tolerance of 1e-9, all else exactly."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b)) or abs(a - b) < 1e-12
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    return isinstance(a, str) is isinstance(b, str) and bool(a == b)


def same_events(got: list[tuple[Any, Any, Any]], wanted: list[dict[str, Any]]) -> bool:
    """Compare events as multisets."""
    if len(got) != len(wanted):
        return False
    by_time: dict[str, list[Any]] = {}
    for whole, part, value in got:
        by_time.setdefault(f"{whole}{part}", []).append(value)
    for event in wanted:
        values = by_time.get(f"{event['whole']}{event['part']}", [])
        for i, value in enumerate(values):
            if close(value, event["value"]):
                del values[i]
                break
        else:
            return False
    return True
