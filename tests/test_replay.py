"""A journal is performed again: the same evaluations at the same cycles give the same sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode import render, replay
from livecode.engine.client import EngineProcess
from livecode.errors import FileError, Source
from livecode.journal import EVALUATED, FOLLOWED, Journal, Story, load
from livecode.performance import Performance
from livecode.retelling import retold
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.conftest import Command
from tests.running import Running
from tests.waiting import until

TICK = "design tick = dc 1 | perc 0.1ms 1ms\n"


def journal(path: Path, *said: tuple[str, str | None, str | None], end: str) -> Story:
    """Write a journal of texts, the cycles at which they were said, and those at which they took over."""
    made = Journal.begin("test", pytest.fail, path)
    for number, (text, at, took) in enumerate(said):
        made.evaluated(EVALUATED, [Source(f"line {number}", text)], 1, None if at is None else Fraction(at))
        if at is not None and took is not None:
            made.took(Fraction(took), Fraction(0), Fraction(at))
    made.heard(Fraction(end))
    made.close()
    return load(path)


def session(text: str) -> Session:
    evaluation = evaluate_text(prelude(), Source("text", text))
    assert not evaluation.errors, evaluation.errors[0].render()
    return evaluation.session


def onsets(audio: np.ndarray) -> list[int]:
    """Give the samples at which something begins after silence."""
    loud = np.abs(audio[:, 0]) > 1e-4
    quiet_before = np.concatenate([[True], ~loud[:-1]])
    starts = np.flatnonzero(loud & quiet_before)
    return [int(s) for i, s in enumerate(starts) if i == 0 or s - starts[i - 1] > 2000]


def test_a_journal_that_only_begins_sounds_like_its_session(tmp_path: Path) -> None:
    text = 'tempo 240\ns "bd hh sd hh" | room 0.2\n'
    story = journal(tmp_path / "a.journal", (text, None, None), end="2")
    again = replay.render(story)
    once = render.render(session(text), cycles=Fraction(2))
    assert len(again.audio) > len(once.audio) == 96000
    # The last quarter of a second knows what follows: there the journal has ended.
    assert np.array_equal(again.audio[:80000], once.audio[:80000])
    assert not again.troubles


def test_an_evaluation_takes_over_at_its_cycle(tmp_path: Path) -> None:
    story = journal(
        tmp_path / "a.journal",
        (f"tempo 240\n{TICK}a = s 'tick'", None, None),
        ("a = s 'tick' | fast 4", "13/10", "3"),
        ("a = s 'tick' | fast 2", "33/10", "4"),
        ("hush", "26/5", "6"),
        end="7",
    )
    found = onsets(replay.render(story).audio)
    quarters = (0, 4, 8, 12, 13, 14, 15, 16, 18, 20)
    cycles = [Fraction(n, 4) for n in quarters]
    assert [round((at - found[0]) / 48000 * 4) for at in found] == [round(c * 4) for c in cycles]
    assert all(abs((at - found[0]) - float(c) * 48000) <= 1 for at, c in zip(found, cycles, strict=True))


def test_undo_follows_of_files_and_imports_are_told_again(tmp_path: Path) -> None:
    made = Journal.begin("test", pytest.fail, tmp_path / "a.journal")
    main, drums = Source("set/main.live", "import 'drums.live'\na = s \"bd\""), Source("set/drums.live", 'k = s "bd"')
    made.evaluated(FOLLOWED, [main, drums], 1, None)
    made.evaluated(EVALUATED, [Source("line 1", 'b = s "sd"')], 1, Fraction(1))
    made.evaluated(EVALUATED, [Source("line 2", "mute a")], 1, Fraction(2))
    made.evaluated(EVALUATED, [Source("line 3", "undo\nundo\nredo")], 1, Fraction(3))
    made.evaluated(FOLLOWED, [main, Source("set/drums.live", 'h = s "hh"')], 1, Fraction(4))
    made.evaluated(EVALUATED, [Source("line 4", "import 'gone.live'\nc = (")], 1, Fraction(5))
    told = retold(load(made.path))
    assert list(told.session.tracks()) == ["a", "b", "h"]
    assert told.session.transport.muted == frozenset()
    assert len(told.history.past) == 3


def test_an_empty_journal_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="nothing was evaluated"):
        replay.render(journal(tmp_path / "a.journal", end="1"))


def test_a_performance_is_rendered_as_it_was_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded live, with changes of patterns, mixer and tempo, an undo and a hush, is in the replay."""
    monkeypatch.chdir(tmp_path)
    engine = EngineProcess()
    engine.start("silent")
    performance = Performance(engine, pytest.fail, Journal.begin("test", pytest.fail, tmp_path / "a.journal"))

    def enter(text: str) -> None:
        evaluation = performance.evaluate(Source("typed", text))
        assert not evaluation.errors
        for _, act in evaluation.acts:
            performance.act(act)

    def at(cycle: float) -> None:
        assert until(lambda: (p := performance.position()) is not None and p[0] > cycle)

    try:
        enter('tempo 240\na = s "bd hh*3 sd [hh cp]"\nb = n "0 3 5 7" | scale "c:minor" | s "pluck"')
        performance.start()
        at(0.2)
        enter("record 'take.wav'")
        at(1.3)
        enter('a = s "bd*4"')
        at(2.6)
        enter("tempo 300")
        at(4.2)
        enter("mute b")
        at(5.4)
        enter("undo")
        at(7.5)
        enter("hush")
        at(8.5)
        enter("record")
        assert until(lambda: Path("take.wav").exists() and soundfile.info("take.wav").frames > 40000)
    finally:
        performance.stop()
    again = replay.render(load(tmp_path / "a.journal"))
    assert not again.troubles
    take, _ = soundfile.read("take.wav", dtype="float32", always_2d=True)
    assert np.abs(take).max() > 0.05
    begin = _found(again.audio, take[20000:24096])
    whole = again.audio[begin - 20000 :]
    length = min(len(whole), len(take))
    assert length > 3 * 48000
    assert np.abs(whole[:length] - take[:length]).max() < 1e-3


def _found(audio: np.ndarray, piece: np.ndarray) -> int:
    """Give the sample at which a piece lies in a whole."""
    from scipy.signal import fftconvolve

    lies = fftconvolve(audio[:, 0], piece[::-1, 0], "valid")
    power = np.cumsum(np.concatenate([[0.0], audio[:, 0].astype(float) ** 2]))
    off = power[len(piece) :] - power[: -len(piece)] - 2 * lies
    return int(off.argmin())


def test_the_command_renders_and_plays(livecode: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal(path, ('tempo 480\na = s "bd*4"', None, None), ('b = s "hh*8"', "1/2", "1"), ("nope (", "1", None), end="2")
    done = livecode("replay", "a.journal", "-o", "a.wav")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 evaluations" in done.stdout
    audio, rate = soundfile.read(tmp_path / "a.wav")
    assert len(audio) > rate and np.abs(audio).max() > 0.05
    with Running("replay", "a.journal", "--backend", "silent", cwd=tmp_path) as running:
        said = running.wait("nope (")
        assert '0: b = s "hh*8"' in said
        assert running.process.wait(timeout=20) == 0
    assert "no journal of livecode" in livecode("replay", "a.wav").stderr
