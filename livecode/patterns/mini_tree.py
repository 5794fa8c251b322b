"""What mini-notation says, as a tree: every part with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from livecode.errors import Place


@dataclass(frozen=True, slots=True)
class Atom:
    """A word or a number as it is written; `~` and `-` are rests."""

    text: str
    place: Place

    @property
    def is_rest(self) -> bool:
        return self.text in ("~", "-")


@dataclass(frozen=True, slots=True)
class Fast:
    """`*n`: n times as fast."""

    amount: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Slow:
    """`/n`: n times as slow."""

    amount: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Euclid:
    """`(pulses,steps,rotation)`: a Euclidean rhythm."""

    pulses: Step
    steps: Step
    rotation: Step | None
    place: Place


@dataclass(frozen=True, slots=True)
class Tail:
    """`:x`: make or lengthen a list."""

    element: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Range:
    """`.. x`: all whole steps up or down to x."""

    end: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Degrade:
    """`?x`: drop events with probability x (0.5 when nothing is written), by random stream number `seed`."""

    amount: float | None
    seed: int
    place: Place


@dataclass(frozen=True, slots=True)
class Replicate:
    """`!n`: n times in a row, each as long as the step was."""

    count: Fraction
    place: Place


Operator = Fast | Slow | Euclid | Tail | Range | Degrade | Replicate


@dataclass(frozen=True, slots=True)
class Step:
    """An atom or a bracketed part with its operators, in the order written, and its weight in the sequence."""

    node: Node
    operators: tuple[Operator, ...]
    weight: Fraction
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """Steps one after the other; `marked`: a `^` says that its steps count."""

    steps: tuple[Step, ...]
    marked: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Stack:
    """`a, b`: parts at the same time."""

    parts: tuple[Sequence, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Choice:
    """`a | b`: one of the parts each cycle, by random stream number `seed`."""

    parts: tuple[Sequence, ...]
    seed: int
    place: Place


@dataclass(frozen=True, slots=True)
class Feet:
    """`a . b`: parts one after the other, equally long."""

    parts: tuple[Sequence, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Alternation:
    """`<a b>`: one step a cycle, of each part."""

    parts: tuple[Sequence, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Polymeter:
    """`{a b, c d e}%n`: parts whose steps are equally long, n a cycle."""

    parts: tuple[Sequence, ...]
    steps: Node | None
    place: Place


Node = Atom | Sequence | Stack | Choice | Feet | Alternation | Polymeter
