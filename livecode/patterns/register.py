"""Registering words of the pattern language: one decorated function a word, and everything else derived from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from livecode.errors import KindError
from livecode.patterns.combining import Apply, placed
from livecode.patterns.core import UNUSABLE, Pattern
from livecode.patterns.exact import Places, to_time
from livecode.patterns.joins import inner_bind, outer_bind, restart_bind, squeeze_bind, step_bind
from livecode.patterns.leaves import Pure, reify
from livecode.patterns.sizes import bounded
from livecode.patterns.steps import stepped
from livecode.patterns.values import numeral
from livecode.words import REQUIRED, Kind, Param, Word, Words

# Names that the annotations of words use; each means a Kind, and the value that arrives.
Time = Fraction
Number = int | float
Text = str
Value = Any
List = list[Any]
Function = Callable[[Pattern], Pattern]
Binder = Callable[[Any], Pattern]
Table = list[Pattern] | dict[str, Pattern]
FunctionTable = list[Function] | dict[str, Function]

KINDS = {
    "Time": Kind.TIME,
    "Number": Kind.NUMBER,
    "Text": Kind.TEXT,
    "Value": Kind.VALUE,
    "Pattern": Kind.PATTERN,
    "Pattern | None": Kind.PATTERN,
    "Function": Kind.FUNCTION,
    "Binder": Kind.BINDER,
    "list[Pattern]": Kind.PATTERNS,
    "list[Function]": Kind.FUNCTIONS,
    "Table": Kind.TABLE,
    "FunctionTable": Kind.FUNCTION_TABLE,
    "List": Kind.LIST,
}
PATTERNABLE = (Kind.TIME, Kind.NUMBER, Kind.TEXT, Kind.VALUE)

WORDS = Words("functions")


def _function(x: Any) -> Any:
    """Read a function of a pattern; a pattern of controls stands for setting them."""
    if isinstance(x, Pattern):
        return setter(x)
    if not callable(x):
        raise KindError("a function is wanted here", found=str(x), expected="a function such as rev or (fast 2)")
    if isinstance(x, Setter):
        return x
    return lambda pat: reify(x(pat))


def _binder(x: Any) -> Any:
    if not callable(x):
        raise KindError("a function of a value is wanted here", found=str(x), expected=r"such as (\v -> v | fast 2)")
    return lambda value: reify(x(value))


def _items(x: Any) -> list[Any]:
    return list(x) if isinstance(x, list | tuple) else [x]


def _table(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def convert(x: Any) -> Any:
        if isinstance(x, dict):
            return {k: read(v) for k, v in x.items()}
        return [read(v) for v in _items(x)]

    return convert


def _text(x: Any) -> str:
    if isinstance(x, list):
        return ":".join(map(str, x))
    return x if isinstance(x, str) else str(x)


def nested(x: Any) -> Any:
    """Read the items of a list as patterns, lists inside it too."""
    return [nested(v) for v in x] if isinstance(x, list | tuple) else reify(x)


def _pattern(x: Any) -> Any:
    if callable(x) and not isinstance(x, Pattern):
        raise KindError(
            f"{getattr(x, 'name', 'this function')} still waits for an argument", expected="a pattern, not a function"
        )
    return reify(x)


CONVERT: dict[Kind, Callable[[Any], Any]] = {
    Kind.TIME: to_time,
    Kind.NUMBER: numeral,
    Kind.TEXT: _text,
    Kind.VALUE: lambda x: x,
    Kind.PATTERN: _pattern,
    Kind.FUNCTION: _function,
    Kind.BINDER: _binder,
    Kind.PATTERNS: lambda x: [nested(v) for v in _items(x)],
    Kind.FUNCTIONS: lambda x: [_function(v) for v in _items(x)],
    Kind.TABLE: _table(reify),
    Kind.FUNCTION_TABLE: _table(_function),
    Kind.LIST: _items,
}
JOINS: dict[str, Callable[..., Pattern]] = {
    "inner": inner_bind,
    "outer": outer_bind,
    "squeeze": squeeze_bind,
    "step": step_bind,
    "restart": restart_bind,
}


def params_of(function: Callable[..., Any]) -> tuple[Param, ...]:
    """Read the parameters of a function from its signature; the annotations are names of KINDS."""
    code, notes = function.__code__, function.__annotations__
    names = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    first = len(names) - len(defaults)
    return tuple(
        Param(name, KINDS[notes[name]], defaults[i - first] if i >= first else REQUIRED) for i, name in enumerate(names)
    )


def callable_of(
    name: str, function: Callable[..., Any], params: tuple[Param, ...], join: str, keep_steps: bool
) -> Callable[..., Any]:
    """Make the function that takes the arguments as the language gives them.

    Arguments that can vary are read at once where they are constant and joined as they change where they are not.
    """
    converts = [CONVERT[p.kind] for p in params]
    patternable = [i for i, p in enumerate(params) if p.kind in PATTERNABLE]
    fixed = [i for i in range(len(params)) if i not in patternable]
    patterned = [i for i in fixed if params[i].kind is Kind.PATTERN]
    required = sum(p.required for p in params)

    def call(*args: Any) -> Any:
        values = list(args)
        if not required <= len(values) <= len(params):
            raise KindError(f"{name} takes {len(params)} arguments, not {len(values)}")
        values += [p.default for p in params[len(values) :]]
        places: Places = ()
        varying: list[int] = []
        for i in patternable:
            value = values[i]
            if isinstance(value, Pattern):
                if type(value) is not Pure:
                    varying.append(i)
                    continue
                places += value.places
                value = value.value
            if value is not None:
                values[i] = converts[i](value)
        for i in fixed:
            if values[i] is not None:
                values[i] = converts[i](values[i])
        if not varying:
            try:
                made = function(*values)
            except UNUSABLE as error:
                raise KindError(f"{name} cannot use these values: {error}") from error
            result = placed(made, places) if places else made
        else:
            result = _joined(values, varying)
        if isinstance(result, Pattern):
            try:
                bounded(result)
            except UNUSABLE as error:
                raise KindError(f"{name} cannot use these values: {error}") from error
        if keep_steps and patterned and values[patterned[-1]] is not None:
            result = stepped(result, values[patterned[-1]].steps)
        return result

    def _joined(values: list[Any], varying: list[int]) -> Pattern:
        def with_values(*found: Any) -> Pattern:
            own = list(values)
            for i, value in zip(patternable, found, strict=True):
                own[i] = converts[i](value) if i in varying else value
            made: Pattern = function(*own)
            return made

        analog = not patterned or any(values[i] is not None and values[i].analog for i in patterned)
        binder = JOINS[join]
        options = {} if join in ("step", "restart") else {"analog": analog}
        if len(patternable) == 1:
            return binder(with_values, values[patternable[0]], **options)
        sources = [values[i] if i in varying else Pure(values[i]) for i in patternable]
        together: Pattern = Apply(lambda a, b: (a, b), sources[0], sources[1])
        for source in sources[2:]:
            together = Apply(lambda a, b: (*a, b), together, source)
        return binder(lambda found: with_values(*found), together, **options)

    return call


def word(
    name: str,
    *,
    example: str,
    aliases: tuple[str, ...] = (),
    group: str = "",
    join: str = "inner",
    keep_steps: bool = False,
    units: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a word; its docstring's first sentence tells what it does.

    `join` says how an argument that varies is joined; `keep_steps` gives the result the step count of the pattern;
    `units` tells in which unit an argument may be written.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        params = tuple(replace(p, unit=(units or {}).get(p.name, "")) for p in params_of(function))
        doc = (function.__doc__ or "").strip().split("\n")[0]
        WORDS.add(
            Word(name, params, doc, example, callable_of(name, function, params, join, keep_steps), group, aliases)
        )
        return function

    return register


def constant_word(
    name: str, pattern: Pattern, doc: str, *, example: str, group: str, aliases: tuple[str, ...] = ()
) -> None:
    """Register a pattern that takes no arguments."""
    WORDS.add(Word(name, (), doc, example, lambda: pattern, group, aliases))


class Setter:
    """The function that sets the controls of a pattern on another one, whose structure stays."""

    __slots__ = ("pattern",)

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern

    def __call__(self, pat: Pattern) -> Pattern:
        from livecode.patterns.operators import operate

        return operate("set", "in", self.pattern, pat)


def setter(pattern: Pattern) -> Callable[[Pattern], Pattern]:
    """Make the function that sets the controls of a pattern on another one, whose structure stays."""
    return Setter(pattern)
