"""The colours of the language for editors: a TextMate grammar, derived from the registries.

`python -m livecode.editing.textmate` prints it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from typing import Any

from livecode.language.evaluate import CONSTANTS
from livecode.language.lexer import GOES_ON, KEYWORDS
from livecode.language.units import UNITS
from livecode.patterns import CONTROLS, WORDS
from livecode.stages.commands import COMMAND_WORDS
from livecode.stages.ugens import CHAIN, DESIGN

NAME = r"[^\W\d]\w*"


def _either(names: Iterable[str]) -> str:
    """Write a pattern for some names, the longest first, so that none hides another."""
    return "|".join(re.escape(n) for n in sorted(set(names), key=lambda n: (-len(n), n)))


def _words(names: Iterable[str]) -> str:
    return rf"(?<![\w.])(?:{_either(names)})(?![\w.])"


def grammar() -> dict[str, Any]:
    """Give the grammar as plain data."""
    controls = [n for row in CONTROLS.values() for n in (row.name, *row.aliases)]
    functions = {*WORDS.names(), *DESIGN.names(), *CHAIN.names()} - set(controls)
    units = "|".join(f"(?i:{re.escape(u)})" for u in sorted(UNITS, key=lambda u: (-len(u), u)))
    number = rf"(?<![\w.])-?(?:\d+/\d+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)((?:{units}))?(?!\w)"
    return {
        "name": "livecode",
        "scopeName": "source.livecode",
        "fileTypes": ["live"],
        "patterns": [
            {"include": "#comment"},
            {"include": "#statement"},
            {"include": "#expression"},
        ],
        "repository": {
            "comment": {"match": r"#.*$", "name": "comment.line.number-sign.livecode"},
            "statement": {
                "patterns": [
                    {
                        "match": rf"^(design)\s+(effect)\s+({NAME})",
                        "captures": {
                            "1": {"name": "keyword.control.livecode"},
                            "2": {"name": "storage.modifier.livecode"},
                            "3": {"name": "entity.name.function.livecode"},
                        },
                    },
                    {
                        "match": rf"^({_either(sorted(KEYWORDS))})\b(?:\s+({NAME}))?",
                        "captures": {
                            "1": {"name": "keyword.control.livecode"},
                            "2": {"name": "entity.name.function.livecode"},
                        },
                    },
                    {
                        "match": rf"^({NAME})(?=\s*=)",
                        "captures": {"1": {"name": "entity.name.function.livecode"}},
                    },
                    {
                        "match": rf"^({_either(sorted(COMMAND_WORDS))})(?![\w.])",
                        "captures": {"1": {"name": "keyword.other.livecode"}},
                    },
                ]
            },
            "expression": {
                "patterns": [
                    {"include": "#mini"},
                    {"match": r"'[^'\n]*'", "name": "string.quoted.single.livecode"},
                    {
                        "match": rf"(?<!\S)({NAME})(=)(?=\S)",
                        "captures": {
                            "1": {"name": "variable.parameter.livecode"},
                            "2": {"name": "keyword.operator.livecode"},
                        },
                    },
                    {
                        "match": number,
                        "name": "constant.numeric.livecode",
                        "captures": {"1": {"name": "keyword.other.unit.livecode"}},
                    },
                    {"match": _words(CONSTANTS), "name": "constant.language.livecode"},
                    {"match": _words(controls), "name": "support.type.property-name.livecode"},
                    {"match": _words(functions), "name": "support.function.livecode"},
                    {"match": r"->|[|+\-*/%=\\]", "name": "keyword.operator.livecode"},
                ]
            },
            "mini": {
                "begin": '"',
                "end": rf'"|^(?=[^{GOES_ON}])',  # a statement ends there, with a quote that was left open
                "name": "string.quoted.double.livecode",
                "patterns": [
                    {"match": r"[\[\]<>{}(),|*/!@:?~.%_^]", "name": "keyword.operator.mini.livecode"},
                    {"match": r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", "name": "constant.numeric.mini.livecode"},
                ],
            },
        },
    }


if __name__ == "__main__":
    json.dump(grammar(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
