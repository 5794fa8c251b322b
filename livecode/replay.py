"""A journal performed again, live or to samples, each evaluation at the cycle at which it took over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from livecode.conductor.conductor import MARGIN, Conductor
from livecode.engine.client import EngineProcess
from livecode.errors import FileError, LiveError
from livecode.journal import FOLLOWED, TRANSPORT, Entry, Story
from livecode.performance import Performance, described
from livecode.render import LONGEST, LONGEST_TAIL, SILENCE, STEP, WARM, Rendering
from livecode.retelling import Retelling, program_of, read
from livecode.stages.score import score

if TYPE_CHECKING:
    import numpy as np

LOOK = 0.005  # s between two looks at the clock
LAST = Fraction(4)  # cycles that follow the last evaluation where the journal does not tell where it ended
# Acts that are done again: no file is written again, and loaded texts stand in the journal by themselves.
DONE = frozenset({"hush", "panic", "undo", "redo", "sync"})
SLICE = 0.02  # seconds that are computed between two looks at the patterns


@dataclass(slots=True)
class Told(Conductor):
    """A conductor whose changes begin when the journal says."""

    due: Fraction | None = None

    def boundary(self, now: int, quant: Fraction, margin: float = MARGIN) -> Fraction:
        """Give the cycle that was given, or else the next one at which a change can begin."""
        if self.due is not None:
            return self.due
        return Conductor.boundary(self, now, quant, margin)


def parts(story: Story) -> tuple[list[Entry], list[Entry], Fraction]:
    """Give the entries from before the music, those while it played, and the cycle where the journal ends.

    Raises FileError when nothing of it can be performed.
    """
    before = [e for e in story.entries if e.at is None or e.at < 0]
    during = sorted((e for e in story.entries if e.at is not None and e.at >= 0), key=lambda e: e.number)
    if not story.entries:
        raise FileError(f"nothing was evaluated in {story.path.name}")
    last = max((max(e.at or Fraction(0), e.took or Fraction(0)) for e in during), default=Fraction(0))
    heard = story.heard if story.heard is not None and story.heard > last else last + LAST
    return before, during, heard


def render(story: Story, rate: int = 48000, block: int = 256) -> Rendering:
    """Perform a journal on an engine in this process: from cycle 0 to where it ends, and what rings on.

    What an evaluation mixed anew changes in the block in which it changed then.
    Raises LiveError when the journal is empty or too long.
    """
    import numpy as np

    from livecode.engine.offline import OfflineEngine

    before, during, end = parts(story)
    retelling = Retelling()
    for entry in before:
        retelling.tell(entry)
    engine = OfflineEngine(rate, block)
    try:
        troubles: list[str] = []
        conductor = Told(engine, rate, block, lambda error: troubles.append(error.render()))
        start = WARM * block
        conductor.begin(score(retelling.session), start)
        blocks: list[np.ndarray[Any, np.dtype[np.float32]]] = []

        def advance(sample: int) -> None:
            """Compute up to a sample; the patterns are asked ahead as in a live performance."""
            while (left := sample - int(engine.now())) > 0:
                ahead = int(engine.now()) + int(retelling.session.settings.latency * rate) + block
                conductor.tick(min(ahead, conductor.map.sample(end)))
                blocks.append(engine.advance(min(left, int(SLICE * rate))))
                if int(engine.now()) > LONGEST * rate:
                    raise FileError("this journal lasts longer than 6 hours")

        advance(start)
        blocks.clear()
        for entry in during:
            mixed = entry.at if entry.mixed is None else entry.mixed
            assert mixed is not None
            advance(conductor.map.sample(mixed))
            try:
                _again(conductor, retelling, entry, int(engine.now()))
            except LiveError as error:
                troubles.append(error.render())
        advance(conductor.map.sample(end))
        rung = quiet = 0
        while quiet < 2 and rung < LONGEST_TAIL * rate:
            blocks.append(engine.advance(int(STEP * rate)))
            rung += len(blocks[-1])
            quiet = quiet + 1 if float(np.abs(blocks[-1]).max()) < SILENCE else 0
        if engine.meters().late:
            troubles.append(f"{engine.meters().late} notes came late: this is not quite what was played")
        audio = np.concatenate(blocks)[engine.latency :]
        return Rendering(audio, rate, (), tuple(dict.fromkeys(troubles)))
    finally:
        engine.stop()


def _again(conductor: Told, retelling: Retelling, entry: Entry, now: int) -> None:
    """Do to a conductor what an evaluation did then."""
    before = retelling.session
    acts = retelling.tell(entry)
    made = score(retelling.session)
    if retelling.session is not before:
        conductor.due = entry.took
        conductor.change(made, now, retelling.session.settings.quant)
        conductor.due = None
    for act in acts:
        if act.name == "hush":
            conductor.hush(made, now)
        elif act.name == "panic":
            conductor.panic(made, now)


def play(engine: EngineProcess, story: Story, tell: Callable[[str], None]) -> None:
    """Perform a journal live, to its end."""
    before, during, end = parts(story)
    performance = Performance(engine, tell, conductor=Told)
    try:
        for entry in before:
            _enter(performance, entry)
        performance.start()
        tell(described(engine.wait_ready(20.0)))
        for entry in during:
            assert entry.at is not None
            _await(performance, entry.at)
            with performance.playing() as conductor:
                assert isinstance(conductor, Told)
                conductor.due = entry.took
            _enter(performance, entry)
            tell(f"{entry.at.__floor__()}: {'; '.join(s.text.strip() for s in entry.sources[: entry.roots])}")
            conductor.due = None
        _await(performance, end)
    finally:
        performance.stop()


def _await(performance: Performance, cycle: Fraction) -> None:
    while (position := performance.position()) is None or position[0] < cycle:
        time.sleep(LOOK)


def _enter(performance: Performance, entry: Entry) -> None:
    if entry.kind == TRANSPORT:
        performance.take(replace(performance.session, transport=read(dict(entry.transport or {}))))
        return
    given = program_of(entry)
    if entry.kind == FOLLOWED:
        evaluation = performance.follow_program(given, entry.roots).evaluation
    else:
        evaluation = performance.evaluate_program(given, entry.roots)
    for _, act in evaluation.acts:
        if act.name in DONE:
            performance.act(act)
