"""livecode fmt: one way to set out a text. Blanks and indents change; line breaks, comments and meaning never do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from livecode.errors import FileError, LiveError, Source
from livecode.files.texts import read_text
from livecode.language import lexer, parser
from livecode.language.lexer import Token
from livecode.language.parser import Block
from livecode.stages.commands import COMMAND_WORDS

INDENT = 4
WIDEST = 96  # columns of a line beside whose comment those of its neighbours are put

OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})
TIGHT_BEFORE = CLOSING | {"COMMA", "COLON", "NAMED"}
TIGHT_AFTER = OPENING | {"BACKSLASH", "NAMED"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is set out: its code with its indent, and the comment behind it; neither is a blank line."""

    code: str = ""
    comment: str = ""


def formatted(source: Source) -> str:
    """Set out a text; a statement that cannot be read stays as it is."""
    blocks = parser.blocks(source)
    first = blocks[0].start if blocks else len(source.text)
    lines = [Line(code=piece.rstrip()) for piece in source.text[:first].split("\n")][: -1 if blocks else None]
    for number, block in enumerate(blocks, 1):
        lines += _statement(block)
        if number < len(blocks):
            lines += [Line()] * (source.text[block.end : blocks[number].start].count("\n") - 1)
    text = "\n".join(_aligned(_single(lines))).strip("\n")
    return text + "\n" if text.strip() else ""


def _single(lines: Sequence[Line]) -> Iterator[Line]:
    """Leave one of several blank lines in a row."""
    for blank, some in groupby(lines, key=lambda line: line == Line()):
        yield from [Line()] if blank else some


def _aligned(lines: Iterator[Line]) -> Iterator[str]:
    """Write lines; comments behind neighbouring lines stand below each other."""
    for commented, some in groupby(lines, key=lambda line: bool(line.code and line.comment)):
        found = list(some)
        if not commented:
            yield from (line.code + line.comment for line in found)
            continue
        widths = [len(line.code.rpartition("\n")[2]) for line in found]
        column = max((w for w in widths if w <= WIDEST), default=0)
        for line, width in zip(found, widths, strict=True):
            yield f"{line.code}{' ' * max(2, column - width + 2)}{line.comment}"


def _statement(block: Block) -> list[Line]:
    try:
        found = lexer.tokens(block.source, block.start, block.end, COMMAND_WORDS)
        lines = _set_out(block, found)
        text = "\n".join(f"{line.code}  {line.comment}".rstrip(" ") for line in lines)
        again = lexer.tokens(Source("", text), 0, len(text), COMMAND_WORDS)
    except LiveError:
        return [Line(code=block.text)]
    return lines if _alike(found, again) and len(parser.blocks(Source("", text))) == 1 else [Line(code=block.text)]


def _alike(before: list[Token], after: list[Token]) -> bool:
    """Tell whether two rows of tokens mean the same."""
    return [(t.type, t.value) for t in before] == [(t.type, t.value) for t in after]


def _set_out(block: Block, found: list[Token]) -> list[Line]:
    text = block.source.text
    row = [t for t in found if t.type != "NEWLINE"]
    begins = {found[i + 1].start for i, t in enumerate(found[:-1]) if t.type == "NEWLINE"}  # lines of a body
    lines: list[Line] = []
    code = text[row[0].start : row[0].end]
    in_body = False
    for before, token in zip(row, [*row[1:], None], strict=True):
        gap = text[before.end : block.end if token is None else token.start]
        pieces = gap.removeprefix("()").split("\n")
        if token is None or len(pieces) > 1:
            lines.append(Line(code, pieces[0].strip()))
            lines += [_remark(piece) for piece in (pieces[1:] if token is None else pieces[1:-1])]
        if token is None:
            return lines
        word = text[token.start : token.end]
        if len(pieces) == 1:
            code += _blank(before, token) + word
        else:
            begin = token.start in begins
            in_body |= begin
            code = " " * (INDENT * 2 if in_body and not begin else INDENT) + word
    return lines


def _remark(piece: str) -> Line:
    """Give a line that holds a comment or nothing."""
    comment = piece.strip()
    return Line(comment=" " * INDENT + comment if comment and piece[0] in " \t" else comment)


def _blank(before: Token, after: Token) -> str:
    return "" if before.type in TIGHT_AFTER or after.type in TIGHT_BEFORE else " "


def format_files(paths: Sequence[Path], *, check: bool) -> int:
    """Set out files in their place, or only tell which are not; `-` stands for what comes in and goes out.

    Gives how many files there were that are not set out, or hold what cannot be read.
    Raises FileError for a file that cannot be read or written.
    """
    wrong = 0
    for path in paths:
        if str(path) == "-":
            sys.stdout.write(formatted(Source("-", sys.stdin.read())))
            continue
        source = read_text(path)
        text = formatted(source)
        unread = list(unreadable(source))
        for error in unread:
            print(error.render(), file=sys.stderr)
        if text != source.text:
            print(f"{path}: {'would be' if check else 'is'} set out anew")
            if not check:
                _write(path.resolve(), text)
        wrong += bool(unread) or (check and text != source.text)
    return wrong


def unreadable(source: Source) -> Iterator[LiveError]:
    """Give the errors of statements that cannot be read, and so stay as they are."""
    for block in parser.blocks(source):
        try:
            parser.parse(block, COMMAND_WORDS)
        except LiveError as error:
            yield error


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, so that whoever follows it never sees half of it."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.chmod(path.stat().st_mode)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise FileError(f"{path} cannot be written: {error.strerror}") from None
