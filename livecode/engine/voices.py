"""Voice pools: sample-accurate notes of one instrument on one strip.

Every voice has one-block lanes that numpy writes: a trigger that starts its envelopes, resets its oscillators and opens
the valves before whatever remembers what it heard; and a gain that opens at the onset, carries the note's loudness and
fades where the note ends or is cut.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heappop
from typing import Any, Protocol

from livecode.engine.binding import Unit
from livecode.engine.builder import Builder, finished
from livecode.engine.circuit import NoteCode
from livecode.engine.records import Pool as PoolRecord
from livecode.engine.rig import Rig
from livecode.engine.values import Number, Wire, clamp
from livecode.engine.voice import Times, Voice
from livecode.errors import SoundError

STEAL = 0.005  # s: the fade of a stolen voice
SPARES = 8  # voices beyond the limit at most, for those that fade or forget
AHEAD = 8  # sleeping voices at most that are kept ready; pyo never gives back some 100 bytes of a unit
COMING = 16  # notes that wait at most that voices are built for
STEP = 16  # units that are put in their place at a time
FORGET = 1.0  # s that a voice may take to forget its last note
NEVER = 1 << 62


class Inlet(Protocol):
    """What a pool plays into."""

    left: Unit  # the first of its units to be computed
    moves: int  # how often it was put elsewhere in the order of computation

    def call(self, units: tuple[Unit, ...]) -> None: ...

    def leave(self, units: tuple[Unit, ...]) -> None: ...

    def swap(self, old: tuple[Unit, ...], new: tuple[Unit, ...]) -> None: ...


class Pool:
    """The voices of one pool: `grow` builds them step by step; a note builds one only where it would be lost else."""

    def __init__(
        self,
        rig: Rig,
        record: PoolRecord,
        inlets: Mapping[str, Inlet],
        inlet: Inlet,
        waiting: Mapping[int, int],
        *,
        eager: bool = True,
    ) -> None:
        names = [p.name for p in record.graph.params]
        if names[:4] != ["dur", "freq", "gain", "pan"]:
            raise SoundError(f"{record.graph.name}: an instrument begins with dur, freq, gain and pan")
        self.rig = rig
        self.rate = rig.rate
        self.record = record
        self.waiting = waiting  # notes that are queued, by the number of their pool
        self.eager = eager  # there is no deadline: a note may take the time to build its voice
        self.made = 0  # voices that notes had to build
        self.inlets = inlets
        self.inlet = inlet
        self._moves = inlet.moves
        self.defaults = tuple(p.default for p in record.graph.params)
        self.sends = [(bus, names.index(level)) for bus, level in record.sends]
        self.cut_by = names.index("cut") if "cut" in names else None  # the parameter that names a group
        self._dry = "dry" in names  # the level at which the strip hears it; its sends hear all of it
        self.limit = max(1, record.voices)
        self.size = self.limit + min(max(2, self.limit), SPARES)
        self.voices: list[Voice] = []
        self.free: list[int] = []
        self.awake: list[Voice] = []
        self.most = 0  # voices that were awake at once
        self.spare = 0  # voices that should be free for notes to come
        self.triggered: list[Voice] = []
        self.summed: list[Voice] = []  # those that are heard, in the order of computation
        self._placed = 0
        self._steady = 0.0  # the sample up to which no voice has anything to move
        self._next = NEVER  # the sample at which a voice has to be looked at
        self._last = (-1, 0)
        self._code: NoteCode | None = None
        self._chancy = False  # whether anything of its notes is left to chance
        self._seed = record.number * 40503
        self._growth: Iterator[None] | None = None
        self._gone: list[Any] = []  # the streams of voices that were given back
        self._sick: list[Voice] = []  # those that sound no more, until others are built in their place

    @property
    def built(self) -> bool:
        """Say whether it has voices enough: for the notes that wait, and half as many again as ever sounded at once."""
        have = len(self.voices)
        if self._sick:
            return False
        enough = len(self.free) >= max(self.spare, min(self.waiting[self.record.number], COMING))
        return have >= self.size or (have >= self.record.ahead and enough)

    @property
    def begun(self) -> bool:
        """Say whether it has the voices that it is to have before its first note."""
        return len(self.voices) >= min(self.record.ahead, self.size)

    def grow(self) -> bool:
        """Take one step in building one more voice; say whether that is done."""
        if self._growth is None:
            self._growth = self.voice_steps()
        try:
            next(self._growth)
        except StopIteration:
            self._growth = None
            return True
        return False

    @property
    def sounding(self) -> int:
        return sum(v.sounding for v in self.awake)

    def build_voice(self) -> None:
        """Build one more voice, asleep, ready for a note."""
        finished(self.voice_steps())

    def voice_steps(self) -> Generator[None, None, None]:
        """Do what `build_voice` does, a node of the graph a step."""
        rig = self.rig
        trigger, gain = rig.lane(), rig.lane()
        b = Builder(rig, self.record.graph, trigger.scan, gate=gain.scan)
        tone = b.wire((yield from b.steps()))
        life = tone.life
        assert b.gate is not None
        sustain = b.steady_gain(tone)
        loud = tone.mul if tone.add == 0.0 else 1.0  # its last factor is left to what places it
        gated = b.mul(replace(tone, mul=1.0) if tone.add == 0.0 else b.settle(tone), b.gate)
        assert isinstance(gated, Wire)
        heard = self._place_in(b, gated, loud, "dry" if self._dry else "")
        lanes = [trigger.scan, gain.scan]
        yield
        voice = Voice(-1, rig.server, b.circuit, trigger, gain, gated.units)
        if sustain is not None:
            voice.envelope = sustain.unit
            voice.enveloped = tone.units
        for bus, level in self.sends:
            sent = self._place_in(b, gated, loud, self.record.graph.params[level].name)
            voice.sends.append((bus, sent, level))
        voice.complete(rig.server, heard)
        b.circuit.units[:0] = lanes  # they are computed before what reads them
        self._source = b.circuit.lines, life, b.circuit.fades, sustain
        yield from self._placing(voice)
        voice.index = len(self.voices)
        if self._sick:
            sick = self._sick.pop()
            voice.index = sick.index
            self.voices[voice.index] = voice
            self._gone += sick.free()
        else:
            self.voices.append(voice)
        heapq.heappush(self.free, voice.index)

    def _place_in(self, b: Builder, wire: Wire, loud: Number, level: str) -> tuple[Unit, ...]:
        """Give the units of a voice on its two sides, as loud as a parameter says, if one does."""
        amount = b.still(b.control(level)) if level else 1.0
        if not isinstance(amount, Wire):
            return b.place(wire, b.control("pan"), b.number("mul", loud, amount), alike=b.widened).units
        placed = b.mul(b.place(wire, b.control("pan"), loud, alike=b.widened), amount)
        assert isinstance(placed, Wire)
        return placed.units

    def compile(self) -> Generator[None, None, None]:
        """Make the code that sets up a voice for a note, the same for all, step by step; before the first note."""
        names = [f"p{i}" for i in range(len(self.defaults))]
        self._chancy = any("chance" in line.text for line in self._source[0])
        self._code = yield from self.rig.compile(names, *self._source)

    def _placing(self, voice: Voice) -> Generator[None, None, None]:
        """Do what `_place` does for a voice that nobody hears yet, some units a step."""
        where: tuple[Inlet, int] | None = None
        while where != (self.inlet, self.inlet.moves):  # else the strip was moved meanwhile
            where = self.inlet, self.inlet.moves
            for i, unit in enumerate(voice.circuit.units):
                if i % STEP == 0:
                    yield
                self.rig.server.move_before(where[0].left, unit)
        self._placed += 1
        voice.rank = self._placed

    def _place(self, voice: Voice) -> None:
        """Compute a voice after all others, just before the strip."""
        summed = voice in self.summed
        if summed:
            self._part(voice)
        for unit in voice.circuit.units:
            self.rig.server.move_before(self.inlet.left, unit)
        self._placed += 1
        voice.rank = self._placed
        if summed:
            self._join(voice)

    def _join(self, voice: Voice) -> None:
        """Add a voice to the sum: each adds the one computed before it to its own, and the last plays into the strip.

        That takes a fifth of the time of a mixing unit.
        """
        summed = self.summed
        i, rank = len(summed), voice.rank
        while i and summed[i - 1].rank > rank:
            i -= 1
        if i:
            voice.add(summed[i - 1])
        if i < len(summed):
            summed[i].add(voice)
        elif i:
            self.inlet.swap(summed[-1].sum, voice.sum)
        else:
            self.inlet.call(voice.sum)
        summed.insert(i, voice)

    def _part(self, voice: Voice) -> None:
        """Take a voice out of the sum."""
        summed = self.summed
        i = summed.index(voice)
        del summed[i]
        voice.add(None)
        before = summed[i - 1] if i else None
        if i < len(summed):
            summed[i].add(before)
            return
        self.inlet.leave(voice.sum)
        if before is not None:
            self.inlet.call(before.sum)

    def route(self, inlet: Inlet) -> Iterator[None]:
        """Play into another strip from now on, what sounds too; a voice a step is moved before the strip."""
        if inlet is self.inlet and inlet.moves == self._moves:
            return
        if inlet is not self.inlet:
            if self.summed:
                self.inlet.leave(self.summed[-1].sum)
                inlet.call(self.summed[-1].sum)
            self.inlet = inlet
        self._moves = inlet.moves
        for voice in list(self.voices):
            self._place(voice)
            yield

    def _send(self, voice: Voice, values: Sequence[float]) -> None:
        """Let the buses hear a voice that its design or its note sends to."""
        params = self.record.graph.params
        taps = [(bus, units) for bus, units, level in voice.sends if values[level] > 0.0 or params[level].moves]
        for bus, units in [*voice.taps, *taps]:
            inlet = self.inlets.get(bus)
            if inlet is not None:
                inlet.call(units)

    def _disconnect(self, voice: Voice) -> None:
        self._part(voice)
        for bus, units in [*voice.taps, *((bus, units) for bus, units, _ in voice.sends)]:
            inlet = self.inlets.get(bus)
            if inlet is not None:
                inlet.leave(units)

    def begin(self, start: int) -> None:
        """Open a block: forget the last triggers, put to sleep what has ended."""
        for voice in self.triggered:
            voice.settle()
        self.triggered.clear()
        if start < self._next:
            return
        for voice in [v for v in self.awake if v.end <= start]:
            if voice.draining:
                if start >= voice.latest or all(m.still for m in voice.circuit.memories):
                    self._sleep(voice)
            elif voice.circuit.memories:
                self._disconnect(voice)
                voice.drain(start + round(FORGET * self.rig.rate))
            else:
                self._sleep(voice)
        self._next = min((v.end for v in self.awake), default=NEVER)

    def _sleep(self, voice: Voice) -> None:
        for stop in voice.stop:
            stop()
        if voice.draining:
            voice.restore()
        else:
            self._disconnect(voice)
        voice.silent = voice.ended
        voice.awake = voice.fading = False
        voice.held = True
        self.awake.remove(voice)
        heapq.heappush(self.free, voice.index)

    def note(self, at: int, start: int, origin: int, floats: Sequence[float]) -> None:
        """Start a note at a sample of the block that begins at `start`; `origin` is the sample of cycle 0."""
        values, count = floats, len(self.defaults)
        if len(floats) != count:
            values = (*floats, *self.defaults[len(floats) :])[:count]
        awake = self.awake
        if len(awake) >= self.limit <= self.sounding:
            self.steal(at)
        voice = self.voices[heappop(self.free)] if self.free else self._take()
        assert self._code is not None
        chance = self._chance(at, origin) if self._chancy else 0.0
        length, up, down, steady = self._code(voice.setters, chance, *values)
        level = values[2]
        if not 0.0 <= level <= 16.0:
            level = 16.0 if level > 0.0 else 0.0
        if voice.parked:
            voice.unpark()
        silent = voice.silent and not voice.awake
        if not voice.awake:
            for switch in voice.switches:
                switch.value = 1
            voice.awake = True
            awake.append(voice)
            if len(awake) > self.most:
                self.most = len(awake)
                self.spare = min(self.most // 2, AHEAD)
        if voice.circuit.moves:
            self._draw(voice, at, values, floats[count:])
        if self.cut_by is not None:
            voice.group = values[self.cut_by]
            gate = round(max(0.0, values[0]) * self.rate)
            # what its gate does not end, letting go does not end either
            voice.release = max(1, length - gate + down) if length >= gate else None
        # from the onset, up to its full level, then down to silence: in samples
        end = at + length
        if silent and not up and steady is not None:
            voice.stand(start, end, down, level)
        else:
            voice.follow([at - 1, at + up, end, end + down], [0.0, level, level, 0.0], (at + up, end, level))
        voice.fading = voice.silent = False
        voice.park = None
        if steady is None:
            voice.over = NEVER
        else:
            voice.stay(at, steady, self.rate)
        self._steady = 0.0
        if voice.end < self._next:
            self._next = voice.end
        self._join(voice)
        if voice.taps or voice.sends:
            self._send(voice, values)
        voice.fire(at - start)
        self.triggered.append(voice)

    def _chance(self, at: int, origin: int) -> float:
        """Give the random number of a note, from 0 to 1: the same whenever the same note is played."""
        last, again = self._last
        again = again + 1 if last == at else 0
        self._last = at, again
        seed = (at - origin) * 2654435761 + self._seed + again * 69069
        return (seed & 0xFFFFFFFF) / 2**32

    def _draw(self, voice: Voice, at: int, values: Sequence[float], lines: Sequence[float]) -> None:
        """Set the lines of the parameters that move; one without a line stays at its value."""
        rate = self.rig.rate
        found: dict[int, tuple[list[float], list[float]]] = {}
        i = 0
        while i + 2 <= len(lines):
            index, count = int(lines[i]), int(lines[i + 1])
            points = lines[i + 2 : i + 2 + 2 * count]
            found[index] = [at + t * rate for t in points[::2]], list(points[1::2])
            i += 2 + 2 * count
        voice.lines, voice.began = [], at
        for index, lane in voice.circuit.moves.items():
            times, levels = found.get(index, ([], []))
            if times and len(times) == len(levels):
                voice.lines.append((lane, times, levels))
            else:
                low, high = self.record.graph.params[index].lo, self.record.graph.params[index].hi
                lane.samples.fill(clamp(values[index], max(low, -1e9), min(high, 1e9)))

    def group_of(self, floats: list[float]) -> float:
        """Give the group whose other notes a note cuts off, 0 for none."""
        return floats[self.cut_by] if self.cut_by is not None and self.cut_by < len(floats) else 0.0

    def aim(self, onset: int, index: int, at: int, value: float, length: int) -> None:
        """Let a parameter of the notes that began at a sample (32 bits of it) move to a value."""
        if index >= len(self.defaults):
            return
        low, high = self.record.graph.params[index].lo, self.record.graph.params[index].hi
        for voice in self.awake:
            if voice.began & 0xFFFFFFFF == onset:
                voice.aim(index, at, clamp(value, max(low, -1e9), min(high, 1e9)), length)
                self._steady = 0.0

    def choke(self, group: float, at: int) -> None:
        """Fade the notes of a group."""
        for voice in self.awake:
            if voice.group == group and voice.sounding:
                self._fade(voice, at, round(STEAL * self.rig.rate))

    def release(self, group: float, at: int) -> None:
        """Let the notes of a group go, as when their key goes up; what cuts that group off no longer means them."""
        for voice in self.awake:
            if voice.group == group and voice.sounding:
                voice.group = 0.0
                voice.let_go(at)
                self._steady = 0.0
                self._next = min(self._next, voice.end)

    def first_to_end(self) -> Voice | None:
        """Give the sounding voice that ends first."""
        return min((v for v in self.awake if v.sounding), key=lambda v: v.end, default=None)

    def steal(self, at: int) -> None:
        """Let the voice that ends first fade at once."""
        victim = self.first_to_end()
        if victim is not None:
            self._fade(victim, at, round(STEAL * self.rig.rate))

    def _fade(self, voice: Voice, at: int, length: int) -> None:
        voice.fade(at, length)
        self._steady = 0.0
        self._next = min(self._next, voice.end)

    def _take(self) -> Voice:
        """Choose the voice of a note when none sleeps: a new one where there is time, else one that is nearly out."""
        older = [v for v in self.awake if v not in self.triggered]
        if len(self.voices) < self.size and (self.eager or not older):  # the notes of one chord leave each other alone
            self.made += 1
            self.build_voice()
            return self.voices[heappop(self.free)]
        voice = min(older or self.awake, key=lambda v: (v.sounding, v.end))
        if voice in self.triggered:
            self.triggered.remove(voice)
            voice.settle()
        if voice.draining:
            voice.restore()
        else:
            self._disconnect(voice)
        return voice

    def cut(self, at: int, seconds: float) -> None:
        """Fade all that sounds."""
        for voice in self.awake:
            if not voice.draining:
                self._fade(voice, at, max(1, round(seconds * self.rig.rate)))

    def fill(self, start: int, times: Times) -> None:
        """Write the gains of a block, after its notes were started."""
        if start + len(times) <= self._steady:
            return
        steady: float = NEVER
        for voice in self.awake:
            if not voice.draining:
                voice.fill(start, times)
                steady = min(steady, voice.steady)
        self._steady = steady

    def shrink(self) -> bool:
        """Give one sleeping voice back; say whether that was the last."""
        self._growth = None
        if self.voices:
            self._gone += self.voices.pop().free()
        if self.voices:
            return False
        self._source = ([], None, (0.0, 0.0), None)  # it names an envelope of the last voice
        self.rig.server.forget(self._gone)
        return True

    def purge(self) -> bool:
        """Silence for ever the voices whose value is not finite; say whether there were any.

        `grow` builds others in their place.
        """
        sick = [v for v in self.awake if not v.sane]
        for voice in sick:
            self._sleep(voice)
            self.free.remove(voice.index)
            heapq.heapify(self.free)
        self._sick += sick
        return bool(sick)
