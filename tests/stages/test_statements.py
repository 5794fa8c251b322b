"""A statement maps the session to the next; what is made of what changed follows it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecode.errors import Fault, Source
from livecode.session import Space
from livecode.stages import statements
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.stages.conftest import Evaluate


def count(evaluation: object, name: str) -> int:
    pattern = evaluation.session.values()[name]  # type: ignore[attr-defined]
    return len(pattern.query(Fraction(0), Fraction(1)))


def test_what_is_made_of_a_name_follows_it(evaluate: Evaluate) -> None:
    first = evaluate('let x = 2\na = s "bd" | ply x\nb = a | fast 2\n')
    assert (count(first, "a"), count(first, "b")) == (2, 4)
    second = evaluate("let x = 3", first.session)
    assert (count(second, "a"), count(second, "b")) == (3, 6)


def test_a_function_follows_what_its_body_reads(evaluate: Evaluate) -> None:
    first = evaluate('let x = 2\nlet f p = p | ply x\na = s "bd" | f')
    second = evaluate("let x = 5", first.session)
    assert count(second, "a") == 5


def test_order_in_a_file_does_not_matter(evaluate: Evaluate) -> None:
    made = evaluate('b = a | rev\na = s "bd sd"\n')
    assert not made.errors
    assert count(made, "b") == 2


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        ("a = b | rev\nb = a | rev", "means nothing", 5),
        ("fast = 3", "is a word of the language", 1),
        ('kick = s "bd" | fast', "still waits", 17),
        ("kick = every 4 rev", "still waits", 8),
        ("kick = [1, 2]", "stack [a, b]", 8),
        ('kick = s "bd" | gain 440hz', "cannot be in Hz", 22),
        ('kick = s "bd" | every 4 3', "wants a function", 25),
        ('kick = s "bd" | fast rev', "not the function rev", 22),
        ('kick = s "bd" | lpf foo=3', "no argument foo", 25),
        ("kick.fast", "kick | fast", 1),
    ],
)
def test_mistakes(evaluate: Evaluate, text: str, words: str, column: int) -> None:
    made = evaluate(text)
    assert made.errors
    assert words in made.errors[0].render()
    if text.startswith("kick"):
        assert made.session is not None and count(made, "kick") == 4
    assert f"test:1:{column}:" in made.errors[0].render()


def test_a_change_that_breaks_what_is_made_of_it_is_refused(evaluate: Evaluate) -> None:
    first = evaluate('let f p = p | rev\na = s "bd" | f')
    second = evaluate("let f = 3", first.session)
    assert "a is made of f" in second.errors[0].render()
    assert second.session is first.session


def test_user_functions(evaluate: Evaluate) -> None:
    made = evaluate(
        "let twice p = p | fast 2\nlet at amount=3 p = p | ply amount\n"
        'a = s "bd" | twice\nb = twice (s "bd") | at\nc = s "bd" | at 2\nd = s "bd" | at amount=5\n'
        'e = s "bd" | (\\p -> p | ply 4)\nf = s "bd" | (twice | twice)\ng = every 1 twice (s "bd")'
    )
    assert not made.errors, made.errors[0].render()
    assert [count(made, n) for n in "abcdefg"] == [2, 6, 2, 5, 4, 4, 2]


@pytest.mark.parametrize(
    ("text", "tracks"),
    [
        ("stop kick", ["hats", "bass"]),
        ("stop", []),
        ("mute kick hats", ["bass"]),
        ("solo kick", ["kick"]),
        ("solo kick\nunsolo", ["kick", "hats", "bass"]),
        ("mute kick\nunmute kick", ["kick", "hats", "bass"]),
        ("hush", []),
        ("hush\nplay bass", ["bass"]),
        ("hush\nplay", ["kick", "hats", "bass"]),
        ('stop\nkick = s "bd"', ["kick"]),
    ],
)
def test_transport(evaluate: Evaluate, text: str, tracks: list[str]) -> None:
    made = evaluate(text)
    assert not made.errors, made.errors[0].render()
    assert list(made.session.tracks()) == tracks


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("meter 3", "beats", 3),
        ("meter 3/4", "beats", 3),
        ("meter 7/8", "beats", Fraction(7, 2)),
        ('key "d:dorian"', "key", "d dorian"),
        ("quant 4", "quant", 4),
        ("latency 150ms", "latency", 0.15),
        ("seed 7", "seed", 7),
    ],
)
def test_settings(evaluate: Evaluate, text: str, name: str, value: object) -> None:
    made = evaluate(text)
    assert not made.errors, made.errors[0].render()
    assert getattr(made.session.settings, name) == value


@pytest.mark.parametrize(
    "text", ["tempo 5khz", "tempo 0", "meter 'x'", "key 7", 'key "c:nothing"', "play nobody", "goto x"]
)
def test_wrong_settings_and_transport(evaluate: Evaluate, text: str) -> None:
    made = evaluate(text)
    assert len(made.errors) == 1
    assert made.errors[0].place is not None


def test_a_parameter_of_a_design_is_a_control(evaluate: Evaluate) -> None:
    made = evaluate(
        'design zap rate=6hz amount=0.5 = saw freq * sine rate * amount\na = s "zap" | rate "<4 8>" | amount 50%\n'
        "arrange x 4 = a | rate 12hz"
    )
    assert not made.errors, made.errors[0].render()
    (hap,) = made.session.values()["a"].query(Fraction(1), Fraction(2))
    assert hap.value == {"s": "zap", "rate": 8, "amount": 0.5}
    assert "cannot be in s" in evaluate("b = s 'zap' | rate 3s", made.session).errors[0].render()
    assert "word of the language" in evaluate("design zap fast=3 = saw freq").errors[0].render()


def test_an_undefined_name_of_any_space_does_not_leak(evaluate: Evaluate) -> None:
    made = evaluate("design acid cutoff=800hz = saw freq | lpf cutoff")
    assert made.session.get(Space.SOUND, "acid") is not None
    assert made.session.get(Space.VALUE, "acid") is None


def test_a_fault_of_ours_is_an_error_with_a_place_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prelude()

    def stumble(*_: object) -> None:
        raise IndexError("of a test")

    monkeypatch.setattr(statements, "_define", stumble)
    evaluation = evaluate_text(before, Source("typed", 'a = s "bd"'))
    assert evaluation.session is before
    assert [type(e) for e in evaluation.errors] == [Fault]
    assert evaluation.errors[0].place is not None
