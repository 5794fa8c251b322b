"""What all graphs of one engine share, and the code that sets up a voice for a note."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from functools import lru_cache
from typing import Any

from livecode.engine.binding import Server, Unit
from livecode.engine.circuit import NoteCode, Sustain
from livecode.engine.code import Line, defaults, define
from livecode.engine.code import names as names_in
from livecode.engine.envelopes import Shapes
from livecode.engine.formants import formant
from livecode.engine.repeats import Tabling
from livecode.engine.samples import Samples
from livecode.engine.tables import Lane, Waves
from livecode.engine.values import Number, clamp, divide, modulo, power

SHAPES = ("adsr", "curved", "asr", "perc", "burst", "after", "ramp", "bend", "segments", "swell", "glide", "travel")
FUNCTIONS: dict[str, Any] = {
    "formant": formant,
    "clamp": clamp,
    "divide": divide,
    "modulo": modulo,
    "power": power,
    "tanh": math.tanh,
    "log10": math.log10,
    "ceil": math.ceil,
}
RISE = 0.002  # s: how a design without an amplitude envelope comes in
FALL = 0.010  # s: and goes
LONGEST = 3600.0  # s, of a note
PIECE = 16  # lines of code that are compiled at a time
REMEMBERED = 1024  # envelopes and waves of recent notes that are kept


class Rig:
    """What all graphs of one engine share: the server, its tables and its envelope shapes."""

    def __init__(self, server: Server, samples: Samples, *, metered: bool = False) -> None:
        self.server = server
        self.samples = samples
        self.pyo = server.pyo
        self.rate = server.rate
        self.block = server.block
        self.metered = metered  # somebody reads the meters of the buses
        self.waves = Waves(server)
        self.shapes = Shapes(server.rate)
        # Notes repeat themselves, and a lookup takes a tenth of the time; nobody changes what these give.
        makers = [getattr(self.shapes, name) for name in SHAPES]
        makers += [self.waves.wave, self.waves.motion]
        remembered = {make.__name__: lru_cache(REMEMBERED)(make) for make in makers}
        self._scope = {**FUNCTIONS, **remembered, "tape": samples.table, "tape_size": samples.size}

    def lane(self) -> Lane:
        return Lane(self.server)

    def drop(self, lane: Lane) -> None:
        """Stop a lane and give it back."""
        lane.scan.stop()
        lane.free()

    def unit(self, kind: str, *args: Any) -> Unit:
        return getattr(self.pyo, f"{kind}_base")(*args)

    def compile(
        self,
        names: Sequence[str],
        lines: Sequence[Line],
        life: Number | None,
        fades: tuple[Number, Number],
        sustain: Sustain | None = None,
    ) -> Generator[None, None, NoteCode]:
        """Make the function that sets up one voice for one note, a piece a step: note(setters, chance, values...).

        It gives the life of the note, its fades, in and out, and when its amplitude begins to stay at a level, that
        level, until when, and when its release is over; all times in samples. A note without a life of its own sounds
        until its gate closes.
        """
        steady = "None"
        if sustain is not None:
            first, last = self._samples(sustain.begin), self._samples(sustain.end)
            over = f"round(({sustain.end} + {sustain.release}) * {self.rate}) + 1"
            steady = f"({first} + 2, {sustain.level}, {last}, {over})"
        if life is None:
            up, down = max(1, round(RISE * self.rate)) - 1, max(1, round(FALL * self.rate))
            length = f"max({up + 1}, round(min(max(0.0, {names[0]}), {LONGEST}) * {self.rate}))"
            end = [f"return {length}, {up}, {down}, {steady}"]
        else:
            length = f"n = max(1, ceil(min({life}, {LONGEST}) * {self.rate}))"
            rise = "0" if fades[0] == 0.0 else f"min({self._samples(fades[0])}, n)"
            end = [length, f"return n, {rise}, {self._samples(fades[1], 1)}, {steady}"]
        tabling = Tabling(lines, self._scope)
        lines, end = yield from tabling.steps(end)
        made: dict[str, Any] = dict(tabling.tables)  # apart from what they see: no function is part of a circle
        body: list[str | Line] = []
        known = list(names)
        while len(lines) > PIECE:
            piece, lines = lines[:PIECE], lines[PIECE:]
            used, wanted = names_in([*lines, *end]), names_in(piece)
            given = [n for n in dict.fromkeys(line.name for line in piece) if n in used]
            call = f"piece{len(body)}(s, chance, {', '.join(n for n in known if n in wanted)}"
            define(f"{call}{defaults(made, piece)})", [*piece, f"return {', '.join(given)}"], self._scope, made)
            call += ")"
            body.append(f"{', '.join(given)} = {call}" if given else call)
            known += [n for n in given if n not in known]
            yield
        body += [*lines, *end]
        define(f"note(s, chance, {', '.join(names)}{defaults(made, body)})", body, self._scope, made)
        note: NoteCode = made["note"]
        return note

    def _samples(self, seconds: Number, least: int = 0) -> str:
        """Write a time as whole samples."""
        if isinstance(seconds, float):
            return str(max(least, round(seconds * self.rate)))
        return f"max({least}, round({seconds} * {self.rate}))"

    def evaluate(self, text: str) -> Any:
        """Give the value of an expression that asks nothing of a note."""
        return eval(text, dict(self._scope))
