"""The events of thousands of cases, as Strudel and Tidal give them; no case that passed may fail again."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest

from livecode.errors import LiveError, Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import parse_expression
from livecode.patterns import chords, mini, notes
from livecode.patterns.exact import float_to_fraction
from livecode.patterns.generators import GENERATORS
from livecode.patterns.rhythm import bjorklund
from livecode.patterns.values import numeral
from tests.patterns.conformance import FOLDER, NoSpellingError, cases, close, evaluate, events, plain, same_events
from tests.patterns.differences import DIFFERENCES

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance data is not beside this checkout")


def spelled(name: str) -> list[tuple[dict[str, Any], str | None]]:
    """Give the cases of a file with their text in our language, None where it has no spelling for them."""
    spec = spec_from_file_location("conformance_code", FOLDER / "code.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return [(case, text if isinstance(text, str) else None) for case, text in module.cases(FOLDER / name)]


def passes(case: dict[str, Any], text: str | None) -> bool:
    """Tell whether a case gives the events it should."""
    try:
        if text is None:
            pattern = evaluate(case["expr"])
        else:
            pattern = pattern_of(parse_expression(Source(case["id"], text)), Scope({}))
        return same_events(events(pattern, case), case["events"])
    except (LiveError, NoSpellingError):
        return False


@pytest.mark.parametrize("name", DIFFERENCES)
def test_events(name: str) -> None:
    wanted = [(case, text) for case, text in spelled(name) if not case.get("quirk")]
    failed = {case["id"] for case, text in wanted if not passes(case, text) and text is not None}
    print(f"{name}: {len(wanted) - len(failed)} of {len(wanted)}")
    assert sorted(failed) == sorted(DIFFERENCES[name])


def test_what_has_no_spelling_can_be_built() -> None:
    wanted = [case for case, text in spelled("functions.jsonl") if text is None and not case.get("quirk")]
    assert sorted(case["id"] for case in wanted if not passes(case, None)) == []


def test_locations() -> None:
    for case in cases("mini_locations.jsonl"):
        pattern = mini.pattern(case["mini"])
        got = sorted(
            (str([str(h.part.begin), str(h.part.end)]), sorted([p.start, p.end] for p in h.places))
            for begin, end in case["cycles"]
            for h in pattern.query(Fraction(begin), Fraction(end))
        )
        wanted = sorted((str([str(Fraction(t)) for t in e["part"]]), sorted(e["locations"])) for e in case["events"])
        assert got == wanted, case["mini"]


def test_errors_have_a_place() -> None:
    wanted = list(cases("mini_errors.jsonl"))
    exact = 0
    for case in wanted:
        with pytest.raises(LiveError) as caught:
            mini.pattern(case["mini"])
        assert caught.value.place is not None, case["mini"]
        exact += caught.value.place.start == case["offset"]
    assert exact >= 85


def test_random_numbers() -> None:
    for case in cases("rng.jsonl"):
        if case["mode"] == "float-to-fraction":
            assert float_to_fraction(case["x"]) == Fraction(case["value"])
            continue
        seed = Fraction(case["seed"] or 0)
        got = GENERATORS[case["mode"]](Fraction(case["t"]), seed, case["n"])
        assert got == case["values"], case["id"]


CALLS: dict[str, Any] = {
    "noteToMidi": notes.note_to_midi,
    "isNote": notes.is_note,
    "midiToFreq": notes.midi_to_freq,
    "freqToMidi": notes.freq_to_midi,
    "midi2note": notes.midi_to_note,
    "parseNumeral": numeral,
    "bjorklund": lambda k, n: list(bjorklund(k, n)),
}


def test_calls() -> None:
    tried = 0
    for case in cases("tonal.jsonl"):
        name, *args = case.get("call") or [""]
        if name not in CALLS:
            continue
        if case.get("error"):
            with pytest.raises(LiveError):
                CALLS[name](*args)
        else:
            assert close(plain(CALLS[name](*args)), case["result"]), case["call"]
        tried += 1
    assert tried > 20


def test_every_known_chord_has_voicings() -> None:
    for kind in chords.CHORD_TONES:
        for dictionary in ("ireal", "lefthand", "triads"):
            assert all(row for row in chords.voicings_of(kind, dictionary))
