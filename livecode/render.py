"""Rendering: a session to samples, by the conductor and engine that play it live."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from livecode.conductor.conductor import Conductor
from livecode.conductor.notes import Note
from livecode.conductor.score import Score
from livecode.engine.records import Message, Mix, SetMix
from livecode.errors import KindError, nearest
from livecode.patterns import Hap
from livecode.session import Session, Space
from livecode.stages.plan import cued
from livecode.stages.score import score

if TYPE_CHECKING:
    import numpy as np

    from livecode.engine.taps import TappedEngine

WARM = 64  # blocks before cycle 0
STEP = 0.25  # seconds rendered between two looks at the patterns
LONGEST = 6 * 3600.0  # seconds
SILENCE = 10 ** (-90 / 20)
LONGEST_TAIL = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Heard:
    """A note as it was rendered: second, strip, pitch in hertz and seconds held."""

    time: float
    strip: str
    freq: float
    length: float


@dataclass(frozen=True, slots=True)
class Cue:
    """What the engine is sent before it computes a sample (counted from cycle 0)."""

    sample: int
    messages: tuple[Message | bytes, ...]


@dataclass(frozen=True, slots=True)
class Tape:
    """All that an engine has to be sent to play some cycles: plain data, for this process or another.

    `count` is the length in samples, without what rings on; `marks` are the seconds at which sections begin.
    """

    rate: int
    block: int
    count: int
    cues: tuple[Cue, ...]
    notes: tuple[Heard, ...]
    troubles: tuple[str, ...]
    mix: Mix
    marks: tuple[tuple[float, str], ...] = ()
    bpm: float = 120.0
    beats: Fraction = Fraction(4)


@dataclass(frozen=True, slots=True)
class Rendering:
    """Stereo samples (n, 2), their rate, what was played, and what left the buses that were asked for (name to (n, 2)).

    The master among the buses is the sum before its limiter.
    """

    audio: np.ndarray[Any, np.dtype[np.float32]]
    rate: int
    notes: tuple[Heard, ...]
    troubles: tuple[str, ...]
    buses: Mapping[str, np.ndarray[Any, np.dtype[np.float32]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Taper:
    """Takes what a conductor sends an engine, and keeps it."""

    waiting: list[Message | bytes] = field(default_factory=list)
    mix: Mix = field(default_factory=lambda: Mix(()))

    def send(self, message: Message) -> None:
        if isinstance(message, SetMix):
            self.mix = message.mix
        self.waiting.append(message)

    def push(self, records: bytes) -> None:
        if records:
            self.waiting.append(records)

    def taken(self) -> tuple[Message | bytes, ...]:
        found = tuple(self.waiting)
        self.waiting.clear()
        return found


def conduct(
    session: Session,
    *,
    begin: Fraction = Fraction(0),
    end: Fraction | None = None,
    seconds: float | None = None,
    tail: bool = False,
    rate: int = 48000,
    block: int = 256,
    progress: Callable[[float], None] = lambda part: None,
) -> Tape:
    """Ask the patterns of a session for all that plays from a cycle to another, or for some seconds.

    Without an end it is that of the form that plays; with a `tail` nothing new begins behind the end.
    Raises KindError when it would be endless or too long.
    """
    made = score(session)
    if end is None and seconds is None:
        end = made.length
        if end is None or made.loop:
            raise KindError("this plays for ever", hint="say how much: --cycles 16 or --seconds 30")
    troubles: list[str] = []
    notes: list[Heard] = []
    start = WARM * block

    def heard(sample: int, note: Note, hap: Hap) -> None:
        dur, freq = note.values[:2]
        notes.append(Heard((sample - start) / rate, note.voice.strip, freq, dur))

    taper = _Taper()
    conductor = Conductor(taper, rate, block, lambda error: troubles.append(error.render()), heard)
    conductor.begin(made, start, begin)
    count = _samples(conductor, start, begin, end, seconds, rate)
    marks = _marks(conductor, made, start, count, rate)
    beats = conductor.beats(start)
    bpm = 60.0 * float(beats) * rate / float(conductor.map.length(begin))
    step = int(STEP * rate)
    # Past the end too: the limiter looks ahead, and what is heard at the end knows what follows.
    last = start + count + (0 if tail else step)
    conductor.tick(min(start + step, last))
    cues = [Cue(-start, taper.taken())]
    for done in range(0, count, step):
        conductor.tick(min(start + done + 2 * step, last))
        cues.append(Cue(done, taper.taken()))
        progress(min(done + step, count) / count)
    return Tape(
        rate,
        block,
        count,
        tuple(cues),
        tuple(notes),
        tuple(dict.fromkeys(troubles)),
        taper.mix,
        marks,
        bpm,
        beats,
    )


def perform(
    tape: Tape,
    *,
    tail: bool = False,
    taps: Collection[str] = (),
    tapped: Callable[[str, np.ndarray[Any, np.dtype[np.float32]]], None] | None = None,
    progress: Callable[[float], None] = lambda part: None,
) -> Rendering:
    """Play a tape on an engine of its own; `tail` adds what rings on.

    What leaves the buses named in `taps` goes to `tapped` as it comes, a quarter of a second at a time, or else into
    the rendering; it begins and ends with the whole.
    """
    import numpy as np

    from livecode.engine.taps import TappedEngine

    rate, count = tape.rate, tape.count
    engine = TappedEngine(rate, tape.block, taps)
    kept: dict[str, list[np.ndarray[Any, np.dtype[np.float32]]]] = {}
    take = tapped or (lambda name, part: kept.setdefault(name, []).append(part))
    try:
        start = WARM * tape.block
        step = int(STEP * rate)
        cues = deque(tape.cues)
        blocks: list[np.ndarray[Any, np.dtype[np.float32]]] = []

        def advance(samples: int) -> float:
            blocks.append(engine.advance(samples))
            loudest = float(np.abs(blocks[-1]).max(initial=0.0))
            for name, part in engine.taken(samples).items():
                take(name, part)
                loudest = max(loudest, float(np.abs(part).max(initial=0.0)))
            return loudest

        _play(engine, cues.popleft())
        engine.advance(start + engine.latency)
        engine.taken(start)
        done = 0
        while done < count:
            while cues and cues[0].sample <= done:
                _play(engine, cues.popleft())
            part = min(step, count - done)
            advance(part)
            done += part
            progress(done / count)
        if tail:
            quiet = 0
            while quiet < 2 and done < count + LONGEST_TAIL * rate:
                quiet = quiet + 1 if advance(step) < SILENCE else 0
                done += step
        troubles = list(tape.troubles)
        if engine.meters().late:
            troubles.append(f"{engine.meters().late} notes came late: this rendering is not what was written")
        troubles.extend(report.message for report in engine.reports() if hasattr(report, "message"))
        notes = tuple(n for n in tape.notes if n.time < done / rate)
        buses = {name: np.concatenate(parts) for name, parts in kept.items()}
        return Rendering(np.concatenate(blocks), rate, notes, tuple(dict.fromkeys(troubles)), buses)
    finally:
        engine.stop()


def _play(engine: TappedEngine, cue: Cue) -> None:
    for message in cue.messages:
        if isinstance(message, bytes):
            engine.push(message)
        else:
            engine.send(message)


def render(
    session: Session,
    *,
    cycles: Fraction | None = None,
    seconds: float | None = None,
    tail: bool = False,
    rate: int = 48000,
    block: int = 256,
    progress: Callable[[float], None] = lambda part: None,
) -> Rendering:
    """Render cycles or seconds of a session, or all of the form it plays; `tail` adds what rings on.

    Raises KindError when it would be endless or too long.
    """
    tape = conduct(session, end=cycles, seconds=seconds, tail=tail, rate=rate, block=block)
    return perform(tape, tail=tail, progress=progress)


def _samples(
    conductor: Conductor, start: int, begin: Fraction, end: Fraction | None, seconds: float | None, rate: int
) -> int:
    if seconds is None:
        assert end is not None
        conductor.extend(end)
        count = conductor.map.sample(end) - start
    else:
        count = round(seconds * rate)
    if count <= 0:
        raise KindError("there is nothing to render")
    if count > LONGEST * rate:
        raise KindError(f"this would last {count / rate / 3600:.1f} hours", hint="6 hours at most")
    return count


def _marks(conductor: Conductor, made: Score, start: int, count: int, rate: int) -> tuple[tuple[float, str], ...]:
    """Give the seconds at which named stretches begin."""
    found = []
    for stretch in made.stretches:
        at = conductor.map.sample(stretch.begin) - start
        if stretch.name and 0 <= at < count:
            found.append((at / rate, stretch.name))
    return tuple(found)


def playing(session: Session, form: str) -> Session:
    """Give the session with a song or section playing from its start.

    Raises KindError when there is none of that name.
    """
    if session.get(Space.FORM, form) is None:
        names = session.names(Space.FORM)
        raise KindError(
            f"there is no song or section {form}",
            hint=nearest(form, names) or (f"there are {', '.join(names)}" if names else ""),
        )
    return cued(session, form=form)
