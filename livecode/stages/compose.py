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
    return made, scope.used


def value(session: Session, statement: tree.Let) -> tuple[Any, set[str]]:
    """Make the value or function of a let statement, and tell which names it uses.

    Raises LiveError with its place.
    """
    free_name(statement.name.name, statement.name.place)
    scope = Scope({n: v for n, v in names(session).items() if n != statement.name.name})
    if not statement.params:
        return evaluate_body(statement.body, scope), scope.used
    params = tuple(p.name.name for p in statement.params)
    defaults = {p.name.name: evaluate(p.default, scope) for p in statement.params if p.default is not None}
    scope.used.update(_free_names(statement) & set(scope.names))
    body = statement.body
    made = Closure(statement.name.name, params, lambda given: evaluate_body(body, scope.inside(given)), defaults)
    return made, scope.used


def _free_names(statement: tree.Let) -> set[str]:
    """Collect the names a function's body reads, so that it follows them when they change."""
    found: set[str] = set()
    waiting: list[Any] = [statement.body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tree.Name):
            found.add(item.name)
        elif isinstance(item, tuple):
            waiting.extend(item)
        elif hasattr(item, "__slots__") and not isinstance(item, Place):
            waiting.extend(getattr(item, slot) for slot in item.__slots__ if slot != "place")
    return found - {p.name.name for p in statement.params}
