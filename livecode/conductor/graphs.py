"""The graph of a voice: a sound with all that the events which it plays ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livecode.conductor import chain, movement
from livecode.conductor.growth import Growing
from livecode.conductor.tapes import Played
from livecode.conductor.unheard import Watched
from livecode.engine.records import Graph

MOST_CHAINS = 16  # of an event, beside its own


@dataclass(frozen=True, slots=True)
class Sound:
    """What an event names: a designed instrument, or a recording as the event plays it."""

    name: str
    graph: Graph
    own: frozenset[str]
    played: Played | None = None


def scopes(value: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Give the controls of an event and those of its further chains, with the prefix of their parameters."""
    further = value.get("FX")
    if not further:
        return [(value, "")]
    return [(value, ""), *((scope, f"fx{i}:") for i, scope in enumerate(further) if isinstance(scope, dict))]


def marks(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give what of an event decides which graph plays it."""
    marks: list[Any] = []
    for name, x in value.items():
        if name in chain.TEXTS:
            marks.append((name, chain.TEXTS[name](x)))
        elif name in chain.BY_CALL or name in chain.SWITCHES or name == "cut":
            marks.append(name)
        elif name in ("lfo", "env"):
            marks.append((name, movement.kinds(x)))
        elif name == "FX":
            marks.append((name, tuple(_written_marks(item) for item in _chains(x))))
    return tuple(sorted(marks, key=str))


def _written_marks(item: dict[str, Any]) -> tuple[Any, ...]:
    """Give the marks of a further chain, where the order counts."""
    order = tuple(name for name in item if name in chain.BY_CALL or name in ("pan", "gain"))
    return (*order, *marks(item))


def _chains(x: Any) -> list[dict[str, Any]]:
    chains = x if isinstance(x, list | tuple) else [x]
    if not all(isinstance(item, dict) for item in chains):
        raise ValueError("FX takes chains of controls: FX [distort 1 | lpf 800, crush 4]")
    if len(chains) > MOST_CHAINS:
        raise ValueError(f"{len(chains)} further chains, and {MOST_CHAINS} are possible")
    return list(chains)


def grown(sound: Sound, value: dict[str, Any], moving: frozenset[str], sends: tuple[str, ...]) -> Graph:
    """Give the graph of a sound with all that an event adds: movements before it, effects behind it, sends."""
    given = _given(value)
    texts = {name: chain.TEXTS[name.rpartition(":")[2]](x) for name, x in given.items() if _is_text(name)}
    stages = _called(sound, value)
    further = _chains(value["FX"]) if "FX" in value else []
    modulations = movement.modulations(value)
    front = not FRONT.isdisjoint(value) or modulations
    if not (stages or further or front or moving or sends or "cut" in value):
        return sound.graph
    g = Growing(sound.graph, texts, frozenset(given), moving, sound.played is not None)
    for name, calls, move in chain.OWN_MOTIONS:
        if name in sound.own and any(map(g.has, calls)):
            g.swapped[name] = move(g)
    movement.modulate(g, modulations, {"gain", "pan"})
    _swap_pitch(g, sound)
    out = chain.in_unison(g, "speed" if g.sample else "freq") if "unison" not in sound.own else g.grow()
    if "swell" in moving:
        out = g.node("mul", out, g.knob("swell"))
    hot = [s for s in stages if s.hot] + [c for c in further if _is_hot(c)]
    if hot:
        out = g.node("mul", out, g.number("level", 1.0, 0.0, 16.0))
    for stage in stages:
        out = stage.build(g, out)
    for i, item in enumerate(further):
        g.prefix = f"fx{i}:"
        for stage in _written(item):
            out = stage.build(g, out)
        if "gain" in item:
            out = g.node("mul", out, g.number("gain", 1.0, 0.0, 16.0))
        g.prefix = ""
    if "gain" in modulations:
        out = g.node("mul", out, movement.factor(g, modulations["gain"]))
    if "pan" in modulations:
        out = g.node("pan", movement.around(g, 0.5, modulations["pan"]), out)
    if "place" in moving:
        out = g.node("pan", g.knob("place"), out)
    for send in sends:
        if send == "bus":
            g.knob("busgain")
        else:
            g.send(send)
    if "cut" in value:
        g.number("cut", 0.0)
    if "dry" in value:
        g.knob("dry")
    if isinstance(value, Watched):
        value.look(g.asked)
    return g.graph(out)


def _called(sound: Sound, value: dict[str, Any]) -> list[chain.Stage]:
    return [s for s in chain.STAGES if any(c in value and c not in sound.own for c in s.calls)]


def lateness(sound: Sound, value: dict[str, Any]) -> int:
    """Give by how many samples what an event asks for is late."""
    further = [stage for item in (_chains(value["FX"]) if "FX" in value else []) for stage in _written(item)]
    return sum(stage.late for stage in (*_called(sound, value), *further))


OWN_MOTIONS = tuple(call for _, calls, _ in chain.OWN_MOTIONS for call in calls)
FRONT = frozenset(("vib", "penv", "accelerate", "unison", "dry", *OWN_MOTIONS)) | chain.FM_CONTROLS


def _given(value: dict[str, Any]) -> dict[str, Any]:
    given = dict(value)
    for scope, prefix in scopes(value)[1:]:
        given.update({prefix + name: x for name, x in scope.items()})
    return given


def _is_text(name: str) -> bool:
    return name.rpartition(":")[2] in chain.TEXTS


def _swap_pitch(g: Growing, sound: Sound) -> None:
    factors = chain.pitch(g)
    name = "speed" if g.sample else "freq"
    moved = g.times(g.knob(name), *factors) if factors else g.knob(name)
    if not g.sample:
        moved = chain.modulated(g, moved)
    g.swapped[name] = moved


def _written(item: dict[str, Any]) -> list[chain.Stage]:
    """Give the stages of a further chain in the order in which they were written."""
    stages = {chain.BY_CALL[name].name: chain.BY_CALL[name] for name in item if name in chain.BY_CALL}
    if "pan" in item:
        stages["pan"] = chain.BY_NAME["pan"]
    order = [chain.BY_CALL[n].name if n in chain.BY_CALL else n for n in item]
    return sorted(stages.values(), key=lambda s: order.index(s.name))


def _is_hot(item: dict[str, Any]) -> bool:
    return any(stage.hot for stage in _written(item))
