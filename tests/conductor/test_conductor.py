"""The conductor on an output that only writes down: when notes are sent, and what a change does to them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest

from livecode.conductor.conductor import Conductor
from livecode.engine.records import AUTOMATE, CANCEL, CUT, EVENT, NOTE, START, AddPool, Message, SetMix
from livecode.errors import LiveError, Source
from livecode.patterns import Pattern
from livecode.patterns.raws import Raws
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from livecode.watchdog import Watchdog

RATE = 48000
CYCLE = 96000  # samples, at 120 beats a minute


@dataclass
class Paper:
    """Keeps what is sent, and forgets what is cancelled, as the engine does."""

    notes: list[tuple[int, str]] = field(default_factory=list)  # sample, strip
    lanes: list[tuple[int, int, float]] = field(default_factory=list)
    pools: dict[int, str] = field(default_factory=dict)
    mixes: list[SetMix] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)

    def send(self, message: Message) -> None:
        if isinstance(message, AddPool):
            self.pools[message.pool.number] = message.pool.strip
        elif isinstance(message, SetMix):
            self.mixes.append(message)

    def push(self, records: bytes) -> None:
        for sample, target, kind, _, _, *floats in EVENT.iter_unpack(records):
            self.kinds.append(kind)
            if kind == NOTE:
                self.notes.append((sample, self.pools[target]))
            elif kind == CANCEL:
                self.notes = [n for n in self.notes if n[0] < sample]
                self.lanes = [n for n in self.lanes if n[0] < sample]
            elif kind == AUTOMATE:
                self.lanes.append((sample, target, floats[0]))

    def of(self, strip: str) -> list[int]:
        return [sample for sample, name in self.notes if name == strip]


def session(text: str, before: Session | None = None) -> Session:
    made = evaluate_text(before or prelude(), Source("test", text))
    assert not made.errors, made.errors[0].render()
    return made.session


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def troubles() -> list[LiveError]:
    return []


@pytest.fixture
def conductor(paper: Paper, troubles: list[LiveError]) -> Conductor:
    return Conductor(paper, RATE, 256, troubles.append)


@pytest.mark.parametrize("step", [17, 256, 4801, 50_000])
def test_windows_neither_lose_nor_double(conductor: Conductor, paper: Paper, step: int) -> None:
    conductor.begin(score(session('a = s "bd*3 [hh hh]*5"')), 1000)
    for until in range(1000, 1000 + 4 * CYCLE, step):
        conductor.tick(until)
    conductor.tick(1000 + 4 * CYCLE)
    ideal = [Fraction(i, 6) for i in range(3)] + [Fraction(1, 2) + Fraction(i, 20) for i in range(10)]
    expected = [round(1000 + (c + at) * CYCLE) for c in range(4) for at in ideal]
    assert paper.of("a") == expected
    assert paper.kinds[0] == START


def test_a_change_begins_at_the_next_boundary_without_a_doubled_note(conductor: Conductor, paper: Paper) -> None:
    first = session('a = s "bd*4"')
    conductor.begin(score(first), 0)
    conductor.tick(CYCLE + 12_000)  # 0.25 s into cycle 1 have been sent
    second = session('a = s "hh*3"', first)
    assert conductor.change(score(second), CYCLE - 16_000, Fraction(1)) == 1
    conductor.tick(2 * CYCLE)
    assert paper.of("a") == [0, 24000, 48000, 72000, 96000, 128000, 160000]


def test_a_change_too_late_for_a_boundary_waits_for_the_next(conductor: Conductor) -> None:
    first = session('a = s "bd*4"')
    conductor.begin(score(first), 0)
    assert conductor.change(score(first), CYCLE - 1, Fraction(1)) == 2
    assert conductor.change(score(first), CYCLE, Fraction(4)) == 4


def test_a_change_that_needs_new_voices_waits_until_they_can_be_there(conductor: Conductor) -> None:
    first = session('a = s "bd*4"')
    conductor.begin(score(first), 0)
    second = session('b = s "sd"', first)
    assert conductor.change(score(second), CYCLE - 5_000, Fraction(1)) == 2
    third = session('b = s "sd*2"', second)
    assert conductor.change(score(third), 2 * CYCLE - 5_000, Fraction(1)) == 2


def test_tempo_changes_at_the_boundary(conductor: Conductor, paper: Paper) -> None:
    first = session('a = s "bd*2"')
    conductor.begin(score(first), 0)
    conductor.tick(1000)
    conductor.change(score(session("tempo 240", first)), 500, Fraction(1))
    conductor.tick(2 * CYCLE)
    assert paper.of("a") == [0, 48000, 96000, 120000, 144000, 168000]


def test_a_tempo_ramp_is_the_same_in_any_windows(troubles: list[LiveError]) -> None:
    made = score(session('tempo (ramp 120 240 over 4)\na = s "bd*8"'))
    found = []
    for step in (1000, 7777, 100_000):
        paper = Paper()
        conductor = Conductor(paper, RATE, 256, troubles.append)
        conductor.begin(made, 0)
        for until in range(step, 6 * CYCLE, step):
            conductor.tick(until)
        found.append([n for n in paper.of("a") if n < 5 * CYCLE])
    assert found[0] == found[1] == found[2]
    gaps = [b - a for a, b in zip(found[0], found[0][1:], strict=False)]
    assert gaps[0] > gaps[16] > gaps[30]
    assert gaps[-1] == pytest.approx(6000, abs=1)


def test_a_song_ends_and_a_loop_does_not(conductor: Conductor, paper: Paper, troubles: list[LiveError]) -> None:
    made = session('a = s "bd*2"\narrange x 1 = a\narrange y 2 = a | fast 2\narrange song = "x y x"\nplay song')
    conductor.begin(score(made), 0)
    conductor.tick(8 * CYCLE)
    assert [n / CYCLE for n in paper.of("a")] == [0, 0.5, *(1 + i / 4 for i in range(8)), 3, 3.5]
    looped = Paper()
    again = Conductor(looped, RATE, 256, troubles.append)
    again.begin(score(replace(made, transport=replace(made.transport, form="x", loop=True))), 0)
    again.tick(3 * CYCLE)
    assert [n / CYCLE for n in looped.of("a")] == [0, 0.5, 1, 1.5, 2, 2.5]


def test_play_starts_a_song_at_the_boundary(conductor: Conductor, paper: Paper) -> None:
    first = session('a = s "bd"\narrange x 2 = a | fast "1 2"')
    conductor.begin(score(first), 0)
    conductor.tick(2 * CYCLE)
    conductor.change(score(session("play x", first)), 2 * CYCLE + 100, Fraction(1))
    conductor.tick(6 * CYCLE)
    assert [n / CYCLE for n in paper.of("a")] == [0, 1, 2, *(3 + at for at in (0, 0.5, 1, 1.5))]


def test_a_section_that_plays_keeps_its_place(conductor: Conductor, paper: Paper) -> None:
    first = session('a = s "bd"\narrange x 4 = a | ply "<1 2 3 4>"\nplay x')
    conductor.begin(score(first), 0)
    conductor.tick(CYCLE)
    conductor.change(score(session('a = s "hh"', first)), CYCLE + 10, Fraction(1))
    conductor.tick(4 * CYCLE)
    per_cycle = [sum(1 for n in paper.of("a") if n // CYCLE == c) for c in range(4)]
    assert per_cycle == [1, 2, 3, 4]


def test_mute_in_a_song(conductor: Conductor, paper: Paper) -> None:
    made = session('a = s "bd"\nb = s "hh"\narrange x 2 = a, b\nplay x\nmute b')
    conductor.begin(score(made), 0)
    conductor.tick(2 * CYCLE)
    assert (len(paper.of("a")), len(paper.of("b"))) == (2, 0)


def test_an_unknown_sound_is_told_once_with_its_place(
    conductor: Conductor, paper: Paper, troubles: list[LiveError]
) -> None:
    conductor.begin(score(session('a = s "bdd bd"')), 0)
    conductor.tick(3 * CYCLE)
    assert len(paper.of("a")) == 3
    (error,) = troubles
    assert error.place is not None
    assert error.place.source.text[error.place.start : error.place.end] == "bdd"


def test_a_gain_below_zero_is_told(conductor: Conductor, paper: Paper, troubles: list[LiveError]) -> None:
    conductor.begin(score(session('a = s "bd" | gain "-3 1"')), 0)
    conductor.tick(2 * CYCLE)
    assert len(paper.of("a")) == 0
    assert "gain -3dB" in troubles[0].message


def test_a_pattern_moves_a_lane_on_a_steady_grid(conductor: Conductor, paper: Paper) -> None:
    made = session('a = s "bd"\nmix a | pan saw | gain (saw | range 0 2)')
    conductor.begin(score(made), 512)
    conductor.tick(30_000)
    conductor.tick(60_000)
    assert len(paper.mixes[-1].mix.lanes) == 2
    pan = [(s, v) for s, lane, v in paper.lanes if paper.mixes[-1].mix.lanes[lane][1].startswith("position")]
    assert [s for s, _ in pan] == [512 + 1024 * i for i in range(len(pan))]
    assert pan[40][1] == pytest.approx(40 * 1024 / CYCLE, abs=1e-6)


def test_hush_and_panic(conductor: Conductor, paper: Paper) -> None:
    made = session('a = s "bd*16"')
    conductor.begin(score(made), 0)
    conductor.tick(CYCLE)
    silent = score(session("hush", made))
    conductor.hush(silent, 20_000)
    conductor.tick(3 * CYCLE)
    assert max(paper.of("a")) <= 20_000 + 0.03 * RATE
    conductor.panic(silent, 200_000)
    assert paper.kinds[-1] == CUT


class Broken(Pattern):
    """A pattern by which livecode stumbles, or which never answers."""

    __slots__ = ("_fails",)

    def __init__(self, fails: Callable[[], Raws]) -> None:
        super().__init__()
        self._fails = fails

    def _window(self, bn: int, en: int, den: int) -> Raws:
        return self._fails()


def stumble() -> Raws:
    raise RuntimeError("of ours")


def hang() -> Raws:
    for _ in itertools.count():
        pass
    raise AssertionError


@pytest.mark.parametrize(
    ("fails", "said", "asked"), [(stumble, "RuntimeError: of ours", 9), (hang, "too long to play", 1)]
)
def test_a_part_that_cannot_be_played_silences_nothing_else(
    conductor: Conductor, paper: Paper, troubles: list[LiveError], fails: Callable[[], Raws], said: str, asked: int
) -> None:
    calls: list[None] = []

    def counted() -> Raws:
        calls.append(None)
        return fails()

    made = score(session('a = s "bd*4"\nb = s "hh*4"'))
    (stretch,) = made.stretches
    parts = tuple(replace(p, pattern=Broken(counted)) if p.strip == "a" else p for p in stretch.parts)
    watchdog = Watchdog(0.05)
    watchdog.start()
    with watchdog:
        conductor.begin(replace(made, stretches=(replace(stretch, parts=parts),)), 0)
        for until in range(CYCLE // 8, CYCLE + 1, CYCLE // 8):
            conductor.tick(until)
    watchdog.stop()
    assert len(paper.of("b")) == 4
    assert len(troubles) == 1
    assert said in troubles[0].render()
    assert len(calls) == asked


@pytest.mark.parametrize("ahead", [12_000, 3_000, 700])
def test_a_change_doubles_no_note_that_starts_before_its_onset(conductor: Conductor, paper: Paper, ahead: int) -> None:
    """What works on the spectrum starts early, beside what does not: before the boundary and at it."""
    first = session('a = s "bd*16" | freeze 1\nb = s "hh*64"')
    conductor.begin(score(first), 2048)
    conductor.tick(2048 + CYCLE + ahead)
    second = session('a = s "bd*16" | freeze 1 | gain 0.5\nb = s "hh*64" | smear 0.2', first)
    assert conductor.change(score(second), 2048 + CYCLE - 16_000, Fraction(1)) == 1
    conductor.tick(2048 + 2 * CYCLE)
    assert paper.of("a") == [2048 - 1024 + i * CYCLE // 16 for i in range(32)]
    early = [2048 + i * CYCLE // 64 for i in range(64)]
    assert sorted(paper.of("b")) == sorted([*early, *(2048 - 1024 + CYCLE + i * CYCLE // 64 for i in range(64))])
