"""How a line of Tidal or Strudel is written here: `d1 $ rev $ s "bd" # gain 1` is `d1 = s "bd" | gain 1 | rev`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from livecode.patterns import WORDS

LONGEST = 400  # characters of a line that is translated
TOKEN = re.compile(
    r"""
      (?P<blank>\s+|//[^\n]*|--\s[^\n]*)
    | (?P<text>"[^"]*"|'[^'\n]*'|`[^`"]*`)
    | (?P<number>\d+/\d+|(?:\d+(?:\.\d+)?|\.\d+)[^\W_]*)
    | (?P<name>[^\W\d]\w*)
    | (?P<bracket>[()\[\]])
    | (?P<sign>=>|<~|~>|\|[-+*/%>]\|?|[-+*/%]\||.)
    """,
    re.VERBOSE | re.DOTALL,
)
BEGINNING = re.compile(
    r"""\s*(?:
      (?P<plain>\$:)
    | p\s+(?:"(?P<quoted>\w+)"|(?P<numbered>\d+))\s*\$
    | (?:(?:const|let|var)\s+(?P<let>[^\W\d]\w*)\s*=(?!>))
    | (?P<name>[^\W\d]\w*)(?:\s*=(?!>)|:(?=\s)|(?:(?<=d\d)|(?<=d\d\d))\s*\$)
    )""",
    re.VERBOSE,
)
CLOSING = {"(": ")", "[": "]"}
# What takes any number of arguments there, and a list here.
LISTED = frozenset(
    ["stack", "cat", "slowcat", "fastcat", "seq", "sequence", "layer", "choose", "chooseCycles", "randcat"]
)
SHIFTS = {"<~": "early", "~>": "late"}
SETTING = ("#", "|>", "|>|", "|")  # what stands behind them is set
KEPT = frozenset("+-*/%")  # signs that mean the same


class _Foreign(Exception):
    """Something that cannot be told in our words by its form alone."""


@dataclass(slots=True)
class _Item:
    """A token, or what stands in a pair of brackets; `tight` where no blank stands before it."""

    kind: str
    text: str
    tight: bool
    inner: list[_Item]


def translated(text: str) -> str:
    """Write a statement of Tidal or Strudel in our words, by its form alone; nothing where it has no such form."""
    if len(text) > LONGEST:
        return ""
    begins = BEGINNING.match(text)
    head = ""
    if begins is not None:
        called = begins["quoted"] or begins["name"] or (f"d{begins['numbered']}" if begins["numbered"] else "")
        head = f"let {begins['let']} = " if begins["let"] else f"{called} = " if called else ""
    try:
        items = _items(text[begins.end() if begins is not None else 0 :].rstrip("; \t\r\n"))
        return head + _expression(items) if items else ""
    except _Foreign:
        return ""


def _items(text: str) -> list[_Item]:
    found: list[_Item] = []
    around: list[tuple[str, list[_Item]]] = []
    tight = False
    for match in TOKEN.finditer(text):
        kind, said = match.lastgroup or "", match.group()
        if kind == "bracket" and said in CLOSING:
            group = _Item(said, "", tight, [])
            found.append(group)
            around.append((CLOSING[said], found))
            found = group.inner
        elif kind == "bracket":
            if not around or around[-1][0] != said:
                raise _Foreign
            found = around.pop()[1]
        elif kind == "number" and tight and found and _signs(found):
            found[-1] = _Item(kind, f"-{said}", found[-1].tight, [])
        elif kind != "blank":
            found.append(_Item(kind, f'"{said[1:-1]}"' if said[0] == "`" else said, tight, []))
        tight = kind != "blank"
    if around:
        raise _Foreign
    return found


def _signs(found: Sequence[_Item]) -> bool:
    """Tell whether the last item is a minus that belongs to the number behind it."""
    return _is(found[-1], "-") and (len(found) == 1 or not found[-1].tight or found[-2].kind == "sign")


def _is(item: _Item, *signs: str) -> bool:
    return item.kind == "sign" and item.text in signs


def _known(items: Sequence[_Item]) -> None:
    """Refuse a function that has another name here, or none."""
    if not items or (items[0].kind == "name" and WORDS.get(items[0].text) is None):
        raise _Foreign


def _split(items: Sequence[_Item], *signs: str) -> list[Sequence[_Item]]:
    """Cut items at signs; what is between them."""
    cuts = [i for i, item in enumerate(items) if _is(item, *signs)]
    return [items[a:b] for a, b in zip([0, *(c + 1 for c in cuts)], [*cuts, len(items)], strict=True)]


def _expression(items: Sequence[_Item]) -> str:
    """Write an expression, the loosest signs first."""
    if not items:
        raise _Foreign
    if len(items) > 2 and items[0].kind == "name" and _is(items[1], "=>"):
        return f"\\{items[0].text} -> {_expression(items[2:])}"
    for parts in (_split(items, "$"), _composed(items)):
        if len(parts) > 1:
            for part in parts[:-1]:
                _known(part)
            return " | ".join(_expression(part) for part in reversed(parts))
    for i in range(len(items) - 1, 0, -1):
        behind = items[i + 1 :]
        if _is(items[i], *SETTING):
            return f"{_expression(items[:i])} | {_expression(behind)}"
        if items[i].kind == "sign" and len(items[i].text) > 1 and (sign := items[i].text.strip("|")) in KEPT:
            return f"{_expression(items[:i])} | ({sign} {_expression(behind)})"
    for i, item in enumerate(items):
        if _is(item, *SHIFTS) and i:
            return f"{_expression(items[i + 1 :])} | {SHIFTS[item.text]} {_argument(items[:i])}"
    return _applied(items)


def _composed(items: Sequence[_Item]) -> list[Sequence[_Item]]:
    """Cut items at the dots that compose functions: those with blanks around them."""
    cuts = [
        i for i, item in enumerate(items[:-1]) if i and _is(item, ".") and not item.tight and not items[i + 1].tight
    ]
    return [items[a:b] for a, b in zip([0, *(c + 1 for c in cuts)], [*cuts, len(items)], strict=True)]


def _applied(items: Sequence[_Item]) -> str:
    """Write a row of atoms, each with its methods."""
    atoms: list[tuple[str, bool]] = []  # with whether it is a pipe or a call, which wants brackets beside others
    i = 0
    while i < len(items):
        text, wide, i = _atom(items, i)
        stages: list[str] = []
        while i + 1 < len(items) and _is(items[i], ".") and items[i + 1].kind == "name":
            _known(items[i + 1 :])
            stage, _, i = _atom(items, i + 1)
            stages.append(stage)
        atoms.append((" | ".join([text, *stages]), wide or bool(stages)))
    if len(atoms) == 1:
        return atoms[0][0]
    return " ".join(f"({text})" if wide else text for text, wide in atoms)


def _atom(items: Sequence[_Item], i: int) -> tuple[str, bool, int]:
    """Write the atom at a place; whether it wants brackets beside others, and where the next begins."""
    item = items[i]
    if item.kind == "name":
        name = item.text
        while i + 2 < len(items) and _is(items[i + 1], ".") and items[i + 2].kind == "name" and name in STRUCTURED:
            name, i = f"{name}.{items[i + 2].text}", i + 2
        if i + 1 < len(items) and items[i + 1].kind == "(" and items[i + 1].tight:
            _known(items[i:])
            return *_call(name, items[i + 1].inner), i + 2
        return name, False, i + 1
    if item.kind == "(":
        if all(item.kind == "number" or _is(item, ",") for item in item.inner):  # a span: (0, 0.5)
            return " ".join(_expression(part) for part in _split(item.inner, ",")), False, i + 1
        return f"({_section(item.inner)})", False, i + 1
    if item.kind == "[":
        parts = [_expression(part) for part in _split(item.inner, ",")] if item.inner else []
        return f"[{', '.join(parts)}]", False, i + 1
    if item.kind == "sign" and item.text not in KEPT:
        raise _Foreign
    return item.text, False, i + 1


STRUCTURED = frozenset(["add", "sub", "mul", "div", "mod", "pow", "set", "keep"])  # add.squeeze is one word


def _call(name: str, inner: list[_Item]) -> tuple[str, bool]:
    given = _split(inner, ",") if inner else []
    if name in LISTED and (len(given) > 1 or name == "layer"):
        return f"{name} [{', '.join(_expression(part) for part in given)}]", True
    return " ".join([name, *map(_argument, given)]), bool(given)


def _argument(items: Sequence[_Item]) -> str:
    text = _expression(items)
    return text if len(items) == 1 else f"({text})"


def _section(inner: list[_Item]) -> str:
    """Write what stands in brackets, which may be an operator that waits for a side."""
    if len(inner) > 1 and _is(inner[0], *SETTING):
        return _expression(inner[1:])
    if len(inner) > 1 and inner[0].kind == "sign" and (sign := inner[0].text.strip("|")) in KEPT:
        return f"{sign} {_expression(inner[1:])}"
    if len(inner) > 1 and _is(inner[-1], *SHIFTS):
        return f"{SHIFTS[inner[-1].text]} {_argument(inner[:-1])}"
    return _expression(inner)
