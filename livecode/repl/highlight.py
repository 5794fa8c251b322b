"""Colours for what is typed: statements, mini-notation, and the bracket or quote that belongs to the cursor's."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.lexers import Lexer

from livecode.language.lexer import GOES_ON, KEYWORDS
from livecode.patterns import WORDS
from livecode.repl.pairs import pair_at
from livecode.stages.commands import COMMAND_WORDS
from livecode.stages.ugens import CHAIN, DESIGN

STYLE = {
    "keyword": "bold ansicyan",
    "word": "ansigreen",
    "mini": "ansiyellow",
    "mini.number": "ansibrightyellow",
    "mini.sign": "ansibrightmagenta",
    "text": "ansimagenta",
    "number": "ansiblue",
    "comment": "ansibrightblack italic",
    "operator": "ansibrightblack",
    "pair": "bold underline ansiwhite",
    "mistake": "underline ansibrightred",
}

LONGEST = 20_000  # characters of a text in which partners are looked for at every key

PARTS = re.compile(
    r"""(?P<comment>\#.*)|(?P<mini>"[^"]*"?)|(?P<text>'[^']*'?)|(?P<number>-?\d[\w./%]*)|(?P<name>[^\W\d][\w.]*)
    |(?P<operator>[|+\-*/%=,:()\[\]{}\\<>]+)""",
    re.VERBOSE,
)
MINI_PARTS = re.compile(r'(?P<sign>[\[\]<>{}(),|*/!@:?~._%"]+)|(?P<number>-?\d+(?:\.\d+)?)|(?P<atom>[^\W\d][\w#^-]*)|.')
MINI_STYLES = {"sign": "class:mini.sign", "number": "class:mini.number", "atom": "class:mini"}


class StatementLexer(Lexer):
    """Colours line by line; mini-notation that spans lines goes on, up to the next statement at most."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = document.lines
        inside = [False]
        for line in lines:
            inside.append(ends_inside(line, inside[-1]))

        def line_at(number: int) -> StyleAndTextTuples:
            return list(coloured(lines[number], inside[number])) if number < len(lines) else []

        return line_at


def _goes_on(line: str, inside: bool) -> bool:
    return inside and (not line or line[0] in GOES_ON)


@lru_cache(maxsize=1 << 13)
def ends_inside(line: str, inside: bool) -> bool:
    """Tell whether mini-notation is still open behind a line that begins inside it or not."""
    if _goes_on(line, inside):
        _, quote, line = line.partition('"')
        if not quote:
            return True
    last = next(iter(deque(PARTS.finditer(line), maxlen=1)), None)
    return last is not None and last.lastgroup == "mini" and last.group().count('"') == 1


@lru_cache(maxsize=1 << 12)
def coloured(line: str, inside: bool) -> tuple[tuple[str, str], ...]:
    """Give a line in pieces with styles."""
    parts: list[tuple[str, str]] = []
    at = 0
    if _goes_on(line, inside):
        end = line.find('"') + 1
        at = end or len(line)
        parts += _mini(line[:at])
    for match in PARTS.finditer(line, at):
        if match.start() > at:
            parts.append(("", line[at : match.start()]))
        at = match.end()
        if match.lastgroup == "mini":
            parts += _mini(match.group())
        else:
            parts.append((_style(match.lastgroup or "", match.group(), match.start() == 0), match.group()))
    if at < len(line):
        parts.append(("", line[at:]))
    return tuple(parts)


def _mini(text: str) -> list[tuple[str, str]]:
    return [(MINI_STYLES.get(m.lastgroup or "", "class:mini"), m.group()) for m in MINI_PARTS.finditer(text)]


def _style(kind: str, text: str, first: bool) -> str:
    if kind != "name":
        return f"class:{kind}"
    if first and (text in KEYWORDS or text in COMMAND_WORDS):
        return "class:keyword"
    known = WORDS.get(text) or DESIGN.get(text) or CHAIN.get(text)
    return "class:word" if known else ""


Marks = Callable[[Document], list[tuple[int, int, str]]]  # what is to be shown, from and to which character, and how


class Marked(Processor):
    """Shows parts of a text in another style."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        document, row = transformation_input.document, transformation_input.lineno
        marks = self.marks(document)
        start = document.translate_row_col_to_index(row, 0) if marks else 0
        end = start + len(document.lines[row]) if marks else 0
        here = [mark for mark in marks if mark[0] <= end and mark[1] > start]
        if not here:
            return Transformation(transformation_input.fragments)
        shift = transformation_input.source_to_display
        shown = [
            (shift(max(begin, start) - start), shift(min(stop, end) - start), style) for begin, stop, style in here
        ]
        return Transformation(laid_over(transformation_input.fragments, shown))


def laid_over(fragments: StyleAndTextTuples, marks: list[tuple[int, int, str]]) -> StyleAndTextTuples:
    """Give a line with styles added from and to which character; it is cut only where one begins or ends."""
    parts: StyleAndTextTuples = []
    at = 0
    for fragment in fragments:
        last = at + len(fragment[1])
        here = [mark for mark in marks if mark[0] < last and mark[1] > at]
        if not here:
            parts.append(fragment)
        else:
            edges = {at, last, *(edge for begin, end, _ in here for edge in (begin, end) if at < edge < last)}
            for first, stop in pairwise(sorted(edges)):
                more = "".join(f" {style}" for begin, end, style in here if begin <= first < end)
                parts.append((fragment[0] + more, fragment[1][first - at : stop - at]))
        at = last
    return parts


def paired(document: Document) -> list[tuple[int, int, str]]:
    """Mark the bracket or quote at the cursor and its partner."""
    if len(document.text) > LONGEST:
        return []
    found = pair_at(document.text, document.cursor_position)
    return [] if found is None else [(at, at + 1, "class:pair") for at in found]
