"""What is told fits the terminal: wrapped between words, and a line of a text is cut around its caret."""

from __future__ import annotations

import re
import textwrap

LEAST = 20  # columns
CARET = re.compile(r"\s*\^+")
COLUMN = re.compile(r"\s*\S.*?\s{2,}(?=\S)")  # a line that is a row of a table: where its second column begins
DRAWN = re.compile("[█▓▒░│]")  # a picture is left as it is


def fitted(text: str, columns: int) -> str:
    """Fit a text into columns: what is longer goes on below, under its second column or its indent."""
    if columns < LEAST:
        return text
    lines = text.split("\n")
    told: list[str] = []
    for i, line in enumerate(lines):
        below = lines[i + 1] if i + 1 < len(lines) else ""
        if len(line) <= columns and not CARET.fullmatch(line):
            told.append(line)
        elif CARET.fullmatch(line):
            told.append(_cut(lines[i - 1], line, columns)[1] if i else line)
        elif CARET.fullmatch(below):
            told.append(_cut(line, below, columns)[0])
        else:
            told += _wrapped(line, columns)
    return "\n".join(told)


def _cut(line: str, caret: str, columns: int) -> tuple[str, str]:
    """Cut a line of a text, and the carets below it, around the place they point at."""
    if len(line) <= columns:
        return line, caret
    indent = len(line) - len(line.lstrip())
    at = caret.index("^")
    if at > columns * 2 // 3:
        start = min(at - columns // 2, len(line) - columns)  # so many characters behind the indent are left out
        line = line[:indent] + "…" + line[indent + start + 1 :]
        caret = caret[start:]
    return (line if len(line) <= columns else line[: columns - 1] + "…"), caret[:columns]


def _wrapped(line: str, columns: int) -> list[str]:
    if DRAWN.search(line):
        return [line]
    row = COLUMN.match(line)
    indent = row.end() if row is not None and row.end() <= columns * 2 // 3 else len(line) - len(line.lstrip())
    return textwrap.wrap(
        line, columns, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False, tabsize=4
    )
