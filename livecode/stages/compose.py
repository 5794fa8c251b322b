"""compose and let: patterns that sound, and names that do not."""

from __future__ import annotations

from typing import Any

from livecode.errors import KindError, Place
from livecode.language import tree
from livecode.language.evaluate import CONSTANTS, Scope, evaluate, evaluate_body, pattern_of
from livecode.language.functions import Closure
from livecode.patterns import WORDS, Pattern, check_size
from livecode.session import Session
from livecode.stages.design import controls
from livecode.stages.trial import tried


def free_name(name: str, place: Place) -> None:
    """Refuse a name that is built in.

    Raises KindError that offers another one.
    """
    if WORDS.get(name) is not None or name in CONSTANTS:
        raise KindError(
            f"{name} is a word of the language", place=place, hint=f"another name is free, for example {name}1"
        )


def names(session: Session) -> dict[str, Any]:
    """Give what the session's names mean in a pattern: its values, and the parameters of its instruments."""
    return {**controls(session), **session.values()}


def pattern(session: Session, statement: tree.Compose) -> tuple[Pattern, set[str]]:
    """Make the pattern of a compose statement, and tell which names it uses.

    Raises LiveError with its place: also for a pattern with too many events.
    """
    free_name(statement.name.name, statement.name.place)
    scope = Scope(names(session))
    made = pattern_of(statement.expression, scope)
    check_size(made, statement.expression.place)
    tried(made, statement.expression.place)
    return made, scope.used


def value(session: Session, statement: tree.Let) -> tuple[Any, set[str]]:
    """Make the value or function of a let statement, and tell which names it uses.

    Raises LiveError with its place.
    """
    free_name(statement.name.name, statement.name.place)
    _no_recursion(statement)
    scope = Scope({n: v for n, v in names(session).items() if n != statement.name.name})
    if not statement.params:
        made = evaluate_body(statement.body, scope)
        # What stands in a lambda is read only when that is applied, and counts all the same.
        return made, scope.used | {name.name for name in free_names(statement)} & set(scope.names)
    params = tuple(p.name.name for p in statement.params)
    defaults = {p.name.name: evaluate(p.default, scope) for p in statement.params if p.default is not None}
    for name in free_names(statement):
        scope.look_up(name.name, name.place)
    body = statement.body
    closure = Closure(statement.name.name, params, lambda given: evaluate_body(body, scope.inside(given)), defaults)
    return closure, scope.used


def _no_recursion(statement: tree.Let) -> None:
    """Refuse a value or function that is made of itself, which would never end."""
    for name in free_names(statement):
        if name.name == statement.name.name:
            raise KindError(
                f"{name.name} cannot be made of itself",
                place=name.place,
                hint=f"another name is free: let {name.name}1 …",
            )


def free_names(statement: tree.Let) -> list[tree.Name]:
    """Give the names that the body of a let reads from outside, where they stand."""
    bound = frozenset(p.name.name for p in statement.params)
    found: list[tree.Name] = []
    for name, expression in statement.body.bindings:
        found += names_read(expression, bound)
        bound |= {name.name}
    return found + names_read(statement.body.result, bound)


def names_read(item: Any, bound: frozenset[str] = frozenset()) -> list[tree.Name]:
    """Give the names that an expression reads, but for those that are bound, where they stand."""
    if isinstance(item, tree.Name):
        return [] if item.name in bound else [item]
    if isinstance(item, tree.Lambda):
        return names_read(item.body, bound | frozenset(item.params))
    if isinstance(item, Place):
        return []
    if isinstance(item, tuple):
        return [name for part in item for name in names_read(part, bound)]
    if hasattr(item, "__slots__"):
        return [name for slot in item.__slots__ for name in names_read(getattr(item, slot), bound)]
    return []
