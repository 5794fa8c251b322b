"""What the parser makes of a text: statements and expressions, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from livecode.errors import Place


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float | Fraction
    place: Place


@dataclass(frozen=True, slots=True)
class Mini:
    """A text in double quotes: mini-notation."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Apply:
    """A function and its arguments side by side."""

    function: Expression
    args: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Pipe:
    left: Expression
    right: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Section:
    """An operator that waits for its left side: (+ 7)."""

    operator: str
    right: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Lambda:
    params: tuple[str, ...]
    body: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Expression, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class RecordOf:
    fields: tuple[tuple[str, Expression], ...]
    place: Place


Expression = Number | Mini | Text | Name | Apply | Pipe | Binary | Section | Lambda | ListOf | RecordOf


@dataclass(frozen=True, slots=True)
class Body:
    """Bindings, each seen by the lines below it, and a result."""

    bindings: tuple[tuple[Name, Expression], ...]
    result: Expression


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Name
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Compose:
    name: Name
    expression: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Let:
    name: Name
    params: tuple[Parameter, ...]
    body: Body
    place: Place


@dataclass(frozen=True, slots=True)
class ArrangeSection:
    name: Name
    length: Number
    named: tuple[tuple[str, Expression], ...]
    parts: tuple[Expression, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ArrangeSong:
    name: Name
    form: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Design:
    name: Name
    effect: bool
    params: tuple[Parameter, ...]
    body: Body
    place: Place


@dataclass(frozen=True, slots=True)
class Strip:
    """`mix NAME | chain`; the master's strip is named `master`."""

    name: Name
    chain: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Group:
    """`mix NAME = a + b | chain` or `mix NAME = return | chain`."""

    name: Name
    expression: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Command:
    word: Name
    args: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...]
    place: Place


Statement = Compose | Let | ArrangeSection | ArrangeSong | Design | Strip | Group | Command
