"""Which controls of an event change nothing of what is heard: found by watching what is looked at, never listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any

from livecode.conductor import chain
from livecode.conductor.growth import Growing
from livecode.conductor.movement import fixed
from livecode.conductor.returns import DELAY_KEYS, ROOM_KEYS
from livecode.engine.records import EVENT_PARAMETERS, Graph, Parameter
from livecode.errors import LiveError, Place, PlayError
from livecode.patterns.controls import CONTROLS

SHOWN = frozenset(("label", "activeLabel", "color"))  # for the eye
OWN = frozenset(("strip", "lfo", "env"))  # of the language itself
ROUTES = {"unison": "2", "ftype": "ladder"}  # the values of stages at which they look at most
OFFERING = ("noise",)  # stages that take up what others are asked for
SENT_ON = "it only goes on to SuperDirt: osc superdirt 'host:57120' as NAME"
# What is no stage of the chain, and the control without which it means nothing.
ELSEWHERE = {
    **dict.fromkeys(ROOM_KEYS, "room"),
    **dict.fromkeys(DELAY_KEYS, "delay"),
    **dict.fromkeys(("duckdepth", "duckonset", "duckattack"), "duckorbit"),
    **dict.fromkeys(("loopBegin", "loopEnd"), "loop"),
    "busgain": "bus",
}


# What this engine has no part for, and what comes nearest.
INSTEAD = {
    **dict.fromkeys(
        ("channel", "channels", "panspan", "pansplay", "panwidth", "panorient"),
        "there are two outputs: pan 0 is the left one, pan 1 the right one",
    ),
    **dict.fromkeys(("real", "imag"), "distorttype 'sinefold', or ring, comes near"),
    **dict.fromkeys(("xsdelay", "tsdelay"), "smear lets the spectrum ring on, delay repeats all of it"),
    **dict.fromkeys(("delaySend", "delayAmp"), "delay says how much goes to it, mix delay = return | … how loud it is"),
    "delayspeed": "shift in mix delay = return | … moves the pitch of echoes",
    **dict.fromkeys(("analyze", "fft"), "livecode render --plot draws a spectrogram"),
    **dict.fromkeys(
        ("byteBeatExpression", "byteBeatStartTime"), "design draws a wave of your own: wave [0, 1, -1] freq"
    ),
    "endSpeed": "accelerate glides the speed",
    **dict.fromkeys(("stepsPerOctave", "octaveR"), "scale has tunings, freq takes hertz"),
    **dict.fromkeys(("warp", "warpmode"), "a design may have a parameter warp; wt moves through a wavetable"),
    "wtphaserand": "unison puts copies apart",
    "FXrelease": "release in the chain itself does it",
    "gate": "clip says how long an event is held",
    "psdisp": "granular in a design scatters grains",
    "timescalewin": "timescale stretches with grains of 100 ms",
    "metatune": "note transposes a sample, 60 is its own pitch",
    **dict.fromkeys(
        ("pitch1", "pitch2", "pitch3", "perc", "percf"), "design makes an organ: partials [1, 0.5, 0.3] freq"
    ),
    **dict.fromkeys(
        ("speed", "accelerate", "begin", "end", "cut", "loop", "unit"),
        "it works on recordings, which samples 'folder' reads; note 'c5' plays a sound of the kit an octave higher",
    ),
    "orbit": "each pattern has a strip of its own, by its name; orbit is what duckorbit ducks",
    **dict.fromkeys(
        ("modamp", "modfreq", "rate", "vrate", "muffle", "stereo", "voice"), "a parameter of a design does"
    ),
    "source": "s names the sound, design makes one",
    **dict.fromkeys(("ir", "irspeed", "irbegin"), "roomfade, roomlp and roomdim shape a room"),
    **dict.fromkeys(("slide", "deltaSlide", "pitchJump", "pitchJumpTime"), "penv bends the pitch, glide slides to it"),
    **dict.fromkeys(("zrand", "znoise", "zmod", "zcrush", "zdelay", "zzfx"), "noise, fm, coarse and delay come near"),
    "offset": "nudge shifts in time, voicing has an offset of its own",
}


RECORDED = frozenset(("speed", "accelerate", "begin", "end", "loop", "unit"))  # what only recordings have
GIVEN = frozenset(p.name for p in EVENT_PARAMETERS)  # what every design has


class Watched(dict[str, Any]):
    """The controls of an event, and which of them have been looked at by name."""

    __slots__ = ("seen",)

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.seen: set[str] = set()
        if "FX" in values:
            items = values["FX"] if isinstance(values["FX"], list | tuple) else [values["FX"]]
            self["FX"] = [Watched(x) if type(x) is dict else x for x in items]

    def look(self, names: Iterable[str]) -> None:
        """Count names as looked at; `fx1:cutoff` is one of the second further chain."""
        for name in names:
            prefix, _, plain = name.rpartition(":")
            if not prefix:
                self.seen.add(plain)
            elif isinstance(item := dict.get(self, "FX", ())[int(prefix[2:])], Watched):
                item.seen.add(plain)

    def get(self, name: str, default: Any = None) -> Any:
        self.seen.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self.seen.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.seen.add(str(name))
        return super().__contains__(name)

    def copy(self) -> Watched:
        twin = Watched({})
        dict.update(twin, self)
        twin.seen = self.seen
        return twin


@cache
def wanting() -> dict[str, str]:
    """Give, for every control that only tells a stage more, the control that calls for the stage."""
    every = frozenset(CONTROLS)
    makers: list[tuple[str, Callable[[Growing], object], frozenset[str]]] = [
        (call, chain.pitch, frozenset((call,))) for call in ("vib", "penv")
    ]
    makers += [("fmi", lambda g: chain.modulated(g, 1.0), every)]
    makers += [("unison", lambda g: chain.in_unison(g, "freq"), every)]
    makers += [(s.calls[0], partial(_built, s), every) for s in chain.STAGES if s.calls and s.name not in OFFERING]
    found: dict[str, str] = dict(ELSEWHERE)
    for call, make, given in makers:
        g = Growing(Graph("", (), (), 0.0), ROUTES, given, frozenset(), swapped={"freq": 1.0})
        make(g)
        for name in g.asked:
            if name in CONTROLS and name not in chain.BY_CALL and name not in chain.FM_CONTROLS and name != call:
                found.setdefault(name, call)
    return found


def _built(stage: chain.Stage, g: Growing) -> object:
    return stage.build(g, 0.0)


def unheard(value: Watched, sound: str, own: frozenset[str], place: Place | None) -> Iterator[LiveError]:
    """Give a warning for every control of an event that nothing has looked at."""
    for kind in ("lfo", "env"):
        for item in dict.get(value, kind, ()):
            if fixed(item["control"]):
                yield PlayError(
                    f"{kind} cannot move {item['control']}: it is set when a note starts",
                    place=_written(kind, (f"{kind}shape", f"{kind}sync"), place) or place,
                    hint="a pattern of it gives every note its own",
                )
    scopes = [value, *(x for x in dict.get(value, "FX", ()) if isinstance(x, Watched))]
    for scope in scopes:
        for name in scope:
            row = CONTROLS.get(name)
            if name in scope.seen or name in own or name in SHOWN or name in OWN or row is None or row.scope == "midi":
                continue
            caller = wanting().get(name)
            why = f" without {caller}" if caller and caller not in scope else ""
            hint = "" if why else INSTEAD.get(name, "" if row.lo is None else SENT_ON)
            if name in RECORDED and not why:
                mine = ", ".join(sorted(own - GIVEN))
                hint = f"recordings have it (samples 'folder'); {sound} is a design{mine and f', and has {mine}'}"
            if caller in own:
                hint = f"{sound} has its own {caller}"
            where = _written(name, row.aliases, place)
            if where is not None or place is None:  # what a word such as hurry sets by itself may well go unheard
                yield PlayError(f"{name} has no effect{why or f' on {sound}'}", place=where, hint=hint)


def out_of_range(parameter: Parameter, said: float, played: float, place: Place | None) -> LiveError:
    """Give a warning for a value that is played as the nearest one that is possible."""
    row = CONTROLS.get(parameter.name)
    where = _written(parameter.name, row.aliases if row is not None else (), place) or place
    name = where.text if where is not None and where != place else parameter.name
    ranged = row is not None and (row.lo, row.hi) == (parameter.lo, parameter.hi)
    unit = f" {row.unit}" if row is not None and row.unit and ranged else ""
    beyond = "more" if said > played else "less"
    return PlayError(
        f"{name} {said:g} is {f'played as {played:g}' if ranged else f'{beyond} than can be played'}",
        place=where,
        hint=f"{name} goes from {parameter.lo:g} to {parameter.hi:g}{unit}" if ranged else "",
    )


def _written(name: str, aliases: tuple[str, ...], place: Place | None) -> Place | None:
    """Find where a control was written, as near to a place of its event as can be; nowhere, if it was not."""
    if place is None:
        return None
    words = "|".join(map(re.escape, (name, *aliases)))
    found = [m.span() for m in re.finditer(rf"\b(?:{words})\b", place.source.text)]
    if not found:
        return None
    start, end = min(found, key=lambda span: abs(span[0] - place.start))
    return Place(place.source, start, end)
