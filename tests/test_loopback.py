"""What comes in is recorded under a name and played like a sample."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from livecode.engine.client import EngineProcess
from livecode.errors import LiveError, Source
from livecode.performance import Performance
from livecode.render import render
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.test_performance import enter, performance, sounds, told
from tests.waiting import until

__all__ = ["performance", "told"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("loopback", "takes a name and cycles"),
        ("loopback 'a b'", "no name for a sample"),
        ("loopback 'take' 0", "a number of cycles"),
        ("loopback 'take' 4 5", "takes a name and cycles"),
    ],
)
def test_what_makes_no_sense_is_told(code: str, said: str) -> None:
    (error,) = evaluate_text(prelude(), Source("test", code)).errors
    assert said in error.message


def test_without_an_input_it_says_so(performance: Performance) -> None:
    with pytest.raises(LiveError, match="no input"):
        enter(performance, "loopback 'take' 4")
    assert "take" not in performance.session.samples


def test_through_a_cable_it_plays_again_what_was_heard(jack: str) -> None:
    library = pytest.importorskip("jack")
    said: list[str] = []
    engine = EngineProcess()
    engine.start("jack")
    made = Performance(engine, said.append)
    made.evaluate(Source("start", "tempo 480"))
    made.start()
    try:
        assert until(lambda: made.conductor is not None)
        with library.Client("cable", servername=jack, no_start_server=True) as cable:
            ours = [p for p in cable.get_ports(is_audio=True) if p.name.startswith("livecode")]
            for out, into in zip([p for p in ours if p.is_output], [p for p in ours if p.is_input], strict=True):
                cable.connect(out, into)
            assert enter(made, 'tone = s "sine*4" | note 72') == []
            assert until(lambda: sounds(made))
            assert enter(made, "loopback 'take' 2") == []
            assert until(lambda: any("recorded" in text for text in said))
        enter(made, "hush")
        assert until(lambda: silent(made))
        assert enter(made, 'again = s "take"') == []
        assert until(lambda: sounds(made))
        assert [t for t in said if "sound" not in t and "recorded" not in t] == []
        (recording,) = made.session.samples["take"]
        assert (recording.channels, recording.seconds) == (2, pytest.approx(1.0))
        rendering = render(made.session, cycles=Fraction(1))
        assert "loopback records it again" in rendering.troubles[0]
    finally:
        made.stop()


def silent(performance: Performance) -> bool:
    quiet = performance.engine.meters().left < 1e-3
    time.sleep(0.1)
    return quiet and performance.engine.meters().left < 1e-3
