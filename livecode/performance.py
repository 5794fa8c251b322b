"""A performance: a session, its history, and the conductor and engine that make it heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from livecode.conductor.conductor import Conductor
from livecode.engine.client import EngineProcess
from livecode.engine.records import Mark, Ready, Record, Trouble
from livecode.errors import FileError, LiveError, SoundError, Source
from livecode.outboard import OUTBOARD_ACTS, Outboard, lines_of
from livecode.rig import Rig
from livecode.session import Session
from livecode.stages.commands import NOT_BUILT, Act
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import Evaluation, evaluate_text

HISTORY = 500
WAKE = 0.01  # seconds between two looks at the clock
LEAD = 0.06  # seconds between everything being built and cycle 0: the chains have faded in by then
PATIENCE = 3.0  # seconds that building may take before the music begins without it


@dataclass(slots=True)
class History:
    """The sessions before and after this one."""

    past: list[Session] = field(default_factory=list)
    future: list[Session] = field(default_factory=list)

    def remember(self, session: Session) -> None:
        self.past.append(session)
        del self.past[:-HISTORY]
        self.future.clear()


def read_source(path: Path) -> Source:
    """Read a pattern file.

    Raises FileError in a musician's words.
    """
    try:
        return Source(str(path), path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        near = sorted(p.name for p in path.parent.glob("*.live")) if path.parent.is_dir() else []
        hint = f"there are {', '.join(near[:6])}" if near else ""
        raise FileError(f"there is no file {path}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path} cannot be read: {error}") from None


def described(ready: Ready) -> str:
    """Tell which device is used, or why none is."""
    if ready.backend == "silent":
        return f"no sound device, so this plays silently in time ({ready.reason or 'as asked'})"
    return f"sound: {ready.backend} {ready.device}, {ready.rate} Hz, {ready.block} samples a block"


class Performance:
    """Evaluates text and keeps it sounding on a live engine; `tell` hears what goes wrong later."""

    def __init__(self, engine: EngineProcess, tell: Callable[[str], None]) -> None:
        self.engine = engine
        self.tell = tell
        self.session: Session = prelude()
        self.history = History()
        self.ready: Ready | None = None
        self.conductor: Conductor | None = None
        self.outboard = Outboard(self, Rig(engine.clock, tell))
        # Evaluating may take long and must not keep the conductor waiting, so each has a lock of its own.
        self._editing = threading.RLock()
        self._lock = threading.RLock()
        self._marks = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="conductor", daemon=True)

    def start(self) -> None:
        """Start to play as soon as the engine is ready; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the performance and the engine."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        self.outboard.stop()
        self.engine.stop()

    def evaluate(self, source: Source) -> Evaluation:
        """Evaluate a text; what was right of it is heard from the next boundary on."""
        with self._editing:
            evaluation = evaluate_text(self.session, source)
            if evaluation.session is not self.session:
                self.history.remember(self.session)
                self._take(evaluation.session)
            return evaluation

    def act(self, act: Act) -> str:
        """Carry out what acts once; gives what to say.

        Raises LiveError.
        """
        call = ACTS.get(act.name)
        outboard = OUTBOARD_ACTS.get(act.name)
        if outboard is not None:
            return outboard(self.outboard, act)
        if call is None:
            raise SoundError(f"{act.name} cannot be done here", place=act.place)
        with self._editing:
            return call(self, act)

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
            self._take(session)

    @contextmanager
    def playing(self) -> Iterator[Conductor | None]:
        """Hold the conductor, to change what it does."""
        with self._lock:
            yield self.conductor

    def _take(self, session: Session) -> None:
        made = score(session)
        self.outboard.apply(session)
        conductor = self.conductor
        if conductor is not None:
            asked = len(conductor.tapes.asked)
            conductor.rehearse(made, self._now())
            if len(conductor.tapes.asked) > asked:
                self._built()  # what plays goes on while samples are read
        with self._lock:
            self.session = session
            if self.conductor is not None:
                self.conductor.change(made, self._now(), session.settings.quant)

    def _now(self) -> int:
        return int(self.engine.now())

    def _run(self) -> None:
        try:
            self.ready = self.engine.wait_ready(20.0)
        except LiveError as error:
            self.tell(error.render())
            return
        self._conduct(self.ready, Fraction(0))
        while not self._over.is_set():
            self.engine.watch()
            for report in self.engine.reports():
                if isinstance(report, Trouble):
                    self.tell(report.message)
                elif isinstance(report, Ready):
                    self._restarted(report)
            self.outboard.look()
            with self._lock:
                if self.conductor is not None:
                    self.conductor.tick(self._now() + int(self.session.settings.latency * self.ready.rate))
            self._over.wait(WAKE)

    def _conduct(self, ready: Ready, cycle: Fraction) -> None:
        """Let a conductor play from a cycle on, at the engine's rate."""
        conductor = Conductor(self.engine, ready.rate, ready.block, self._trouble, outward=self.outboard.rig)
        conductor.prepare(score(self.session))
        self._built()
        with self._lock:
            sample = -(-int(self.engine.now() + LEAD * ready.rate) // ready.block) * ready.block
            conductor.begin(score(self.session), sample, cycle)
            self.conductor, self.ready = conductor, ready

    def _built(self) -> None:
        """Wait until the engine has built what it was sent."""
        self._marks += 1
        self.engine.send(Mark(self._marks))
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
            self._built()
            with self._lock:
                self.conductor.resume(self._now() + int(LEAD * ready.rate))
                self.ready = ready
        else:
            self._conduct(ready, self.conductor.map.cycle(self._now()))

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
            length = self.conductor.map.length(self.conductor.map.cycle(self._now()))
            return round(float(self.ready.rate * 60 * self.session.settings.beats / length), 2)

    # what acts once

    def _hush(self, act: Act) -> str:
        made = score(self.session)
        with self._lock:
            if self.conductor is not None:
                self.conductor.hush(made, self._now())
        return ""

    def _panic(self, act: Act) -> str:
        made = score(self.session)
        with self._lock:
            if self.conductor is not None:
                self.conductor.panic(made, self._now())
        return ""

    def _undo(self, act: Act) -> str:
        # The session that `undo` itself was evaluated in is the present one: a command changes no definition.
        if not self.history.past:
            return "nothing to undo"
        self.history.future.append(self.session)
        self._take(self.history.past.pop())
        return "undone"

    def _redo(self, act: Act) -> str:
        if not self.history.future:
            return "nothing to redo"
        self.history.past.append(self.session)
        self._take(self.history.future.pop())
        return "done again"

    def _record(self, act: Act) -> str:
        path = act.args[0] if act.args else ""
        if path:
            target = Path(path)
            if target.is_absolute() or ".." in target.parts or target.suffix != ".wav":
                raise FileError("a recording is a .wav file in or below this folder", place=act.place)
            target.parent.mkdir(parents=True, exist_ok=True)
        self.engine.send(Record(str(Path(path).resolve()) if path else ""))
        return f"recording to {path}" if path else "recording ends"

    def _export(self, act: Act) -> str:
        return NOT_BUILT[act.name]

    def _load(self, act: Act) -> str:
        if not act.args:
            raise FileError("load takes a file", place=act.place, hint="load 'song.live'")
        path = Path(act.args[0])
        evaluation = self.evaluate(lines_of(path) if path.suffix == ".mid" else read_source(path))
        for error in evaluation.errors:
            self.tell(error.render())
        return f"loaded {act.args[0]}" if not evaluation.errors else ""


ACTS: dict[str, Callable[[Performance, Act], str]] = {
    "hush": Performance._hush,
    "panic": Performance._panic,
    "undo": Performance._undo,
    "redo": Performance._redo,
    "record": Performance._record,
    "load": Performance._load,
    "export": Performance._export,
}
