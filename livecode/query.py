"""The events of an expression as plain data: what `livecode query` prints."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from livecode.errors import Fault, LiveError, SizeError, Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.patterns import Hap, Span, check_size

MAX_CYCLES = 100_000


def events(
    source: Source,
    spans: Iterable[tuple[Fraction, Fraction]],
    names: Mapping[str, Any] = MappingProxyType({}),
    most: int | None = None,
) -> list[dict[str, Any]]:
    """Give the events of an expression in each span, as JSON data; `names` are those that it may read.

    Raises LiveError with its place, also where there are more than `most` events.
    """
    expression = parse_expression(source)
    pattern = pattern_of(expression, Scope(names))
    check_size(pattern, expression.place)
    found: list[Hap] = []
    for begin, end in spans:
        if end - begin > MAX_CYCLES:
            raise LiveError(f"{MAX_CYCLES} cycles at most are queried at once")
        try:
            for first, last in _cycles(begin, end) if most is not None else ((begin, end),):
                found.extend(pattern.query(first, last))
                if most is not None and len(found) > most:
                    raise SizeError(f"these are more than {most:,} events")
        except LiveError as error:
            raise error.at(expression.place) from None
    return [_event(hap) for hap in found]


def _cycles(begin: Fraction, end: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """Cut a span at the borders of cycles."""
    if begin >= end:
        yield begin, end
    while begin < end:
        border = min(Fraction(begin.__floor__() + 1), end)
        yield begin, border
        begin = border


def answer(line: str) -> dict[str, Any]:
    """Answer one JSON line of a batch: {"id", "code", "cycles"} gives {"id", "events"} or {"id", "error"}."""
    identity: Any = None
    try:
        request = json.loads(line)
        identity = request.get("id")
        source = Source("query", request["code"])
        spans = [(Fraction(b), Fraction(e)) for b, e in request.get("cycles", [["0/1", "1/1"]])]
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        hint = '{"id": 1, "code": "…", "cycles": [["0/1", "1/1"]]}'
        return {"id": identity, "error": _error(LiveError(f"this line is no request: {error}", hint=hint))}
    try:
        return {"id": identity, "events": events(source, spans)}
    except LiveError as error:
        return {"id": identity, "error": _error(error)}
    except Exception as error:  # noqa: BLE001 (the lines behind it are answered)
        fault = Fault(f"livecode stumbles over this ({type(error).__name__}: {error})")
        return {"id": identity, "error": _error(fault)}


def _error(error: LiveError) -> dict[str, Any]:
    line, column = (None, None)
    if error.place is not None:
        line, column = error.place.source.line_and_column(error.place.start)
    message = error.message + (f"; expected {error.expected}" if error.expected else "")
    return {"line": line, "column": column, "message": message, "hint": error.hint or None}


def _event(hap: Hap) -> dict[str, Any]:
    return {
        "whole": None if hap.whole is None else _span(hap.whole),
        "part": _span(hap.part),
        "value": _value(hap.value),
    }


def _span(span: Span) -> list[str]:
    return [f"{t.numerator}/{t.denominator}" for t in span]


def _value(value: Any) -> Any:
    """Give a value as JSON: fractions and numbers that JSON lacks are objects, as the conformance data has them."""
    if isinstance(value, Fraction):
        return {"$frac": f"{value.numerator}/{value.denominator}"}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$num": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, list | tuple):
        return [_value(v) for v in value]
    if isinstance(value, dict):
        return {k: _value(v) for k, v in value.items()}
    return value
