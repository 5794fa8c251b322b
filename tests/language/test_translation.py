"""Lines of Tidal and Strudel are told as they are written here."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.errors import Source
from livecode.language import parser
from livecode.language.translation import translated
from livecode.stages.commands import COMMAND_WORDS
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text

LINES = [
    # Tidal
    ('d1 $ sound "bd*4"', 'd1 = sound "bd*4"'),
    ('d1 $ every 4 (rev) $ sound "bd sd" # gain 0.8', 'd1 = sound "bd sd" | gain 0.8 | every 4 (rev)'),
    ('x = jux rev $ chop 8 $ s "bd"', 'x = s "bd" | chop 8 | jux rev'),
    ('sometimesBy 0.3 (# speed 2) $ s "bd*8"', 's "bd*8" | sometimesBy 0.3 (speed 2)'),
    ('x = s "bd*8" |+| n 2', 'x = s "bd*8" | (+ n 2)'),
    ('d2 $ off 0.125 (|+ n 12) $ n "0" # s "pluck"', 'd2 = n "0" | s "pluck" | off 0.125 (+ n 12)'),
    ('d1 $ s "bd" # speed (range 1 2 $ slow 4 sine)', 'd1 = s "bd" | speed (slow 4 sine | range 1 2)'),
    ('b = 0.25 <~ s "bd sd"', 'b = s "bd sd" | early 0.25'),
    ('d1 $ every 3 (1/8 ~>) $ s "bd"', 'd1 = s "bd" | every 3 (late 1/8)'),
    ('d1 $ rev . chop 4 $ s "bd"', 'd1 = s "bd" | chop 4 | rev'),
    ('d1 $ within (0, 0.5) (fast 2) $ s "bd"', 'd1 = s "bd" | within 0 0.5 (fast 2)'),
    ('p "drums" $ s "bd"', 'drums = s "bd"'),
    # Strudel
    ('$: s("bd*4")', 's "bd*4"'),
    ('drums: s("bd*4").gain(.8)', 'drums = s "bd*4" | gain .8'),
    ('note("c e g")\n  .s("saw")\n  .lpf(800)', 'note "c e g" | s "saw" | lpf 800'),
    ('stack(s("bd*4"), s("hh*8").gain(0.5))', 'stack [s "bd*4", s "hh*8" | gain 0.5]'),
    ('n("0").lpf(sine.range(100, 2000).slow(4))', 'n "0" | lpf (sine | range 100 2000 | slow 4)'),
    ('n("0").layer(x=>x.add(7), rev)', 'n "0" | layer [\\x -> x | add 7, rev]'),
    ('n("0").add.squeeze("0 1").speed(-1)', 'n "0" | add.squeeze "0 1" | speed -1'),
    ("note(`c e`)", 'note "c e"'),
    ('const p = chord("<C Am>").voicing()', 'let p = chord "<C Am>" | voicing'),
    ('x = s "bd*4" // loud', 'x = s "bd*4"'),
]
# What cannot be told by its form alone.
FOREIGN = [
    "live_loop :drums do",
    "play 60, release: 2",
    "4.times do",
    "rrand(60, 72)",
    'once $ s "cp"',
    's "bd" ; s "sd"',
    "s “bd”",
    "((1)",
    "1)",
    "",
]


@pytest.mark.parametrize(("there", "here"), LINES, ids=[there for there, _ in LINES])
def test_a_line_of_another_language_is_written_in_ours(there: str, here: str) -> None:
    assert translated(there) == here
    assert evaluate_text(prelude(), Source("here", here)).errors == ()


@pytest.mark.parametrize("text", [there for there, _ in LINES])
def test_the_error_of_such_a_line_shows_it(text: str) -> None:
    for error in evaluate_text(prelude(), Source("typed", text)).errors:
        assert f"\n    here: {translated(text)}" in error.render()


@pytest.mark.parametrize("text", FOREIGN)
def test_what_has_no_such_form_is_left_alone(text: str) -> None:
    assert translated(text) == ""


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from('ab$#|+.<~>()[]"=,- 01\n'), max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    here = translated(text)
    for error in evaluate_text(prelude(), Source("typed", text)).errors:
        if here and f"here: {here}" in error.hint:
            parser.parse(parser.Block(Source("here", here), 0, len(here)), COMMAND_WORDS)
