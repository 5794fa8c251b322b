"""Voice pools: sample-accurate notes of one instrument on one strip.

Every voice has one-block lanes that numpy writes: a trigger that starts its envelopes and resets its oscillators; a
gain that opens at the onset, carries the note's loudness and fades where the note ends or is cut; and a valve before
whatever remembers what it heard.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from livecode.engine.binding import Unit
from livecode.engine.builder import Builder, Circuit, NoteCode, Rig
from livecode.engine.records import Pool as PoolRecord
from livecode.engine.tables import Lane
from livecode.engine.values import Wire, clamp
from livecode.errors import SoundError

STEAL = 0.005  # s: the fade of a stolen voice
RISE = 0.002  # s: the gate of a design without an amplitude envelope
FALL = 0.010  # s: its release
SPARES = 8  # voices beyond the limit at most, for those that fade or forget
AHEAD = 8  # sleeping voices that are kept ready, up to the limit
FORGET = 1.0  # s that a voice may take to forget its last note
NEVER = 1 << 62

Times = np.ndarray[Any, np.dtype[np.float64]]


class Inlet(Protocol):
    """What a pool plays into."""

    left: Unit  # the first of its units to be computed
    moves: int  # how often it was put elsewhere in the order of computation

    def call(self, units: tuple[Unit, ...]) -> None: ...

    def leave(self, units: tuple[Unit, ...]) -> None: ...


class Voice:
    """One voice: its units, its lanes, and the line its gain follows.

    A lane is played only in the blocks in which it moves: while the gain holds, its level is a plain number.
    """

    __slots__ = (
        "awake",
        "circuit",
        "draining",
        "end",
        "fading",
        "gain",
        "gates",
        "group",
        "held",
        "hold",
        "index",
        "latest",
        "levels",
        "lines",
        "onset",
        "play",
        "points",
        "sends",
        "setters",
        "stop",
        "taps",
        "trigger",
        "valve",
    )

    def __init__(self, index: int, circuit: Circuit, trigger: Lane, gain: Lane, gates: tuple[Unit, ...]) -> None:
        self.index = index
        self.circuit = circuit
        self.setters = tuple(circuit.setters)
        self.play: list[Callable[[], Any]] = []
        self.stop: list[Callable[[], Any]] = []
        self.trigger = trigger
        self.gain = gain
        self.gates = gates
        self.valve: Lane | None = None  # opens the inputs of what remembers, on the sample of the onset
        self.sends: list[tuple[str, tuple[Unit, ...], int]] = []
        self.taps = [(bus, wire.units) for bus, wire in circuit.taps]
        self.points: list[float] = [0.0]
        self.levels: list[float] = [0.0]
        self.hold = (0.0, -1.0, 0.0)
        self.end = 0  # the sample from which it is silent
        self.latest = 0  # the sample at which it must have forgotten
        self.onset = -1  # in the block that is being computed, else -1
        self.held = True  # its gain is a plain number, and its lane is not played
        self.group = 0.0  # whose notes cut each other off
        self.lines: list[tuple[Lane, list[float], list[float]]] = []  # of moving parameters: samples and values
        self.fading = False
        self.draining = False
        self.awake = False

    def free(self) -> None:
        """Give the lanes back."""
        for lane in (self.trigger, self.gain, self.valve, *self.circuit.moves.values()):
            if lane is not None:
                lane.free()

    @property
    def out(self) -> tuple[Unit, ...]:
        assert self.circuit.out is not None
        return self.circuit.out.units

    @property
    def sounding(self) -> bool:
        return not (self.fading or self.draining)

    @property
    def steady(self) -> float:
        """Give the sample up to which it has nothing to move."""
        return self.hold[1] if self.held and not self.lines and not self.circuit.followers else 0.0

    def fire(self, k: int) -> None:
        """Start the envelopes and open the valves at sample k of this block."""
        self.trigger.samples[k] = 1.0
        self.trigger.scan.play()
        self.onset = k
        valve = self.valve
        if valve is not None:
            if not k:
                self._set_valves(1.0)
                return
            self._set_valves(valve.scan)
            valve.samples[:k] = 0.0
            valve.samples[k:] = 1.0
            valve.scan.play()

    def settle(self) -> None:
        """Forget the onset, at the end of its block."""
        self.trigger.samples[self.onset] = 0.0
        self.trigger.scan.stop()
        if self.onset > 0 and self.valve is not None:
            self._set_valves(1.0)
            self.valve.scan.stop()
        self.onset = -1

    def _set_valves(self, value: Unit | float) -> None:
        for unit in self.circuit.valves:
            unit.setMul(value)

    def drain(self, latest: int) -> None:
        """Shut the valves and let all that remembers forget, until a sample at the latest."""
        self.draining = True
        self.latest = latest
        self._set_valves(0.0)
        for memory in self.circuit.memories:
            memory.hasten()

    def restore(self) -> None:
        """Be ready for a note again."""
        self.draining = False
        for memory in self.circuit.memories:
            memory.restore()

    def follow(self, points: list[float], levels: list[float], hold: tuple[float, float, float]) -> None:
        """Set the line of the gain, by its samples and levels; between the times of `hold` it stays at its level."""
        self.points = points
        self.levels = levels
        self.hold = hold
        self.end = math.ceil(points[-1]) + 1
        if self.held:
            self._move()

    def _move(self) -> None:
        self.held = False
        scan = self.gain.scan
        for unit in self.gates:
            unit.setMul(scan)
        scan.play()

    def fade(self, at: int, length: int) -> None:
        """Fall to silence from wherever the gain is."""
        if self.end <= at + length:
            return
        level = float(np.interp(at, self.points, self.levels))
        count = bisect_left(self.points, at)
        points, levels = [*self.points[:count], at, at + length], [*self.levels[:count], level, 0.0]
        self.follow(points, levels, (0.0, -1.0, 0.0))
        self.fading = True

    def fill(self, start: int, times: Times) -> None:
        """Write the gain of a block."""
        first, last, level = self.hold
        if first <= start and start + len(times) - 1 <= last:
            if not self.held:
                self.held = True
                for unit in self.gates:
                    unit.setMul(level)
                self.gain.scan.stop()
        else:
            if self.held:
                self._move()
            self.gain.samples[:] = np.interp(times, self.points, self.levels)
        for lane, at, values in self.lines:
            lane.samples[:] = np.interp(times, at, values)
        for ref, setter in self.circuit.followers:
            setter(ref.of(float(ref.lane.samples[0])))


class Pool:
    """The voices of one pool; the first is built with it, the others one at a time or when a note needs one."""

    def __init__(self, rig: Rig, record: PoolRecord, inlets: Mapping[str, Inlet], inlet: Inlet) -> None:
        names = [p.name for p in record.graph.params]
        if names[:4] != ["dur", "freq", "gain", "pan"]:
            raise SoundError(f"{record.graph.name}: an instrument begins with dur, freq, gain and pan")
        self.rig = rig
        self.record = record
        self.inlets = inlets
        self.inlet = inlet
        self._moves = inlet.moves
        self.defaults = tuple(p.default for p in record.graph.params)
        self.sends = [(bus, names.index(level)) for bus, level in record.sends]
        self.cut_by = names.index("cut") if "cut" in names else None  # the parameter that names a group
        self.limit = max(1, record.voices)
        self.size = self.limit + min(max(2, self.limit), SPARES)
        self.voices: list[Voice] = []
        self.free: list[int] = []
        self.awake: list[Voice] = []
        self.triggered: list[Voice] = []
        self._steady = 0.0  # the sample up to which no voice has anything to move
        self._next = NEVER  # the sample at which a voice has to be looked at
        self._last = (-1, 0)
        self._code: NoteCode | None = None
        self.build_voice()

    @property
    def built(self) -> bool:
        """Say whether it has voices enough for the notes to come."""
        return len(self.free) >= AHEAD or len(self.voices) >= self.size

    @property
    def sounding(self) -> int:
        return sum(v.sounding for v in self.awake)

    def build_voice(self) -> None:
        """Build one more voice, asleep, ready for a note."""
        rig = self.rig
        trigger, gain = rig.lane(), rig.lane()
        b = Builder(rig, self.record.graph, trigger.scan, gate=gain.scan)
        tone = b.wire(b.build())
        life = tone.life
        assert b.gate is not None
        gated = b.mul(b.settle(tone) if tone.mul != 1.0 else tone, b.gate)
        assert isinstance(gated, Wire)
        out = b.place(gated, b.control("pan"))
        lanes = [trigger.scan, gain.scan]
        voice = Voice(len(self.voices), b.circuit, trigger, gain, gated.units)
        if b.circuit.valves:
            voice.valve = rig.lane()
            lanes.append(voice.valve.scan)
        b.circuit.out = out
        for bus, level in self.sends:
            units = tuple(rig.unit("Sig", u) for u in out.units)
            b.circuit.units.extend(units)
            text = b.control(self.record.graph.params[level].name)
            for unit in units:
                b.on_note(unit.setMul, str(text))
            voice.sends.append((bus, units, level))
        voice.setters = tuple(b.circuit.setters)
        voice.play = [unit.play for unit in b.circuit.units]
        voice.stop = [unit.stop for unit in [*b.circuit.units, *lanes]]
        b.circuit.units[:0] = lanes  # they are computed before what reads them
        if self._code is None:
            names = [f"p{i}" for i in range(len(self.defaults))]
            self._code = rig.compile(names, b.circuit.lines, life, b.circuit.fades)
        self._place(voice)
        heapq.heappush(self.free, voice.index)
        self.voices.append(voice)

    def _place(self, voice: Voice) -> None:
        for unit in voice.circuit.units:
            self.rig.server.move_before(self.inlet.left, unit)

    def route(self, inlet: Inlet) -> Iterator[None]:
        """Play into another strip from now on, what sounds too; a voice a step is moved before the strip."""
        if inlet is self.inlet and inlet.moves == self._moves:
            return
        if inlet is not self.inlet:
            heard = [v for v in self.awake if not v.draining]
            for voice in heard:
                self._disconnect(voice)
            self.inlet = inlet
            for voice in heard:
                self._connect(voice, None)
        self._moves = inlet.moves
        for voice in list(self.voices):
            self._place(voice)
            yield

    def _connect(self, voice: Voice, values: tuple[float, ...] | None) -> None:
        self.inlet.call(voice.out)
        if not voice.taps and not voice.sends:
            return
        taps = [(bus, units) for bus, units, level in voice.sends if values is None or values[level] > 0.0]
        for bus, units in [*voice.taps, *taps]:
            inlet = self.inlets.get(bus)
            if inlet is not None:
                inlet.call(units)

    def _disconnect(self, voice: Voice) -> None:
        self.inlet.leave(voice.out)
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
        voice.awake = voice.fading = False
        voice.held = True
        self.awake.remove(voice)
        heapq.heappush(self.free, voice.index)

    def note(self, at: int, start: int, origin: int, floats: tuple[float, ...]) -> None:
        """Start a note at a sample of the block that begins at `start`; `origin` is the sample of cycle 0."""
        count = len(self.defaults)
        values = floats if len(floats) == count else (*floats, *self.defaults[len(floats) :])[:count]
        if len(self.awake) >= self.limit <= self.sounding:
            self.steal(at)
        voice = self._take()
        self._last = (at, self._last[1] + 1 if self._last[0] == at else 0)
        seed = (at - origin) * 2654435761 + self.record.number * 40503 + self._last[1] * 69069
        assert self._code is not None
        life, rise, rest = self._code(voice.setters, (seed & 0xFFFFFFFF) / 2**32, *values)
        level = values[2]
        if not 0.0 <= level <= 16.0:
            level = 16.0 if level > 0.0 else 0.0
        if not voice.awake:
            for play in voice.play:
                play()
            voice.awake = True
            self.awake.append(voice)
        if voice.circuit.moves:
            self._draw(voice, at, values, floats[len(values) :])
        voice.group = values[self.cut_by] if self.cut_by is not None else 0.0
        self._open(voice, at, level, values[0], life, rise, rest)
        self._steady = 0.0
        if voice.end < self._next:
            self._next = voice.end
        self._connect(voice, values)
        voice.fire(at - start)
        self.triggered.append(voice)

    def _draw(self, voice: Voice, at: int, values: tuple[float, ...], lines: tuple[float, ...]) -> None:
        """Set the lines of the parameters that move; one without a line stays at its value."""
        rate = self.rig.rate
        found: dict[int, tuple[list[float], list[float]]] = {}
        i = 0
        while i + 2 <= len(lines):
            index, count = int(lines[i]), int(lines[i + 1])
            points = lines[i + 2 : i + 2 + 2 * count]
            found[index] = [at + t * rate for t in points[::2]], list(points[1::2])
            i += 2 + 2 * count
        voice.lines = []
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

    def choke(self, group: float, at: int) -> None:
        """Fade the notes of a group."""
        for voice in self.awake:
            if voice.group == group and voice.sounding:
                self._fade(voice, at, round(STEAL * self.rig.rate))

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
        """Choose the voice of a new note: the first that sleeps, else a new one, else the one that is nearly out."""
        if self.free:
            return self.voices[heapq.heappop(self.free)]
        if len(self.voices) < self.size:
            self.build_voice()
            return self.voices[heapq.heappop(self.free)]
        voice = min((v for v in self.awake if not v.sounding), key=lambda v: v.end, default=self.awake[0])
        if voice in self.triggered:
            self.triggered.remove(voice)
            voice.settle()
        if voice.draining:
            voice.restore()
        else:
            self._disconnect(voice)
        return voice

    def _open(
        self, voice: Voice, at: int, level: float, dur: float, life: float | None, rise: float, rest: float
    ) -> None:
        rate = self.rig.rate
        voice.fading = False
        if life is not None:
            end = at + max(1, math.ceil(min(life, 3600.0) * rate))
            up, down = min(round(rise * rate), end - at), max(1, round(rest * rate))
            voice.follow([at - 1, at + up, end, end + down], [0.0, level, level, 0.0], (at + up, end, level))
        else:
            up, down = max(1, round(RISE * rate)), max(1, round(FALL * rate))
            end = at + max(up, round(min(max(dur, 0.0), 3600.0) * rate))
            voice.follow([at - 1, at + up - 1, end, end + down], [0.0, level, level, 0.0], (at + up - 1, end, level))

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
        if self.voices:
            voice = self.voices.pop()
            voice.free()
        return not self.voices

    def purge(self) -> bool:
        """Silence for ever the voices whose value is not finite; say whether there were any."""
        sick = [v for v in self.awake if not all(abs(u._getStream().getValue()) < 1e6 for u in v.circuit.units)]
        for voice in sick:
            self._sleep(voice)
            self.free.remove(voice.index)
            heapq.heapify(self.free)
            self._renew(voice)
        return bool(sick)

    def _renew(self, voice: Voice) -> None:
        """Build a fresh voice in the place of one."""
        voices = self.voices
        self.voices = voices[: voice.index]
        self.build_voice()
        self.voices += voices[voice.index + 1 :]
        voice.free()
