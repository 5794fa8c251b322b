"""Strips, groups, returns: who feeds whom, and loops that are refused."""

from __future__ import annotations

import pytest

from livecode.engine.records import Bus
from livecode.stages.score import score
from tests.stages.conftest import Evaluate

DESK = """
mix drums = kick + hats | compress -18dB 4 | gain -3dB
mix hall = return | reverb 4s
mix bass | send hall 0.4 | duck kick 0.8 80ms
master | limit -2dB
"""


def buses(evaluate: Evaluate, text: str) -> dict[str, Bus]:
    made = evaluate(text)
    assert not made.errors, made.errors[0].render()
    return {b.name: b for b in score(made.session).mix.buses}


def test_who_feeds_whom(evaluate: Evaluate) -> None:
    found = buses(evaluate, DESK)
    assert {n: found[n].to for n in ("kick", "hats", "drums", "hall", "bass", "master")} == {
        "kick": "drums",
        "hats": "drums",
        "drums": "master",
        "hall": "master",
        "bass": "master",
        "master": "",
    }
    order = list(found)
    assert order.index("kick") < order.index("drums") < order.index("master") == len(order) - 1
    assert order.index("bass") < order.index("hall")


def test_chains_are_graphs(evaluate: Evaluate) -> None:
    found = buses(evaluate, DESK)
    assert [n.ugen for n in found["bass"].chain.nodes] == ["in", "send", "duck"]
    assert [n.text for n in found["bass"].chain.nodes] == ["", "hall", "kick"]
    reverb = found["hall"].chain.nodes[1]
    assert (reverb.ugen, reverb.args[:2]) == ("reverb", (4.0, 1.0))  # on a return only the room is heard
    gain = found["drums"].chain.nodes[-1]
    assert gain.args[0] == pytest.approx(10 ** (-3 / 20))


def test_a_pattern_moves_a_parameter(evaluate: Evaluate) -> None:
    made = evaluate("mix kick | pan (sine | slow 4) | lpf (saw | range 200 2000)")
    result = score(made.session)
    assert sorted(result.mix.lanes) == [("kick", "freq.0"), ("kick", "position.1")]
    assert len(result.lanes) == 2


def test_a_designed_effect_stands_in_a_chain(evaluate: Evaluate) -> None:
    found = buses(evaluate, "design effect crunch amount=0.5 = in | distort amount | lpf 4khz\nmix kick | crunch 0.7")
    assert [n.ugen for n in found["kick"].chain.nodes] == ["in", "distort", "lpf"]
    assert found["kick"].chain.nodes[1].args[0] == 0.7


def test_a_strip_follows_the_effect_it_uses(evaluate: Evaluate) -> None:
    first = evaluate("design effect crunch = in | distort 0.2\nmix kick | crunch")
    second = evaluate("design effect crunch = in | drive 0.9", first.session)
    found = {b.name: b for b in score(second.session).mix.buses}
    assert found["kick"].chain.nodes[1].ugen == "drive"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mix nobody | gain 1", "no pattern or bus nobody"),
        ("mix kick = hats + bass", "its strip has that name already"),
        ("mix g = kick + kick", "summed twice"),
        ("mix g = kick * 2", "a sum of patterns"),
        ("mix kick | send nowhere 0.5", "nowhere means nothing"),
        ("mix kick | send nowhere 0.5", "mix nowhere = return"),
        ("mix kick | gain -3", "decibels have a unit"),
        ("mix kick | lpf", ""),
        ("mix kick | limit -1dB", "master alone"),
        ("mix kick | compress -20dB key=kick", "feeds itself: kick -> kick"),
        ("mix all = kick + bass\nmix kick | gate -20dB key=all", "feeds itself: all -> kick -> all"),
        ("mix kick | compress -20dB look='1 2'", "must be a number"),
        ('mix kick | compress -20dB look="<1 2>"', "no pattern moves it"),
        ("mix kick | compress -20dB key=nowhere", "nowhere means nothing"),
        ("mix kick | sine", "not an effect"),
        ("mix kick | lpf 3s", "cannot be in s"),
        ("mix a = return | send b 0.5\nmix b = return | send a 0.5", "a means nothing"),
        ("mix b = return\nmix a = return | send b 0.5\nmix b = return | send a 0.5", "feeds itself"),
    ],
)
def test_mistakes(evaluate: Evaluate, text: str, words: str) -> None:
    made = evaluate(text)
    assert made.errors
    assert words in made.errors[-1].render()
    assert made.errors[-1].place is not None


def test_a_number_out_of_range_is_put_right_and_told(evaluate: Evaluate) -> None:
    made = evaluate("mix kick | lpf 99khz")
    assert not made.errors
    assert made.said == ("freq of lpf is 99000, and 20000 is taken: it goes from 20 to 20000 Hz",)
    assert evaluate("design x = saw freq | lpf 1khz 7").said[0].startswith("res of lpf is 7, and 1 is taken")
