"""Strips, groups, returns and the master: buses with chains, re-routed and rebuilt while they sound."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from livecode.engine.alignment import timings, ways
from livecode.engine.automation import Line
from livecode.engine.binding import Unit
from livecode.engine.builder import Builder, finished
from livecode.engine.bus import DOZE, Bus, Chain, Ear, Tap, connect, dependent, disconnect
from livecode.engine.meters import looks_apart
from livecode.engine.records import Bus as BusRecord
from livecode.engine.records import Graph, Mix, Node, Ref, bus_key, bus_order, keys_of
from livecode.engine.rig import Rig
from livecode.engine.tables import Block, Lane
from livecode.engine.values import LaneRef, Wire
from livecode.errors import LiveError

SWAP = 0.05  # s: the crossfade between an old chain and a new one
LONGEST_TAIL = 12.0  # s: how long a replaced chain may ring out
SOFT = 0.005  # s: the fade in of what was silenced
STEP = 32  # units that are put in their place at a time
LOOK = 0.05  # s between two looks for what may sleep
UNKNOWN_TAIL = 1.0  # s: of a chain whose tail cannot be told

MASTER = BusRecord("master", "master", Graph("master", (), (Node("in", ()),), Ref(0)))


@dataclass(slots=True)
class Fade:
    """A gate that moves in a straight line, and what is done when it has arrived."""

    lane: Lane
    start: int
    length: int
    begin: float
    end: float
    units: tuple[Unit, ...]
    done: Callable[[], None]


class Mixer:
    """All buses of the engine, in the order in which they are computed."""

    def __init__(self, rig: Rig, report: Callable[[str, str], None]) -> None:
        self.rig = rig
        self.report = report
        self.clock = 0  # the sample at which the present block begins
        self._look = 0
        self._silenced = False
        self._dozing: list[Bus] = []  # that may sleep soon
        self.lateness = 0  # samples by which what leaves the master comes after its notes
        self.front = rig.lane()  # fires once when the transport starts; every lane is computed before it
        self.front.scan.play()
        self.buses: dict[str, Bus] = {}
        self.order: list[str] = []
        self._blocks = 0  # that were begun
        self._apart = looks_apart(rig)
        self.lines: dict[tuple[str, str], Line] = {}
        self.lanes: list[Line] = []
        self.keys: dict[str, list[Block]] = {}
        self.fades: list[Fade] = []
        self.later: list[tuple[int, Callable[[], None]]] = []
        self.dirty: list[tuple[Block, int]] = []
        self.master = Bus(rig, MASTER)
        self.buses["master"] = self.master
        self.order = ["master"]
        finished(self._swap(self.master, MASTER, fade=False))

    @property
    def ceiling(self) -> float | None:
        """Where the master chain limits, in dB."""
        chain = self.master.chain
        return None if chain is None else chain.circuit.ceiling

    # changing the mix

    def change(self, mix: Mix, reroute: Callable[[], Iterator[None]]) -> Iterator[None]:
        """Change to a mix in small steps, one a block; only what differs is rebuilt."""
        rig = self.rig
        records = {bus_key(r): r for r in mix.buses}
        records.setdefault("master", MASTER)
        order = bus_order(mix)
        timing = timings(mix, order, rig.rate)
        moved = self._set_lanes(mix, records)
        for (name, lane), line in self.lines.items():
            line.late = dict(timing[name].lanes).get(lane, 0)
        yield
        for name in [n for n in self.order if n not in records]:
            self._remove(name)
        survivors = [n for n in self.order if n in records]
        reordered = survivors != [n for n in order if n in self.buses]
        for i in reversed(range(len(order))):
            name = order[i]
            if name not in self.buses:
                bus = self.buses[name] = Bus(rig, records[name])
                self._move(bus, order, i)
                yield
        self.order = order
        listened = set[str]().union(*(keys_of(r.chain) for r in mix.buses))
        for i, name in enumerate(order[:-1]):
            if name in listened and self.buses[name].listened(rig):
                self._move(self.buses[name], order, i)
                yield
        if reordered:
            for i in reversed(range(len(order) - 1)):
                self._move(self.buses[order[i]], order, i)
                yield
        for name in order:
            bus, record = self.buses[name], records[name]
            if self._differs(bus, record) or name in moved or bus.timing != timing[name]:
                bus.timing = timing[name]
                try:
                    yield from self._swap(bus, record, fade=bus.chain is not None)
                except LiveError as error:
                    self.report(f"the chain of {name} stays as it was: {error.message}", name)
                    if bus.chain is None:
                        plain = BusRecord(name, record.kind, MASTER.chain, record.to)
                        yield from self._swap(bus, plain, fade=False)
            bus.record = record
            yield
        for name in order[:-1]:
            bus = self.buses[name]
            target = self.buses.get(records[name].to, self.master)
            if bus.target is not target:
                bus.feed(target)
        self._set_keys()
        self.lateness = timing["master"].out
        yield from reroute()

    def _differs(self, bus: Bus, record: BusRecord) -> bool:
        """Say whether the chain must be built anew: it is another, or a bus is that it sends to or listens to."""
        if bus.chain is None or record.chain != bus.record.chain:
            return True
        ends: list[Tap | Ear] = [*bus.chain.taps, *bus.chain.ears]
        return any(end.bus is not self.buses.get(end.name) for end in ends)

    def _set_lanes(self, mix: Mix, records: dict[str, BusRecord]) -> set[str]:
        """Give every automated parameter its lane; name the buses whose set of lanes changed."""
        wanted = {}
        for bus, name in mix.lanes:
            params = {p.name: p for p in records[bus].chain.params} if bus in records else {}
            if name in params:
                wanted[bus, name] = params[name]
        moved = {bus for bus, name in set(wanted) ^ set(self.lines)}
        kept = {}
        for key, param in wanted.items():
            line = self.lines.get(key)
            if line is None:
                line = Line(self.rig.lane(), param)
                self.rig.server.move_before(self.front.scan, line.lane.scan)
                line.lane.scan.play()
            line.limit(param)
            kept[key] = line
        self.lines = kept
        self.lanes = [self.lines.get(key) or Line(None, None) for key in mix.lanes]
        return moved

    def _move(self, bus: Bus, order: list[str], i: int) -> None:
        bus.moves += 1
        anchor = self.buses[order[i + 1]].left
        for unit in bus.units:
            self.rig.server.move_before(anchor, unit)

    def _swap(self, bus: Bus, record: BusRecord, *, fade: bool) -> Generator[None, None, None]:
        """Put a new chain in the place of the old; the old one's input is faded out and its tail rings on."""
        new = yield from self._build(bus, record)
        bus.wake()
        bus.since = self.clock
        for unit in new.circuit.units:
            unit.play()
        self._follow(new)
        old, bus.chain = bus.chain, new
        connect(bus, new, self.buses)
        if bus.settling is not None:  # what is heard is still the one before
            unheard, old, bus.settling = old, bus.settling, None
            if unheard is not None:
                self._forget(bus, unheard)
        if not fade or old is None:
            return
        if old not in bus.retired:
            bus.retired.append(old)
        if new.settle <= 0.0:
            self._fade(new.gates, 0.0, 1.0, round(SWAP * self.rig.rate), lambda: None)
            self._retire(bus, old)
            return
        bus.settling = old
        for unit in new.ends:
            unit.setMul(0.0)
        self.later.append((self.clock + round(new.settle * self.rig.rate), lambda: self._settled(bus, new)))

    def _settled(self, bus: Bus, new: Chain) -> None:
        """Let a chain be heard that has found its level, in the place of the old."""
        if bus.chain is new and bus.settling is not None:
            old, bus.settling = bus.settling, None
            self._fade(new.ends, 0.0, 1.0, round(SWAP * self.rig.rate), lambda: None)
            self._retire(bus, old)

    def _retire(self, bus: Bus, old: Chain) -> None:
        """Fade the input of a chain and let its tail ring on; what fades already does so in step with it."""
        length = round(SWAP * self.rig.rate)
        ring = round(old.tail * self.rig.rate)

        def ring_out() -> None:
            self.later.append((self.clock + ring, lambda: self._end(bus, old)))

        for fade in self.fades:
            if any(fade.units == chain.gates for chain in bus.retired):
                fade.begin, fade.start, fade.length = float(fade.lane.samples[-1]), -1, length
        self._fade(old.gates, 1.0, 0.0, length, ring_out)

    def _end(self, bus: Bus, chain: Chain) -> None:
        """Fade the output of a retired chain and forget it."""
        self._fade(chain.ends, 1.0, 0.0, round(0.02 * self.rig.rate), lambda: self._forget(bus, chain))

    def _forget(self, bus: Bus, chain: Chain) -> None:
        chain.circuit.stop()
        disconnect(bus, chain)
        if chain in bus.retired:
            bus.retired.remove(chain)
        for _, lane in chain.circuit.keys:
            self.rig.drop(lane)
        chain.circuit.keys.clear()
        self._set_keys()

    def _build(self, bus: Bus, record: BusRecord) -> Generator[None, None, Chain]:
        """Build a chain, a node a step; nothing of it plays yet."""
        rig = self.rig
        lanes = {name: line.lane for (b, name), line in self.lines.items() if b == record.name}
        b = Builder(rig, record.chain, self.front.scan, lanes=lanes, master=record.kind == "master")
        b.arrival = bus.timing.arrival
        b.ways = ways(record.chain, rig.rate, dict(bus.timing.keys))
        if bus.notes is not None:
            notes = b.late(Wire(bus.notes, -1, slot=2), b.arrival).units  # what is sent here comes so much later
            gates = rig.unit("Mix", [bus.left, notes[0]]), rig.unit("Mix", [bus.right, notes[1]])
        else:
            gates = rig.unit("Sig", bus.left), rig.unit("Sig", bus.right)
        b.source = gates
        b.circuit.units += gates
        value = b.settle(b.wire((yield from b.steps())))
        if len(value.units) == 1:
            value = Wire(value.units * 2, value.made, slot=2, life=value.life)
        values = [u._getStream().getValue for u in value.units]
        core = b.shield(value)
        out = b.late(core, bus.timing.pad)
        plain = out if out is core else b.unit("Sig", core)
        circuit = b.circuit
        taps = [
            Tap(name, b.shield(b.late(wire, pad)).units)
            for (name, wire), pad in zip(circuit.taps, bus.timing.sends, strict=True)
        ]
        for _, lane in circuit.keys:
            rig.server.move_before(self.front.scan, lane.scan)
            lane.scan.play()
        anchor = bus.out[0]
        for i, unit in enumerate(circuit.units):
            if i % STEP == 0:
                yield
            rig.server.move_before(anchor, unit)
        yield
        tail = value.life if isinstance(value.life, float) else UNKNOWN_TAIL
        ends = out.units[0], out.units[-1]
        heard = plain.units[0], plain.units[-1]
        chain = Chain(circuit, gates, ends, heard, taps, min(tail, LONGEST_TAIL), values, circuit.settle)
        chain.ears = [Ear(name, units) for name, units in circuit.ears]
        chain.resting = dependent(circuit.units, bus.sources)
        yield
        return chain

    def _remove(self, name: str) -> None:
        bus = self.buses.pop(name)
        self._fade(bus.out, 1.0, 0.0, round(SWAP * self.rig.rate), lambda: self._gone(bus))

    def _gone(self, bus: Bus) -> None:
        bus.feed(None)
        for chain in [*bus.retired, *([bus.chain] if bus.chain else [])]:
            self._forget(bus, chain)
        for unit in bus.frame:
            unit.stop()

    def _set_keys(self) -> None:
        """Find for every strip the ducks that its notes press."""
        self.keys = {}
        pressed: dict[str, list[Block]] = {}
        for bus in self.buses.values():
            for chain in [*bus.retired, *([bus.chain] if bus.chain else [])]:
                for key, lane in chain.circuit.keys:
                    pressed.setdefault(key, []).append(lane.samples)
        for name in self.buses:
            seen = {name}
            at: str | None = name
            while at in self.buses and at != "master":
                at = self.buses[at].record.to
                seen.add(at)
            self.keys[name] = [samples for key in seen for samples in pressed.get(key, ())]

    # moving through time

    def _fade(self, units: tuple[Unit, ...], begin: float, end: float, length: int, done: Callable[[], None]) -> None:
        for other in self.fades:
            if any(unit in units for unit in other.units):  # it goes on from where that is
                begin = float(other.lane.samples[-1])
                other.units = tuple(unit for unit in other.units if unit not in units)
        lane = self.rig.lane()
        lane.samples.fill(begin)
        self.rig.server.move_before(self.front.scan, lane.scan)
        lane.scan.play()
        for unit in units:
            unit.setMul(lane.scan)
        self.fades.append(Fade(lane, -1, max(1, length), begin, end, units, done))

    def _arrive(self, fade: Fade) -> None:
        for unit in fade.units:
            unit.setMul(fade.end)
        self.rig.drop(fade.lane)
        fade.done()

    def press(self, strip: str, k: int) -> None:
        """A note starts on a strip at sample k of this block: press the ducks that listen."""
        for samples in self.keys.get(strip, ()):
            samples[k] = 1.0
            self.dirty.append((samples, k))

    def restart(self, k: int) -> None:
        """The transport starts at sample k of this block: reset the phase of every moving effect."""
        self.front.samples[k] = 1.0
        self.dirty.append((self.front.samples, k))

    def begin(self, start: int) -> None:
        """Open a block: forget the last triggers and end the fades that have arrived."""
        self.clock = start
        self._blocks += 1
        for samples, k in self.dirty:
            samples[k] = 0.0
        self.dirty.clear()
        for fade in [f for f in self.fades if f.start >= 0 and f.start + f.length <= start]:
            self.fades.remove(fade)
            self._arrive(fade)
        self._rest()
        for due in [d for d in self.later if d[0] <= start]:
            self.later.remove(due)
            due[1]()

    def _rest(self) -> None:
        """Put to sleep what nothing goes into and nothing comes out of any more."""
        for bus in self._dozing:
            if not bus.silent:
                bus.since = self.clock
        if self.clock < self._look:
            return
        self._look = self.clock + round(LOOK * self.rig.rate)
        self._dozing.clear()
        busy = {id(b) for b in self.buses.values() if b.callers or b.called or b.retired or b.chain is None}
        for bus in self.buses.values():
            bus.called = False
        for bus in [self.buses[n] for n in self.order if n in self.buses]:  # each before what hears it
            if bus.asleep or bus.chain is None:
                continue
            tail = (bus.chain.tail + DOZE) * self.rig.rate
            if id(bus) in busy:
                bus.since = self.clock
            elif bus.silent and self.clock - bus.since > tail:
                bus.sleep()
                continue
            else:
                self._dozing.append(bus)
            busy.update(id(b) for b in bus.hearers())

    def fill(self, start: int, times: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        """Write the lanes of a block, after its events were read."""
        for fade in self.fades:
            if fade.start < 0:
                fade.start = start
            fade.lane.samples[:] = np.interp(times, (fade.start, fade.start + fade.length), (fade.begin, fade.end))
        for line in self.lines.values():
            line.fill(start, times)
        for bus in self.buses.values():
            if not bus.asleep and bus.chain is not None and bus.chain.circuit.followers:
                self._follow(bus.chain)

    def _follow(self, chain: Chain) -> None:
        """Move what can only be set once a block, where its lane has moved."""
        followers: list[tuple[LaneRef, Callable[[float], Any]]] = chain.circuit.followers
        if not followers:
            return
        values = [ref.of(float(ref.lane.samples[0])) for ref, _ in followers]
        if values != chain.followed:
            for value, (_, setter) in zip(values, followers, strict=True):
                setter(value)
            chain.followed = values

    def sick(self) -> list[str]:
        """Name the buses whose value is not finite and put fresh chains in their place.

        It looks every few milliseconds: what is not finite is silence meanwhile.
        """
        out: list[str] = []
        if self._blocks % self._apart:
            return out
        for name, bus in self.buses.items():
            chain = bus.chain
            if not bus.asleep and chain is not None and not all(abs(value()) < 1e6 for value in chain.values):
                out.append(name)
                bus.chain = None
                self._forget(bus, chain)
                heard, bus.settling = bus.settling, None
                if heard is not None:
                    self._retire(bus, heard)
                finished(self._swap(bus, bus.record, fade=False))
                assert bus.chain is not None
                self._fade(bus.chain.gates, 0.0, 1.0, round(SOFT * self.rig.rate), lambda: None)
                self._set_keys()
        return out

    def silence(self, seconds: float, later: Callable[[Iterator[None]], None]) -> None:
        """Fade the master out, then empty every chain of what rings in it, and fade in again.

        `later` takes the work that follows the fade, to be done in steps.
        """
        if self._silenced:
            return
        self._silenced = True

        def arrived() -> None:  # a block or two later no voice sounds any more either
            self.later.append((self.clock + 2 * self.rig.block, lambda: later(self._empty())))

        self._fade(self.master.out, 1.0, 0.0, round(seconds * self.rig.rate), arrived)

    def _empty(self) -> Iterator[None]:
        for name in list(self.order):
            bus = self.buses.get(name)
            if bus is None or bus.asleep or bus.chain is None:
                continue
            for chain in [*bus.retired, bus.chain]:
                self._forget(bus, chain)
            bus.chain = bus.settling = None
            yield from self._swap(bus, bus.record, fade=False)
            yield
        self._set_keys()
        self._silenced = False
        self._fade(self.master.out, 0.0, 1.0, round(SOFT * self.rig.rate), lambda: None)

    def measure(self) -> None:
        """Let the meters of all buses follow the block that was computed last."""
        for i, bus in enumerate(self.buses.values(), self._blocks):
            if bus.meter is not None:
                bus.meter.follow(bus, due=not i % self._apart)  # not all of them in the same block

    def taken(self) -> list[float]:
        """Give the numbers of every bus's meter since the last look, in the order of the mix."""
        meters = [self.buses[name].meter for name in self.order if name in self.buses]
        return [number for meter in meters if meter is not None for number in meter.take()]
