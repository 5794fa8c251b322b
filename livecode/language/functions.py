"""Functions as values: partly applied words, lambdas, compositions; and how arguments find their parameters."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from livecode.errors import KindError, LiveError, NameUnknown, Place, nearest
from livecode.language.units import Quantity, convert
from livecode.patterns import WORDS, Pattern, reify, setter
from livecode.patterns.leaves import Pure
from livecode.words import Kind, Param, Word

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A value with the place it was written at."""

    value: Any
    place: Place | None = None


class Function:
    """Anything that waits for arguments."""

    __slots__ = ()
    name = "this function"

    def apply(self, args: Sequence[Argument], named: dict[str, Argument], place: Place | None) -> Any:
        raise TypeError(f"{type(self).__name__} cannot be applied")

    def __call__(self, value: Any) -> Any:
        return self.apply([Argument(value)], {}, None)


class Partial(Function):
    """A word with some of its arguments."""

    __slots__ = ("args", "named", "place", "word")

    def __init__(
        self,
        word: Word,
        args: tuple[Argument, ...] = (),
        named: dict[str, Argument] | None = None,
        place: Place | None = None,
    ) -> None:
        self.word = word
        self.args = args
        self.named = named or {}
        self.place = place

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.word.name

    def apply(self, args: Sequence[Argument], named: dict[str, Argument], place: Place | None) -> Any:
        word = self.word
        every, by_name = [*self.args, *args], {**self.named, **named}
        for name, argument in named.items():
            if not any(p.name == name for p in word.params):
                known = [p.name for p in word.params]
                raise NameUnknown(
                    f"{word.name} has no argument {name}",
                    place=argument.place,
                    hint=nearest(name, known) or f"write {word.signature}",
                )
        free = [p for p in word.params if p.name not in by_name]
        wanted = sum(p.required for p in free)
        if len(every) < wanted or (every and self._waits(every[-1].value) and len(every) < len(free)):
            return Partial(word, tuple(every), by_name, self.place or place)
        if len(every) > len(free):
            result = self._call(every[: len(free)], by_name, free, place)
            return apply(result, every[len(free) :], {}, place)
        return self._call(every, by_name, free, place)

    def _waits(self, last: Any) -> bool:
        """Tell whether an effect still waits for its input: numbers and patterns only set its parameters."""
        param = self.word.params[-1]
        plain = isinstance(last, int | float | Fraction | Pattern | str)
        return param.kind is Kind.INPUT and param.required and plain

    def _call(self, args: list[Argument], named: dict[str, Argument], free: list[Param], place: Place | None) -> Any:
        """Fill required parameters always, optional ones from the left with what is left over."""
        spare = len(args) - sum(p.required for p in free)
        rest = map(_placed, args) if self.word.group == "controls" else iter(args)
        values: list[Any] = []
        for param in self.word.params:
            if param.name in named:
                values.append(coerce(param, named[param.name], self.word.name))
            elif param.required:
                values.append(coerce(param, next(rest), self.word.name))
            elif spare > 0:
                spare -= 1
                values.append(coerce(param, next(rest), self.word.name))
            else:
                values.append(param.default)
        try:
            return self.word.call(*values)
        except LiveError as error:
            if isinstance(error, KindError) and error.place is None and not error.hint and args:
                error.hint = f"{self.word.signature}, for example {self.word.example}"
            raise error.at(self.place or place) from None
        except RecursionError:
            raise KindError("this nests too deep", place=self.place or place) from None


class Closure(Function):
    """A function written by the user: `let f x = …` or a lambda."""

    __slots__ = ("args", "body", "defaults", "name", "params")

    def __init__(
        self,
        name: str,
        params: tuple[str, ...],
        body: Callable[[dict[str, Any]], Any],
        defaults: dict[str, Any] | None = None,
        args: tuple[Argument, ...] = (),
    ) -> None:
        self.name = name
        self.params = params
        self.body = body
        self.defaults = defaults or {}
        self.args = args

    def apply(self, args: Sequence[Argument], named: dict[str, Argument], place: Place | None) -> Any:
        every = [*self.args, *args]
        given = {n: a.value for n, a in named.items()}
        unknown = next((n for n in given if n not in self.params), None)
        if unknown is not None:
            raise NameUnknown(f"{self.name} has no argument {unknown}", place=named[unknown].place)
        free = [p for p in self.params if p not in given]
        wanted = [p for p in free if p not in self.defaults]
        if len(every) < len(wanted):
            return Closure(self.name, self.params, self.body, {**self.defaults, **given}, tuple(every))
        spare = len(every) - len(wanted)
        values = {**self.defaults, **given}
        rest = iter(every)
        for param in free:
            if param in self.defaults:
                if spare <= 0:
                    continue
                spare -= 1
            values[param] = next(rest).value
        result = self.body(values)
        left = list(rest)
        return apply(result, left, {}, place) if left else result


class Composition(Function):
    """Functions in a row, the first one first."""

    __slots__ = ("first", "then")
    name = "this chain"

    def __init__(self, first: Function, then: Callable[[Any], Any]) -> None:
        self.first = first
        self.then = then

    def apply(self, args: Sequence[Argument], named: dict[str, Argument], place: Place | None) -> Any:
        result = self.first.apply(args, named, place)
        return Composition(result, self.then) if isinstance(result, Function) else self.then(result)


@dataclass(frozen=True, slots=True)
class Chain:
    """A pipe that begins with a control: `pan 0 | ply 2` is a pattern, and where a function is wanted, a function."""

    pattern: Any
    function: Function


def plain(value: Any) -> Any:
    """Give the pattern of a chain, and any other value as it is."""
    return value.pattern if isinstance(value, Chain) else value


def operate(symbol: str, left: Any, right: Any, place: Place | None) -> Any:
    """Combine two values with an infix operator.

    Raises KindError when the two cannot be combined.
    """
    left, right = plain(left), plain(right)
    for side in (left, right):
        if isinstance(side, Function):
            raise KindError(
                f"{side.name} still waits for its arguments, so {symbol} cannot use it",
                place=place,
                hint="put its arguments behind it, in brackets",
            )
    if isinstance(left, int | Fraction) and isinstance(right, int) and symbol == "/" and right:
        return Fraction(left) / right
    if isinstance(left, str) and not isinstance(right, str | list | dict):
        left = reify(left) if isinstance(right, int | float | Fraction) else left
    try:
        return OPERATORS[symbol](left, right)
    except ZeroDivisionError:
        raise KindError("a division by zero", place=place) from None
    except OverflowError:
        raise KindError("a number too large to hold", place=place) from None
    except TypeError:
        raise KindError(f"{spoken(left)} {symbol} {spoken(right)} makes no sense", place=place) from None
    except LiveError as error:
        raise error.at(place) from None


def apply(function: Any, args: Sequence[Argument], named: dict[str, Argument], place: Place | None) -> Any:
    """Apply any value to arguments; a control pattern sets its controls on the pattern it is given.

    Raises KindError when the value cannot be applied.
    """
    if isinstance(function, Chain):
        function = function.function
    if isinstance(function, Function):
        return function.apply(args, named, place)
    if isinstance(function, Pattern) and len(args) == 1 and not named:
        try:
            return setter(function)(reify(args[0].value))
        except LiveError as error:
            raise error.at(place) from None
    raise KindError(
        f"{spoken(function)} is not a function",
        place=place,
        hint="a chain is written with a bar between its parts, p | fast 2; a name is given one with an equals sign",
    )


def as_function(argument: Argument, name: str) -> Callable[[Any], Any]:
    """Give what stands where a function is wanted as a callable; a control pattern means: set these."""
    value = argument.value.function if isinstance(argument.value, Chain) else argument.value
    if isinstance(value, Function):
        return lambda p: _patterned(value(p), value.name, argument.place)
    if isinstance(value, Pattern):
        return setter(value)
    raise KindError(
        f"{name} wants a function here, not {spoken(value)}",
        place=argument.place,
        hint=f"for example {name} … rev, or {name} … (fast 2)",
    )


def _patterned(value: Any, name: str, place: Place | None) -> Any:
    """Read what a function gave; a lambda may want the number of the repeat besides the pattern."""
    value = plain(value)
    if isinstance(value, Closure):
        return value
    if isinstance(value, Function):
        raise KindError(
            f"{name} still waits for more arguments", place=place, hint=f"put it in brackets with them: ({name} …)"
        )
    return reify(value)


PATTERNED = {Kind.TIME, Kind.NUMBER, Kind.TEXT, Kind.VALUE, Kind.PATTERN}


def _placed(argument: Argument) -> Argument:
    """Give a text that is written here its place, so that it is seen to sound as an atom of mini-notation is."""
    value, place = argument.value, argument.place
    if not isinstance(value, str) or place is None or place.text[1:-1] != value:
        return argument
    return Argument(Pure(value, (Place(place.source, place.start + 1, place.end - 1),)), place)


def _misplaced(kind: Kind, name: str, function: str) -> str:
    """Tell what may be meant by a function where a value is wanted."""
    word = WORDS.get(name)
    if kind in (Kind.TIME, Kind.NUMBER) and word is not None:
        return f"{word.signature}, for example {word.example}"
    return f"behind a pattern stands a bar, … | {function} …; as an argument it stands in brackets, ({function} …)"


def coerce(param: Param, argument: Argument, name: str) -> Any:
    """Make an argument fit its parameter.

    Raises KindError that tells what the word wants.
    """
    kind = param.kind
    takes_functions = kind in (Kind.FUNCTION, Kind.FUNCTIONS, Kind.FUNCTION_TABLE)
    value = argument.value if takes_functions else plain(argument.value)
    if isinstance(value, Quantity):
        try:
            value = convert(value, param.unit, f"{param.name} of {name}" if param.name != "value" else name)
        except KindError as error:
            raise error.at(argument.place) from None
    if kind in PATTERNED:
        if isinstance(value, Function):
            raise KindError(
                f"{name} wants {kind.value} for {param.name}, not the function {value.name}",
                place=argument.place,
                hint=_misplaced(kind, name, value.name),
            )
        if isinstance(value, dict):
            return reify({k: _plain(v) for k, v in value.items()})
        if isinstance(value, list):  # a word such as scale may ask its items for their units
            return [v if isinstance(v, Quantity) else _plain(v) for v in value]
        return value
    if kind is Kind.FUNCTION:
        return as_function(argument, name)
    if kind is Kind.BINDER:
        if not isinstance(value, Function):
            raise KindError(f"{name} wants a function such as (\\v -> …)", place=argument.place)
        return lambda v: _patterned(value(v), value.name, argument.place)
    if kind in (Kind.PATTERNS, Kind.LIST):
        items = value if isinstance(value, list) else [value]
        return [_item(v, kind, name, argument.place) for v in items]
    if kind is Kind.FUNCTIONS:
        items = value if isinstance(value, list) else [value]
        return [as_function(Argument(v, argument.place), name) for v in items]
    if kind in (Kind.TABLE, Kind.FUNCTION_TABLE):
        return _table(value, kind, name, argument.place)
    return value


def _item(value: Any, kind: Kind, name: str, place: Place | None) -> Any:
    value = plain(value)
    if isinstance(value, Function):
        raise KindError(f"{name} wants {kind.value}, and {value.name} still waits for its arguments", place=place)
    return _plain(value)


def _table(value: Any, kind: Kind, name: str, place: Place | None) -> Any:
    def entry(v: Any) -> Any:
        if kind is Kind.FUNCTION_TABLE:
            return as_function(Argument(v, place), name)
        return reify(_item(v, kind, name, place))

    if isinstance(value, list):
        return [entry(v) for v in value]
    if isinstance(value, dict):
        return {k: entry(v) for k, v in value.items()}
    raise KindError(f"{name} wants {kind.value}, not {spoken(value)}", place=place)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Quantity) else plain(value)


def spoken(value: Any) -> str:
    """Name a value in a musician's words."""
    if isinstance(value, Function):
        return f"the function {value.name}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Quantity):
        return f"{float(value):g} {value.unit}"
    if isinstance(value, int | float | Fraction):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{value}'"
    if isinstance(value, Pattern | Chain):
        return "a pattern"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a record"
    return str(getattr(value, "spoken", "this"))
