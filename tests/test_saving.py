"""What is saved plays the same."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from livecode.errors import FileError, Source
from livecode.saving import save, text_of
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from tests.conftest import TRACK


def made(text: str, session: Session | None = None) -> Session:
    evaluation = evaluate_text(session or prelude(), Source("typed", text))
    assert not evaluation.errors, evaluation.errors[0].render()
    return evaluation.session


@pytest.mark.parametrize(
    "texts",
    [
        ['s "bd*4"'],
        ["tempo 90", "tempo (ramp 90 120 over 4)", "meter 3/4", "seed 3", 'key "d:dorian"', "quant 2", 'a = n "0 2"'],
        ['a = s "bd"', 'b = s "hh"', "mix g = a + b | lpf 2khz", "mix g | gain -3dB", "mute b", "solo a", "stop b"],
        ["mix h = return | reverb 2s", 'a = s "bd"', "mix a | send h 0.3", "mix h | hpf 300hz", "master | glue 2"],
        ['b = s "hh"', "a = b | fast 2", 'let x = "1 2"', 'b = s "sd" | fast x', "arrange v 2 = a", "loop v"],
        [TRACK.read_text(encoding="utf-8"), "play song from drop", 'kick = s "bd*2"'],
        ["design bd = sine 60 | perc 1ms 50ms", 's "bd"', "hush"],
    ],
)
def test_a_saved_session_plays_the_same(texts: list[str]) -> None:
    session: Session | None = None
    for text in texts:
        session = made(text, session)
    assert session is not None
    again = made(text_of(session))
    one, other = score(session), score(again)
    for name in ("mix", "sounds", "beats", "key", "loop"):
        assert getattr(one, name) == getattr(other, name)
    assert again.transport.stopped == session.transport.stopped and again.settings.seed == session.settings.seed
    assert list(one.audible.items()) == list(other.audible.items())
    for ours, theirs in ((one.stretches, other.stretches),):
        assert [(s.name, s.begin, s.end) for s in ours] == [(s.name, s.begin, s.end) for s in theirs]
        for a, b in zip(ours, theirs, strict=True):
            assert {
                p.strip: [(h.whole, h.value) for h in p.pattern.query(Fraction(0), Fraction(4))] for p in a.parts
            } == {p.strip: [(h.whole, h.value) for h in p.pattern.query(Fraction(0), Fraction(4))] for p in b.parts}
    tempos = [[h.value for h in s.tempo.query(Fraction(0), Fraction(3))] for s in (one, other)]
    assert tempos[0] == tempos[1]
    assert text_of(again) == text_of(session)


@pytest.mark.parametrize("name", ["/tmp/a.live", "../a.live", "sub/a.live", "a.py", ""])
def test_where_nothing_may_be_written(name: str) -> None:
    with pytest.raises(FileError, match="in this folder"):
        save(prelude(), Path(name))


def test_a_file_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(made('a = s "bd"'), Path("a.live"))
    assert Path("a.live").read_text() == 'a = s "bd"\n'
    assert [p.name for p in tmp_path.iterdir()] == ["a.live"]
