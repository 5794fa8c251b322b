"""A change of the score keeps the place in the section that plays, and the spot tells it."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from livecode.conductor.conductor import Conductor
from livecode.conductor.places import kept
from livecode.errors import LiveError, Source
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from tests.conductor.test_conductor import Paper

SONG = """
tempo 240
x = s "bd*4"
arrange a 2 = x
arrange b 4 = x
arrange c 1 meter=3/4 = x
arrange tune = "a b!2 c"
"""


def refused(error: LiveError) -> None:
    raise error


def evaluated(text: str, before: Session | None = None) -> Session:
    made = evaluate_text(before or prelude(), Source("test", text))
    assert not made.errors, made.errors[0].render()
    return made.session


@pytest.mark.parametrize(
    ("change", "time", "expected"),
    [
        ("y = s 'hh'", F(3), F(3)),
        ("arrange a 5 = x", F(3), F(6)),  # one cycle into the first b, wherever that is
        ("arrange a 5 = x", F(8), F(11)),
        ("arrange b 3 = x", F(5), F(5)),
        ("arrange b 1 = x", F(5), F(3)),  # cut short: what follows comes now
        ('arrange tune = "c a a b c"', F(7), F(6)),  # its second b is gone: as far into the other
        ('arrange tune = "c a"', F(7), F(7)),
        ("arrange a 5 = x", F(1), F(1)),
        ("arrange a 5 = x", F(2), F(2)),
        ("arrange a 5 = x", F(-1), F(-1)),
    ],
)
def test_places_are_kept(change: str, time: F, expected: F) -> None:
    before = evaluated(SONG + "play tune")
    assert kept(score(before), score(evaluated(change, before)), time) == expected


def test_a_section_evaluated_anew_goes_on_where_it_is() -> None:
    before = evaluated(SONG + "play tune")
    conductor = Conductor(Paper(), 48000, 256, refused)
    conductor.begin(score(before), 0)
    now = 4 * 48000 - 24000  # half a cycle before the second cycle of b ends
    conductor.tick(now + 12000)
    after = evaluated("arrange a 6 = x", before)
    assert conductor.change(score(after), now, F(1)) == 4
    conductor.tick(now + 48000)
    heard = conductor.spot(4 * 48000 + 24000)
    assert (heard.section, heard.into, heard.length, heard.following, heard.row) == ("b", F(5, 2), F(4), "b", 1)


def test_the_spot_tells_what_was_cued() -> None:
    before = evaluated(SONG + "play tune")
    conductor = Conductor(Paper(), 48000, 256, refused)
    conductor.begin(score(before), 0)
    conductor.tick(12000)
    assert conductor.spot(0).following == "b"
    conductor.change(score(evaluated("goto c", before)), 0, F(1))
    assert conductor.spot(6000).following == "c"
    conductor.tick(48000 + 12000)
    heard = conductor.spot(48000 - 6000)  # what was sent is beyond it, what is heard is not
    assert (heard.section, heard.into) == ("a", F(7, 8))
    heard = conductor.spot(48000 + 18000)
    assert (heard.section, heard.into, heard.beats, heard.following) == ("c", F(1, 2), 3, "")


def test_what_is_composed_has_no_section() -> None:
    conductor = Conductor(Paper(), 48000, 256, refused)
    conductor.begin(score(evaluated(SONG)), 0)
    heard = conductor.spot(48000)
    assert (heard.cycle, heard.section, heard.length, heard.following) == (1, "", None, "")
