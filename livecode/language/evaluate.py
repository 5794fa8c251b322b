"""What an expression means: names are looked up, functions applied, operators combined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from livecode.errors import KindError, LiveError, NameUnknown, Place, nearest
from livecode.language import habits, tree
from livecode.language.functions import (
    Argument,
    Chain,
    Closure,
    Composition,
    Function,
    Partial,
    apply,
    operate,
    plain,
)
from livecode.patterns import CONTROLS, WORDS, Pattern, mini, reify
from livecode.words import Word, Words

CONSTANTS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean: `names` are the user's, `tables` the built-in ones, `used` collects the user's names read."""

    names: Mapping[str, Any]
    tables: tuple[Words, ...] = (WORDS,)
    used: set[str] = field(default_factory=set)
    others: tuple[str, ...] = ()  # names that are there once they are written, for hints

    def inside(self, names: Mapping[str, Any]) -> Scope:
        """Give a scope in which some more names hold."""
        return Scope({**self.names, **names}, self.tables, self.used, self.others)

    def word(self, name: str) -> Word | None:
        """Give the row of a built-in name."""
        return next((row for table in self.tables if (row := table.get(name)) is not None), None)

    def look_up(self, name: str, place: Place) -> Any:
        """Give what a name means.

        Raises NameUnknown with the nearest name.
        """
        if name in self.names:
            self.used.add(name)
            return self.names[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        word = self.word(name)
        if word is not None:
            return Partial(word, place=place) if word.params else word.call()
        raise NameUnknown(f"{name} means nothing here", place=place, hint=self._hint(name))

    def _hint(self, name: str) -> str:
        if "." in name:
            head, *rest = name.split(".")
            if self.word(rest[0]):
                return f"functions are chained with a bar: {head} | {rest[0]} …"
        return habits.NAMES.get(name, "") or nearest(name, self.known()) or "text stands in single quotes: 'name'"

    def known(self) -> Iterable[str]:
        """Give every name that means something."""
        yield from self.names
        yield from self.others
        for table in self.tables:
            yield from table.names()


def evaluate(e: tree.Expression, scope: Scope) -> Any:
    """Give the value of an expression: number, text, pattern, function, list, record or signal.

    Raises LiveError with its place.
    """
    try:
        return EVALUATORS[type(e)](e, scope)
    except RecursionError:
        raise KindError("this nests too deep", place=e.place) from None


def evaluate_body(body: tree.Body, scope: Scope) -> Any:
    """Give the result of a body whose bindings are each seen by the lines below."""
    for name, expression in body.bindings:
        scope = scope.inside({name.name: evaluate(expression, scope)})
    return evaluate(body.result, scope)


def _number(e: tree.Number, scope: Scope) -> int | float | Fraction:
    return e.value


def _mini(e: tree.Mini, scope: Scope) -> Pattern:
    return mini.pattern(e.text, e.place.source, e.place.start + 1)


def _text(e: tree.Text, scope: Scope) -> str:
    return e.value


def _name(e: tree.Name, scope: Scope) -> Any:
    return scope.look_up(e.name, e.place)


def _arguments(e: tree.Apply, scope: Scope) -> tuple[list[Argument], dict[str, Argument]]:
    """Evaluate arguments; `over 16` after a word with an argument `over` is an argument by name."""
    named = {n: Argument(evaluate(v, scope), v.place) for n, v in e.named}
    args: list[Argument] = []
    words = iter(e.args)
    for arg in words:
        if isinstance(arg, tree.Name) and arg.name not in scope.names and _is_optional(e.function, arg.name, scope):
            value = next(words, None)
            if value is None:
                raise KindError(f"{arg.name} wants a value behind it", place=arg.place)
            named[arg.name] = Argument(evaluate(value, scope), value.place)
        else:
            args.append(Argument(evaluate(arg, scope), arg.place))
    return args, named


def _is_optional(function: tree.Expression, name: str, scope: Scope) -> bool:
    if not isinstance(function, tree.Name) or scope.word(name) is not None:
        return False
    word = scope.word(function.name)
    return word is not None and any(p.name == name and not p.required for p in word.params)


def _apply(e: tree.Apply, scope: Scope) -> Any:
    function = evaluate(e.function, scope)
    args, named = _arguments(e, scope)
    return apply(function, args, named, e.function.place)


def _pipe(e: tree.Pipe, scope: Scope) -> Any:
    left = evaluate(e.left, scope)
    if isinstance(e.right, tree.Apply):
        function = evaluate(e.right.function, scope)
        args, named = _arguments(e.right, scope)
    else:
        function, args, named = evaluate(e.right, scope), [], {}
    place = e.right.function.place if isinstance(e.right, tree.Apply) else e.right.place

    def then(value: Any) -> Any:
        return apply(function, [*args, Argument(value, e.left.place)], named, place)

    if isinstance(left, Function):
        return Composition(left, then)
    if isinstance(left, Chain):
        return Chain(then(left.pattern), Composition(left.function, then))
    if isinstance(left, Pattern) and (head := _setting(e.left, left, scope)) is not None:
        return Chain(then(left), Composition(head, then))
    return then(left)


def _setting(e: tree.Expression, value: Pattern, scope: Scope) -> Function | None:
    """Give the function that a control with its value is, where one stands at the head of a pipe."""
    if not isinstance(e, tree.Apply) or not isinstance(e.function, tree.Name) or e.function.name in scope.names:
        return None
    word = scope.word(e.function.name)
    if word is None or word.name not in CONTROLS:
        return None
    return Closure(word.name, ("pattern",), lambda given: apply(value, [Argument(given["pattern"])], {}, e.place))


def _binary(e: tree.Binary, scope: Scope) -> Any:
    return operate(e.operator, evaluate(e.left, scope), evaluate(e.right, scope), e.place)


def _section(e: tree.Section, scope: Scope) -> Function:
    right = evaluate(e.right, scope)
    return Closure(f"({e.operator} …)", ("x",), lambda given: operate(e.operator, given["x"], right, e.place))


def _lambda(e: tree.Lambda, scope: Scope) -> Function:
    return Closure("this function", e.params, lambda given: evaluate(e.body, scope.inside(given)))


def _list(e: tree.ListOf, scope: Scope) -> list[Any]:
    return [evaluate(item, scope) for item in e.items]


def _record(e: tree.RecordOf, scope: Scope) -> dict[str, Any]:
    return {key: evaluate(value, scope) for key, value in e.fields}


EVALUATORS: dict[type, Callable[[Any, Scope], Any]] = {
    tree.Number: _number,
    tree.Mini: _mini,
    tree.Text: _text,
    tree.Name: _name,
    tree.Apply: _apply,
    tree.Pipe: _pipe,
    tree.Binary: _binary,
    tree.Section: _section,
    tree.Lambda: _lambda,
    tree.ListOf: _list,
    tree.RecordOf: _record,
}


def _completed(function: Function) -> str:
    """Tell how a function that still waits is written with all its arguments."""
    if isinstance(function, Partial):
        return f"{function.word.signature}, for example {function.word.example}"
    return 'give it a pattern last: fast 2 "bd sd"'


def pattern_of(e: tree.Expression, scope: Scope) -> Pattern:
    """Give the pattern that an expression means; a number or text becomes a pattern of it.

    Raises LiveError with its place.
    """
    value = plain(evaluate(e, scope))
    if isinstance(value, Function):
        raise KindError(
            f"{value.name} is a function that still waits for its arguments, not a pattern",
            place=value.place if isinstance(value, Partial) and value.place else e.place,
            hint=_completed(value),
        )
    if isinstance(value, list | dict):
        raise KindError("a list is not a pattern", place=e.place, hint="stack [a, b] plays both, cat [a, b] in turn")
    try:
        return reify(value)
    except LiveError as error:
        raise error.at(e.place) from None
