"""What binary functions do with values: numbers, note names, texts, lists and controls."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from livecode.errors import KindError
from livecode.patterns.notes import is_note, note_to_midi

Operator = Callable[[Any, Any], Any]

NAN = math.nan


def to_number(x: Any) -> float | int:
    """Read a value as a number as JavaScript would; NaN when it is none."""
    if isinstance(x, bool):
        return int(x)
    if isinstance(x, int | float):
        return x
    if isinstance(x, Fraction):
        return x.numerator if x.denominator == 1 else float(x)
    if x is None:
        return 0
    if isinstance(x, str):
        got = read_number(x.strip())
        return NAN if got is None else got
    return NAN


def read_number(text: str) -> float | int | None:
    """Read a text as a number, or None: decimals with or without exponent, 0x, 0o and 0b, Infinity."""
    if not text:
        return 0
    first = text[0]
    if not (first.isdigit() or first in "+-.I") or "_" in text:
        return None
    try:
        if text.isdigit():
            return int(text) if text.isascii() else None
        if len(text) > 2 and first == "0" and text[1] in "xXoObB":
            return int(text, 0)
        if text[-1].lower() in "ynf":  # float() reads "inf" and "nan" too
            sign = -1 if first == "-" else 1
            return sign * math.inf if text.lstrip("+-") == "Infinity" else None
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def numeral(x: Any) -> float | int:
    """Read a number or a note name (its MIDI number); raises KindError for anything else."""
    if type(x) is int or type(x) is float:
        return x
    value = to_number(x)
    if value == value:
        return value
    if isinstance(x, str) and is_note(x):
        return note_to_midi(x)
    raise KindError("this is neither a number nor a note", found=str(x), expected="a number or a note name")


def truthy(x: Any) -> bool:
    """Tell whether a value counts as true: not false, 0, NaN, empty text or nothing."""
    return bool(x) and x == x if not isinstance(x, list | dict) else True


def to_int32(x: Any) -> int:
    """Cut a number to a signed 32-bit integer."""
    value = numeral(x)
    if not math.isfinite(value):
        return 0
    value = math.trunc(value) & 0xFFFFFFFF
    return value - 0x100000000 if value & 0x80000000 else value


def _divide(a: Any, b: Any) -> float | int:
    x, y = numeral(a), numeral(b)
    if y == 0:
        return NAN if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1, y)
    quotient = x / y
    return int(quotient) if quotient.is_integer() and abs(quotient) < 2**53 else quotient


def _modulo(a: Any, b: Any) -> float | int:
    x, y = numeral(a), numeral(b)
    return NAN if y == 0 or not math.isfinite(x) or y != y else x % y


def _power(a: Any, b: Any) -> float | int:
    x, y = numeral(a), numeral(b)
    try:
        if isinstance(x, int) and isinstance(y, int) and abs(y) > 64:
            x = float(x)
        value = x**y
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return math.inf
    if isinstance(value, int) and value.bit_length() > 1024:
        return math.inf if value > 0 else -math.inf
    return NAN if isinstance(value, complex) else value


def _shift(left: bool) -> Operator:
    def shift(a: Any, b: Any) -> int:
        places = to_int32(b) & 31
        return to_int32(to_int32(a) << places) if left else to_int32(a) >> places

    return shift


def _compare(test: Callable[[Any, Any], bool]) -> Operator:
    def compare(a: Any, b: Any) -> bool:
        if isinstance(a, str) and isinstance(b, str):
            return test(a, b)
        x, y = to_number(a), to_number(b)
        return x == x and y == y and test(x, y)

    return compare


def loosely_equal(a: Any, b: Any) -> bool:
    """Compare with numbers read out of texts."""
    if isinstance(a, str) == isinstance(b, str):
        return bool(a == b)
    return to_number(a) == to_number(b)


def strictly_equal(a: Any, b: Any) -> bool:
    """Compare in value and kind."""
    return isinstance(a, bool) == isinstance(b, bool) and isinstance(a, str) == isinstance(b, str) and bool(a == b)


def _add(a: Any, b: Any) -> float | int:
    if type(a) is int and type(b) is int:
        return a + b
    return numeral(a) + numeral(b)


OPERATORS: dict[str, tuple[Operator, str]] = {
    "set": (lambda a, b: b, "Take the value of the argument."),
    "keep": (lambda a, b: a, "Keep the own value."),
    "add": (_add, "Add; note names count as MIDI numbers."),
    "sub": (lambda a, b: numeral(a) - numeral(b), "Subtract."),
    "mul": (lambda a, b: numeral(a) * numeral(b), "Multiply."),
    "div": (_divide, "Divide."),
    "mod": (_modulo, "Give the remainder of a division; it has the sign of the divisor."),
    "pow": (_power, "Raise to a power."),
    "log2": (lambda a, b: math.log2(numeral(a)), "Give the logarithm to base 2; the argument is ignored."),
    "band": (lambda a, b: to_int32(to_int32(a) & to_int32(b)), "Combine the bits of two whole numbers with and."),
    "bor": (lambda a, b: to_int32(to_int32(a) | to_int32(b)), "Combine the bits of two whole numbers with or."),
    "bxor": (lambda a, b: to_int32(to_int32(a) ^ to_int32(b)), "Combine the bits of two whole numbers with xor."),
    "blshift": (_shift(True), "Shift the bits of a whole number left."),
    "brshift": (_shift(False), "Shift the bits of a whole number right."),
    "lt": (_compare(lambda a, b: a < b), "Tell whether the value is less than the argument."),
    "gt": (_compare(lambda a, b: a > b), "Tell whether the value is greater than the argument."),
    "lte": (_compare(lambda a, b: a <= b), "Tell whether the value is at most the argument."),
    "gte": (_compare(lambda a, b: a >= b), "Tell whether the value is at least the argument."),
    "eq": (loosely_equal, "Tell whether two values are equal, reading numbers out of texts."),
    "eqt": (strictly_equal, "Tell whether two values are equal in value and kind."),
    "ne": (lambda a, b: not loosely_equal(a, b), "Tell whether two values differ, reading numbers out of texts."),
    "net": (lambda a, b: not strictly_equal(a, b), "Tell whether two values differ in value or kind."),
    "and": (lambda a, b: b if truthy(a) else a, "Give the argument where the value is true, else the value."),
    "or": (lambda a, b: a if truthy(a) else b, "Give the value where it is true, else the argument."),
}

NUMBERS = frozenset((int, float, Fraction))
ARITHMETIC = frozenset(("add", "sub", "mul", "div", "mod", "pow"))


def lifted(name: str, function: Operator) -> Operator:
    """Let a function of values work on controls too, key by key.

    A bare number that meets controls acts on their pitch (`note`, else `n`) in arithmetic and on nothing otherwise.
    """
    arithmetic = name in ARITHMETIC

    def pitch(controls: dict[str, Any], bare: Any) -> str:
        if not arithmetic or type(bare) not in NUMBERS:
            return ""
        return "note" if "note" in controls else "n" if "n" in controls else ""

    def combine(a: Any, b: Any) -> Any:
        if type(a) is not dict and type(b) is not dict:
            return function(a, b)
        if type(b) is not dict:
            key = pitch(a, b)
            return {**a, key: function(a[key], b)} if key else a
        if type(a) is not dict:
            key = "" if "value" in b else pitch(b, a)
            if key:
                return {**b, key: function(a, b[key])}
            a = {"value": a}
        out = {**a, **b}
        for key in a:
            if key in b:
                out[key] = function(a[key], b[key])
        return out

    def merge(a: Any, b: Any) -> Any:
        if type(a) is dict and type(b) is dict:
            return {**a, **b}
        return combine(a, b)

    return merge if name == "set" else combine
