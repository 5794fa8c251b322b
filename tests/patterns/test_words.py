"""The registry: every word of the peers has a row, and every row tells what it is."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from livecode.patterns import CONTROLS, WORDS, Pattern, control, mini
from livecode.patterns.register import word
from livecode.words import Kind
from tests.patterns.conformance import FOLDER

# What stands in the peer's list but has no meaning here: browser input, modulation graphs, side effects, machinery.
ABSENT = {
    "ref",
    "timeCat",
    "mousex",
    "mousey",
    "mouseX",
    "mouseY",
    "keyDown",
    "whenKey",
    "filterHaps",
    "func",
    "shrinklist",
    "s_taperlist",
    "bjorklund",
    "withSeed",
    "useRNG",
    "modulate",
    "lfo",
    "env",
    "bmod",
    "worklet",
    "K",
    "onTrigger",
    "onTriggerTime",
    "log",
    "logValues",
    "drawLine",
    "speak",
    "OP",
    "OP.in",
    "OP.out",
    "OP.mix",
    "OP.squeeze",
    "OP.squeezein",
    "OP.squeezeout",
    "OP.reset",
    "OP.restart",
    "OP.poly",
    "density",
}


def names_in_list() -> set[str]:
    text = (FOLDER / "functions_list.md").read_text(encoding="utf-8").split("## Sound controls (411")[0]
    names: set[str] = set()
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 6 or cells[1] in ("name", "---"):
            continue
        for cell in cells[1:3]:
            cell = re.sub(r"\([^)]*\)|\"[^\"]*\"", " ", cell)
            names |= {n for n in re.split(r"[,\s/]+", cell) if re.fullmatch(r"[A-Za-z_][\w.]*", n)}
    return names


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance data is not beside this checkout")
def test_every_function_of_the_peer_has_a_row() -> None:
    prose = {"take", "a", "span", "squeeze", "pick"}
    missing = {n for n in names_in_list() - ABSENT - prose if WORDS.get(n) is None}
    assert not missing


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance data is not beside this checkout")
def test_every_control_of_the_peer_has_its_names_and_keys() -> None:
    text = (FOLDER / "functions_list.md").read_text(encoding="utf-8").split("## Sound controls (411")[1]
    rows = [[c.strip() for c in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    wanted = {r[0]: (set(filter(None, r[1].split(", "))), tuple(filter(None, r[2].split(", ")))) for r in rows[1:]}
    assert wanted.keys() <= CONTROLS.keys()
    for name, (aliases, keys) in wanted.items():
        assert aliases <= set(CONTROLS[name].aliases), name
        assert keys == CONTROLS[name].keys, name


@pytest.mark.parametrize("row", CONTROLS.values(), ids=lambda row: row.name)
def test_a_control_is_told_in_one_sentence(row: object) -> None:
    found = CONTROLS[row.name]  # type: ignore[attr-defined]
    assert found.doc.endswith(".") and found.scale in ("lin", "log", "dB") and found.scope in ("event", "bus", "midi")
    if found.lo is not None and found.hi is not None and isinstance(found.default, float):
        assert found.lo <= found.default <= found.hi


def test_a_duplicate_or_a_word_without_a_sentence_is_refused() -> None:
    def unsaid(pat: Pattern) -> Pattern:
        return pat

    with pytest.raises(ValueError, match="no sentence"):
        word("unsaid", example="unsaid 1")(unsaid)

    def said(pat: Pattern) -> Pattern:
        """Say."""
        return pat

    with pytest.raises(ValueError, match="twice"):
        word("fast", example="fast 1")(said)


def test_a_control_made_at_run_time_leaves_the_table_alone() -> None:
    made = control("wobble", unit="Hz", lo=0, hi=20, default=3, doc="Wobble.")
    assert made.params[0].unit == "Hz" and made.params[0].kind is Kind.PATTERN
    assert WORDS.get("wobble") is None
    haps = made.call(mini.pattern("1 2"), WORDS.find("s").call("saw")).query(Fraction(0), Fraction(1))
    assert [h.value for h in haps] == [{"s": "saw", "wobble": 1}, {"s": "saw", "wobble": 2}]


def test_arguments_are_told_from_the_signature() -> None:
    row = WORDS.find("every")
    assert [p.kind for p in row.params] == [Kind.NUMBER, Kind.FUNCTION, Kind.PATTERN]
    assert row.signature == "every n f pat"
    assert WORDS.find("binaryN").signature == "binaryN n bits=16"
