"""Which events leave for external gear, by which way, and whether they sound here too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from livecode.conductor.score import Score
from livecode.conductor.tempo import TempoMap
from livecode.errors import LiveError, Place, PlayError, nearest
from livecode.gear import MidiOut, OscOut
from livecode.patterns import CONTROLS, Context, Hap, Pattern

INSTANT = Fraction(1, 1 << 20)  # cycles
# Controls that only MIDI understands: an event that has one of them leaves by MIDI.
MIDI_CONTROLS = frozenset(
    name for name, row in CONTROLS.items() if row.scope == "midi" and name not in ("oschost", "oscport", "uid")
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where an event stands: its cycle, its length in cycles, cycles a second, and the key there."""

    cycle: Fraction
    length: Fraction
    cps: float
    key: str = "c major"


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes."""

    sounds: bool = True  # here
    midi: MidiOut | None = None
    osc: OscOut | None = None


HERE = Route()


class Outward(Protocol):
    """What takes the events that leave; times are samples of the engine."""

    def play(self, hap: Hap, route: Route, strip: str, sample: int, seconds: float, moment: Moment) -> None: ...

    def stream(self, value: Mapping[str, Any], route: Route, strip: str, sample: int) -> None: ...

    def cancel(self, sample: int) -> None:
        """Forget what was sent for this sample or later."""

    def cut(self, sample: int, strips: frozenset[str] | None) -> None:
        """End the notes of some strips, or of all, that began before a sample."""

    def panic(self) -> None: ...

    def advance(self, map: TempoMap, beats: Fraction, begin: int, end: int) -> None:
        """Time goes on: send the clock from one sample to another."""


def route(value: Any, score: Score, place: Place | None = None) -> Route:
    """Give the way of an event.

    Raises PlayError for an output that does not exist.
    """
    gear = score.gear
    if type(value) is not dict:
        return HERE
    name = value.get("s")
    sound = name.partition(":")[0] if isinstance(name, str) else ""
    known = sound in score.sounds or sound in score.samples
    midi = _midi(value, score, "" if known else sound, place)
    osc = _osc(value, score, "" if known else sound, place) if gear.osc or "oschost" in value else None
    if osc is None and (midi is None or ("s" in value and gear.out(sound) is None)):
        osc = next((o for o in gear.osc if o.every), None)
    if midi is None and osc is None:
        return HERE
    return Route(known and not (osc is not None and osc.every), midi, osc)


def _osc(value: Mapping[str, Any], score: Score, sound: str, place: Place | None) -> OscOut | None:
    gear = score.gear
    if "oschost" not in value:
        return gear.osc_out(sound) if sound else None
    name = str(value["oschost"])
    out = gear.osc_out(name)
    if out is None:
        raise PlayError(
            f"there is no OSC output {name}",
            place=place,
            hint=nearest(name, [o.alias for o in gear.osc]) or "osc superdirt 'host:57120' as sc makes one",
        )
    return out


def _midi(value: Mapping[str, Any], score: Score, sound: str, place: Place | None) -> MidiOut | None:
    gear = score.gear
    if "midiport" in value:
        name = str(value["midiport"])
        out = gear.out(name)
        if out is None:
            raise PlayError(
                f"there is no MIDI output {name}",
                place=place,
                hint=nearest(name, [o.alias for o in gear.outs])
                or f"midi out '{name}' makes one; midi lists the ports",
            )
        return out
    out = gear.out(sound) if sound else None
    if out is None and not MIDI_CONTROLS.isdisjoint(value):
        if not gear.outs:
            raise PlayError(
                "there is no MIDI output", place=place, hint="midi out 'name' makes one; midi lists the ports"
            )
        out = gear.outs[0]
    return out


def replaced_strips(old: Score, new: Score) -> frozenset[str] | None:
    """Give the strips whose notes end when one score takes over from another; None: all."""
    if old.cue != new.cue or [(s.begin, s.end, s.name) for s in old.stretches] != [
        (s.begin, s.end, s.name) for s in new.stretches
    ]:
        return None
    parts = [{(s.begin, p.strip, id(p.pattern)) for s in score.stretches for p in s.parts} for score in (old, new)]
    silent = {name for name, audible in new.audible.items() if not audible and old.audible.get(name, True)}
    return frozenset(strip for _, strip, _ in parts[0] - parts[1]) | silent


def continuous(
    pattern: Pattern, cycle: Fraction, score: Score, context: Context, trouble: Callable[[LiveError], None]
) -> Iterator[tuple[Mapping[str, Any], Route]]:
    """Give what a pattern says continuously at a moment, as far as it leaves by MIDI."""
    if not pattern.analog:
        return
    try:
        for hap in pattern.query(cycle, cycle + INSTANT, context):
            if hap.whole is None and type(hap.value) is dict:
                way = route(hap.value, score)
                if way.midi is not None:
                    yield hap.value, way
    except LiveError as error:
        trouble(error)
