"""Colours for what is typed, from the tokens of the language."""

from __future__ import annotations

import re
from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from livecode.language.lexer import KEYWORDS
from livecode.patterns import WORDS
from livecode.stages.commands import COMMAND_WORDS
from livecode.stages.ugens import CHAIN, DESIGN

PARTS = re.compile(
    r"""(?P<comment>\#.*)|(?P<mini>"[^"]*"?)|(?P<text>'[^']*'?)|(?P<number>-?\d[\w./%]*)|(?P<name>[^\W\d][\w.]*)
    |(?P<operator>[|+\-*/%=,:()\[\]{}\\<>]+)""",
    re.VERBOSE,
)


class StatementLexer(Lexer):
    """Colours each line by itself; a mini-notation that spans lines keeps its colour."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = document.lines
        inside = [False]
        for line in lines:
            quotes = sum(1 for m in PARTS.finditer(line) if m.lastgroup == "mini" and m.group().count('"') == 1)
            inside.append(inside[-1] ^ (quotes % 2 == 1))

        def line_at(number: int) -> StyleAndTextTuples:
            text = lines[number] if number < len(lines) else ""
            if inside[number]:
                head, quote, rest = text.partition('"')
                return [("class:mini", head + quote), *_parts(rest)]
            return _parts(text)

        return line_at


def _parts(text: str) -> StyleAndTextTuples:
    parts: StyleAndTextTuples = []
    at = 0
    for match in PARTS.finditer(text):
        parts.append(("", text[at : match.start()]))
        parts.append((_style(match.lastgroup or "", match.group(), match.start() == 0), match.group()))
        at = match.end()
    parts.append(("", text[at:]))
    return parts


def _style(kind: str, text: str, first: bool) -> str:
    if kind != "name":
        return f"class:{kind}"
    if first and (text in KEYWORDS or text in COMMAND_WORDS):
        return "class:keyword"
    known = WORDS.get(text) or DESIGN.get(text) or CHAIN.get(text)
    return "class:word" if known else ""
