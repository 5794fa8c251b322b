"""A song performed live: next, queue, loops and captures, as one who types them meets them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
import soundfile

from livecode.engine.client import EngineProcess
from livecode.errors import LiveError, Source
from livecode.performance import Performance
from livecode.render import playing, render
from livecode.session import Space
from tests.waiting import until

SONG = """
tempo 480
kick = s "bd*4"
arrange a 4 = kick
arrange b 4 = kick
arrange c 4 tempo=600 meter=3/4 = kick
arrange tune = "a b c"
"""


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def performance(told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Performance]:
    monkeypatch.chdir(tmp_path)
    engine = EngineProcess()
    engine.start("silent")
    made = Performance(engine, told.append)
    enter(made, SONG)
    made.start()
    assert until(lambda: (s := made.spot()) is not None and s.cycle >= 0)
    yield made
    made.stop()


def enter(performance: Performance, text: str) -> str:
    evaluation = performance.evaluate(Source("typed", text))
    assert not evaluation.errors, evaluation.errors[0].render()
    return " ".join(performance.act(act) for _, act in evaluation.acts)


def heard(performance: Performance, section: str) -> bool:
    return until(lambda: (s := performance.spot()) is not None and s.section == section)


def test_a_song_is_steered(performance: Performance) -> None:
    with pytest.raises(LiveError, match="no song plays"):
        enter(performance, "next")
    enter(performance, "loop a")  # by itself: nothing follows
    with pytest.raises(LiveError, match="nothing follows a"):
        enter(performance, "next")
    enter(performance, "play tune\nloop b")
    assert heard(performance, "b")
    assert enter(performance, "next") == "c from the next boundary"
    assert heard(performance, "c")
    spot = performance.spot()
    assert spot is not None
    assert (spot.beats, spot.length, spot.row) == (3, 4, 2)
    assert performance.bpm() == 600
    enter(performance, "loop a")
    assert heard(performance, "a")
    assert enter(performance, "queue c") == "c behind a"
    spot = performance.spot()
    assert spot is not None
    assert (spot.section, spot.following) == ("a", "c")
    assert heard(performance, "c")
    assert until(lambda: (s := performance.spot()) is not None and not s.section)  # and that was the song's last
    with pytest.raises(LiveError, match="tune is over"):
        enter(performance, "next")


def test_what_was_played_is_captured(performance: Performance, told: list[str]) -> None:
    assert until(lambda: (s := performance.spot()) is not None and s.cycle > 2)
    assert enter(performance, "capture 256").startswith("take1 is a section of")
    assert enter(performance, "capture 2 jam") == (
        "jam is a section of 2 cycles as they were played: play jam, show jam"
    )
    assert performance.session.get(Space.FORM, "jam") is not None
    enter(performance, "undo")
    assert performance.session.get(Space.FORM, "jam") is None
    assert enter(performance, "capture 2 'out/jam.wav'") == ""
    assert until(lambda: "recorded: out/jam.wav, 2 cycles as they were heard" in told)
    sound, rate = soundfile.read("out/jam.wav")
    assert len(sound) == rate  # two cycles at 480
    assert abs(sound).max() > 0.1
    with pytest.raises(LiveError, match="in or below this folder"):
        enter(performance, "capture 2 '../jam.wav'")


WHOLE = """
tempo 360
kick = s "bd*4"
lead = n "0 .. 7" | s 'pluck' | clip 2
arrange a 1 = kick
arrange b 2 tempo=450 key="d:minor" = kick, lead | fill 1 (fast 4)
arrange c 2 meter=3/4 = lead | slow 2 | lpf (ramp 200 4000)
arrange d 2 tempo=(ramp 480 300) = kick
arrange tune = "a b c d"
play tune
"""


def test_a_song_is_rendered_as_it_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told: list[str] = []
    engine = EngineProcess()
    engine.start("silent")
    performance = Performance(engine, told.append)
    try:
        enter(performance, WHOLE)
        performance.start()
        assert until(lambda: (s := performance.spot()) is not None and s.cycle > Fraction(71, 10))
        enter(performance, "capture 7 'live.wav'")
        assert until(lambda: any("recorded: live.wav, 7 cycles" in text for text in told))
        if engine.meters().late:
            pytest.skip("the machine was late with notes")
        made = render(playing(performance.session, "tune"))
    finally:
        performance.stop()
    heard, _ = soundfile.read("live.wav", dtype="float32")
    assert len(heard) == len(made.audio)
    assert abs(heard - made.audio).max() < 1e-5
    assert abs(heard).max() > 0.1


def test_nothing_is_captured_before_the_music() -> None:
    performance = Performance(EngineProcess(), pytest.fail)
    with pytest.raises(LiveError, match="nothing has been played yet"):
        enter(performance, "capture 2")
