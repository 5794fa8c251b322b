"""One voice of a pool: its units, its lanes, and the line its gain follows."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from livecode.engine.binding import Server, Switch, Unit
from livecode.engine.circuit import Circuit, Steady
from livecode.engine.tables import Lane, viewed

OPEN = float(np.nextafter(np.float32(1.0), np.float32(0.0)))  # an open valve that is no trigger
LONG = 0.1  # s: an envelope that stays at its level for longer is stopped meanwhile

Times = np.ndarray[Any, np.dtype[np.float64]]


@cache
def _open(size: int) -> memoryview[float]:
    """Give a lane that is open all the time; copying it takes a fraction of the time that setting the samples does."""
    return viewed(np.full(size, OPEN, dtype=np.float32))


@cache
def _shut(size: int) -> memoryview[float]:
    return viewed(np.zeros(size, dtype=np.float32))


class Voice:
    """One voice: its units, its lanes, and the line its gain follows.

    A lane is played only in the blocks in which it moves: while the gain holds, its level is a plain number.
    """

    __slots__ = (
        "adders",
        "awake",
        "began",
        "circuit",
        "draining",
        "end",
        "envelope",
        "enveloped",
        "fading",
        "gain",
        "gates",
        "group",
        "halt",
        "held",
        "hold",
        "index",
        "latest",
        "levels",
        "lines",
        "onset",
        "over",
        "park",
        "parked",
        "points",
        "rank",
        "release",
        "sends",
        "setters",
        "silent",
        "start",
        "stop",
        "sum",
        "switches",
        "taps",
        "trigger",
        "valves",
    )

    def __init__(
        self, index: int, server: Server, circuit: Circuit, trigger: Lane, gain: Lane, gates: tuple[Unit, ...]
    ) -> None:
        self.index = index
        self.circuit = circuit
        # What a note calls is looked up once.
        self.setters: tuple[Callable[..., Any], ...] = ()
        self.switches: tuple[Switch, ...] = ()
        self.stop: tuple[Callable[[], Any], ...] = ()
        self.adders: tuple[Callable[[Unit | float], Any], ...] = ()
        self.valves: tuple[Callable[[Unit | float], Any], ...] = ()
        self.start: Switch = server.switch(trigger.scan)
        self.halt: Callable[[], Any] = trigger.scan.stop
        self.trigger = trigger
        self.gain = gain
        self.gates: tuple[Callable[[Unit | float], Any], ...] = tuple(unit.setMul for unit in gates)
        self.sends: list[tuple[str, tuple[Unit, ...], int]] = []
        self.sum: tuple[Unit, ...] = ()  # its sound and that of the voices computed before it
        self.rank = 0  # in the order of computation
        self.taps = [(bus, wire.units) for bus, wire in circuit.taps]
        self.points: list[float] = [0.0]
        self.levels: list[float] = [0.0]
        self.hold = (0.0, -1.0, 0.0)
        self.end = 0  # the sample from which it is silent
        self.over = 0  # the sample from which its envelope is at 0
        self.latest = 0  # the sample at which it must have forgotten
        self.onset = -1  # in the block that is being computed, else -1
        self.held = True  # its gain is a plain number, and its lane is not played
        self.group = 0.0  # whose notes cut each other off
        self.release: int | None = 0  # samples that it takes once its key is up; None: it ends by itself
        self.began = -1  # the sample of its onset, where parameters move
        self.lines: list[tuple[Lane, list[float], list[float]]] = []  # of moving parameters: samples and values
        self.envelope: Unit | None = None  # that alone makes its amplitude, if there is one
        self.enveloped: tuple[Unit, ...] = ()  # and what it multiplies
        self.park: tuple[int, float, int, int] | None = None  # from a sample, at a level, to a sample; its release
        self.parked = False
        self.silent = True  # nothing comes out of it before its next onset, whatever its gain
        self.fading = False
        self.draining = False
        self.awake = False

    def complete(self, server: Server, out: tuple[Unit, ...]) -> None:
        """Take what came of its circuit, whose last units are its sound."""
        circuit = self.circuit
        self.sum = out
        self.setters = tuple(circuit.setters)
        self.switches = tuple(map(server.switch, circuit.units))
        self.stop = tuple(unit.stop for unit in [*circuit.units, self.trigger.scan, self.gain.scan])
        self.adders = tuple(unit.setAdd for unit in out)
        self.valves = tuple(unit.setMul for unit in circuit.valves)

    def free(self) -> list[Any]:
        """Give the lanes back; gives the streams of its units, which outlive them."""
        for lane in (self.trigger, self.gain, *self.circuit.moves.values()):
            lane.free()
        return [unit._getStream() for unit in self.circuit.units]

    @property
    def sane(self) -> bool:
        """Say whether all in it is finite, apart from the sum, which others are part of."""
        units = [u for u in self.circuit.units if u not in self.sum]
        return all(abs(u._getStream().getValue()) < 1e6 for u in units)

    def add(self, before: Voice | None) -> None:
        """Add the sum of those before to its own sound."""
        if before is None:
            for add in self.adders:
                add(0.0)
        else:
            for add, unit in zip(self.adders, before.sum, strict=True):
                add(unit)

    @property
    def sounding(self) -> bool:
        return not (self.fading or self.draining)

    @property
    def ended(self) -> bool:
        """Say whether its envelope has come to its own end."""
        return not (self.fading or self.parked) and self.over <= self.end

    @property
    def steady(self) -> float:
        """Give the sample up to which it has nothing to move."""
        if not self.held or self.lines or self.circuit.followers:
            return 0.0
        waits = self.park is not None and not self.parked
        return min(self.hold[1], self.park[0]) if waits and self.park is not None else self.hold[1]

    def fire(self, k: int) -> None:
        """Start the envelopes and open the valves at sample k of this block.

        A trigger is a sample of exactly 1, so the lane opens the valves too, by the number next to it (-144 dB off).
        """
        lane = self.trigger
        if self.valves:
            if k:
                lane.view[k:] = _open(len(lane.view))[k:]
            self._set_valves(lane.scan if k else 1.0)
        lane.view[k] = 1.0
        self.start.value = 1
        self.onset = k

    def settle(self) -> None:
        """Forget the onset, at the end of its block."""
        lane, k = self.trigger, self.onset
        if k and self.valves:
            lane.view[:] = _shut(len(lane.view))
            self._set_valves(1.0)
        else:
            lane.view[k] = 0.0
        self.halt()
        self.onset = -1

    def _set_valves(self, value: Unit | float) -> None:
        for open_to in self.valves:
            open_to(value)

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

    def stay(self, at: int, steady: Steady, rate: int) -> None:
        """Note when the amplitude of a note that starts at a sample stays at a level for long."""
        first, level, last, over = steady
        self.over = at + over
        if last - first > LONG * rate:
            self.park = at + first, level, at + last, max(1, over - 1 - last)

    def _park(self, start: int) -> None:
        """Stop the envelope while it stays at its level; the gain makes the release in its place."""
        assert self.park is not None and self.envelope is not None
        _, level, last, release = self.park
        gain = self.hold[2]
        for unit in self.enveloped:
            unit.setMul(level)
        self.envelope.stop()
        self.points, self.levels = [start, last, last + release], [gain, gain, 0.0]
        self.hold = start, last, gain
        self.end = last + release + 1
        self.parked = True

    def unpark(self) -> None:
        """Let the envelope run again."""
        if self.parked:
            self.parked = False
            assert self.envelope is not None
            for unit in self.enveloped:
                unit.setMul(self.envelope)
            if self.awake:
                self.envelope.play()

    def follow(self, points: list[float], levels: list[float], hold: tuple[float, float, float]) -> None:
        """Set the line of the gain, by its samples and levels; between the times of `hold` it stays at its level."""
        self.points = points
        self.levels = levels
        self.hold = hold
        self.end = math.ceil(points[-1]) + 1
        if self.held:
            self._move()

    def stand(self, start: int, end: int, down: int, level: float) -> None:
        """Keep the gain at a level from a block's start on: until the onset the envelope is silent anyway."""
        self.points, self.levels = [start, end, end + down], [level, level, 0.0]
        self.hold = start, end, level
        self.end = end + down + 1
        self.held = True
        for scale in self.gates:
            scale(level)

    def _move(self) -> None:
        self.held = False
        scan = self.gain.scan
        for scale in self.gates:
            scale(scan)
        scan.play()

    def let_go(self, at: int) -> None:
        """Take the release of the design from wherever the gain is, at a sample before the note was to end."""
        if self.release is None or self.fading or self.end <= at + self.release:
            return
        self._fall(at, self.release)

    def aim(self, index: int, at: int, value: float, length: int) -> None:
        """Let a parameter leave its line at a sample, and move to a value within so many samples."""
        lane = self.circuit.moves.get(index)
        for i, (line, times, values) in enumerate(self.lines):
            if line is lane:
                level, count = float(np.interp(at, times, values)), bisect_left(times, at)
                self.lines[i] = line, [*times[:count], at, at + length], [*values[:count], level, value]

    def fade(self, at: int, length: int) -> None:
        """Fall to silence from wherever the gain is."""
        if self.end <= at + length:
            return
        self._fall(at, length)
        self.fading = True

    def _fall(self, at: int, length: int) -> None:
        level = float(np.interp(at, self.points, self.levels))
        count = bisect_left(self.points, at)
        points, levels = [*self.points[:count], at, at + length], [*self.levels[:count], level, 0.0]
        self.follow(points, levels, (0.0, -1.0, 0.0))
        self.park = None

    def fill(self, start: int, times: Times) -> None:
        """Write the gain of a block."""
        first, last, level = self.hold
        if first <= start and start + len(times) - 1 <= last:
            if not self.held:
                self.held = True
                for scale in self.gates:
                    scale(level)
                self.gain.scan.stop()
            if self.park is not None and not self.parked and self.park[0] <= start < self.park[2] - len(times):
                self._park(start)
        else:
            if self.held:
                self._move()
            self.gain.samples[:] = np.interp(times, self.points, self.levels)
        for lane, at, values in self.lines:
            lane.samples[:] = np.interp(times, at, values)
        for ref, setter in self.circuit.followers:
            setter(ref.of(float(ref.lane.samples[0])))
