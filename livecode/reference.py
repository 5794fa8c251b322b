"""The reference page, made from the registry: `python -m livecode.reference > docs/reference.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from livecode.patterns import CONTROLS, WORDS
from livecode.stages.commands import COMMANDS
from livecode.stages.ugens import CHAIN, DESIGN
from livecode.words import Param, Word, Words


def page() -> str:
    """Write the whole page in Markdown."""
    return "\n".join([*_head(), *_commands(), *_functions(), *_controls(), *_signals()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Made from the registry by `python -m livecode.reference`; every example is run by the tests."
    yield "Statements are described in the README; at the prompt, `help NAME` tells the same of one word."
    yield ""


def _commands() -> Iterator[str]:
    yield "## Commands"
    yield ""
    yield from _table(
        ("command", "does", "example"), ((_code(c.usage), c.doc, _code(c.example)) for c in COMMANDS.values())
    )


def _functions() -> Iterator[str]:
    groups: dict[str, list[Word]] = {}
    for word in WORDS.rows.values():
        if word.name not in CONTROLS:
            groups.setdefault(word.group or "other", []).append(word)
    for group in sorted(groups):
        yield f"## Functions: {group}"
        yield ""
        words = sorted(groups[group], key=lambda w: w.name.lower())
        yield from _table(("word", "does", "example"), map(_row, words))


def _controls() -> Iterator[str]:
    yield "## Controls"
    yield ""
    rows = (
        (
            ", ".join(map(_code, (c.name, *c.aliases))),
            c.unit if c.unit != "-" else "",
            _range(c.lo, c.hi),
            "" if c.default is None else str(c.default),
            c.doc,
        )
        for c in sorted(CONTROLS.values(), key=lambda c: c.name.lower())
    )
    yield from _table(("control", "unit", "range", "default", "means"), rows)


def _signals() -> Iterator[str]:
    for title, table in (("Unit generators of a design", DESIGN), ("Effects of a strip", CHAIN)):
        yield f"## {title}"
        yield ""
        words = _only(table, DESIGN, table is CHAIN)
        rows = ((_code(w.signature), _params(w.params), w.doc, _code(w.example)) for w in words)
        yield from _table(("word", "arguments", "does", "example"), rows)


def _only(table: Words, other: Words, without: bool) -> list[Word]:
    """Give the rows of a table, without those that another one shows already."""
    return [w for w in table.rows.values() if not (without and other.get(w.name) is not None)]


def _params(params: Iterable[Param]) -> str:
    told = []
    for p in params:
        span = _range(p.lo, p.hi)
        if span or p.unit:
            told.append(f"{p.name}: {span} {p.unit}".strip())
    return "; ".join(told)


def _range(lo: float | None, hi: float | None) -> str:
    if (lo is None and hi is None) or lo == float("-inf"):
        return ""
    return f"{'' if lo is None else f'{lo:g}'} to {'' if hi is None else f'{hi:g}'}"


def _row(word: Word) -> tuple[str, str, str]:
    names = ", ".join([_code(word.signature), *map(_code, word.aliases)])
    return names, word.doc, _code(word.example)


def _code(text: str) -> str:
    return f"`{text}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
