"""What is in the gallery is there when it is named, and not before."""

from __future__ import annotations

import pytest

from livecode.errors import Source
from livecode.repl.reference import listing
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text


def after(code: str) -> Session:
    evaluation = evaluate_text(prelude(), Source("test", code))
    assert [e.render() for e in evaluation.errors] == []
    return evaluation.session


@pytest.mark.parametrize(
    ("code", "sounds", "effects"),
    [
        ('s "bd"', [], []),
        ('s "glass bd harp*2"', ["glass", "harp"], []),
        ("s 'epiano' | index 2", ["epiano"], []),
        ("a = s 'bd'\nmix a | shimmer 0.4", [], ["shimmer"]),
        ("design x = saw freq | crunch 0.3", [], ["crunch"]),
        ("a = s 'bd'\nmix bounce = a | gain -3dB", [], []),
        ("bounce = s 'bd'\nmix x = bounce | gain -3dB", [], []),
        ("let wide = 3", [], []),
        ("help glass", ["glass"], []),
        ("a = sine | range 0 1", [], []),
    ],
)
def test_a_name_calls_its_design(code: str, sounds: list[str], effects: list[str]) -> None:
    before, session = prelude(), after(code)
    for space, wanted in ((Space.SOUND, sounds), (Space.EFFECT, effects)):
        own = {"x"} if code.startswith("design") else set()
        assert set(session.names(space)) - set(before.names(space)) - own == set(wanted)


def test_a_design_of_the_session_comes_first() -> None:
    session = after('design glass = sine freq | perc 1ms 1s\na = s "glass"')
    found = session.get(Space.SOUND, "glass")
    assert found is not None and found.block.source.name == "test"


def test_every_name_of_the_gallery_can_be_called() -> None:
    sounds = " ".join(gallery.names(Space.SOUND))
    session = after(f'a = s "{sounds}"\nmix a | ' + " | ".join(gallery.names(Space.EFFECT)))
    assert set(gallery.names(Space.SOUND)) <= set(session.names(Space.SOUND))
    assert set(gallery.names(Space.EFFECT)) <= set(session.names(Space.EFFECT))


def test_listing_tells_what_is_not_loaded_yet() -> None:
    assert "more sounds  glass" in listing(prelude())
    assert "more sounds  epiano" in listing(after('s "glass"'))
