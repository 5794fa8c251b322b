"""The engine itself, the same live and offline: an event queue, pools, the mixer and the master, block by block."""

from __future__ import annotations

import heapq
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator

import numpy as np

from livecode.engine import dynamics, effects, motion, oscillators, players, resonators, rooms, shapers, spectra, ugens  # noqa: F401 (they fill the table of unit generators)
from livecode.engine.binding import Server
from livecode.engine.bus import Bus
from livecode.engine.captures import Captures
from livecode.engine.master import Master
from livecode.engine.mixer import Mixer
from livecode.engine.past import Past
from livecode.engine.polyphony import Polyphony
from livecode.engine.records import (
    AIM,
    AUTOMATE,
    CANCEL,
    CUT,
    EVENT,
    EVERYTHING,
    MORE,
    NOTE,
    RELEASE,
    START,
    AddPool,
    Capture,
    Captured,
    DropPool,
    Keep,
    LoadSample,
    Mark,
    Message,
    Record,
    SetMix,
    Trouble,
)
from livecode.engine.records import Pool as PoolRecord
from livecode.engine.rig import Rig
from livecode.engine.samples import Samples
from livecode.engine.shelf import Shelf
from livecode.engine.voices import Pool
from livecode.errors import LiveError
from livecode.measure.reading import SILENT, Loudness

Event = tuple[int, int, int, int, list[float]]  # sample, order of arrival, kind, target, floats
BUILDING = 0.1  # of a block's time, in which steps of building are begun while music plays
CALM = 0.5  # of it: more load than this, and only one is
TROUBLES = 64  # reports kept while nobody reads them


class Engine:
    """Everything that sounds; `begin_block` runs at the start of every block, in the audio thread."""

    def __init__(
        self,
        server: Server,
        *,
        eager: bool,
        start: int = 0,
        successor: bool = False,
        shelf: Shelf | None = None,
        metered: bool = False,
    ) -> None:
        self.server = server
        self.successor = successor  # it takes the place of another, so nothing sounds before the transport starts anew
        self.eager = eager  # offline there is no deadline: what is sent is built at once
        self.sample = start
        self.origin = 0
        self.late = 0
        self.samples = Samples(server, self.trouble, eager, shelf)
        self.rig = Rig(server, self.samples, metered=metered)
        self.mixer = Mixer(self.rig, self.trouble)
        self.master = Master(self.rig, self.mixer.master.out, self.trouble)
        self.pools: dict[int, Pool] = {}
        self.leaving: list[Pool] = []
        self.polyphony = Polyphony()
        self.playing: list[Pool] = []  # those with voices that are awake
        self.troubles: deque[Trouble | Captured] = deque(maxlen=TROUBLES)  # and what else is to be told
        self.captures = Captures(server, self.samples, self.troubles.append)
        self.past = None if eager else Past(server.rate, server.block, self.troubles.append)
        self.edits: deque[Iterator[None]] = deque()
        self.marks: deque[tuple[int, bool]] = deque()  # that are to be reached, and whether samples count
        self.growing: deque[Pool] = deque()
        self.waiting: Counter[int] = Counter()  # notes that are queued, by the number of their pool
        self.marked = 0
        self.load = 0.0  # the part of a block's time that it takes, apart from building
        self.spent = 0  # ns of processor time that the last block took for building
        self.started = False
        self._queue: list[Event] = []
        self._order = 0
        self._last: list[float] = []
        self._early: list[tuple[int, int, float]] = []
        self._told: dict[str, int] = {}
        self._frame = np.arange(server.block, dtype=np.float64)

    def trouble(self, message: str, bus: str = "") -> None:
        self.troubles.append(Trouble(message, bus))

    # messages

    def send(self, message: Message) -> None:
        """Take a message; live, what it asks for is built in small steps, one a block."""
        match message:
            case AddPool(pool):
                self.edits.append(self._add_pool(pool))
            case DropPool(number):
                self.edits.append(self._drop_pool(number))
            case LoadSample():
                self.samples.load(message)
            case Capture():
                self.captures.begin(message)
            case SetMix(mix):
                self.edits.append(self.mixer.change(mix, self._reroute))
            case Keep() if self.past is not None:
                self.past.keep(message, self.latency)
            case Record(path):
                self.master.record(path)
            case Mark(number, samples):
                self.edits.append(self._mark(number, samples))
        if self.eager:
            while self.edits or self.growing:
                self._edit()
            self._reach()

    def _edit(self) -> None:
        """Take one small step: first what must be there to sound at all, then the further voices of pools."""
        if not self.edits:
            pool = self.growing[0]
            if self.pools.get(pool.record.number) is not pool:
                self.growing.popleft()  # it has left meanwhile
            elif pool.grow():
                self.growing.popleft()
                self._look_at(pool)
            return
        try:
            next(self.edits[0])
        except StopIteration:
            self.edits.popleft()
        except LiveError as error:
            self.edits.popleft()
            self.trouble(error.message)

    def _build(self) -> None:
        """Take one step a block, and more while they fit into a small part of it, or into half until music plays."""
        began = time.thread_time_ns()
        share = 0.5 if not self.started else BUILDING if self.load < CALM else 0.0
        deadline = time.perf_counter_ns() + int(self.server.block * share * 1e9) // self.server.rate
        while self.edits or self.growing:
            self._edit()
            if time.perf_counter_ns() > deadline:
                break
        self.spent = time.thread_time_ns() - began
        if self.marks:
            self._reach()

    def _mark(self, number: int, samples: bool) -> Iterator[None]:
        self.marks.append((number, samples))
        yield

    def _reach(self) -> None:
        """Tell the marks behind which all is there; what was sent after them need not wait for a long file."""
        building = any(not pool.begun and self.pools.get(pool.record.number) is pool for pool in self.growing)
        for mark in [] if building else [*self.marks]:
            number, samples = mark
            if not (samples and self.samples.loading):
                self.marks.remove(mark)
                self.marked = number

    def _add_pool(self, record: PoolRecord) -> Iterator[None]:
        old = self.pools.get(record.number)
        strip = self._strip(record.strip)
        pool = Pool(self.rig, record, self.mixer.buses, strip, self.waiting, eager=self.eager)
        yield from pool.voice_steps()
        yield
        yield from pool.compile()
        self.pools[record.number] = pool
        if old is not None:
            self.leaving.append(old)  # what sounds of it ends by itself
        self._look_at(pool)
        yield

    def _look_at(self, pool: Pool | None) -> None:
        """Let a pool grow if it has too few voices."""
        if pool is not None and not pool.built and pool not in self.growing:
            self.growing.append(pool)

    def _drop_pool(self, number: int) -> Iterator[None]:
        pool = self.pools.pop(number, None)
        if pool is not None:
            self.leaving.append(pool)
        yield

    def _strip(self, name: str) -> Bus:
        return self.mixer.buses.get(name, self.mixer.master)

    def _reroute(self) -> Iterator[None]:
        for pool in [*self.pools.values(), *self.leaving]:
            yield from pool.route(self._strip(pool.record.strip))

    def watch(self, load: float, time: float) -> None:
        """Let fewer voices sound while the load (0 to 1, building apart) is too high; `time` is in seconds."""
        self.load = load
        said = self.polyphony.watch(load, time, self.playing, self.sample)
        if said:
            self.trouble(said)

    # events

    def push(self, records: bytes | memoryview) -> None:
        """Queue events; see `records.EVENT`. Pools grow for the notes that wait for them."""
        asked = set()
        for at, target, kind, count, note, *floats in EVENT.iter_unpack(records):
            if kind == MORE:
                self._last.extend(floats[:count])
                continue
            if kind in (NOTE, START):
                self._last = floats[:count]
                self._put(at, kind, target, self._last)
                if kind == NOTE:
                    self.waiting[target] += 1
                    asked.add(target)
            elif kind == AUTOMATE:
                self._automate(at, target, floats[0])
            elif kind == CANCEL:
                self._forget(lambda e, t=at: e[0] >= t)  # type: ignore[misc]
                self._early = [e for e in self._early if e[0] < at]
                for line in self.mixer.lines.values():
                    line.cancel(at)
            elif kind == CUT:
                hits_all = target == EVERYTHING
                self._forget(
                    lambda e, t=at, p=target, a=hits_all: e[0] >= t and e[2] == NOTE and (a or e[3] == p)  # type: ignore[misc]
                )
                self._put(at, kind, target, floats[:1])
            elif kind == AIM:
                self._aim(at, target, note, floats[:count])
            elif kind == RELEASE:
                self._put(at, kind, target, floats[:1])
        for number in asked:
            self._look_at(self.pools.get(number))

    def _aim(self, at: int, target: int, onset: int, floats: list[float]) -> None:
        """Let a lane, or a parameter of notes that sound, leave its line for another value."""
        value, seconds, *index = floats
        length = max(1, round(seconds * self.server.rate))
        if index and target in self.pools:
            self.pools[target].aim(onset, int(index[0]), at, value, length)
        elif not index and target < len(self.mixer.lanes):
            self.mixer.lanes[target].aim(at, value, length)

    def _automate(self, at: int, lane: int, value: float) -> None:
        """Move a lane; one that is not there yet may come with a mix that is on its way."""
        if lane < len(self.mixer.lanes):
            self.mixer.lanes[lane].reach(at, value)
        else:
            self._early.append((at, lane, value))

    def _put(self, at: int, kind: int, target: int, floats: list[float]) -> None:
        self._order += 1
        heapq.heappush(self._queue, (at, self._order, kind, target, floats))

    def _forget(self, which: Callable[[Event], bool]) -> None:
        self._queue = [e for e in self._queue if not which(e)]
        heapq.heapify(self._queue)
        self.waiting.clear()
        self.waiting.update(e[3] for e in self._queue if e[2] == NOTE)

    # blocks

    @property
    def voices(self) -> int:
        return sum(len(p.awake) for p in self.playing)

    def begin_block(self) -> None:
        """Do all that is due in the block that now begins."""
        start = self.sample
        end = start + self.server.block
        self.master.process(silent=self.mixer.master.asleep)
        if self.past is not None:
            self.past.take(self.master.block, start)
        if self.rig.metered:
            self.mixer.measure()
        self.samples.process(start)
        self.captures.process(start)
        self.mixer.begin(start)
        for pool in self.playing:
            pool.begin(start)
        if not all(pool.awake for pool in self.playing):
            self.playing = [pool for pool in self.playing if pool.awake]
        if self.leaving:
            idle = next((p for p in self.leaving if not p.awake), None)
            if idle is not None and idle.shrink():
                self.leaving.remove(idle)
        self.spent = 0
        if self.edits or self.growing or self.marks:
            self._build()
        if self._early:
            early, self._early = self._early, []
            for at, lane, value in early:
                if at + self.server.rate > start:
                    self._automate(at, lane, value)
        self.master.set_ceiling(self.mixer.ceiling)
        queue = self._queue
        while queue and queue[0][0] < end:
            at, _, kind, target, floats = heapq.heappop(queue)
            if kind == NOTE:
                self.waiting[target] -= 1
                if not self.waiting[target]:
                    del self.waiting[target]
                if self.successor and not self.started:
                    continue  # it was meant for the engine before this one
            if at < start:
                self.late += kind == NOTE
                at = start
            try:
                self._fire(at, start, kind, target, floats)
            except Exception as error:
                if self.eager:
                    raise
                # a fault of ours costs one note, not the block
                self.trouble(f"a note is left out, by a fault of the engine ({type(error).__name__}: {error})")
        times = self._frame + start
        for pool in self.playing:
            pool.fill(start, times)
        self.mixer.fill(start, times)
        self._heal()
        self.sample = end

    def levels(self) -> list[float]:
        """Give the numbers of all meters since the last look: those of the buses, the limiter's with the master's."""
        numbers = self.mixer.taken()
        if numbers:
            numbers[-2] += self.master.reduced()
        return numbers

    @property
    def latency(self) -> int:
        """How many samples later than its time a note is heard."""
        return self.master.latency + self.mixer.lateness

    @property
    def loudness(self) -> Loudness:
        return self.master.meter.reading if self.master.meter is not None else SILENT

    def _fire(self, at: int, start: int, kind: int, target: int, floats: list[float]) -> None:
        if kind == NOTE:
            self._note(at, start, target, floats)
        elif kind == START:
            self.started = True
            self.origin = at
            if self.master.meter is not None:
                self.master.meter.reset()
            self.mixer.restart(at - start)
        elif kind == RELEASE:
            for pool in self.playing:
                if target in (EVERYTHING, pool.record.number):
                    pool.release(floats[0], at)
        else:
            for pool in self.playing:
                if target in (EVERYTHING, pool.record.number):
                    pool.cut(at, floats[0] if floats else 0.0)
            if target == EVERYTHING:
                self.mixer.silence(floats[0] if floats else 0.0, self.edits.append)

    def _note(self, at: int, start: int, number: int, floats: list[float]) -> None:
        """Start a note; without its pool it is not heard, and counts as late."""
        pool = self.pools.get(number)
        if pool is None:
            self.late += 1
            return
        strip = pool.record.strip
        if pool.cut_by is not None:
            group = pool.group_of(floats)
            for other in self.playing if group else ():
                if other.record.strip == strip:
                    other.choke(group, at)
        self.polyphony.make_room(self.playing, strip, at)
        if not pool.awake and pool not in self.playing:
            self.playing.append(pool)
        pool.note(at, start, self.origin, floats)
        if len(pool.free) < pool.spare:
            self._look_at(pool)
        if self.mixer.keys.get(strip):
            self.mixer.press(strip, at - start)

    def _heal(self) -> None:
        """Find what is not finite, silence it and build it anew; tell it once a second."""
        sick = self.mixer.sick()
        if not sick:
            return
        purged = [p for p in self.playing if p.purge()]
        for pool in purged:
            self._look_at(pool)
        ill = [p.record.graph.name for p in purged]
        for name in sick:
            if self.sample >= self._told.get(name, 0):
                self._told[name] = self.sample + self.server.rate
                cause = f" ({', '.join(ill)})" if ill else ""
                self.trouble(f"the sound of {name} went out of range{cause} and was built anew", name)
