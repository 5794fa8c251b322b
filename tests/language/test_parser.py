"""Trees: precedence, places, and mistakes told in a musician's words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.errors import LiveError, Source
from livecode.language import tree
from livecode.language.parser import blocks, parse, parse_expression

COMMANDS = frozenset({"tempo", "play", "export"})


def expression(text: str) -> tree.Expression:
    return parse_expression(Source("t", text))


def statement(text: str) -> tree.Statement:
    return parse(blocks(Source("t", text))[0], COMMANDS)


def shape(e: tree.Expression) -> str:
    """Write a tree with all its brackets."""
    if isinstance(e, tree.Number):
        return str(e.value)
    if isinstance(e, tree.Mini):
        return f'"{e.text}"'
    if isinstance(e, tree.Text):
        return f"'{e.value}'"
    if isinstance(e, tree.Name):
        return e.name
    if isinstance(e, tree.Apply):
        named = [f"{n}={shape(v)}" for n, v in e.named]
        return f"({' '.join([shape(e.function), *map(shape, e.args), *named])})"
    if isinstance(e, tree.Pipe):
        return f"({shape(e.left)} | {shape(e.right)})"
    if isinstance(e, tree.Binary):
        return f"({shape(e.left)} {e.operator} {shape(e.right)})"
    if isinstance(e, tree.Section):
        return f"({e.operator} {shape(e.right)})"
    if isinstance(e, tree.Lambda):
        return f"(\\{' '.join(e.params)} -> {shape(e.body)})"
    if isinstance(e, tree.ListOf):
        return f"[{', '.join(map(shape, e.items))}]"
    return "{" + ", ".join(f"{k}: {shape(v)}" for k, v in e.fields) + "}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a | f x | g", "((a | (f x)) | g)"),
        ("a + b * c", "(a + (b * c))"),
        ("f a * g b", "((f a) * (g b))"),
        ("a - b - c", "((a - b) - c)"),
        ("f -2 (+ 7)", "(f -2 (+ 7))"),
        ("a | off 1/8 (+ 7) | jux (fast 2 | rev)", "((a | (off 1/8 (+ 7))) | (jux ((fast 2) | rev)))"),
        ("(\\x y -> x | fast y)", "(\\x y -> (x | (fast y)))"),
        ("f [1, \"a\", 'b'] {a: 1, 'b c': 2}", "(f [1, \"a\", 'b'] {a: 1, b c: 2})"),
        ("[]", "[]"),
        ("f x=3 y", "(f y x=3)"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    assert shape(expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ('compose kick = s "bd"', tree.Compose, "kick"),
        ('kick = s "bd"', tree.Compose, "kick"),
        ('s "bd"', tree.Compose, "main"),
        ("let f x y=2 = x + y", tree.Let, "f"),
        ("arrange drop 16 = kick, bass | lpf 200", tree.ArrangeSection, "drop"),
        ('arrange song = "a b"', tree.ArrangeSong, "song"),
        ("design acid cutoff=800hz =\n    saw freq", tree.Design, "acid"),
        ("design effect crunch = in | drive 0.5", tree.Design, "crunch"),
        ("design effect = saw freq", tree.Design, "effect"),
        ("mix kick | gain -3dB", tree.Strip, "kick"),
        ("mix drums = kick + hats | gain -3dB", tree.Group, "drums"),
        ("master | limit -1dB", tree.Strip, "master"),
        ("export song 'a.wav' peak=-1dB", tree.Command, None),
    ],
)
def test_statements(text: str, kind: type, name: str | None) -> None:
    made = statement(text)
    assert isinstance(made, kind)
    if name is not None:
        assert made.name.name == name  # type: ignore[union-attr]


def test_every_part_knows_its_place() -> None:
    text = "a | every 4 (rev)"
    pipe = expression(text)
    assert isinstance(pipe, tree.Pipe)
    assert isinstance(pipe.right, tree.Apply)
    assert [text[p.place.start : p.place.end] for p in (pipe.left, pipe.right.function, *pipe.right.args)] == [
        "a",
        "every",
        "4",
        "rev",
    ]


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("p || q", 4, "one bar is enough"),
        ("fast 2, rev", 7, "without commas"),
        ("a = b = c", 7, "found ="),
        ("compose 3 = 4", 9, "expected a name"),
        ("f (", 3, "never closed"),
        ("a +", 3, "too early"),
        ("arrange x = a, b", 14, "found ,"),
    ],
)
def test_mistakes(text: str, column: int, words: str) -> None:
    with pytest.raises(LiveError) as caught:
        statement(text)
    assert f"t:1:{column}:" in caught.value.render()
    assert words in caught.value.render()


PIECES = [*"ab()[]{}|+-*/%=,:\\\n", "->", " ", '"x"', "'y'", "3", "let ", "design "]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_text_gives_a_tree_or_an_error_with_a_place(parts: list[str]) -> None:
    source = Source("t", "".join(parts))
    for block in blocks(source):
        try:
            parse(block, COMMANDS)
        except LiveError as error:
            assert error.place is not None
