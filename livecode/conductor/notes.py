"""From an event of a pattern to a note: which sound, on which strip, with which numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from livecode.conductor import chain, movement
from livecode.conductor.graphs import Sound, grown, lateness, marks, scopes
from livecode.conductor.growth import own, value_of
from livecode.conductor.returns import Returns
from livecode.conductor.score import Score
from livecode.conductor.tapes import ROOT, Played, Tapes, named, played, sampler
from livecode.conductor.unheard import Watched, out_of_range, unheard
from livecode.engine.records import EVENT_PARAMETERS, Graph, Parameter, Recording
from livecode.errors import LiveError, Place, PlayError, nearest
from livecode.patterns import Context, Hap
from livecode.patterns.notes import is_note, midi_to_freq, note_to_midi
from livecode.patterns.scales import note_of_step

DEFAULT_SOUND = "pluck"

# A sound that peaks at 1 is heard at -12 dBFS in the middle, so that a dozen of them fit under the master's ceiling.
HEADROOM = 10 ** (-9 / 20)
OCTAVE = ROOT / 12 - 1  # in which the root stands
USUAL_AMP = 0.4  # what `amp` is where nobody says it
STEREO = 10 ** (-3 / 20)  # what the middle takes from a mono sound

MOST_NODES = 1000  # of the graph of an event
MOST_MET = 512  # sets of controls of which is told what nobody hears
SENDS = {"room": "room", "delay": "delay", "bus": "busgain"}  # what feeds a return, and what says how much
ENVELOPE = ("attack", "decay", "sustain", "release")
PITCH_ENVELOPE = ("pattack", "pdecay", "psustain", "prelease")
FM_ENVELOPES = tuple(
    (f"fmattack{n}", f"fmdecay{n}", f"fmsustain{n}", f"fmrelease{n}") for n in ("", *range(2, chain.OPERATORS + 1))
)


@dataclass(frozen=True, slots=True)
class Voice:
    """What a pool of voices is made of: a sound with the event effects and sends that its events ask for."""

    strip: str
    graph: Graph
    sends: tuple[tuple[str, str], ...]
    late: int = 0  # samples by which what it plays comes late

    def __hash__(self) -> int:
        """Tell few voices apart at once: every note looks for the pool of its own, and a graph is large."""
        return hash((self.strip, self.graph.name, len(self.graph.nodes), self.sends))


@dataclass(frozen=True, slots=True)
class Note:
    """One note: the voice that plays it, the values of its graph's parameters, and the lines of those that move."""

    voice: Voice
    values: tuple[float, ...]
    nudge: float = 0.0  # seconds


@cache
def _sampler(channels: int, way: str) -> tuple[Graph, frozenset[str]]:
    graph = sampler(channels, way, EVENT_PARAMETERS)
    return graph, own(graph) - {"speed"}


class Sounding:
    """Turns events into notes for one score, remembering the voices it has met."""

    def __init__(
        self,
        score: Score,
        known: Mapping[Any, Voice] | None = None,
        tapes: Tapes | None = None,
        returns: Returns | None = None,
        last: dict[str, float] | None = None,
        tell: Callable[[LiveError], None] | None = None,
    ) -> None:
        self.score = score
        self.voices: dict[Any, Voice] = dict(known or {})
        self.tapes = tapes or Tapes(_unheard)
        self.returns = returns or Returns()
        self.tell = tell
        self._met: set[tuple[Any, ...]] = set()
        self._beyond: list[Parameter] = []  # of the note that is being made, what was out of its range
        self._groups: dict[Any, float] = {}
        self._strip = ""
        self.last = last if last is not None else {}

    def note(self, hap: Hap, strip: str, seconds: float, context: Context | None = None, key: str = "") -> Note:
        """Give the note of an event that lasts some seconds; `n` is read in a key, or else in the score's.

        Raises PlayError, with the event's place, for a sound that does not exist or a value that makes no sense.
        """
        value: Any = hap.value
        place = hap.places[0] if hap.places else self.score.places.get(strip)
        if not isinstance(value, dict):
            raise PlayError(
                f"{value!r} is a plain value, not a sound",
                place=place,
                hint='s "bd" plays a sound, note "c e g" plays notes',
            )
        whole = hap.whole
        cycles = whole.end - whole.begin if whole is not None else Fraction(1)
        cycle = seconds / float(cycles) if cycles else seconds
        name = str(value.get("s", DEFAULT_SOUND))
        met = (name, *value)
        new = self.tell is not None and met not in self._met and len(self._met) < MOST_MET
        if new:
            self._met.add(met)
            value = Watched(value)
        try:
            self._strip = self.returns.orbits.strip(str(value.get("strip", strip)), value)
            if "duration" in value:
                seconds = max(0.0, float(value["duration"])) * cycle
            sound = self._sound(value, seconds)
            moving = movement.lines(hap, seconds, context) if movement.any_moves(value) else {}
            voice = self._voice(self._strip, sound, value, moving, cycle)
            values = self._values(voice.graph, sound, value, moving, seconds, cycle, key or self.score.key)
            if moving:
                values += movement.packed(voice.graph.params, moving)
            nudge = float(value.get("nudge", 0)) + float(value.get("lag", 0))
            if new and self.tell is not None:
                for warning in unheard(value, name, sound.own, place):
                    self.tell(warning)
            if self._beyond:
                self._tell_beyond(value, voice.graph, values, place)
            return Note(voice, values, nudge)
        except PlayError as error:
            raise error.at(_said(error.found, hap, place, self.score.places.get(strip))) from None
        except OverflowError:
            raise PlayError(f"{name} cannot play this: a number too large to hold", place=place) from None
        except (TypeError, ValueError, LookupError) as error:
            if odd := next((control for control, x in value.items() if isinstance(x, dict)), ""):
                raise PlayError(f"{odd} takes one value, not a record of controls", place=place) from None
            raise PlayError(f"{name} cannot play this: {error}", place=place) from None

    def _tell_beyond(self, value: dict[str, Any], graph: Graph, values: tuple[float, ...], place: Place | None) -> None:
        for parameter in self._beyond:
            said, met = value.get(parameter.name), ("beyond", parameter.name)
            if self.tell is None or met in self._met or not isinstance(said, int | float | Fraction):
                continue
            self._met.add(met)
            self.tell(out_of_range(parameter, float(said), values[graph.params.index(parameter)], place))

    # which sound

    def _sound(self, value: dict[str, Any], seconds: float) -> Sound:
        """Find the sound of an event, a recording before a design of the same name.

        Raises PlayError with the nearest name.
        """
        name = value.get("s", DEFAULT_SOUND)
        if not isinstance(name, str):
            raise PlayError(f"{name!r} is not the name of a sound", hint="s 'bd', or s \"bd sd\"")
        name, _, number = name.partition(":")
        bank = str(value.get("bank", ""))
        full, recordings = named(self.score.samples, name, bank)
        if recordings:
            index = int(float(value.get("n", number or 0))) % len(recordings)
            return self._recorded(full, recordings[index], value, seconds)
        graph = self.score.sounds.get(name)
        if graph is None or bank:
            names = [*self.score.sounds, *self.score.samples, *self.score.others]
            hint = self.score.known.get(full) or nearest(full, names) or "list shows all, samples 'folder' reads more"
            hint = f"no banks are built in: samples 'folder' reads them, {name} alone is made here" if bank else hint
            raise PlayError(f"there is no sound {full}", found=full, hint=hint)
        return Sound(name, graph, own(graph))

    def _recorded(self, name: str, recording: Recording, value: dict[str, Any], seconds: float) -> Sound:
        way = played(value, recording, frequency(value, "") / midi_to_freq(ROOT), seconds, self.tapes)
        graph, names = _sampler(recording.channels, way.way)
        return Sound(name, graph, names, way)

    # which voice

    def _voice(self, strip: str, sound: Sound, value: dict[str, Any], moving: Mapping[str, Any], cycle: float) -> Voice:
        key = (strip, sound.name if sound.played is None else "", id(sound.graph), *marks(value), *sorted(moving))
        sends = tuple(send for send in SENDS if send in value)
        levels = tuple((self._return(send, value, cycle), SENDS[send]) for send in sends)
        key += levels
        voice = self.voices.get(key)
        if voice is not None and isinstance(value, Watched):
            grown(sound, value, frozenset(moving), sends)  # what it looks at tells what is heard
        if voice is None:
            graph = grown(sound, value, frozenset(moving), sends)
            if len(graph.nodes) > MOST_NODES:
                raise ValueError(f"it takes {len(graph.nodes)} unit generators, and {MOST_NODES} are possible")
            voice = self.voices[key] = Voice(strip, graph, levels, lateness(sound, value))
        return voice

    def _return(self, send: str, value: dict[str, Any], cycle: float) -> str:
        """Name the return that a send feeds. Raises PlayError where there is none of that name."""
        name = self.returns.name(send, value, cycle)
        if send == "bus" and all(bus.name != name for bus in self.score.mix.buses):
            raise PlayError(f"there is no return {name}", hint=f"mix {name} = return | reverb 3s")
        return name

    # which numbers

    def _values(
        self,
        graph: Graph,
        sound: Sound,
        value: dict[str, Any],
        moving: Mapping[str, Any],
        seconds: float,
        cycle: float,
        key: str,
    ) -> tuple[float, ...]:
        given = value.copy()
        given["dur"] = seconds * float(value.get("clip", 1))
        given["freq"] = frequency(value, key if sound.played is None else "")
        given |= movement.numbers(value)
        given["cycle"] = cycle
        given["last"] = self.last.get(self._strip, given["freq"])
        if sound.played is not None:
            _play(given, sound.played, value)
        _derive(given, value, cycle)
        gain = float(value.get("gain", 1))
        if gain < 0:
            raise ValueError(f"gain {gain:g} is below 0; decibels have a unit: gain {gain:g}dB")
        if "swell" in moving:
            gain = 1.0
        if "place" in moving:
            given["pan"] = 0.5
        gain = (gain + float(value.get("overgain", 0))) * float(value.get("velocity", 1))
        if "amp" in value:
            gain *= float(value["amp"]) / USUAL_AMP
        after = float(value.get("postgain", 1)) * HEADROOM
        if sound.played is not None and sound.played.recording.channels == 2:
            after *= STEREO
        hot = any(p.name == "level" for p in graph.params)
        given["level"], given["gain"] = (gain, after) if hot else (1.0, gain * after)
        if "cut" in value:
            given["cut"] = self._group(value, sound)
        own = sound.own
        self._beyond.clear()  # a note that could not be made may have left some
        return tuple([_number(p, given, own, self._beyond) for p in graph.params])

    def _group(self, value: dict[str, Any], sound: Sound) -> float:
        """Number the group in which an event cuts off others; below 0 it is one of its own sound alone."""
        cut = float(value["cut"])
        if not cut:
            return 0.0
        key = (cut, sound.played.recording.path if sound.played else sound.name) if cut < 0 else cut
        return self._groups.setdefault(key, float(len(self._groups) + 1))


def frequency(value: Mapping[str, Any], key: str) -> float:
    """Give the pitch of an event in Hz; `n` is read in a key, and is no pitch without one.

    Raises ValueError or TypeError for what is no pitch.
    """
    if "freq" in value:
        return float(value["freq"])
    note = value.get("note")
    step = value.get("degree", value.get("n"))
    if note is None and key and step is not None:
        if "mtranspose" in value:
            step += value["mtranspose"]
        note = note_of_step(step, key)
    octave = 12 * (float(value["octave"]) - (OCTAVE if note is None else 3)) if "octave" in value else 0
    moved = octave + float(value.get("semitone", 0)) + float(value.get("ctranspose", 0))
    return midi_to_freq((ROOT if note is None else _midi(note)) + moved) * float(value.get("harmonic", 1))


def _said(text: str, hap: Hap, place: Place | None, statement: Place | None) -> Place | None:
    """Give the place of the atom of an event, or else of its statement, that says a text; else the event's own."""
    if not text:
        return place
    found = next((p for p in hap.places if p.text == text), None)
    if found is None and statement is not None and statement.within(text) is not statement:
        found = statement.within(text)
    return found or place


def _unheard(message: object) -> None:
    """Ask nothing of an engine that is not there."""


def _midi(note: Any) -> float:
    if isinstance(note, str):
        if is_note(note):
            return note_to_midi(note)
        raise ValueError(f"{note} is not a note")
    return float(note)


def _play(given: dict[str, Any], way: Played, value: dict[str, Any]) -> None:
    """Fill in how a recording is played; where the event has an envelope, it sounds on while that is released."""
    given.update(way.values)
    total = way.values["dur"]
    given["length"] = total
    if not any(k in value for k in ENVELOPE):
        return
    release = float(value.get("release", 0.01))
    natural = played_length(way, value)
    given["length"] = min(natural, total + release) if natural is not None else total + release


def played_length(way: Played, value: dict[str, Any]) -> float | None:
    """Give how long the recording itself lasts at its speed, nothing when it goes round and round."""
    if float(value.get("loop", 0)) > 0:
        return None
    part = abs(float(value.get("end", 1)) - float(value.get("begin", 0)))
    return part * way.recording.seconds / max(abs(way.values["speed"]), 1e-6)


def _derive(given: dict[str, Any], value: dict[str, Any], cycle: float) -> None:
    """Compute what stages need from controls that are said in another way."""
    chain.envelope_defaults(value, ENVELOPE, given)
    for scope, prefix in scopes(given):
        if "tremolosync" in scope:
            given[f"{prefix}tremolo"] = chain.rate_of(scope, "tremolo", "tremolosync", cycle)
        for moved in ("lp", "hp", "bp", "wt", "warp"):
            if f"{moved}sync" in scope:
                given[f"{prefix}{moved}rate"] = chain.rate_of(scope, f"{moved}rate", f"{moved}sync", cycle)
        if "overshape" in scope:
            given[f"{prefix}shape"] = float(scope.get("shape", 0)) + float(scope["overshape"])
        if "djf" in scope:
            knob = min(max(float(scope["djf"]), 0.0), 1.0)
            given[f"{prefix}djlow"] = 20.0 * 1000.0 ** (2 * knob) if knob < 0.5 else 20000.0
            given[f"{prefix}djhigh"] = 20.0 * 500.0 ** (2 * knob - 1) if knob > 0.5 else 20.0
        if "pan" in scope and prefix:
            given[f"{prefix}place"] = float(scope["pan"])
        if "stretch" in scope:
            factor = float(scope["stretch"])
            given[f"{prefix}transpose"] = 12 * math.log2(max(abs(factor), 1e-3))
        if "psrate" in scope:
            given[f"{prefix}pstranspose"] = 12 * math.log2(max(abs(float(scope["psrate"])), 1e-3))
    if not chain.FM_CONTROLS.isdisjoint(value):
        for names in FM_ENVELOPES:
            chain.envelope_defaults(value, names, given)
    if "penv" in value:
        if any(k in value for k in PITCH_ENVELOPE):
            given.setdefault("pattack", 0.001)
            chain.envelope_defaults(value, PITCH_ENVELOPE, given)
        given.setdefault("panchor", given.get("psustain", 1.0))


def _number(parameter: Parameter, given: dict[str, Any], own: frozenset[str], beyond: list[Parameter]) -> float:
    name = parameter.name
    value = given.get(name)
    if value is None and ":" in name:
        value = value_of(given, name)
    if value is None:
        return parameter.default
    plain = name.rpartition(":")[2]
    reader = chain.READERS.get(plain)
    if reader is not None and (name not in own or "resonance" in plain):
        value = reader(value)
    number = float(value)
    if number != number:
        raise ValueError(f"{name} is not a number")
    if parameter.lo <= number <= parameter.hi:
        return number
    beyond.append(parameter)
    return min(max(number, parameter.lo), parameter.hi)
