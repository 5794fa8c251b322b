"""A performance: a session, its history, and the conductor and engine that make it heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING

from livecode.engine.client import EngineProcess
from livecode.engine.records import Mark, Reading, Ready, Trouble
from livecode.errors import LiveError, SoundError, Source
from livecode.files.progress import telling
from livecode.gear import Gear
from livecode.history import History
from livecode.journal import EVALUATED, FOLLOWED, Journal
from livecode.past import Past
from livecode.retelling import Retelling, written
from livecode.session import Session
from livecode.stages.acts import Act
from livecode.stages.prelude import prelude
from livecode.stages.programs import Program, program
from livecode.stages.reload import Reloaded, begin, reload
from livecode.stages.score import score
from livecode.stages.statements import Evaluation, evaluate_program
from livecode.watchdog import Watchdog

if TYPE_CHECKING:
    from livecode.conductor.conductor import Conductor
    from livecode.conductor.places import Spot
    from livecode.deliver.background import Deliveries
    from livecode.outboard import Outboard
    from livecode.rig import Rig

NO_GEAR = Gear()
WAKE = 0.01  # seconds between two looks at the clock
LEAD = 0.06  # seconds between everything being built again and the music going on: the chains have faded in
SETTLED = 0.35  # seconds before cycle 0, in which compressors come to rest as in a rendering
PATIENCE = 3.0  # seconds that building may take before the music begins without it
NEAR = 0.01  # seconds before a boundary in which a change comes too late for it
TRIES = 4  # boundaries that a change may miss before it takes one all the same
OVERDUE = 1.0  # seconds of work that the events of a moment may take
HEARD = 1.0  # seconds between two entries of the journal that say where the music is


def described(ready: Ready) -> str:
    """Tell which device is used, or why none is."""
    if ready.backend == "silent":
        return f"no sound device, so this plays silently in time ({ready.reason or 'as asked'})"
    return f"sound: {ready.backend} {ready.device}, {ready.rate} Hz, {ready.block} samples a block"


class Performance:
    """Evaluates text and keeps it sounding on a live engine; `tell` hears what goes wrong later.

    What is not needed at once (the conductor, external gear, deliveries) is loaded when it is, for a quick start.
    """

    def __init__(
        self,
        engine: EngineProcess,
        tell: Callable[[str], None],
        journal: Journal | None = None,
        conductor: type[Conductor] | None = None,
    ) -> None:
        self.engine = engine
        self.tell = tell
        self.journal = journal
        self._conductor = conductor
        self._followed: Program | None = None
        self._begin = self._origin = Fraction(0)  # where the music begins, and where the time of its form does
        self.session: Session = prelude()
        self.history = History()
        self.ready: Ready | None = None
        self.failure = ""  # why there is no sound
        self.conductor: Conductor | None = None
        self.delivers = False  # a file that is listened to is not rendered as well
        self.deliveries: Deliveries | None = None
        self.recording = ""  # the file to which what is heard is recorded
        self._outboard: Outboard | None = None
        # Evaluating may take long and must not keep the conductor waiting, so each has a lock of its own.
        self._editing = threading.RLock()
        self._lock = threading.RLock()
        self._watchdog = Watchdog(OVERDUE)
        self._marks = 0
        self._over = threading.Event()
        self._stumbles: set[str] = set()
        self.past = Past()
        self._takes: dict[int, str] = {}  # what to tell when a recording of the input is full
        self._thread = threading.Thread(target=self._run, name="conductor", daemon=True)

    def start(self) -> None:
        """Start to play as soon as the engine is ready; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the performance and the engine."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        self._heard()
        if self.journal is not None:
            self.journal.close()
        if self.deliveries is not None:
            self.deliveries.stop()
        if self._outboard is not None:
            self._outboard.stop()
        self.engine.stop()

    @property
    def outboard(self) -> Outboard:
        """What external gear does to the performance."""
        from livecode.outboard import Outboard
        from livecode.rig import Rig

        with self._lock:
            if self._outboard is None:
                self._outboard = Outboard(self, Rig(self.engine.clock, self.tell, self.engine.shortcut))
                if self.conductor is not None:
                    self.conductor.outward = self._outboard.rig
            return self._outboard

    def evaluate(self, source: Source) -> Evaluation:
        """Evaluate a text; what was right of it is heard from the next boundary on."""
        return self.evaluate_program(program([source]), 1)

    def evaluate_program(self, given: Program, roots: int) -> Evaluation:
        """Evaluate a program whose first texts were given and whose others are imported."""
        with self._editing:
            self._journalled(EVALUATED, given, roots)
            with telling(self.tell):
                evaluation = evaluate_program(self.session, given)
            self._changed(evaluation)
            return evaluation

    def follow(self, sources: Sequence[Source]) -> Reloaded:
        """Let files be played: what is right of their first version, and then what changed where all is right."""
        return self.follow_program(program(sources), len(sources))

    def follow_program(self, given: Program, roots: int) -> Reloaded:
        """Follow files by a program whose first texts are theirs and whose others are imported."""
        with self._editing:
            self._journalled(FOLLOWED, given, roots)
            if self._followed is None:
                reloaded = begin(self.session, given)
            else:
                reloaded = reload(self.session, prelude(), self._followed, given)
            self._followed = reloaded.kept
            self._changed(reloaded.evaluation)
            return reloaded

    def restore(self, told: Retelling, cycle: Fraction) -> None:
        """Begin with the session of a journal, at a cycle; before `start`."""
        self.history, self._followed = told.history, told.followed
        self._begin, self._origin = cycle, told.origin
        self._take(told.session)

    def _changed(self, evaluation: Evaluation) -> None:
        if evaluation.session is not self.session:
            self.history.remember(self.session)
            self._take(evaluation.session)

    def _journalled(self, kind: str, given: Program, roots: int) -> None:
        if self.journal is not None:
            self.journal.evaluated(kind, given.sources, roots, self._cycle())

    def _cycle(self) -> Fraction | None:
        """Give the cycle that is heard, to a sample; nothing before the music began."""
        if self.conductor is None:
            return None
        with self._lock:
            return self.conductor.at(self._now()).limit_denominator(1 << 32)

    def _heard(self) -> None:
        cycle = self._cycle()
        if self.journal is not None and cycle is not None:
            self.journal.heard(cycle)

    def act(self, act: Act) -> str:
        """Carry out what acts once; gives what to say.

        Raises LiveError.
        """
        call = ACTS.get(act.name) or _elsewhere(act.name)
        if call is None:
            return self._outboard_act(act)
        with self._editing:
            return call(self, act)

    def _outboard_act(self, act: Act) -> str:
        from livecode.outboard import OUTBOARD_ACTS

        call = OUTBOARD_ACTS.get(act.name)
        if call is None:
            raise SoundError(f"{act.name} cannot be done here", place=act.place)
        return call(self.outboard, act)

    def enter(self, text: str) -> None:
        """Evaluate a text that external gear stands for, and tell what is wrong with it."""
        evaluation = self.evaluate(Source("gear", text))
        for error in evaluation.errors:
            self.tell(error.render())
        for _, act in evaluation.acts:
            self.act(act)

    def take(self, session: Session) -> None:
        """Play a session that was made elsewhere."""
        with self._editing:
            if self.journal is not None:
                self.journal.transported(written(session.transport), self._cycle())
            self._take(session)

    @property
    def rig(self) -> Rig | None:
        """The external gear, where any was ever wanted."""
        return None if self._outboard is None else self._outboard.rig

    @contextmanager
    def playing(self) -> Iterator[Conductor | None]:
        """Hold the conductor, to change what it does."""
        with self._lock:
            yield self.conductor

    def _take(self, session: Session) -> None:
        made = score(session)
        if self._outboard is not None or session.gear != NO_GEAR:
            self.outboard.apply(session)
        conductor, sounding = self.conductor, None
        if conductor is not None:
            asked = len(conductor.tapes.asked)
            with self._lock:
                rehearsal = conductor.rehearsal(made, self._now(), session.settings.quant)
            conductor.rehearse(rehearsal)
            sounding = rehearsal.sounding
            with self._lock:
                building = conductor.foresee(rehearsal)
            if len(conductor.tapes.asked) > asked or building:
                self._built()  # what plays goes on while samples are read and voices are made
        with self._lock:
            self.session = session
            if self.conductor is not None:
                foreseen = sounding if conductor is self.conductor else None
                for _ in range(TRIES):  # a boundary that came too near meanwhile is left for the next
                    now = self._now()
                    took = self.conductor.change(made, now, session.settings.quant, foreseen)
                    if self.conductor.map.sample(took) > self._now() + self.conductor.rate * NEAR:
                        break
                self._play_on(self.conductor)
                if self.journal is not None:
                    mixed = self.conductor.at(now).limit_denominator(1 << 32)
                    self.journal.took(took, self.conductor.eras[-1].origin, mixed)
                self.past.took(took, self.conductor.eras[-1].origin, session)

    def promise(self, number: int, said: str) -> None:
        """Tell something as soon as the engine has captured what has a number."""
        self._takes[number] = said

    def _now(self) -> int:
        return int(self.engine.now())

    def _run(self) -> None:
        try:
            self.ready = self.engine.wait_ready(20.0)
        except LiveError as error:
            self.failure = error.message
            self.tell(error.render())
            return
        self._watchdog.start()
        self._conduct(self.ready, self._begin, self._origin)
        heard = 0.0
        while not self._over.is_set():
            self.engine.watch()
            for report in self.engine.reports():
                if isinstance(report, Trouble):
                    self.tell(report.message)
                elif isinstance(report, Ready):
                    self._restarted(report)
                elif isinstance(report, Reading):
                    self.tell(f"reading samples: {report.done} of {report.total}")
                elif report.number in self._takes:
                    self.tell(f"recorded: {self._takes.pop(report.number)}")
            if self._outboard is not None:
                self._outboard.look()
            if time.monotonic() - heard > HEARD:
                heard = time.monotonic()
                self._heard()
            with self._lock, self._watchdog:
                if self.conductor is not None:
                    self._play_on(self.conductor)
            self._over.wait(WAKE)
        self._watchdog.stop()

    def _play_on(self, conductor: Conductor) -> None:
        """Send the events of the time to come."""
        until = self._now() + int(self.session.settings.latency * conductor.rate)
        try:
            conductor.tick(until)
        except Exception as error:  # noqa: BLE001 (a fault of ours costs some events, never the music)
            conductor.skip(until)
            problem = f"{type(error).__name__}: {error}"
            if problem not in self._stumbles:
                self._stumbles.add(problem)
                self.tell(f"some events are left out, by a fault of livecode ({problem}); the rest goes on")

    def _conduct(self, ready: Ready, cycle: Fraction, origin: Fraction) -> None:
        """Let a conductor play from a cycle on, at the engine's rate."""
        from livecode.conductor.conductor import Conductor

        made = self._conductor or Conductor
        outward = None if self._outboard is None else self._outboard.rig
        conductor = made(self.engine, ready.rate, ready.block, self._trouble, outward=outward)
        with self._watchdog:
            conductor.prepare(score(self.session))
        self._built()
        with self._lock:
            sample = -(-int(self.engine.now() + SETTLED * ready.rate) // ready.block) * ready.block
            conductor.begin(score(self.session), sample, cycle, origin)
            self.past.took(cycle, origin, self.session)
            self.conductor, self.ready = conductor, ready

    def _built(self, *, samples: bool = True) -> None:
        """Wait until the engine has built what it was sent, and read the samples if asked to."""
        self._marks += 1
        self.engine.send(Mark(self._marks, samples))
        patience = time.monotonic() + PATIENCE
        while self.engine.marked() != self._marks and time.monotonic() < patience:
            self._over.wait(0.002)

    def _restarted(self, ready: Ready) -> None:
        """Go on with an engine that took the place of another."""
        if ready is self.ready or self.conductor is None or self.ready is None:
            return
        if (ready.backend, ready.device) != (self.ready.backend, self.ready.device):
            self.tell(described(ready))
        if (ready.rate, ready.block) == (self.ready.rate, self.ready.block):
            self._built(samples=False)  # most are still there; the music does not wait for the others
            with self._lock:
                self.conductor.resume(self._now() + int(LEAD * ready.rate))
                self.ready = ready
        else:
            self._conduct(ready, self.conductor.at(self._now()), self.conductor.eras[-1].origin)

    def _trouble(self, error: LiveError) -> None:
        self.tell(error.render())

    def position(self) -> tuple[Fraction, str] | None:
        """Give the cycle that is heard now and the section it lies in."""
        if self.conductor is None:
            return None
        with self._lock:
            return self.conductor.position(self._now())

    def bpm(self) -> float:
        """Give the tempo that is heard now."""
        if self.conductor is None or self.ready is None:
            return 0.0
        with self._lock:
            now = self._now()
            length = self.conductor.map.length(self.conductor.at(now))
            return round(float(self.ready.rate * 60 * self.conductor.beats(now) / length), 2)

    def spot(self) -> Spot | None:
        """Tell which section is heard now, how far it has come, and what is next."""
        with self._lock:
            return None if self.conductor is None else self.conductor.spot(self._now())

    # what acts once

    def _hush(self, act: Act) -> str:
        made = score(self.session)
        with self._lock:
            if self.conductor is not None:
                self.conductor.hush(made, self._now())
                self.past.took(self.conductor.eras[-1].begin, self.conductor.eras[-1].origin, self.session)
        return ""

    def _panic(self, act: Act) -> str:
        made = score(self.session)
        with self._lock:
            if self.conductor is not None:
                self.conductor.panic(made, self._now())
                self.past.took(self.conductor.eras[-1].begin, self.conductor.eras[-1].origin, self.session)
        return ""

    def _undo(self, act: Act) -> str:
        # The session that `undo` itself was evaluated in is the present one: a command changes no definition.
        before = self.history.back(self.session)
        if before is None:
            return "nothing to undo"
        self._take(before)
        return "undone"

    def _redo(self, act: Act) -> str:
        after = self.history.forth(self.session)
        if after is None:
            return "nothing to redo"
        self._take(after)
        return "done again"


def _elsewhere(name: str) -> Callable[[Performance, Act], str] | None:
    from livecode.arranging import ARRANGING
    from livecode.keeping import KEEPING
    from livecode.levels import LEVELS

    return ARRANGING.get(name) or KEEPING.get(name) or LEVELS.get(name)


ACTS: dict[str, Callable[[Performance, Act], str]] = {
    "hush": Performance._hush,
    "panic": Performance._panic,
    "undo": Performance._undo,
    "redo": Performance._redo,
}
