"""A bus: what it sums, the chain behind it, and its sleep while nothing goes in and nothing rings on."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livecode.engine.alignment import Timing
from livecode.engine.binding import Unit
from livecode.engine.circuit import Circuit
from livecode.engine.meters import BusMeter
from livecode.engine.records import Bus as BusRecord
from livecode.engine.rig import Rig

SILENT = 1e-7  # below it a bus counts as silent (-140 dB)
DOZE = 0.1  # s of silence, beyond the tail of its chain, before a bus sleeps


@dataclass(slots=True)
class Tap:
    """A send of a chain: the bus it names, its units, and the bus it is plugged into, if there is one."""

    name: str
    units: tuple[Unit, ...]
    bus: Bus | None = None


@dataclass(slots=True)
class Ear:
    """What a chain listens to: the bus it names, the units that hear it, and the bus itself, if there is one."""

    name: str
    units: tuple[Unit, Unit]
    bus: Bus | None = None


@dataclass(slots=True)
class Chain:
    """The units of one version of a bus's chain, with a gate before and a gate behind it."""

    circuit: Circuit
    gates: tuple[Unit, Unit]
    out: tuple[Unit, Unit]
    plain: tuple[Unit, Unit]  # the same before it waits for what comes later on other ways
    taps: list[Tap]
    tail: float
    values: list[Callable[[], float]]
    settle: float = 0.0  # s that it takes to find its level
    followed: list[float] = field(default_factory=list)
    ears: list[Ear] = field(default_factory=list)
    resting: list[Unit] = field(default_factory=list)  # the units that depend on the input and may sleep

    @property
    def ends(self) -> tuple[Unit, ...]:
        """Give the units through which it is heard."""
        plain = () if self.plain[0] is self.out[0] else self.plain
        return (*self.out, *plain, *(u for tap in self.taps for u in tap.units))


class Bus:
    """One bus: what it sums, its chain, and pairs of units that stay while chains come and go.

    Notes that go straight into a return have a pair of their own, so that they can be as late as what is sent there.
    """

    def __init__(self, rig: Rig, record: BusRecord) -> None:
        self.record = record
        self.left, self.right = rig.unit("Mix", []), rig.unit("Mix", [])
        self.notes = (rig.unit("Mix", []), rig.unit("Mix", [])) if record.kind == "return" else None
        self.out = rig.unit("Mix", []), rig.unit("Mix", [])
        self.ahead: tuple[Unit, Unit] | None = None  # what leaves it before it waits for others, if a bus listens
        self.peaks = rig.unit("PeakAmp", self.out[0]), rig.unit("PeakAmp", self.out[1])
        self.timing = Timing()
        self.chain: Chain | None = None
        self.retired: list[Chain] = []
        self.settling: Chain | None = None  # the one that is heard until its successor has found its level
        self.target: Bus | None = None
        self.moves = 0
        self.callers = 0  # voices that play into it
        self.called = False  # one came in since the last look, however short it was
        self.asleep = False
        self.since = 0  # the sample since which nothing goes in and nothing comes out
        self._heads = [self.left, self.right, *(self.notes or ())]
        self.frame = [*self._heads, *self.out, *self.peaks]
        self.meters = [p._getStream().getValue for p in self.peaks]
        self.levels: list[Callable[[], float]] = []  # RMS of left, right and their sum
        self.meter = BusMeter(rig) if rig.metered else None
        if rig.metered:
            both = rig.unit("Mix", [*self.out])
            squares = [rig.unit("RMS", unit) for unit in (*self.out, both)]
            self.frame += [both, *squares]
            self.levels = [unit._getStream().getValue for unit in squares]
        for unit in self.frame:
            unit.play()

    @property
    def units(self) -> list[Unit]:
        chains = [*self.retired, self.chain] if self.chain else self.retired
        return [*self._heads, *(u for c in chains for u in c.circuit.units), *self.frame[len(self._heads) :]]

    @property
    def sources(self) -> tuple[Unit, ...]:
        """Give the units through which all comes in."""
        return tuple(self._heads)

    @property
    def doors(self) -> tuple[Unit, Unit]:
        """Give the units that sum its notes."""
        return self.notes or (self.left, self.right)

    def listened(self, rig: Rig) -> bool:
        """Be ready for buses that listen to it; say whether it was not before."""
        if self.ahead is not None:
            return False
        self.ahead = rig.unit("Mix", []), rig.unit("Mix", [])
        for chain in [*self.retired, *([self.chain] if self.chain is not None else [])]:
            for unit, plain in zip(self.ahead, chain.plain, strict=True):
                unit.input.append(plain)
        self.frame += self.ahead
        if not self.asleep:
            for unit in self.ahead:
                unit.play()
        return True

    def plug(self, units: tuple[Unit, ...]) -> None:
        """Take one or two units as an input."""
        self.left.input.append(units[0])
        self.right.input.append(units[-1])

    def unplug(self, units: tuple[Unit, ...]) -> None:
        _taken_out((self.left, self.right), units)

    def call(self, units: tuple[Unit, ...]) -> None:
        """Take a voice as an input, and be awake for it."""
        for door, unit in zip(self.doors, (units[0], units[-1]), strict=True):
            door.input.append(unit)
        self.callers += 1
        self.called = True
        self.wake()

    def swap(self, old: tuple[Unit, ...], new: tuple[Unit, ...]) -> None:
        """Take a voice as an input in the place of another."""
        for door, c in zip(self.doors, (0, -1), strict=True):
            door.input[door.input.index(old[c])] = new[c]

    def leave(self, units: tuple[Unit, ...]) -> None:
        """Let a voice go."""
        if units[0] in self.doors[0].input:
            self.callers -= 1
        _taken_out(self.doors, units)

    def wake(self) -> None:
        """Compute again, and all that hears this bus too."""
        if not self.asleep:
            return
        self.asleep = False
        for unit in self._sleepers():
            unit.play()
        for bus in self.hearers():
            bus.wake()

    def sleep(self) -> None:
        """Compute nothing but what moves by itself."""
        self.asleep = True
        for unit in self._sleepers():
            unit.stop()

    def _sleepers(self) -> list[Unit]:
        assert self.chain is not None
        return [*self.frame, *self.chain.resting]

    def hearers(self) -> list[Bus]:
        """Give the buses that hear this one."""
        taps = self.chain.taps if self.chain is not None else []
        return [b for b in (self.target, *(t.bus for t in taps)) if b is not None]

    @property
    def silent(self) -> bool:
        return all(meter() < SILENT for meter in self.meters)

    def feed(self, target: Bus | None) -> None:
        """Play into another bus from now on."""
        if self.target is not None:
            self.target.unplug(self.out)
        self.target = target
        if target is not None:
            target.plug(self.out)
            if not self.asleep:
                target.wake()


def _taken_out(doors: tuple[Unit, Unit], units: tuple[Unit, ...]) -> None:
    for door, unit in zip(doors, (units[0], units[-1]), strict=True):
        if unit in door.input:
            door.input.remove(unit)


def connect(bus: Bus, chain: Chain, buses: Mapping[str, Bus]) -> None:
    """Let a chain be heard behind its bus, and its sends where they go."""
    bus.out[0].input.append(chain.out[0])
    bus.out[1].input.append(chain.out[1])
    for unit, plain in zip(bus.ahead or (), chain.plain, strict=False):
        unit.input.append(plain)
    for tap in chain.taps:
        tap.bus = buses.get(tap.name)
        if tap.bus is not None:
            tap.bus.plug(tap.units)
    for ear in chain.ears:
        ear.bus = buses.get(ear.name)
        if ear.bus is not None:
            for unit, out in zip(ear.units, ear.bus.ahead or ear.bus.out, strict=True):
                unit.input.append(out)


def disconnect(bus: Bus, chain: Chain) -> None:
    """Let a chain be heard no more."""
    for inputs, unit in zip((bus.out[0].input, bus.out[1].input), chain.out, strict=True):
        if unit in inputs:
            inputs.remove(unit)
    if bus.ahead is not None:
        _taken_out(bus.ahead, chain.plain)
    for tap in chain.taps:
        if tap.bus is not None:
            tap.bus.unplug(tap.units)
            tap.bus = None
    for ear in chain.ears:
        ear.bus = None
        for unit in ear.units:
            unit.input.clear()


def dependent(units: list[Unit], sources: tuple[Unit, ...]) -> list[Unit]:
    """Give those of the units, in the order of computation, that hear the sources, straight or through others."""
    heard = {id(x) for unit in sources for x in (unit, unit._getStream())}
    out = []
    for unit in units:
        parts = [p for part in gc.get_referents(unit) for p in (part if isinstance(part, list) else [part])]
        if any(id(p) in heard for p in parts):
            out.append(unit)
            heard |= {id(unit), id(unit._getStream())}
    return out
