"""What export and compare take, and how a wrong one is told."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from livecode.stages.delivery import Comparison, Order
from tests.stages.conftest import Evaluate

SONG = """
arrange intro 8 = kick
arrange drop 16 = kick, bass
arrange song = "intro drop intro"
"""


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "export song 'out/track.flac' loudness=-14LUFS peak=-1dB title='Night bus' artist='me'",
            {
                "forms": ("song",),
                "path": "out/track.flac",
                "loudness": -14.0,
                "peak": -1.0,
                "tags": (("title", "Night bus"), ("artist", "me")),
                "end": None,
            },
        ),
        ("export song 'out/stems' stems=yes", {"stems": True, "format": "wav"}),
        ("export drop 'a.wav' loop=yes", {"forms": ("drop",), "loop": True}),
        ("export 'a.wav' cycles=4", {"forms": (), "begin": Fraction(0), "end": Fraction(4)}),
        ("export song 'a.wav' from=4 to=6", {"begin": Fraction(4), "end": Fraction(6)}),
        ("export song 'a.wav' from=4 cycles=1/2", {"begin": Fraction(4), "end": Fraction(9, 2)}),
        ("export song 'a.wav' from=drop", {"begin": Fraction(8), "end": None}),
        ("export song 'a.wav' from=drop to=drop", {"begin": Fraction(8), "end": Fraction(24)}),
        ("export [song, drop] 'a.flac' gap=2s track=3", {"forms": ("song", "drop"), "gap": 2.0}),
        ("export song 'a.wav' bits=16 dither=shaped rate=44100hz", {"bits": 16, "dither": "shaped", "rate": 44100}),
        ("export song 'a.wav' rate=44.1khz master=no tail=no", {"rate": 44100, "master": False, "tail": False}),
        ("export song 'out/song.mid' from=drop", {"silent": True, "begin": Fraction(8)}),
        ("export song 'a.wav' midi=yes", {"silent": False, "midi": True}),
        ("play song\nexport 'a.mp3' quality=50%", {"forms": ("song",), "quality": 0.5}),
    ],
)
def test_an_order_is_read(evaluate: Evaluate, text: str, fields: dict[str, Any]) -> None:
    made = evaluate(SONG + text)
    assert not made.errors, made.errors[0].render()
    (order,) = (act.order for _, act in made.acts if act.order is not None)
    assert isinstance(order, Order)
    assert {name: getattr(order, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("export", "takes the name of a file"),
        ("export song", "takes the name of a file"),
        ("export sung 'a.wav'", "did you mean song?"),
        ("export song 'a.xyz'", "no audio format"),
        ("export song 'stems'", "stems=yes"),
        ("export song '/tmp/a.wav'", "below this folder"),
        ("export song '../a.wav'", "below this folder"),
        ("export song 'a.wav' loudnes=-14LUFS", "did you mean loudness?"),
        ("export song 'a.wav' loudness=-14dB", "loudness cannot be in dB"),
        ("export song 'a.wav' loudness=4", "out of range"),
        ("export song 'a.wav' bits=20", "expected 16, 24, 32"),
        ("export song 'a.wav' dither=pink", "expected tpdf, shaped, none"),
        ("export song 'a.wav' stems=maybe", "yes or no"),
        ("export song 'a.wav' from=8 to=8", "nothing to render"),
        ("export song 'a.wav' from=introo", "did you mean intro"),
        ("export drop 'a.wav' from=drop", "only a song has sections"),
        ("export 'a.wav'", "plays for ever"),
        ("export song 's' stems=yes loudness=-14LUFS", "stems stay"),
        ("export [song, drop] 'a.wav' loop=yes", "an album does not loop"),
        ("export [song, drop] 'a.wav' from=2", "whole songs"),
        ("export song 'a.wav' gap=2s", "several songs"),
        ("export [song, drop] 'a.wav' titles=['one']", "as many as"),
        ("export song 'a.mid' loudness=-14LUFS", "holds notes"),
        ("export [song, drop] 'a.wav' midi=yes", "one song at a time"),
        ("compare", "takes the name of a file"),
        ("compare song 'a.wav' bits=16", "compare has no bits"),
    ],
)
def test_a_wrong_order_is_told_with_its_place(evaluate: Evaluate, text: str, words: str) -> None:
    made = evaluate(SONG + text)
    (error,) = made.errors
    assert words in error.render()
    assert error.place is not None
    assert not made.acts


@pytest.mark.parametrize(
    ("text", "form", "end"),
    [("compare 'ref.wav'", "", 16), ("compare drop 'ref.wav'", "drop", None), ("compare 'r.wav' cycles=4", "", 4)],
)
def test_a_comparison_is_read(evaluate: Evaluate, text: str, form: str, end: int | None) -> None:
    ((_, act),) = evaluate(SONG + text).acts
    assert isinstance(act.order, Comparison)
    assert (act.order.form, act.order.end) == (form, end)
