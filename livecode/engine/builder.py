"""Signal graphs to pyo units: the only place that knows which units are made."""

from __future__ import annotations

import gc
import math
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from livecode.engine.alignment import Ways
from livecode.engine.arithmetic import Arithmetic, finite
from livecode.engine.binding import Unit
from livecode.engine.circuit import Sustain
from livecode.engine.memory import REMEMBERS, Memory
from livecode.engine.records import Arg, Control, Graph, Ref
from livecode.engine.rig import Rig
from livecode.engine.rows import UGENS
from livecode.engine.tables import Lane
from livecode.engine.values import Expr, Held, LaneRef, Number, Value, Wire
from livecode.errors import SoundError

T = TypeVar("T")
LOUDEST = 8.0  # where a runaway signal is cut


class Builder(Arithmetic):
    """Builds one graph once: for a voice (parameters are known at the note) or for a bus (they may be lanes)."""

    def __init__(
        self,
        rig: Rig,
        graph: Graph,
        trigger: Unit,
        *,
        source: tuple[Unit, ...] = (),
        lanes: Mapping[str, Lane] | None = None,
        gate: Unit | None = None,
        master: bool = False,
    ) -> None:
        super().__init__(rig, graph)
        self.trigger = trigger
        self.source = source
        self.lanes = lanes or {}
        self.gate = None if gate is None else Wire((gate,), -1, slot=2)
        self.voice = gate is not None
        self.master = master
        self.arrival = 0  # samples by which what goes in comes after its notes
        self.ways: Ways | None = None  # of a bus: when its nodes hear what they hear
        self.before = 0  # samples by which what the present node hears comes after what goes in
        self.widened = False  # one channel has become two alike
        self._made = 0
        self._quiet: set[int] = set()  # units that are silent until the valves open
        self._uses = [0] * len(graph.nodes)
        for arg in [a for n in graph.nodes for a in n.args] + [graph.out]:
            if isinstance(arg, Ref):
                self._uses[arg.node] += 1

    def build(self) -> Value:
        """Make the units of every node and give the value of the graph's output."""
        return finished(self.steps())

    def steps(self) -> Generator[None, None, Value]:
        """Do what `build` does, a node a step."""
        values: list[Value] = []
        for i, node in enumerate(self.graph.nodes):
            row = UGENS.get(node.ugen)
            if row is None:
                raise SoundError(f"{self.graph.name}: there is no unit generator {node.ugen}")
            if not row.takes(len(node.args)):
                raise SoundError(f"{self.graph.name}: {node.ugen} takes {row.arity} arguments, not {len(node.args)}")
            self.before = self.ways.before[i] if self.ways is not None else 0
            args = [self._in_time(a, self._arg(a, values)) for a in node.args]
            value = row.build(self, node.text, *args) if row.text else row.build(self, *args)
            values.append(self.settle(value) if isinstance(value, Wire) and self._uses[i] > 1 else value)
            yield
        return self._arg(self.graph.out, values)

    def _arg(self, arg: Arg, values: list[Value]) -> Value:
        if isinstance(arg, Ref):
            return values[arg.node]
        if isinstance(arg, Control):
            return self.control(arg.name)
        return float(arg) if math.isfinite(arg) else 0.0

    def _in_time(self, arg: Arg, value: Value) -> Value:
        """Delay what a node hears until all of it is there."""
        if self.ways is None or not isinstance(arg, Ref) or not isinstance(value, Wire):
            return value
        return self.late(value, self.before - self.ways.late[arg.node]) if self.ways.heard[arg.node] else value

    def control(self, name: str) -> Value:
        """Give the value of a parameter: of the note in a voice, a lane or its default in a bus."""
        for i, p in enumerate(self.graph.params):
            if p.name == name:
                if self.voice and p.moves:
                    return self._moving(i, finite(p.lo), finite(p.hi))
                if self.voice:
                    return self.given(i)
                if name in self.lanes:
                    lane = self.lanes[name]
                    return Wire((lane.scan,), -1, slot=2, lo=finite(p.lo), hi=finite(p.hi), lane=LaneRef(lane))
                return p.default
        raise SoundError(f"{self.graph.name} has no parameter {name}")

    def _moving(self, i: int, lo: float, hi: float) -> Wire:
        """Give the lane of a parameter that moves while the note sounds."""
        lane = self.circuit.moves.get(i)
        if lane is None:
            lane = self.circuit.moves[i] = self.rig.lane()
            self.circuit.units.append(lane.scan)
        return Wire((lane.scan,), -1, slot=2, lo=lo, hi=hi, lane=LaneRef(lane))

    # values

    def clamp(self, value: Value, lo: float, hi: float) -> Value:
        """Keep a value in a range; a signal of known bounds is mapped linearly, at no cost."""
        if not isinstance(value, Wire):
            return self.kept(value, lo, hi)
        if value.lane is not None and lo <= value.lo and value.hi <= hi and value.mul == 1.0 and value.add == 0.0:
            return value
        if value.bounded and value.lane is None and value.slot == 0:
            ends = [self.number("add", self.number("mul", value.mul, e), value.add) for e in (value.lo, value.hi)]
            if all(isinstance(e, float) and lo <= e <= hi for e in ends):
                return value
            low, high = (self.fixed(e, lo, hi) for e in ends)
            mul = self.number("div", self.number("sub", high, low), value.hi - value.lo)
            return replace(value, mul=mul, add=self.number("sub", low, self.number("mul", mul, value.lo)))
        lane = None if value.lane is None else replace(value.lane, lo=lo, hi=hi)
        return replace(self.unit("Clip", value, lo, hi), lo=lo, hi=hi, life=value.life, lane=lane)

    def fixed(self, value: Value, lo: float, hi: float) -> Number:
        """Keep a number in a range; raises SoundError for a signal."""
        out = self.clamp(self.onset(value), lo, hi)
        if isinstance(out, Wire):
            raise SoundError(f"{self.graph.name}: a signal cannot move what is fixed when the note starts")
        return out

    def onset(self, value: Value) -> Value:
        """Give what a parameter that moves is when the note starts; anything else as it is."""
        if not isinstance(value, Wire) or value.lane is None:
            return value
        ref = value.lane
        index = next((i for i, lane in self.circuit.moves.items() if lane is ref.lane), None)
        if index is None:
            return value
        number = self.number("add", self.number("mul", self.given(index), ref.scale), ref.offset)
        return self.clamp(number, ref.lo, ref.hi) if math.isfinite(ref.lo) and math.isfinite(ref.hi) else number

    def length(self) -> Number:
        """Give the seconds until the gate of the note closes."""
        return self.fixed(Expr("p0"), 0.0, 3600.0)

    def top(self, value: Value) -> Number:
        """Give the highest magnitude a value reaches, or the note's frequency where that cannot be known."""
        if not isinstance(value, Wire):
            return value
        if value.bounded and value.lane is None:
            a, b = (self.number("add", self.number("mul", value.mul, e), value.add) for e in (value.lo, value.hi))
            return self.number("max", self.number("max", a, b), self.number("max", self.neg(a), self.neg(b)))
        return self.given(1) if self.voice else 440.0

    # signals

    def unit(self, kind: str, *slots: Any, life: Number | None = None) -> Wire:
        """Make one unit a channel; signals among the slots say how many channels."""
        remembers = self.voice and kind in REMEMBERS
        if remembers:
            slots = tuple(self._valve(s) if isinstance(s, Wire) else s for s in slots)
        wires = [s.value if isinstance(s, Held) else s for s in slots]
        settled = [self._settle_slot(s) for s in slots]
        channels = max([1, *(len(w.units) for w in wires if isinstance(w, Wire))])
        units = []
        for c in range(channels):
            args = []
            later = []
            for slot in settled:
                if isinstance(slot, Wire):
                    args.append(slot.units[c % len(slot.units)])
                elif not isinstance(slot, Held):
                    args.append(slot)
                elif isinstance(slot.value, Wire) and slot.audio:
                    args.append(slot.value.units[c % len(slot.value.units)])
                elif isinstance(slot.value, Expr | Wire):
                    args.append(slot.start)
                    later.append(slot)
                else:
                    args.append(slot.value)
            unit = self.rig.unit(kind, *args)
            self.circuit.units.append(unit)
            for slot in later:
                self._later(unit, slot)
            if remembers:
                self.circuit.memories.append(Memory(kind, unit, self.rig.rate))
                self._quiet.add(id(unit))
            units.append(unit)
        self._made += 1
        return Wire(tuple(units), self._made, life=life)

    def first(self, wire: Wire) -> Wire:
        """Compute a signal that hears no other before all others, so that it can multiply any of them."""
        for unit in wire.units:
            self.circuit.units.remove(unit)
            self.circuit.units.insert(0, unit)
        return replace(wire, made=0)

    def steady_gain(self, wire: Wire) -> Sustain | None:
        """Give the sustain of the envelope that alone makes the amplitude of a signal, if it is heard nowhere else."""
        for sustain in self.circuit.sustains:
            unit = sustain.unit
            hearers = [u for u in self.circuit.units if u is not unit and any(x is unit for x in gc.get_referents(u))]
            plain = unit.mul == 1.0 and unit.add == 0.0
            scaled = unit.setMul in self.circuit.setters or unit.setAdd in self.circuit.setters
            alone = {*map(id, hearers)} == {*map(id, wire.units)}
            if plain and not scaled and alone and all(u.mul is unit and u.add == 0.0 for u in wire.units):
                return sustain
        return None

    def _valve(self, wire: Wire) -> Wire:
        """Let a signal through only while a note of the voice sounds."""
        if wire.slot < 2 and wire.add == 0.0 and all(id(u) in self._quiet for u in wire.units):
            return wire
        if wire.slot != 0 or wire.mul != 1.0 or wire.add != 0.0:
            wire = self._copy(self.settle(wire))
        self.circuit.valves += wire.units
        return replace(wire, slot=2)

    def _settle_slot(self, slot: Any) -> Any:
        if isinstance(slot, Wire):
            return self.settle(slot)
        if isinstance(slot, Held) and isinstance(slot.value, Wire) and slot.audio:
            return replace(slot, value=self.settle(slot.value))
        return slot

    def _later(self, unit: Unit, slot: Held) -> None:
        setter = getattr(unit, slot.setter)
        if isinstance(slot.value, Expr):
            self.on_note(setter, str(slot.value))
        elif isinstance(slot.value, Wire) and slot.value.lane is not None:
            self.circuit.followers.append((slot.value.lane, setter))
        else:
            raise SoundError(f"{self.graph.name}: an audio signal cannot move this ({slot.setter[3:].lower()})")

    def settle(self, wire: Wire) -> Wire:
        """Give the waiting linear map to the units, or to new ones where theirs are taken."""
        if wire.mul == 1.0 and wire.add == 0.0:
            return wire if wire.slot == 2 else replace(wire, slot=2)
        if wire.slot == 2 or (wire.slot == 1 and wire.mul != 1.0):
            wire = self._copy(wire)
        for unit in wire.units:
            for value, setter in ((wire.mul, unit.setMul), (wire.add, unit.setAdd)):
                if isinstance(value, Expr):
                    self.on_note(setter, str(value))
                elif value != (1.0 if setter == unit.setMul else 0.0):
                    setter(value)
        lo, hi = wire.lo, wire.hi
        if isinstance(wire.mul, float) and isinstance(wire.add, float) and wire.bounded:
            lo, hi = sorted((wire.mul * lo + wire.add, wire.mul * hi + wire.add))
        else:
            lo, hi = -math.inf, math.inf
        return replace(wire, mul=1.0, add=0.0, slot=2, lo=lo, hi=hi)

    def still(self, value: Value) -> Value:
        """Settle what is a signal, so that it can be used more than once."""
        return self.settle(value) if isinstance(value, Wire) else value

    def _copy(self, wire: Wire, channels: int = 0) -> Wire:
        """Put fresh units behind a wire, its linear map still waiting."""
        units = tuple(
            self.rig.unit("Sig", wire.units[c % len(wire.units)]) for c in range(max(channels, len(wire.units)))
        )
        self.circuit.units.extend(units)
        self._made += 1
        return replace(wire, units=units, made=self._made, slot=0)

    def affine(self, wire: Wire, mul: Number, add: Number) -> Wire:
        """Scale and shift a signal without making anything."""
        lane = wire.lane
        if lane is not None and isinstance(mul, float) and isinstance(add, float):
            lane = LaneRef(lane.lane, lane.scale * mul, lane.offset * mul + add)
        silent_still = isinstance(add, float) and add == 0.0
        return replace(
            wire,
            mul=self.number("mul", wire.mul, mul),
            add=self.number("add", self.number("mul", wire.add, mul), add),
            life=wire.life if silent_still else None,
            lane=lane,
        )

    def add(self, a: Value, b: Value) -> Value:
        if not isinstance(a, Wire) and not isinstance(b, Wire):
            return self.number("add", a, b)
        if not isinstance(a, Wire):
            a, b = b, a
        assert isinstance(a, Wire)
        if not isinstance(b, Wire):
            return self.affine(a, 1.0, b)
        life = self.latest(a.life, b.life)
        old, new = (a, b) if a.made <= b.made else (b, a)
        old = self.settle(replace(old, add=self.number("add", old.add, new.add)))
        new = replace(new, add=0.0)
        channels = max(len(old.units), len(new.units))
        if new.slot == 2 or (new.slot == 1 and new.mul != 1.0) or len(new.units) < channels or old.made >= new.made:
            new = self._copy(new, channels)
        for c, unit in enumerate(new.units):
            unit.setAdd(old.units[c % len(old.units)])
            if isinstance(new.mul, Expr):
                self.on_note(unit.setMul, str(new.mul))
            elif new.mul != 1.0:
                unit.setMul(new.mul)
        return Wire(new.units, new.made, slot=2, life=life)

    def mul(self, a: Value, b: Value) -> Value:
        if not isinstance(a, Wire) and not isinstance(b, Wire):
            return self.number("mul", a, b)
        if not isinstance(a, Wire):
            a, b = b, a
        assert isinstance(a, Wire)
        if not isinstance(b, Wire):
            return self.affine(a, b, 0.0)
        life = self.earliest(a.life, b.life)
        old, new = (a, b) if a.made <= b.made else (b, a)
        if new.add != 0.0:
            new = self.settle(new)
        old = self.settle(self.affine(old, new.mul, 0.0))
        new = replace(new, mul=1.0)
        channels = max(len(old.units), len(new.units))
        if new.slot != 0 or len(new.units) < channels or old.made >= new.made:
            new = self._copy(new, channels)
        for c, unit in enumerate(new.units):
            unit.setMul(old.units[c % len(old.units)])
        return Wire(new.units, new.made, slot=1, life=life)

    def div(self, a: Value, b: Value) -> Value:
        if not isinstance(b, Wire):
            if not isinstance(a, Wire):
                return self.number("div", a, b)
            return self.mul(a, self.number("div", 1.0, b))
        quotient = self.unit("M_Div", self.wire(a), self.settle(b))
        life = a.life if isinstance(a, Wire) else None
        return replace(self.guard(quotient, 1e6), life=life, lo=-math.inf, hi=math.inf)

    def sub(self, a: Value, b: Value) -> Value:
        return self.add(a, self.mul(b, -1.0))

    def wire(self, value: Value) -> Wire:
        """Make a signal of a number."""
        return value if isinstance(value, Wire) else self.unit("Sig", Held(value, "setValue", 0.0))

    def shield(self, wire: Wire) -> Wire:
        """Cut a signal at the loudest and make silence of NaN; the units' mul is left free.

        The pair Max of Min makes the upper limit of NaN, Min of Max the lower: their mean is 0.
        """
        above = self.guard(wire)
        below = self.unit("Min", self.unit("Max", wire, -LOUDEST), LOUDEST)
        mean = self.add(self.affine(above, 0.5, 0.0), self.affine(below, 0.5, 0.0))
        return replace(self.unit("Sig", self.wire(mean)), life=wire.life)

    def guard(self, wire: Wire, limit: float = LOUDEST) -> Wire:
        """Cut a signal at a limit; the only pair of units through which no NaN passes."""
        low = self.unit("Min", wire, limit)
        return replace(self.unit("Max", low, -limit, life=wire.life), lo=-limit, hi=limit)

    def ear(self, bus: str) -> Wire:
        """Hear what leaves another bus, as late as what the present node hears."""
        units = self.rig.unit("Mix", []), self.rig.unit("Mix", [])
        self.circuit.units.extend(units)
        self.circuit.ears.append((bus, units))
        self._made += 1
        there = self.ways.keys.get(bus, self.before) if self.ways is not None else self.before
        return self.late(Wire(units, self._made, slot=2), self.before - there)

    def late(self, wire: Wire, samples: int) -> Wire:
        """Delay a signal by so many samples, if any."""
        if not samples:
            return wire
        wire = self.settle(wire)
        seconds = (samples + 0.5) / self.rig.rate
        return replace(self.unit("SDelay", wire, seconds, seconds + 0.001), life=self.tail(wire.life, seconds))

    def blend(self, dry: Wire, wet: Wire, mix: Value, life: Number | None) -> Wire:
        """Go from one signal (0) to another (1)."""
        amount = Held(self.clamp(mix, 0.0, 1.0), "setInterp", 0.0)
        return self.unit("Interp", dry, wet, amount, life=life)

    def read(self, kind: str, main: Wire, output: int) -> Wire:
        """Give one output of a unit that has several."""
        unit = self.rig.unit(kind, main.units[0], output)
        self.circuit.units.append(unit)
        self._made += 1
        return Wire((unit,), self._made, life=main.life)

    def place(self, wire: Wire, position: Value, factor: Number = 1.0, *, alike: bool = False) -> Wire:
        """Pan with constant power, by square roots: mono -3 dB in the middle, stereo balanced and 0 dB there.

        Two channels that were one stand in for it, so they are as loud.
        """
        position = self.clamp(position, 0.0, 1.0)
        full = 1.0 if alike else float(len(wire.units))
        if isinstance(position, Wire):
            panners = self.unit("SPanner", wire, 2, Held(position, "setPan", 0.5)).units
            halves = tuple(self.rig.unit("SPan", panners[c % len(panners)], c) for c in (0, 1))
            self.circuit.units.extend(halves)
            for unit in halves:
                self.on_note(unit.setMul, f"{math.sqrt(full)} * {factor}")
            self._made += 1
            return Wire(halves, self._made, slot=2, life=wire.life)
        placed = self._copy(self.settle(wire), 2)
        for unit, part in zip(placed.units, (f"(1.0 - {position})", str(position)), strict=True):
            text = f"{part} ** 0.5" if full == 1.0 else f"({full} * {part}) ** 0.5"
            self.on_note(unit.setMul, text if factor == 1.0 else f"{text} * {factor}")
        return replace(placed, slot=1)

    def both(self, wire: Wire) -> Wire:
        """Give two channels, both of them the one there is."""
        self.widened |= len(wire.units) == 1
        return Wire(tuple(wire.units[c % len(wire.units)] for c in (0, 1)), wire.made, slot=2, life=wire.life)

    def channel(self, wire: Wire, c: int) -> Wire:
        return replace(wire, units=(wire.units[c % len(wire.units)],))


def finished(steps: Generator[None, None, T]) -> T:
    """Take all steps at once and give what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return cast(T, stop.value)
