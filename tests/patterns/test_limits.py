"""What is too large or too deep is refused with its place; no text whatever hangs or raises anything else."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from livecode.errors import LiveError, Source
from livecode.language.lexer import MAX_TOKENS
from livecode.patterns.mini_reader import MAX_LENGTH
from livecode.query import events

LATEST = 2.0  # s of processor time: the law is 0.25 s on a quiet machine, and a test must not fail on a slow one


def first_cycle(text: str) -> list[dict[str, Any]]:
    """Evaluate an expression, check its size and query a cycle."""
    return events(Source("text", text), [(Fraction(0), Fraction(1))])


# text, the characters that the error points at, a part of its message
REFUSED = (
    ('"bd*100000000"', "100000000", "100,000,000 events"),
    ('"bd sn*100000000"', "100000000", "100,000,000 events"),
    ('"bd(3,100000000)"', "3,100000000", "100,000,000 events"),
    ('"bd(100000000,8)"', "100000000,8", "do not fit into 8 steps"),
    ('"0 .. 100000000"', "100000000", "100,000,001 events"),
    ('"[0 .. 1000] .. 1000"', "1000", "events a cycle"),
    ('"bd!100000000"', "!100000000", "100,000,000 events"),
    ('"{a b c}%100000000"', "100000000", "100,000,000 events"),
    ('"bd*<2 1000000000>"', "<2 1000000000>", "1,000,000,000 events"),
    ('"bd*1e308"', "1e308", "1e+308 events"),
    ('"bd*5000"', '"bd*5000"', "5,000 events"),
    ('"bd*1000" | ply 1000', "ply", "1,000,000 events"),
    ('ply 1000 "bd*1000"', "ply", "1,000,000 events"),
    ('"bd" | fast 1000 | fast 1000 | ply 1000', "fast", "1,000,000 events"),
    ('"bd*1000" | ply 5', '"bd*1000" | ply 5', "5,000 events"),
    ('"bd" | chop 100000000', "chop", "too many for the number of parts"),
    ('"bd" | striate 100000000', "striate", "too many for the number of parts"),
    ('"bd" | segment 100000000', "segment", "100,000,000 events"),
    ("run 5000", "run", "5,000 events"),
    ('every 100000000 rev "bd"', "every", "too many for the number of cycles"),
    ('echo 100000000 0.1 0.5 "bd"', "echo", "too many for the number of copies"),
    ('shuffle 2000 "bd"', "shuffle", "2,000 is too many"),
    ('applyN 200 (late 0.1) "bd"', "late", "nests too deep"),
    ('"0*1000" | squeeze "a*1000"', "squeeze", "events a cycle"),
    ('"0*8"' + " | jux rev" * 30, "jux", "events a cycle"),
    ('"' + "[" * 100 + "bd" + "]" * 100 + '"', None, "nest too deep"),
    ('"' + "<" * 100 + "bd" + ">" * 100 + '"', None, "nest too deep"),
    ('"' + "[" * 30 + "bd" + "]*2" * 30 + '"', "2", "events a cycle"),
    ('"bd' + "?" * 200 + '"', "?", "nests too deep"),
    ('"' + "bd," * 30000 + 'bd"', None, f"more than {MAX_LENGTH:,} characters"),
    ("rev (" * 100 + '"bd"' + ")" * 100, "(", "nest deeper than 64"),
    ('"bd"' + " | rev" * 3000, None, f"more than {MAX_TOKENS:,} words"),
    ('"bd"' + " | rev" * 800, None, "nests too deep"),
    ("\\x -> " * 500 + "1", None, "nests too deep"),
    ("9" * 5000, "9" * 5000, "too large to hold"),
    ("1/" + "9" * 5000, "1/" + "9" * 5000, "too large to hold"),
    ('"0*4096"' + " | add 1" * 100, None, "through"),
    ('inside 60000 rev "bd"', None, "cycles at once"),
)


@pytest.mark.parametrize(("text", "shown", "message"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_refused_with_place_and_reason(text: str, shown: str | None, message: str) -> None:
    with pytest.raises(LiveError) as caught:
        first_cycle(text)
    error = caught.value
    assert message in error.message
    assert error.place is not None
    start, end = error.place.start, error.place.end
    assert 0 <= start <= end <= len(text)
    if shown is not None:
        assert text[start:end] == shown


ALLOWED = (
    '"bd*4096"',
    '"bd*1000" | ply 4',
    '"0*4096" | degradeBy 0.5',
    '"0*8" | sometimes (fast 2) | sometimes (fast 2) | sometimes (fast 2) | sometimes (fast 2)',
    '"0*512" | every 2 rev | when "1 0" rev | chunk 4 (add 1) | jux rev',
    '"bd*500" | fast "1 2 3 4"',
    '"0*64" | squeeze "a*32"',
    '"' + "a b " * 1000 + '"',
    '"<' + "a b " * 1000 + '>"',
    '"bd" | late 1/' + "7" * 200,
    '"a"' + " | rev" * 100,
    "slow 1e308 'bd'",
    'plyWith 64 (add 1) "0"',
)


@pytest.mark.parametrize("text", ALLOWED, ids=[text[:40] for text in ALLOWED])
def test_large_but_playable(text: str) -> None:
    assert first_cycle(text)


MINI = "ab~0123456789.<>[]{}()*/!?@:%,|^_ -e"
WORDS = ("rev", "fast 2", "every 2 rev", "off 1/8 (add 7)", "jux rev", "ply 3", "chop 4", "sometimes rev", "late sine")
EXPRESSION = st.lists(
    st.sampled_from([*WORDS, '"a b"', "(", ")", "|", "+", "1e308", "-", "\\x ->", "x", "[", "]", ","])
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(MINI, max_size=60).map(lambda text: f'"{text}"'),
    st.recursive(
        st.sampled_from(["a", "0", "~", "1e9", "7"]),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: f"[{pair[0]} {pair[1]}]"),
            st.tuples(inner, inner).map(lambda pair: f"<{pair[0]}, {pair[1]}>"),
            st.tuples(inner, inner).map(lambda pair: f"{pair[0]}*{pair[1]}"),
            st.tuples(inner, inner, inner).map(lambda parts: f"{parts[0]}({parts[1]},{parts[2]})"),
            st.tuples(inner, inner).map(lambda pair: f"{{{pair[0]} {pair[1]}}}%{pair[0]}"),
            inner.map(lambda x: f"{x}?"),
            st.tuples(inner, inner).map(lambda pair: f"[{pair[0]} .. {pair[1]}]"),
        ),
        max_leaves=20,
    ).map(lambda text: f'"{text}"'),
    EXPRESSION.map(" ".join),
    st.tuples(st.sampled_from(['"0 1 2"', '"0*<2 3>"', "sine"]), st.lists(st.sampled_from(WORDS), max_size=40)).map(
        lambda parts: " | ".join([parts[0], *parts[1]])
    ),
)


@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(TEXTS)
@example('"' + "[" * 50000 + '"')
@example('"' + "<" * 50000 + "a" + ">" * 50000 + '"')
@example("(" * 50000)
@example('"a' + "*2" * 4000 + '"')
@example('"a' + ":1" * 4000 + '"')
@example('"b' + "!" * 8000 + '"')
@example("{a: " * 20000)
@example("\n" * 100000)
@example("(\\x -> x x) (\\x -> x x)")
@example('shuffle 512 "bd*512"')
@example('"[1e9 .. a*1e9]??"')
@example('"[~]*1e9 ~"')
@example('"[1e9 .. a*1e9]" | ply 1e9 | fast 1e9')
@example('"0 1" | add.squeeze "1*4000"')
@example('"1 2 3"' + ' + "1 2 3 4 5"' * 60)
def test_any_text_gives_events_or_an_error_with_a_place_in_time(text: str) -> None:
    taken = []
    for _ in range(3):  # a busy machine may be late once
        start = time.process_time()
        try:
            first_cycle(text)
        except LiveError as error:
            assert error.place is not None or not text.strip()
        taken.append(time.process_time() - start)
        if taken[-1] <= LATEST:
            return
    assert min(taken) <= LATEST
