"""From text to tree, by the LALR grammar `grammars/livecode.lark`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from lark import Lark, Transformer
from lark import Token as LarkToken
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from livecode.errors import LiveError, Place, ReadError, Source
from livecode.language import habits, tree
from livecode.language.lexer import Token, statement_spans, tokens
from livecode.language.translation import translated
from livecode.resources import grammar_path, parser_cache

# What a terminal is called when it is told to a musician.
SPOKEN = {
    "NUMBER": "a number",
    "MINI": 'a pattern in "double quotes"',
    "TEXT": "text in 'single quotes'",
    "NAME": "a name",
    "PIPE": "|",
    "EQ": "=",
    "NAMED": "=",
    "COMMA": ",",
    "COLON": ":",
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "ARROW": "->",
    "NEWLINE": "a new line",
    "$END": "the end of the statement",
}
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Block:
    """A statement as it stands in its source."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def place(self) -> Place:
        return Place(self.source, self.start, self.end)


def blocks(source: Source) -> list[Block]:
    """Cut a source into its statements."""
    return [Block(source, start, end) for start, end in statement_spans(source.text)]


def parse(block: Block, commands: frozenset[str] | None) -> tree.Statement:
    """Read one statement; `commands` are the words that begin one and take plain arguments.

    Without `commands` the text is an expression.

    Raises ReadError with its place, and what a line of Tidal or Strudel would be here.
    """
    try:
        return _read(block, commands)
    except ReadError as error:
        if here := _here(block, commands):
            error.hint = f"{error.hint}\nhere: {here}" if error.hint else f"here: {here}"
        raise


def _here(block: Block, commands: frozenset[str] | None) -> str:
    """Give a statement of another language as it is written here, if it can then be read."""
    here = translated(block.text)
    try:
        if here:
            _read(Block(Source(block.source.name, here), 0, len(here)), commands)
    except LiveError:
        return ""
    return here


def _read(block: Block, commands: frozenset[str] | None) -> tree.Statement:
    found = tokens(block.source, block.start, block.end, commands)
    _check_depth(block.source, found)
    _check_name(block, found, commands or frozenset())
    try:
        return cast(tree.Statement, _Builder(block).transform(_lark().parse(cast(str, found))))
    except UnexpectedToken as error:
        raise _explain(block, found, error) from None
    except RecursionError:
        raise ReadError("this nests too deep", place=block.place) from None


def parse_expression(source: Source) -> tree.Expression:
    """Read a text that is one expression.

    Raises ReadError with its place.
    """
    block = Block(source, 0, len(source.text))
    statement = parse(block, None)
    if isinstance(statement, tree.Compose) and statement.name.place.start == statement.name.place.end:
        return statement.expression
    raise ReadError("this is a statement, not an expression", place=block.place)


class _Given(Lexer):
    """Hands lark the tokens that were made beforehand."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, found: list[Token]) -> Iterator[LarkToken]:  # type: ignore[override]
        for token in found:
            yield LarkToken(token.type, token.value, start_pos=token.start, end_pos=token.end)


@cache
def _lark() -> Lark:
    """Build the parser, or take its tables from the cache; done when the first statement is read."""
    grammar = grammar_path("livecode.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Given, cache=parser_cache("livecode"))


def _check_depth(source: Source, found: list[Token]) -> None:
    depth = 0
    for token in found:
        if token.type in ("LPAR", "LSQB", "LBRACE"):
            depth += 1
            if depth > MAX_DEPTH:
                place = Place(source, token.start, token.end)
                raise ReadError(f"brackets nest deeper than {MAX_DEPTH}", place=place)
        elif token.type in ("RPAR", "RSQB", "RBRACE"):
            depth -= 1


def _check_name(block: Block, found: list[Token], commands: frozenset[str]) -> None:
    """Refuse a number that is given to a command as if to a name."""
    if len(found) == 3 and found[1].type == "EQ" and found[2].type == "NUMBER" and found[0].value in commands:
        name, number = found[0].value, block.source.text[found[2].start : found[2].end]
        place = Place(block.source, found[1].start, found[1].end)
        raise ReadError(f"{name} is a command, and takes no =", place=place, hint=f"{name} {number}")


def _explain(block: Block, found: list[Token], error: UnexpectedToken) -> LiveError:
    token = error.token
    expected = {SPOKEN[name] for name in error.accepts or error.expected if name in SPOKEN}
    values = {SPOKEN["NUMBER"], SPOKEN["MINI"], SPOKEN["TEXT"], SPOKEN["NAME"]}
    if values <= expected:
        expected = (expected - values) | {"a value"}
    spoken = " or ".join(sorted(expected)[:4])
    if token.type == "$END":
        end = block.start + len(block.text.rstrip())
        return ReadError(
            "the statement stops too early",
            place=Place(block.source, max(end - 1, block.start), end),
            expected=spoken,
            hint=habits.stopped(found),
        )
    index = next((i for i, t in enumerate(found) if t.start == token.start_pos), 0)
    place = Place(block.source, token.start_pos or 0, token.end_pos or 0)
    shown = block.source.text[place.start : place.end] if token.type != "NEWLINE" else "the end of the line"
    spoken = " or ".join(sorted(expected - {shown})[:4])  # = is two tokens, of which one may be expected
    return ReadError(f"found {shown}", place=place, expected=spoken, hint=habits.token(found, index))


class _Builder(Transformer[LarkToken, Any]):
    """Turns lark's tree into ours; every method is named after a rule or alias of the grammar."""

    def __init__(self, block: Block) -> None:
        super().__init__(visit_tokens=False)
        self.block = block
        self.source = block.source

    def _at(self, token: LarkToken) -> Place:
        return Place(self.source, token.start_pos or 0, token.end_pos or 0)

    def _name(self, token: LarkToken) -> tree.Name:
        return tree.Name(str(token), self._at(token))

    def _join(self, first: Any, last: Any) -> Place:
        return Place(self.source, first.place.start, last.place.end)

    def _apply(self, function: Any, rest: list[Any], place: Place) -> tree.Apply:
        args = tuple(item for item in rest if not isinstance(item, tuple))
        named = tuple(item for item in rest if isinstance(item, tuple))
        return tree.Apply(function, args, named, place)

    # atoms
    def number(self, c: list[Any]) -> tree.Number:
        return tree.Number(c[0].value, self._at(c[0]))

    def mini(self, c: list[Any]) -> tree.Mini:
        return tree.Mini(c[0].value, self._at(c[0]))

    def text(self, c: list[Any]) -> tree.Text:
        return tree.Text(c[0].value, self._at(c[0]))

    def name(self, c: list[Any]) -> tree.Name:
        return self._name(c[0])

    def group_of(self, c: list[Any]) -> tree.Expression:
        return cast(tree.Expression, c[1])

    def section_of(self, c: list[Any]) -> tree.Section:
        return tree.Section(c[1], c[2], Place(self.source, c[0].start_pos, c[3].end_pos))

    def operator(self, c: list[Any]) -> str:
        return str(c[0])

    def list_of(self, c: list[Any]) -> tree.ListOf:
        items = tuple(i for i in c if i is not None and not isinstance(i, LarkToken))
        return tree.ListOf(items, Place(self.source, c[0].start_pos, c[-1].end_pos))

    def record_of(self, c: list[Any]) -> tree.RecordOf:
        fields = tuple(i for i in c if isinstance(i, tuple))
        return tree.RecordOf(fields, Place(self.source, c[0].start_pos, c[-1].end_pos))

    def field(self, c: list[Any]) -> tuple[str, tree.Expression]:
        return str(c[0]), c[-1]

    # expressions
    def named(self, c: list[Any]) -> tuple[str, tree.Expression]:
        return str(c[0]), c[2]

    def apply(self, c: list[Any]) -> tree.Apply:
        last = c[-1][1] if isinstance(c[-1], tuple) else c[-1]
        return self._apply(c[0], c[1:], self._join(c[0], last))

    def binary(self, c: list[Any]) -> tree.Binary:
        return tree.Binary(str(c[1]), c[0], c[2], self._join(c[0], c[2]))

    def pipe(self, c: list[Any]) -> tree.Pipe:
        return tree.Pipe(c[0], c[2], self._join(c[0], c[2]))

    def lambda_(self, c: list[Any]) -> tree.Lambda:
        return tree.Lambda(tuple(str(t) for t in c[1:-2]), c[-1], Place(self.source, c[0].start_pos, c[-1].place.end))

    # bodies
    def param(self, c: list[Any]) -> tree.Parameter:
        return tree.Parameter(self._name(c[0]), None)

    def param_default(self, c: list[Any]) -> tree.Parameter:
        return tree.Parameter(self._name(c[0]), c[2])

    def binding(self, c: list[Any]) -> tuple[tree.Name, tree.Expression]:
        return self._name(c[0]), c[2]

    def body(self, c: list[Any]) -> tree.Body:
        items = [i for i in c if not isinstance(i, LarkToken)]
        return tree.Body(tuple(items[:-1]), items[-1])

    def parts(self, c: list[Any]) -> list[tree.Expression]:
        return [i for i in c if not isinstance(i, LarkToken)]

    # statements
    def compose(self, c: list[Any]) -> tree.Compose:
        return tree.Compose(self._name(c[1]), c[3], self.block.place)

    def compose_bare(self, c: list[Any]) -> tree.Compose:
        return tree.Compose(self._name(c[0]), c[2], self.block.place)

    def play_bare(self, c: list[Any]) -> tree.Compose:
        start = self.block.start
        return tree.Compose(tree.Name("main", Place(self.source, start, start)), c[0], self.block.place)

    def let(self, c: list[Any]) -> tree.Let:
        return tree.Let(self._name(c[1]), tuple(c[2:-2]), c[-1], self.block.place)

    def section(self, c: list[Any]) -> tree.ArrangeSection:
        length = tree.Number(c[2].value, self._at(c[2]))
        return tree.ArrangeSection(self._name(c[1]), length, tuple(c[3:-2]), tuple(c[-1]), self.block.place)

    def song(self, c: list[Any]) -> tree.ArrangeSong:
        return tree.ArrangeSong(self._name(c[1]), c[3], self.block.place)

    def instrument(self, c: list[Any]) -> tree.Design:
        return tree.Design(self._name(c[1]), False, tuple(c[2:-2]), c[-1], self.block.place)

    def effect(self, c: list[Any]) -> tree.Design:
        return tree.Design(self._name(c[2]), True, tuple(c[3:-2]), c[-1], self.block.place)

    def strip(self, c: list[Any]) -> tree.Strip:
        return tree.Strip(self._name(c[1]), c[3], self.block.place)

    def group(self, c: list[Any]) -> tree.Group:
        return tree.Group(self._name(c[1]), c[3], self.block.place)

    def master(self, c: list[Any]) -> tree.Strip:
        return tree.Strip(self._name(c[0]), c[2], self.block.place)

    def command(self, c: list[Any]) -> tree.Command:
        call = self._apply(None, c[1:], self.block.place)
        return tree.Command(self._name(c[0]), call.args, call.named, self.block.place)
