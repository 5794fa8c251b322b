"""livecode fmt: one way to set out a text, which is found in one step and never changes what the text means."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.errors import Source
from livecode.fmt import formatted
from livecode.language.lexer import TOKEN
from livecode.patterns import Pattern
from livecode.session import Session, Space
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.conftest import TRACK, Command
from tests.fuzz import corpus

# What was written, and how it is set out.
CASES = [
    ('kick=s "bd*4"', 'kick = s "bd*4"\n'),
    ("x = 3*-2+(1/8)  -4%3", "x = 3 * -2 + (1/8) -4 % 3\n"),
    ("x = 1 / 8 - 50%", "x = 1 / 8 - 50%\n"),
    ('a = s   "bd"|gain -6dB|every 4( fast  2 )', 'a = s "bd" | gain -6dB | every 4 (fast 2)\n'),
    ('a = stack [ s "bd" ,s "hh"]', 'a = stack [s "bd", s "hh"]\n'),
    ("let r = { a :1,b: 2 }", "let r = {a: 1, b: 2}\n"),
    ("let f = \\x y->x+y", "let f = \\x y -> x + y\n"),
    ("let f = (+7)", "let f = (+ 7)\n"),
    ('a = n "0" | rev()', 'a = n "0" | rev\n'),
    ("design acid cutoff=800hz   res=0.6=saw freq", "design acid cutoff=800hz res=0.6 = saw freq\n"),
    (
        "design x =\n  a = saw freq  # one\n  a|lpf 3khz 0.5#two\n\n\n\n# end\nplay",
        "design x =\n    a = saw freq      # one\n    a | lpf 3khz 0.5  #two\n\n# end\nplay\n",
    ),
    (
        "design x =\n saw freq\n  | lpf 3khz\n  # why\n  | hpf 20hz",
        "design x =\n    saw freq\n        | lpf 3khz\n    # why\n        | hpf 20hz\n",
    ),
    ('a = s "bd"\n| gain 1\n\n\n\nb = s "hh"\n\n', 'a = s "bd"\n    | gain 1\n\nb = s "hh"\n'),
    ("# head\n\n\n  # more\nmaster|limit  -1dB", "# head\n\n  # more\nmaster | limit -1dB\n"),
    ('a = s "bd   sd\n   hh"   |   gain 1', 'a = s "bd   sd\n   hh" | gain 1\n'),
    ('a = s "bd', 'a = s "bd\n'),
    ("   \n\n", ""),
    ("# only\n\n\n# this", "# only\n\n# this\n"),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_how_a_text_is_set_out(text: str, wanted: str) -> None:
    assert formatted(Source("a", text)) == wanted


def meaning(text: str) -> tuple[list[str], list[str]]:
    """Give what a text leads to: the events of its patterns, its other definitions, transport, and its errors."""
    base = prelude()
    evaluation = evaluate_text(base, Source("a", text))
    session: Session = evaluation.session
    found: list[object] = [session.transport, sorted((space.value, name) for space, name in session.definitions)]
    for d in session.each(Space.VALUE):
        if isinstance(d.value, Pattern):
            haps = d.value.query(Fraction(0), Fraction(3))
            found.append((d.name, sorted(repr((h.whole, h.part, h.value)) for h in haps)))
    found += [d.value.graph for d in session.each(Space.SOUND) if base.get(Space.SOUND, d.name) is None]
    found += [(d.name, d.value.chain, d.value.members) for d in session.each(Space.BUS)]
    plain = [re.sub(r"0x[0-9a-f]+", "", repr(part)) for part in found]
    return plain, [e.message for e in evaluation.errors]


def spaced(text: str, chance: random.Random) -> str:
    """Change the blanks of a text where they mean nothing, and put comments behind some of its lines."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match is not None
        word = match.group()
        if match.lastgroup == "blank" and not text[: match.start()].endswith("\n") and parts and parts[-1] != "\n":
            word = " " * chance.randint(1, 4)
        if match.lastgroup == "newline" and at and not parts[-1].startswith("#"):
            word = chance.choice(["\n", "\n", "  \n", "\n\n", " # é\n", "#x\n"])
        parts.append(word)
        at = match.end()
    return "".join(parts)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_blanks_change_neither_what_is_meant_nor_how_it_is_set_out(seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted(Path(TRACK).parent.glob("*.live")))
    text = spaced(path.read_text(encoding="utf-8"), chance)
    once = formatted(Source("a", text))
    assert formatted(Source("a", once)) == once
    assert meaning(once) == meaning(text)
    assert re.findall(r"#.*", once) == [c.rstrip() for c in re.findall(r"#.*", text)]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_mutated_statements_mean_the_same(seed: int) -> None:
    text = corpus.mutated(random.Random(seed))
    once = formatted(Source("a", text))
    assert formatted(Source("a", once)) == once
    assert meaning(once) == meaning(text)


def test_the_command(livecode: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.live"
    path.write_text('kick=s "bd*4"\n')
    told = livecode("fmt", "--check", "a.live")
    assert (told.returncode, told.stdout) == (1, "a.live: would be set out anew\n")
    assert path.read_text() == 'kick=s "bd*4"\n'
    assert livecode("fmt", "a.live").returncode == 0
    assert path.read_text() == 'kick = s "bd*4"\n'
    assert livecode("fmt", "--check", "a.live").returncode == 0
    assert livecode("fmt", "-", stdin="x =1").stdout == "x = 1\n"
    path.write_text('a = s "bd\nb =s "hh"\n')
    told = livecode("fmt", "a.live")
    assert told.returncode == 1
    assert "a.live:1:7" in told.stderr and "never closed" in told.stderr
    assert path.read_text() == 'a = s "bd\nb = s "hh"\n'
    assert "there is no file" in livecode("fmt", "none.live").stderr
