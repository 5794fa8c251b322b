"""What plays next in a song: next, queue and loops, as they follow from the transport."""

from __future__ import annotations

import json

import pytest

from livecode.errors import LiveError, Source
from livecode.render import playing
from livecode.retelling import read, written
from livecode.saving import text_of
from livecode.session import Session
from livecode.stages.plan import looped_at, next_one, plan, queue
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text

SONG = """
x = s "bd"
arrange a 1 = x
arrange b 2 = x
arrange c 3 = x
arrange d 1 = x
arrange tune = "a b c b"
"""


def evaluated(text: str) -> Session:
    made = evaluate_text(prelude(), Source("test", SONG + text))
    assert not made.errors, made.errors[0].render()
    return made.session


def line(session: Session) -> str:
    return " ".join(step.section.name for step in plan(session).steps)


@pytest.mark.parametrize(
    ("text", "number", "then"),
    [
        ("play tune", 0, "b c b"),
        ("play tune", 2, "b"),
        ("play tune from c", 0, "b"),
        ("play tune from b", 1, "b"),
        ("play tune\nloop b", 0, "c b"),
        ("play tune\nloop c", 0, "b"),
    ],
)
def test_next(text: str, number: int, then: str) -> None:
    before = evaluated(text)
    after, name = next_one(before, number)
    assert line(after) == then
    assert name == then[0]
    assert after.transport.cue > before.transport.cue
    assert score(after).stretches[0].begin == 0


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        ("play tune", 3, "b is the last section of tune"),
        ("loop d", 0, "nothing follows d"),
        ("play d", 0, "d is the last section of d"),
        ("", None, "no song plays"),
        ("play tune", None, "tune is over"),
    ],
)
def test_nothing_follows(text: str, number: int | None, words: str) -> None:
    with pytest.raises(LiveError, match=words):
        next_one(evaluated(text), number)


def test_a_song_that_loops_begins_anew() -> None:
    before = evaluated("loop tune")
    steps = plan(before).steps
    assert len(steps) == 8 * 4  # passes, each with choices of its own
    after, name = next_one(before, len(steps) - 1)
    assert name == "a"
    assert after.transport.loop


@pytest.mark.parametrize(
    ("text", "number", "names", "then"),
    [
        ("play tune", 0, ["c"], "a c b"),  # the song goes on behind its own c
        ("play tune", 0, ["d"], "a d b c b"),  # what is no part of it stands between
        ("play tune", 1, ["d", "a"], "b d a b c b"),
        ("play tune", 3, ["d"], "b d"),
        ("play tune\nloop c", 0, ["d"], "c d b"),
        ("loop d", 0, ["a"], "d a"),
        ("", None, ["b"], "b"),
        ("", None, ["b", "d"], "b d"),
        ("", None, ["tune", "d"], "a b c b d"),
    ],
)
def test_queue(text: str, number: int | None, names: list[str], then: str) -> None:
    before = evaluated(text)
    after, _ = queue(before, number, names)
    assert line(after) == then
    if before.transport.form:
        assert after.transport.cue == before.transport.cue  # what plays keeps its place


def test_queues_grow_and_are_cleared() -> None:
    made, _ = queue(evaluated("play tune"), 0, ["d"])
    made, _ = queue(made, 0, ["a"])
    assert line(made) == "a d a b c b"
    second, _ = next_one(made, 0)
    assert line(second) == "d a b c b"
    third, _ = queue(second, 0, ["d"])
    assert line(third) == "d a d b c b"
    fourth, _ = next_one(third, 1)
    assert line(fourth) == "d b c b"
    fifth, _ = next_one(fourth, 0)
    assert line(fifth) == "b c b"
    cleared, said = queue(made, 0, [])
    assert line(cleared) == "a b c b"
    assert said == "nothing is queued"


def test_a_queue_in_a_loop_comes_once() -> None:
    made, _ = queue(evaluated("loop tune"), 1, ["d"])
    found = plan(made)
    assert found.entry is not None
    assert [s.section.name for s in found.steps][:3] == ["b", "d", "c"]
    assert "d" not in [s.section.name for s in found.steps[found.entry :]]
    assert score(made).entry == sum(s.section.length for s in found.steps[: found.entry])


def test_a_queue_has_an_end() -> None:
    with pytest.raises(LiveError, match="no more than 64"):
        queue(evaluated("play tune"), 0, ["tune"] * 17)


def test_a_loop_remembers_which_of_its_name_it_is() -> None:
    made = evaluated("play tune\nloop b")
    assert [looped_at(made, row) for row in (None, 0, 1, 2, 3)] == [1, 1, 1, 3, 3]
    assert evaluated("loop b").transport.song == ""


def test_goto_comes_back_from_a_loop() -> None:
    made = evaluated("play tune\nloop b\ngoto c")
    assert line(made) == "c b"
    assert not made.transport.loop


def test_what_is_rendered_is_the_whole_song() -> None:
    made, _ = queue(evaluated("play tune\nmute x"), 1, ["d"])
    whole = playing(made, "tune")
    assert line(whole) == "a b c b"
    assert whole.transport.muted == {"x"}


def test_a_session_is_saved_where_it_is() -> None:
    made, _ = next_one(evaluated("play tune"), 1)
    assert text_of(made).endswith("\nplay tune from c\n")


def test_a_journal_keeps_the_queue() -> None:
    made, _ = queue(evaluated("play tune"), 1, ["d", "a"])
    kept = read(json.loads(json.dumps(written(made.transport))))
    assert kept == made.transport
