"""Reading mini-notation into a tree, with errors that point at the right character."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedToken

from livecode.errors import Place, ReadError, Source
from livecode.patterns import mini_tree as tree
from livecode.patterns.exact import float_to_fraction
from livecode.patterns.mini_lexer import MiniLexer
from livecode.resources import grammar_path, parser_cache

CLOSERS = {"[": "]", "<": ">", "{": "}", "(": ")"}
ONE = Fraction(1)
UNNUMBERED = -1  # the stream of a `?` until its step is complete
MAX_LENGTH = 8192  # characters: twice as many as the events that a cycle may have


class _Builder(Transformer[Token, Any]):
    """Builds the tree while the parser reduces; random streams are numbered in that order."""

    source: Source
    offset: int
    seed: int

    def begin(self, source: Source, offset: int) -> None:
        self.source, self.offset, self.seed = source, offset, 0

    def place(self, start: int, end: int) -> Place:
        return Place(self.source, self.offset + start, self.offset + end)

    def _next_seed(self) -> int:
        seed = self.seed
        self.seed += 1
        return seed

    def start(self, children: list[Any]) -> Any:
        return children[0]

    def _between(self, parts: list[Any]) -> Place:
        return Place(self.source, parts[0].place.start, parts[-1].place.end)

    def stack(self, parts: list[Any]) -> Any:
        return tree.Stack(tuple(parts), self._between(parts))

    def choice(self, parts: list[Any]) -> Any:
        return tree.Choice(tuple(parts), self._next_seed(), self._between(parts))

    def feet(self, parts: list[Any]) -> Any:
        self._next_seed()
        return tree.Feet(tuple(parts), self._between(parts))

    def sequence(self, children: list[Any]) -> Any:
        if isinstance(children[0], Token):
            steps = children[1:]
            return tree.Sequence(tuple(steps), True, self._between(steps))
        return tree.Sequence(tuple(children), False, self._between(children))

    def word(self, children: list[Any]) -> Any:
        token = children[0]
        start = self.offset + token.start_pos
        return tree.Atom(token.value, Place(self.source, start, start + len(token)))

    def group(self, children: list[Any]) -> Any:
        return children[1]

    def alternation(self, children: list[Any]) -> Any:
        place = self.place(children[0].start_pos, children[-1].start_pos + 1)
        return tree.Alternation(tuple(children[1:-1]), place)

    def polymeter(self, children: list[Any]) -> Any:
        place = self.place(children[0].start_pos, children[-1].start_pos + 1)
        return tree.Polymeter(tuple(children[1:-1]), None, place)

    def polymeter_steps(self, children: list[Any]) -> Any:
        place = self.place(children[0].start_pos, children[-2].start_pos + 1)
        return tree.Polymeter(tuple(children[1:-2]), children[-1], place)

    def fast(self, children: list[Any]) -> Any:
        return tree.Fast(children[0], children[0].place)

    def slow(self, children: list[Any]) -> Any:
        return tree.Slow(children[0], children[0].place)

    def tail(self, children: list[Any]) -> Any:
        return tree.Tail(children[0], children[0].place)

    def range(self, children: list[Any]) -> Any:
        return tree.Range(children[0], children[0].place)

    def euclid(self, children: list[Any]) -> Any:
        rotation = children[2] if len(children) > 2 else None
        return tree.Euclid(children[0], children[1], rotation, self._between(children))

    def _numbered(self, children: list[Any]) -> tuple[str | None, Place]:
        last = children[-1]
        place = self.place(children[0].start_pos, last.start_pos + len(last))
        return (last.value if len(children) > 1 else None), place

    def degrade(self, children: list[Any]) -> Any:
        number, place = self._numbered(children)
        return tree.Degrade(None if number is None else float(number), UNNUMBERED, place)

    def replicate(self, children: list[Any]) -> Any:
        number, place = self._numbered(children)
        return tree.Replicate(Fraction(2) if number is None else float_to_fraction(float(number)), place)

    def weight(self, children: list[Any]) -> Any:
        number, _ = self._numbered(children)
        return Fraction(2) if number is None else float_to_fraction(float(number))

    def step(self, children: list[Any]) -> Any:
        node = children[0]
        if len(children) == 1:
            return tree.Step(node, (), ONE, node.place)
        operators: list[Any] = []
        weight = repeats = ONE
        for made in children[1:]:
            if isinstance(made, Fraction):
                weight += made - 1
            elif isinstance(made, tree.Replicate):
                weight = repeats = repeats + made.count - 1
                operators = [x for x in operators if not isinstance(x, tree.Replicate)]
                operators.append(tree.Replicate(repeats, made.place))
            elif isinstance(made, tree.Degrade):  # numbered after what its step's other operators hold
                operators.append(replace(made, seed=self._next_seed()))
            else:
                operators.append(made)
        return tree.Step(node, tuple(operators), weight or ONE, node.place)


_lock = threading.Lock()


@cache
def _parser() -> tuple[Lark, _Builder]:
    """Build the parser, or take its tables from the cache; done when the first text is read."""
    builder = _Builder()
    grammar = grammar_path("mini.lark").read_text(encoding="utf-8")
    options: dict[str, Any] = {"parser": "lalr", "lexer": MiniLexer, "transformer": builder}
    return Lark(grammar, cache=parser_cache("mini"), **options), builder


def read(text: str, source: Source | None = None, offset: int = 0) -> tree.Node:
    """Read mini-notation; `offset` is where its first character stands in the source.

    Raises ReadError with the place of the mistake.
    """
    if source is None:
        source = Source("mini-notation", text)
        offset = 0
    if len(text) > MAX_LENGTH:
        place = Place(source, offset + MAX_LENGTH, offset + MAX_LENGTH + 1)
        raise ReadError(f"a pattern of more than {MAX_LENGTH:,} characters", place=place, found=f"{len(text):,}")
    with _lock:
        parser, builder = _parser()
        builder.begin(source, offset)
        try:
            node: tree.Node = parser.parse(text)  # type: ignore[assignment]
        except UnexpectedToken as error:
            raise _mistake(text, error.token, builder) from None
    return node


def _open_brackets(text: str, end: int) -> tuple[list[int], int | None]:
    """Give the offsets of the brackets open at an offset, and that of the first that closes the wrong one."""
    opened: list[int] = []
    for i, char in enumerate(text[:end]):
        if char in CLOSERS:
            opened.append(i)
        elif char in CLOSERS.values():
            if not opened or CLOSERS[text[opened[-1]]] != char:
                return opened, i
            opened.pop()
    return opened, None


def _mistake(text: str, token: Token, builder: _Builder) -> ReadError:
    """Say what is wrong in a musician's words."""
    at_end = token.type == "$END"
    at = len(text) if at_end else int(token.start_pos or 0)
    opened, _ = _open_brackets(text, at)
    if at_end:
        if opened:
            bracket = text[opened[-1]]
            return ReadError(
                f"this {bracket} is never closed",
                place=builder.place(opened[-1], opened[-1] + 1),
                found="the end",
                expected=f"{CLOSERS[bracket]} before the end of the pattern",
            )
        stripped = text.rstrip()
        message = "the pattern is empty" if not stripped else f"something is missing after {stripped[-1]}"
        return ReadError(message, place=builder.place(at, at), found="the end", expected="a step such as bd or [bd sn]")
    found = str(token)
    place = builder.place(at, at + max(1, len(found)))
    if found in CLOSERS.values():
        if opened and CLOSERS[text[opened[-1]]] == found:
            return ReadError(f"a step is missing before {found}", place=place, found=found, expected="a step")
        if opened:
            bracket = text[opened[-1]]
            line, column = builder.source.line_and_column(builder.offset + opened[-1])
            return ReadError(
                f"{found} closes the {bracket} of line {line}, column {column}",
                place=place,
                found=found,
                expected=CLOSERS[bracket],
            )
        return ReadError(f"{found} closes nothing", place=place, found=found, expected="a step or the end")
    if found in ",|.":
        if opened and text[opened[-1]] in "<{" and found != ",":
            bracket = text[opened[-1]]
            message = f"{found} cannot stand inside {bracket} {CLOSERS[bracket]}"
            return ReadError(message, place=place, found=found, expected="steps, or parts with a comma between")
        before = text[:at].rstrip()
        if not before or before[-1] in "[<{(,|.":
            return ReadError(f"a step is missing before {found}", place=place, found=found, expected="a step")
        return ReadError(
            f"{found} cannot be mixed with another separator here",
            place=place,
            found=found,
            expected="brackets around one of the parts",
        )
    if found in "*/:?!@%(_":
        if at and text[at - 1] in " \t\n\r\u00a0" and found not in "!@_":
            return ReadError(
                f"{found} must follow its step without a blank", place=place, found=found, expected="no blank before it"
            )
        return ReadError(f"{found} has nothing to work on", place=place, found=found, expected="a step before it")
    if token.type == "STRAY":
        hint = 'chords have a word of their own: chord "C Em7 G7" | voicing' if found == "'" else ""
        return ReadError(f"{found} means nothing in a pattern", place=place, found=found, expected="a step", hint=hint)
    return ReadError(f"{found} cannot stand here", place=place, found=found, expected="a comma or a closing bracket")
