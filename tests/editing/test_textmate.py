"""The colours for editors: the grammar that lies in docs is that of the registries, and colours what it should."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from livecode.editing.textmate import grammar
from tests.conftest import ROOT, TRACK

EDITORS = ROOT / "docs" / "editors"


def test_the_grammar_that_lies_in_docs_is_the_one_of_now() -> None:
    assert json.loads((EDITORS / "livecode.tmLanguage.json").read_text(encoding="utf-8")) == grammar()


def rules(name: str) -> list[dict[str, Any]]:
    """Give the patterns of a part of the grammar, those that it includes in their place."""
    found = grammar()["repository"][name]
    patterns = found.get("patterns", [found]) if "begin" not in found else [found]
    return [rule for p in patterns for rule in (rules(p["include"][1:]) if "include" in p else [p])]


def colours(line: str) -> list[tuple[str, str]]:
    """Colour a line as an editor does: at every place the first pattern that matches; a mini-notation in one piece."""
    found: list[tuple[str, str]] = []
    at = 0
    every = [*rules("comment"), *rules("statement"), *rules("expression")]
    while at < len(line):
        matches = [(m, rule) for rule in every if (m := re.compile(rule.get("match", '"[^"]*"')).match(line, at))]
        if not matches:
            at += 1
            continue
        match, rule = matches[0]
        if "name" in rule:
            found.append((match.group(), rule["name"].removesuffix(".livecode")))
        for number, capture in rule.get("captures", {}).items():
            if "name" not in rule and match.group(int(number)):
                found.append((match.group(int(number)), capture["name"].removesuffix(".livecode")))
        at = max(match.end(), at + 1)
    return found


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("kick = s 'bd' # x", ["entity.name.function", "keyword.operator", "support.type.property-name"]),
        ("compose kick = 1", ["keyword.control", "entity.name.function", "keyword.operator", "constant.numeric"]),
        (
            "design effect v a=1 = in",
            ["keyword.control", "storage.modifier", "entity.name.function", "variable.parameter"],
        ),
        ("tempo 126", ["keyword.other", "constant.numeric"]),
        ("master | limit -1dB", ["keyword.control", "keyword.operator", "support.function", "constant.numeric"]),
        ('x = fast "<1 2>"', ["entity.name.function", "keyword.operator", "support.function", "string.quoted.double"]),
        ("x = true", ["entity.name.function", "keyword.operator", "constant.language"]),
        ("# a comment with fast 2", ["comment.line.number-sign"]),
    ],
)
def test_what_is_coloured(line: str, wanted: list[str]) -> None:
    assert [scope for _, scope in colours(line)][: len(wanted)] == wanted


def test_every_pattern_is_one() -> None:
    def walk(part: Any) -> None:
        if isinstance(part, dict):
            for key in ("match", "begin", "end"):
                if key in part:
                    re.compile(part[key])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(grammar())
    assert all(colours(line) for line in TRACK.read_text(encoding="utf-8").splitlines() if line.strip())
