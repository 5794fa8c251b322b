"""From an event of a pattern to a note: which sound, on which strip, with which numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livecode.conductor.score import Score
from livecode.engine.records import Control, Graph, Node, Parameter, Ref
from livecode.errors import PlayError, nearest
from livecode.patterns import Hap
from livecode.patterns.notes import is_note, midi_to_freq, note_to_midi
from livecode.patterns.scales import note_of_step

DEFAULT_SOUND = "pluck"


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect of single events: it is in a voice only when its first control is set."""

    controls: tuple[tuple[str, float, float, float], ...]  # name, default, lo, hi
    ugen: str


# A sound that peaks at 1 is heard at -12 dBFS in the middle, so that a dozen of them fit under the master's ceiling.
HEADROOM = 10 ** (-9 / 20)

# In signal order.
EFFECTS: tuple[Effect, ...] = (
    Effect((("cutoff", 20000.0, 20.0, 20000.0), ("resonance", 0.0, 0.0, 1.0)), "lpf"),
    Effect((("hcutoff", 20.0, 20.0, 20000.0), ("hresonance", 0.0, 0.0, 1.0)), "hpf"),
    Effect((("bandf", 1000.0, 20.0, 20000.0), ("bandq", 1.0, 0.1, 100.0)), "bpf"),
    Effect((("crush", 16.0, 1.0, 16.0),), "crush"),
    Effect((("shape", 0.0, 0.0, 1.0),), "drive"),
    Effect((("distort", 0.0, 0.0, 1.0),), "distort"),
)
# control -> the return it feeds, by event
SENDS = {"room": "room", "delay": "delay"}


@dataclass(frozen=True, slots=True)
class Voice:
    """What a pool of voices is made of: a sound with the event effects and sends that its events ask for."""

    strip: str
    graph: Graph
    sends: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One note: the voice that plays it and the values of its graph's parameters."""

    voice: Voice
    values: tuple[float, ...]


class Sounding:
    """Turns events into notes for one score, remembering the voices it has met."""

    def __init__(self, score: Score, known: Mapping[Any, Voice] | None = None) -> None:
        self.score = score
        self.voices: dict[Any, Voice] = dict(known or {})

    def note(self, hap: Hap, strip: str, seconds: float) -> Note:
        """Give the note of an event that lasts some seconds.

        Raises PlayError, with the event's place, for a sound that does not exist or a value that makes no sense.
        """
        value = hap.value
        place = hap.places[0] if hap.places else None
        if not isinstance(value, dict):
            raise PlayError(
                f"{value!r} is a plain value, not a sound",
                place=place,
                hint='s "bd" plays a sound, note "c e g" plays notes',
            )
        name = value.get("s", DEFAULT_SOUND)
        if not isinstance(name, str):
            raise PlayError(f"{name!r} is not the name of a sound", place=place, hint="s 'bd', or s \"bd sd\"")
        name = name.partition(":")[0]
        graph = self.score.sounds.get(name)
        if graph is None:
            raise PlayError(
                f"there is no sound {name}", place=place, hint=nearest(name, self.score.sounds) or "list shows all"
            )
        voice = self._voice(str(value.get("strip", strip)), name, graph, value)
        try:
            return Note(voice, self._values(voice.graph, value, hap, seconds))
        except (TypeError, ValueError) as error:
            raise PlayError(f"{name} cannot play this: {error}", place=place) from None

    def _voice(self, strip: str, name: str, graph: Graph, value: dict[str, Any]) -> Voice:
        own = {p.name for p in graph.params}
        effects = tuple(i for i, e in enumerate(EFFECTS) if e.controls[0][0] in value and e.controls[0][0] not in own)
        sends = tuple(control for control in SENDS if control in value)
        key = (strip, name, id(graph), effects, sends)
        voice = self.voices.get(key)
        if voice is None:
            levels = tuple((SENDS[control], control) for control in sends)
            voice = self.voices[key] = Voice(strip, extended(graph, effects, sends), levels)
        return voice

    def _values(self, graph: Graph, value: dict[str, Any], hap: Hap, seconds: float) -> tuple[float, ...]:
        length = value.get("clip", 1)
        given = dict(value)
        given["dur"] = seconds * float(length)
        given["freq"] = frequency(value, self.score.key)
        gain = float(value.get("gain", 1))
        if gain < 0:
            raise ValueError(f"gain {gain:g} is below 0; decibels have a unit: gain {gain:g}dB")
        given["gain"] = gain * float(value.get("velocity", 1)) * HEADROOM
        return tuple(_clamped(p, given.get(p.name)) for p in graph.params)


def frequency(value: Mapping[str, Any], key: str) -> float:
    """Give the pitch of an event in Hz; `n` is read in a key.

    Raises ValueError or TypeError for what is no pitch.
    """
    if "freq" in value:
        return float(value["freq"])
    note = value.get("note")
    if note is None and "n" in value:
        note = note_of_step(value["n"], key)
    if note is None:
        return midi_to_freq(60)
    octave = 12 * (float(value["octave"]) - 3) if "octave" in value else 0
    return midi_to_freq(_midi(note) + octave)


def _midi(note: Any) -> float:
    if isinstance(note, str):
        if is_note(note):
            return note_to_midi(note)
        raise ValueError(f"{note} is not a note")
    return float(note)


def _clamped(parameter: Parameter, value: Any) -> float:
    if value is None:
        return parameter.default
    number = float(value)
    if number != number:
        raise ValueError(f"{parameter.name} is not a number")
    return min(max(number, parameter.lo), parameter.hi)


def extended(graph: Graph, effects: tuple[int, ...], sends: tuple[str, ...]) -> Graph:
    """Give the graph with event effects behind its own nodes, and a parameter for each send."""
    if not effects and not sends:
        return graph
    nodes, params, out = list(graph.nodes), list(graph.params), graph.out
    known = {p.name for p in params}
    for effect in (EFFECTS[i] for i in effects):
        controls = []
        for name, default, lo, hi in effect.controls:
            if name not in known:
                params.append(Parameter(name, default, lo, hi))
                known.add(name)
            controls.append(Control(name))
        nodes.append(Node(effect.ugen, (*controls, out)))
        out = Ref(len(nodes) - 1)
    params.extend(Parameter(name, 0.0, 0.0, 4.0) for name in sends if name not in known)
    return Graph(graph.name, tuple(params), tuple(nodes), out)
