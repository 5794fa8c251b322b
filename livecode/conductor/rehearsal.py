"""What a score asks for in its first cycles, found before it takes over, while what plays goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from fractions import Fraction

from livecode.conductor.notes import Sounding, Voice
from livecode.conductor.outward import route
from livecode.conductor.score import Part, Score, new_parts, stretches
from livecode.conductor.troubles import Troubles
from livecode.patterns import Context, Hap

CYCLES = 3  # that are rehearsed
EVERY = 500  # events of a part that are made notes of; of those behind them, one of each kind
PLACES = ("n", "bank", "begin", "end", "loop", "loopBegin", "loopEnd")  # what of an event chooses a recording

Ask = Callable[[Score, Part, Fraction, Fraction, Context], list[Hap]]


@dataclass(slots=True)
class Rehearsal:
    """A score before it takes over: from where on in its own time, and how many voices its events need at once.

    `run` needs nothing of what plays, so it may take its time.
    """

    score: Score
    sounding: Sounding
    begin: Fraction
    cps: float
    playing: Score | None = None  # what plays already has its voices
    chords: list[tuple[Voice, int]] = field(default_factory=list)

    def run(self, ask: Ask, troubles: Troubles) -> None:
        """Ask the patterns, which then answer at once when they play, and have the samples of events loaded."""
        for stretch, offset in stretches(self.score, self.begin, self.begin + CYCLES):
            local = max(self.begin - offset, Fraction(0))
            context = Context(cps=self.cps, section=stretch.length)
            for part in stretch.parts if self.playing is None else new_parts(stretch, self.score, self.playing):
                haps = ask(self.score, part, local, local + CYCLES, context)
                self._count(part, haps, context, troubles)

    def _count(self, part: Part, haps: list[Hap], context: Context, troubles: Troubles) -> None:
        """Count the notes of each voice that begin at once."""
        found: Counter[tuple[int, Fraction]] = Counter()
        voices: dict[int, Voice] = {}
        met: dict[Hashable, Voice] = {}
        statement = self.score.places.get(part.strip)
        for i, hap in enumerate(haps):
            try:
                kind = self._kind(hap)
                voice = met.get(kind) if i >= EVERY else None
                if voice is None:
                    if not route(hap.value, self.score, hap.places[0] if hap.places else statement).sounds:
                        continue
                    length = float(hap.whole.end - hap.whole.begin) if hap.whole is not None else 1.0
                    note = self.sounding.note(hap, part.strip, length / (context.cps or 1.0), context)
                    voice = met[kind] = note.voice
                voices[id(voice)] = voice
                found[id(voice), hap.part.begin] += 1
            except Exception as error:  # noqa: BLE001 (whatever fails, the other events sound)
                troubles.left_out(error, part.pattern, statement)
        most: dict[int, int] = {}
        for (number, _), count in found.items():
            most[number] = max(count, most.get(number, 0))
        self.chords += sorted(((voices[number], count) for number, count in most.items()), key=lambda chord: -chord[1])

    def _kind(self, hap: Hap) -> Hashable:
        """Tell apart events that may need another voice, or another recording; their numbers choose neither."""
        value = hap.value
        if not isinstance(value, dict):
            return None
        name = str(value.get("s"))
        texts = [x for x in value.values() if isinstance(x, str)]
        chosen = name.partition(":")[0] in self.score.samples or "bank" in value
        return (*value, *texts, *(map(str, map(value.get, PLACES)) if chosen else ()))
