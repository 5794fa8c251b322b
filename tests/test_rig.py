"""What the rig tells the MIDI process to end, whatever takes over from what in which order."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from livecode.conductor.outward import Moment, Route
from livecode.engine.clock import Clock
from livecode.gear import Gear, MidiOut
from livecode.midi.client import MidiProcess
from livecode.midi.records import CANCEL, CUT, EVENT, EVERY
from livecode.patterns import Hap, Span
from livecode.rig import Out, Rig


class Told(MidiProcess):
    """A MIDI process that only keeps what it is told; a cancellation forgets what it would."""

    def __init__(self) -> None:
        super().__init__()
        self.cuts: list[tuple[int, int]] = []  # time, source

    def push(self, records: bytes) -> None:
        for at, _, source, kind, *_ in EVENT.iter_unpack(records):
            if kind == CANCEL:
                self.cuts = [c for c in self.cuts if c[0] < at]
            elif kind == CUT:
                self.cuts.append((at, source))


def rig() -> tuple[Rig, Told]:
    made = Rig(lambda: Clock(0, 0, 48000, 128, 0), lambda text: None)
    told = made._midi = Told()
    made.gear = Gear(outs=(MidiOut("x", "x"),))
    made.look()
    return made, told


A, B = frozenset({"a"}), frozenset({"b"})


@pytest.mark.parametrize(
    ("orders", "ended"),
    [
        # what replaced `a` is itself replaced before it begins, and its own successor says nothing of `a`
        ([("cancel", 100), ("cut", 100, A), ("cancel", 100), ("cut", 100, frozenset())], {"a"}),
        ([("cancel", 200), ("cut", 200, A), ("cancel", 100), ("cut", 100, B)], {"a", "b"}),
        # another engine takes over, and only what it is to play is sent anew
        ([("cancel", 200), ("cut", 200, A), ("cancel", 100)], {"a"}),
        ([("cut", 100, None), ("cancel", 100), ("cut", 100, A)], {"every"}),
        # what has happened is not said again
        ([("cut", 100, A), ("cancel", 200), ("cut", 200, B)], {"a", "b"}),
    ],
)
def test_what_was_to_end_ends_though_what_replaced_it_never_begins(
    orders: list[tuple[str, int, frozenset[str] | None]], ended: set[str]
) -> None:
    made, told = rig()
    call: dict[str, Callable[..., None]] = {"cancel": made.cancel, "cut": made.cut}
    for name, *args in orders:
        call[name](*args)
    names = {EVERY: "every", made._source("a", "a"): "a", made._source("b", "b"): "b"}
    assert {names[source] for _, source in told.cuts} == ended
    assert len(told.cuts) == len(set(told.cuts))


def test_what_leaves_is_told_when_it_leaves_and_not_when_it_is_sent_ahead() -> None:
    made, _ = rig()
    made._outs = {"x": Out(1, made.gear.outs[0])}
    route = Route(midi=made.gear.outs[0])
    hap = Hap(Span(Fraction(0), Fraction(1)), Span(Fraction(0), Fraction(1)), {"note": 60}, ())
    for sample in (4800, 48000):
        made.play(hap, route, "a", sample, 0.1, Moment(Fraction(0), Fraction(1), 0.5))
    early, late = made.line.at(4800), made.line.at(48000)
    assert made.sent_ns(early - 1) == 0
    assert made.sent_ns(early) == made.sent_ns(late - 1) == early
    made.cancel(24000)
    assert made.sent_ns(late) == early
