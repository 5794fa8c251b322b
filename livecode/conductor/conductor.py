"""The conductor: asks patterns ahead of time and sends notes, with their sample times, to an output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from livecode.conductor.notes import Note, Sounding, Voice
from livecode.conductor.outward import HERE, Moment, Outward, continuous, replaced_strips, route
from livecode.conductor.pace import TEMPO_GRID, Forecast, Pace, lay_out, metered, pace_at
from livecode.conductor.places import Spot, kept, spot
from livecode.conductor.provision import Provision
from livecode.conductor.rehearsal import Rehearsal
from livecode.conductor.returns import Returns
from livecode.conductor.score import Part, Score, stretch_at, stretches
from livecode.conductor.takeovers import Takeovers
from livecode.conductor.tapes import Tapes
from livecode.conductor.tempo import TempoMap
from livecode.conductor.troubles import Troubles
from livecode.engine.records import (
    AUTOMATE,
    CANCEL,
    CUT,
    EVENT,
    EVENT_FLOATS,
    MORE,
    NOTE,
    START,
    Message,
)
from livecode.errors import LiveError, Place, PlayError
from livecode.patterns import Context, Hap, Pattern

LANE_GRID = 1024  # samples between two values of an automated parameter
EVERYTHING = 0xFFFF
MARGIN = 0.03  # seconds that a change needs to reach the engine before its boundary
BUILDING = 0.3  # seconds that a change needs whose strips or voices are still to be built
HEARD = 3.0  # seconds after which what was sent has surely been heard
FADE = 0.02  # seconds in which panic fades
KEYS = 8  # voices that are ready for whoever plays on keys, whom nobody can foresee
UNUSED = 30.0  # seconds after which a pool nobody needs is given back


class Output(Protocol):
    """What takes notes: the engine process, or the offline engine."""

    def send(self, message: Message) -> None: ...

    def push(self, records: bytes) -> object: ...


@dataclass(slots=True)
class Era:
    """A score from a cycle on; `origin` is the cycle at which the score's own time is 0."""

    begin: Fraction
    origin: Fraction
    score: Score
    sounding: Sounding


@dataclass(slots=True)
class Conductor:
    """Plays scores on an output, each from its boundary on; `tick` does all the work."""

    output: Output
    rate: int
    block: int
    trouble: InitVar[Callable[[LiveError], None]]
    heard: Callable[[int, Note, Hap], None] | None = None  # is told of every note that is sent
    outward: Outward | None = None  # takes what leaves for external gear
    start: int = 0  # the sample of cycle 0
    troubles: Troubles = field(init=False)
    map: TempoMap = field(init=False)
    eras: list[Era] = field(default_factory=list)
    sent: int = 0  # every event before this sample has been sent
    provision: Provision = field(init=False)
    looked: Fraction = Fraction(0)  # up to here the map knows the tempo
    forecast: Forecast = field(init=False)  # how it goes on from there
    floor: int = 0  # the last change has cancelled what starts from this sample on
    points: int = 0  # points of the lane grid that have been sent
    count: int = 0
    tapes: Tapes = field(init=False)
    returns: Returns = field(default_factory=Returns)
    pitches: dict[str, float] = field(default_factory=dict)  # of the last note of each strip, in Hz
    takeovers: Takeovers = field(default_factory=Takeovers)

    def __post_init__(self, trouble: Callable[[LiveError], None]) -> None:
        self.troubles = Troubles(trouble)
        self.provision = Provision(self.output.send)
        self.tapes = Tapes(self.output.send)
        self.forecast = Forecast(self.rate, self._pace)

    def _sounding(self, score: Score, known: Mapping[Any, Voice] | None = None) -> Sounding:
        return Sounding(score, known, self.tapes, self.returns, self.pitches, self.troubles.tell)

    def begin(self, score: Score, sample: int, cycle: Fraction = Fraction(0), origin: Fraction = Fraction(0)) -> None:
        """Let a score play from a sample on, at which a cycle begins; its own time is 0 at `origin`."""
        self.start = self.sent = sample
        if self.outward is not None:
            self.outward.cancel(sample)
        length = pace_at(score, cycle - origin).cycle(self.rate)
        self.map = TempoMap(sample - cycle * length, length)
        self.looked = cycle
        self.forecast.forget()
        score = self.takeovers.resolved(score, None, cycle)
        self.eras = [Era(Fraction(0), origin, score, self._sounding(score))]
        self._prepare(self.eras[0])
        self._transport_starts(sample)

    def prepare(self, score: Score) -> None:
        """Send the mixer and the pools of a score ahead of its begin."""
        self.map = TempoMap(0, pace_at(score, Fraction(0)).cycle(self.rate))
        self._prepare(Era(Fraction(0), Fraction(0), score, self._sounding(score)))

    def jump(self, sample: int, cycle: Fraction, *, keep: bool = False) -> None:
        """Let what plays last go on from a cycle at a sample.

        A cycle is a place in the song that plays, unless its place is kept: then only the phase moves.
        """
        self._cancel(sample)
        if self.outward is not None and not keep:
            self.outward.cut(sample, None)
        self.points = 0
        last = self.eras[-1]
        self.begin(last.score, sample, cycle, last.origin if keep else Fraction(0))

    def admit(self, voice: Voice) -> None:
        """Have a pool ready for notes that stand in no pattern."""
        self._mixer(self.eras[-1].score)
        self.provision.pool(voice, self.sent, KEYS)

    def strike(self, note: Note, sample: int) -> None:
        """Play a note that stands in no pattern; any thread may, once its voice is admitted."""
        self.output.push(self._pack(sample, note, self.eras[-1]))

    def resume(self, sample: int) -> None:
        """Send again, from a sample on, what an engine that took the place of another has not heard."""
        self._cancel(sample)
        self.sent = sample
        self._transport_starts(sample)

    def _transport_starts(self, sample: int) -> None:
        self.output.push(EVENT.pack(sample, 0, START, 0, 0, *[0.0] * EVENT_FLOATS))

    def boundary(self, now: int, quant: Fraction, margin: float = MARGIN) -> Fraction:
        """Give the next cycle at which a change can begin, on a grid of `quant` cycles, some seconds from now."""
        cycle = self.map.cycle(now + int(margin * self.rate))
        grid = max(quant, Fraction(1, 64))
        return max(Fraction(0), -(-cycle // grid) * grid)

    def rehearsal(self, score: Score, now: int, quant: Fraction) -> Rehearsal:
        """Give the rehearsal of a score that is to take over."""
        last = self.eras[-1]
        known = last.sounding.voices if score.sounds == last.score.sounds else {}
        soon = self.boundary(now, quant)
        begin = soon - self._origin(score, soon)
        return Rehearsal(score, self._sounding(score, known), begin, self._cps(soon), last.score)

    def rehearse(self, rehearsal: Rehearsal) -> None:
        """Rehearse; any thread may, and what plays goes on meanwhile."""
        rehearsal.run(self._ask, self.troubles)

    def foresee(self, rehearsal: Rehearsal) -> bool:
        """Send what a rehearsed score needs before it takes over; tells whether the engine has something to build."""
        before = self.provision.count
        self._provide(rehearsal)
        return before != self.provision.count

    def change(self, score: Score, now: int, quant: Fraction, sounding: Sounding | None = None) -> Fraction:
        """Let a score take over at the next boundary; gives its cycle.

        `sounding` is that of its rehearsal, once the engine has built what was foreseen.
        """
        building = False
        if sounding is None:
            rehearsal = self.rehearsal(score, now, quant)
            self.rehearse(rehearsal)
            sounding, building = rehearsal.sounding, self.foresee(rehearsal)
        begin = self.boundary(now, quant, BUILDING if building else MARGIN)
        while len(self.eras) > 1 and self.eras[-1].begin >= begin:
            self.eras.pop()
        self.extend(begin)
        origin = self._origin(score, begin)
        before_it = self.eras[-1].score
        playing = before_it if score.cue == before_it.cue and self.eras[-1].begin < begin else None
        era = Era(begin, origin, self.takeovers.resolved(score, playing, begin - origin), sounding)
        if self.eras[-1].begin >= begin:
            self.eras[-1] = era
        else:
            self.eras.append(era)
        at = self.map.sample(begin)
        if at < self.sent:
            self.floor = max(at - self.earliest(), now)  # what begins before its onset is forgotten with it
            self._cancel(self.floor)
        if self.outward is not None:
            self.outward.cancel(at)
            self.outward.cut(at, replaced_strips(before_it, score))
        self.map.change(begin, pace_at(score, begin - origin).cycle(self.rate))
        self.looked = begin
        self.forecast.forget()
        return begin

    def earliest(self) -> int:
        """Give by how many samples notes of what plays start before their onset, at most."""
        return max((voice.late for era in self.eras for voice in era.sounding.voices.values()), default=0)

    def _origin(self, score: Score, begin: Fraction) -> Fraction:
        """Give the cycle at which a score's own time is 0 when it takes over at a cycle."""
        era = next((e for e in reversed(self.eras) if e.begin < begin), self.eras[0])
        if score.cue != era.score.cue:
            return begin
        return begin - kept(era.score, score, begin - era.origin)

    def hush(self, score: Score, now: int) -> None:
        """Send no more events of what plays; what sounds dies away by itself."""
        at = now + int(MARGIN * self.rate)
        self._cancel(at)
        if self.outward is not None:
            self.outward.cut(at, None)
        self.eras[-1] = Era(self.map.cycle(at), self.eras[-1].origin, score, self._sounding(score))
        self._prepare(self.eras[-1])

    def panic(self, score: Score, now: int) -> None:
        """Fade everything out at once."""
        self.hush(score, now)
        del self.eras[:-1]
        self._cancel(now)
        if self.outward is not None:
            self.outward.panic()
        self.sent = now
        self.output.push(EVENT.pack(now, EVERYTHING, CUT, 1, 0, FADE, *[0.0] * (EVENT_FLOATS - 1)))

    def _cancel(self, at: int) -> None:
        self.output.push(EVENT.pack(max(at, 0), 0, CANCEL, 0, 0, *[0.0] * EVENT_FLOATS))
        if self.outward is not None:
            self.outward.cancel(at)
        self.sent = min(self.sent, at)
        self.points = min(self.points, max(0, (at - self.start) // LANE_GRID))

    def tick(self, until: int) -> None:
        """Send every event before a sample that has not been sent yet."""
        if until <= self.sent:
            return
        while self.looked < (cycle := self.map.cycle(until)):
            self.extend(min(cycle, self.looked + TEMPO_GRID))
        records: list[tuple[int, bytes]] = []
        for era, end in self._eras_until(until):
            records.extend(self._records(era, self.sent, end))
            self._streams(era, end)
        records.extend(self._lane_records(self.eras[-1], until))
        self._mixer(self.eras[-1].score)  # an event may have asked for another return
        records.sort(key=lambda r: r[0])
        self.output.push(b"".join(r for _, r in records))
        if self.outward is not None:
            for begin, end, beats in metered(self.map, self.sent, until, self._pace):
                self.outward.advance(self.map, beats, begin, end)
        self.sent = until
        self._forget(until)

    def _eras_until(self, until: int) -> Iterator[tuple[Era, int]]:
        for i, era in enumerate(self.eras):
            end = self.map.sample(self.eras[i + 1].begin) if i + 1 < len(self.eras) else until
            yield era, min(end, until)

    def skip(self, until: int) -> None:
        """Give up the events before a sample that cannot be made."""
        self.sent = max(self.sent, until)

    def _forget(self, until: int) -> None:
        heard = until - int(HEARD * self.rate)
        while len(self.eras) > 1 and self.map.sample(self.eras[1].begin) <= heard:
            self.eras.pop(0)
        self.map.forget(self.map.cycle(max(self.start, until - 60 * self.rate)))
        self.provision.give_back(
            until - int(UNUSED * self.rate),
            heard,
            lambda voice: any(voice in e.sounding.voices.values() for e in self.eras),
        )

    def extend(self, cycle: Fraction) -> None:
        """Let the map know tempo and meter up to a cycle."""
        if self.looked < cycle:
            self.looked = lay_out(self.map, self.looked, cycle, self.rate, self._pace)
            self.forecast.forget()

    def _pace(self, cycle: Fraction) -> Pace:
        """Give tempo and meter at a cycle, and up to which cycle they hold."""
        index = max(i for i, era in enumerate(self.eras) if i == 0 or era.begin <= cycle)
        era = self.eras[index]
        found = pace_at(era.score, cycle - era.origin)
        until = None if found.until is None else found.until + era.origin
        if index + 1 < len(self.eras):
            following = self.eras[index + 1].begin
            until = following if until is None else min(until, following)
        return Pace(found.bpm, found.beats, until)

    def beats(self, sample: int) -> Fraction:
        """Give the beats to a cycle that hold at a sample."""
        return self._pace(self.at(sample)).beats

    def _records(self, era: Era, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Give the records of one era between two samples."""
        start = max(self.map.sample(era.begin), begin)
        if start >= end:
            return
        for part, hap, at, context, key in self._haps(era, start, end):
            strip, duration = part.strip, hap.whole.end - hap.whole.begin
            try:
                length = self.forecast.lasting(self.map, self.looked, at, duration)
                way = route(hap.value, era.score, hap.places[0] if hap.places else era.score.places.get(strip))
                if way is not HERE and self.outward is not None:
                    moment = Moment(at, duration, self._cps(at), key)
                    self.outward.play(hap, way, strip, self.map.sample(at), float(length / self.rate), moment)
                if not way.sounds:
                    continue
                note = era.sounding.note(hap, strip, float(length / self.rate), context, key)
            except Exception as error:  # noqa: BLE001 (whatever fails, the other events sound)
                self.troubles.left_out(error, part.pattern, era.score.places.get(strip))
                continue
            sample = max(0, self.map.sample(at) + round(note.nudge * self.rate) - note.voice.late)
            if sample < self.floor <= start and era is not self.eras[-1]:
                continue  # it was sent before, and not cancelled
            self.pitches[note.voice.strip] = note.values[1]
            if self.heard is not None:
                self.heard(sample, note, hap)
            yield sample, self._pack(sample, note, era)

    def _haps(self, era: Era, start: int, end: int) -> Iterator[tuple[Part, Any, Fraction, Context, str]]:
        """Give the events whose onset lies between two samples: part, event, its cycle, what it may know, its key."""
        # One sample more on either side, then decided by the rounded sample, so that windows neither lose nor double.
        low, high = self.map.cycle(start - 1), self.map.cycle(end + 1)
        for stretch, offset in stretches(era.score, low - era.origin, high - era.origin):
            base = era.origin + offset
            begin = max(low, base)
            stop = high if stretch.length is None else min(high, base + stretch.length)
            # Each stretch of steady tempo by itself, so that what an event knows does not hang on where a window ends.
            for first, last in self.map.steady(begin, stop):
                context = Context(cps=self._cps(first), section=stretch.length)
                for part in stretch.parts:
                    for hap in self._ask(era.score, part, first - base, last - base, context):
                        at = base + hap.part.begin
                        if start <= self.map.sample(at) < end and self._audible(era, hap, part.strip):
                            yield part, hap, at, context, stretch.key or era.score.key

    def _audible(self, era: Era, hap: Hap, strip: str) -> bool:
        audible = era.score.audible
        if not audible:
            return True
        name = hap.value.get("strip", strip) if isinstance(hap.value, dict) else strip
        return audible.get(name, True)

    def _ask(self, score: Score, part: Part, begin: Fraction, end: Fraction, context: Context) -> list[Hap]:
        if part.pattern in self.troubles.given_up:
            return []
        try:
            return part.pattern.onsets(begin, end, context)
        except Exception as error:  # noqa: BLE001 (whatever fails, the other parts play on)
            self.troubles.left_out(error, part.pattern, score.places.get(part.strip))
            return []

    def _cps(self, cycle: Fraction) -> float:
        return float(self.rate / self.map.length(cycle))

    def _pack(self, sample: int, note: Note, era: Era) -> bytes:
        held = self.provision.pools.get(note.voice)
        if held is None:
            self._mixer(era.score)  # the event may have asked for a bus
            held = self.provision.pool(note.voice, self.sent)
        held.used = max(held.used, sample)
        self.count = (self.count + 1) & 0xFFFFFFFF
        values = note.values
        packed = bytearray()
        for i in range(0, len(values), EVENT_FLOATS):
            some = values[i : i + EVENT_FLOATS]
            padded = (*some, *[0.0] * (EVENT_FLOATS - len(some)))
            kind = MORE if i else NOTE
            packed += EVENT.pack(sample, held.pool.number, kind, len(some), self.count, *padded)
        return bytes(packed)

    def _streams(self, era: Era, until: int) -> None:
        """Ask continuous patterns of external gear for their values, on a grid that starts with cycle 0."""
        grid = max(1, round(self.rate / max((o.rate for o in era.score.gear.outs), default=1.0)))
        begin = max(self.map.sample(era.begin), self.sent)
        if self.outward is None or not era.score.gear.outs or begin >= until:
            return
        for point in range(-(-(begin - self.start) // grid), -(-(until - self.start) // grid)):
            sample = self.start + point * grid
            cycle = self.map.cycle(sample) - era.origin
            for stretch, offset in stretches(era.score, cycle, cycle + Fraction(1, 1 << 20)):
                context = Context(cps=self._cps(cycle + era.origin), section=stretch.length)
                for part in stretch.parts:
                    for value, way in continuous(part.pattern, cycle - offset, era.score, context, self.troubles.tell):
                        self.outward.stream(value, way, part.strip, sample)

    def _lane_records(self, era: Era, until: int) -> Iterator[tuple[int, bytes]]:
        """Give the values that patterns want of the mixer, on a grid that starts with cycle 0."""
        if not era.score.lanes:
            return
        first = max(self.points, (self.sent - self.start) // LANE_GRID)
        last = -(-(until - self.start) // LANE_GRID)
        zeros = [0.0] * (EVENT_FLOATS - 1)
        for point in range(first, last + 1):
            sample = self.start + point * LANE_GRID
            cycle = self.map.cycle(sample) - era.origin
            for key, pattern in zip(era.score.mix.lanes, era.score.lanes, strict=True):
                value = self._value(pattern, cycle, self._cps(cycle + era.origin), era.score.places.get(key[0]))
                if value is not None:
                    yield sample, EVENT.pack(sample, self.provision.lanes[key], AUTOMATE, 1, 0, value, *zeros)
        self.points = last + 1

    def _value(self, pattern: Pattern, cycle: Fraction, cps: float, place: Place | None) -> float | None:
        """Give what a pattern says at a moment, or nothing where it is silent."""
        try:
            haps = pattern.query(cycle, cycle + Fraction(1, 1 << 20), Context(cps=cps))
            return float(haps[0].value) if haps else None
        except LiveError as error:
            self.troubles.tell(error.at(place))
        except (TypeError, ValueError):
            self.troubles.tell(PlayError("a parameter of a strip takes numbers", place=place))
        return None

    def _prepare(self, era: Era) -> None:
        """Set the mixer, which moves at once, and make the pools of the next cycles before their first event."""
        rehearsal = Rehearsal(era.score, era.sounding, era.begin - era.origin, self._cps(era.begin))
        self.rehearse(rehearsal)
        self._provide(rehearsal)

    def _provide(self, rehearsal: Rehearsal) -> None:
        self._mixer(rehearsal.score)  # events may have asked for buses, which are there before what plays into them
        for voice, count in rehearsal.chords:
            self.provision.pool(voice, self.sent, count)

    def _mixer(self, score: Score) -> None:
        self.provision.mixer(self.returns.extended(score.mix))

    def at(self, sample: int) -> Fraction:
        """Give the cycle that is heard at a sample; until the music begins, the one that it begins with."""
        return self.map.cycle(max(sample, self.start))

    def position(self, sample: int) -> tuple[Fraction, str]:
        """Give the cycle that is heard at a sample, and the section it lies in."""
        cycle, era = self._era_at(sample)
        found = stretch_at(era.score, cycle - era.origin)
        return cycle, "" if found is None else found[0].name

    def spot(self, sample: int) -> Spot:
        """Tell which section is heard at a sample, how far it has come, and what is next."""
        cycle, era = self._era_at(sample)
        last, cued = self.eras[-1], None
        if last is not era and last.score.cue != era.score.cue:
            first = stretch_at(last.score, last.begin - last.origin)
            cued = "" if first is None else first[0].name
        shown = last if cued is None and cycle >= last.origin else era  # what is queued counts before its boundary
        time = cycle - era.origin
        if shown is not era:
            time = kept(era.score, shown.score, time)
        return spot(shown.score, time, cycle, self.beats(sample), cued)

    def _era_at(self, sample: int) -> tuple[Fraction, Era]:
        cycle = self.at(sample)
        return cycle, next((e for e in reversed(self.eras) if e.begin <= cycle), self.eras[0])
