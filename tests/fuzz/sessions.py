"""Random sessions at the prompt, on an offline clock: no exception, and the clock never stops.

`python -m tests.fuzz.sessions SEED COUNT` runs many of 50 statements each and prints what is wrong with which.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from livecode.conductor.conductor import Conductor
from livecode.engine.clock import Clock
from livecode.engine.records import Message
from livecode.errors import Fault, LiveError, Source
from livecode.performance import Performance
from livecode.stages.score import score
from tests.fuzz import corpus
from tests.fuzz.statements import LONGEST

LENGTH = 50  # statements
RATE, BLOCK = 48000, 256
NAMES = ("main", "kick", "hats", "bass", "pads", "lead", "a", "b")
FORMS = ("intro", "drop", "break", "fill", "song", "x")
# What a performer types besides patterns.
MOVES = (
    "undo", "redo", "undo", "hush", "play", "stop {n}", "mute {n}", "unmute", "solo {n}", "unsolo", "panic",
    "play {f}", "loop {f}", "goto {f}", "play song from {f}", "tempo {i}", "tempo (ramp 90 {i} over 4)", "meter 3/4",
    "quant {q}", "seed {i}", 'key "d:dorian"', "show {n}", "list", "{n} = {n}", "{n} = silence",
    'arrange {f} {q} = {n}, {n} | fast 2', 'arrange {f} = "{f} {f}!2"', "mix {n} | gain -3dB", "mix {n} = {n} + {n}",
    "mix {n} | send hall 0.3", "mix hall = return | reverb 1s", "latency 200ms", "let p = 2", "{n} = s \"bd*p\"",
)  # fmt: skip


class Still:
    """An engine that plays nothing, and whose clock is turned by hand."""

    shortcut = None  # nobody plays it by hand

    def __init__(self) -> None:
        self.sample = 0.0
        self.mark = 0

    def send(self, message: Message) -> None:
        self.mark = getattr(message, "number", self.mark)

    def push(self, records: bytes) -> None:
        pass

    def now(self) -> float:
        return self.sample

    def clock(self) -> Clock:
        return Clock(int(self.sample), 0, RATE, BLOCK)

    def marked(self) -> int:
        return self.mark

    def stop(self) -> None:
        pass


@dataclass(slots=True)
class Stage:
    """A performance on the clock that is turned by hand."""

    engine: Still = field(default_factory=Still)
    told: list[str] = field(default_factory=list)
    wrong: str = ""

    def perform(self, chance: random.Random) -> list[str]:
        """Type some statements while time goes by; gives them up to the first that shows something wrong."""
        engine: Any = self.engine
        performance = Performance(engine, self.told.append)
        conductor = Conductor(engine, RATE, BLOCK, self._trouble)
        engine.sample = BLOCK * 20  # the music begins now
        conductor.begin(score(performance.session), BLOCK * 20)
        performance.conductor = conductor
        typed: list[str] = []
        for number in range(LENGTH):
            text = statement(chance)
            typed.append(text)
            begun = time.thread_time()
            try:
                self._enter(performance, Source(f"line {number}", text))
                spent = time.thread_time() - begun
                self._go_on(conductor, chance.randrange(BLOCK, RATE))
            except Exception as error:  # noqa: BLE001 (to find these is what this is for)
                tb = error.__traceback__
                while tb is not None and tb.tb_next is not None:
                    tb = tb.tb_next
                where = f"{tb.tb_frame.f_code.co_filename}:{tb.tb_lineno}" if tb is not None else ""
                self.wrong = f"{type(error).__name__} at {where}: {error}"
            else:
                if spent > LONGEST:
                    self.wrong = f"slow: {spent:.2f} s"
            if self.wrong:
                break
        return typed

    def _trouble(self, error: LiveError) -> None:
        error.render()
        if error.place is None:
            self.wrong = f"no place: {error.message}"

    def _enter(self, performance: Performance, source: Source) -> None:
        evaluation = performance.evaluate(source)
        for error in evaluation.errors:
            if isinstance(error, Fault):
                self.wrong = f"fault: {error.message}"
            self._trouble(error)
        for _, act in evaluation.acts:
            if act.name in ("undo", "redo", "hush", "panic"):
                performance.act(act)

    def _go_on(self, conductor: Conductor, samples: int) -> None:
        before: Fraction = conductor.position(int(self.engine.now()))[0]
        end = self.engine.sample + samples
        while self.engine.sample < end:
            self.engine.sample += BLOCK * 20
            conductor.tick(int(self.engine.sample) + RATE // 4)
        if conductor.position(int(self.engine.now()))[0] <= before:
            self.wrong = f"the clock stopped in cycle {float(before)}"


def statement(chance: random.Random) -> str:
    """Give a statement as it may be typed: a mutated one, one as it should be, or a move of a performer."""
    kind = chance.random()
    if kind < 0.35:
        return corpus.mutated(chance)
    if kind < 0.6:
        text = chance.choice(corpus.texts())
        return (
            text if text.split(None, 1)[0] in ("mix", "design", "master", "let") else f"{chance.choice(NAMES)} = {text}"
        )
    given = {
        "i": chance.choice((60, 120, 174, 240)),
        "q": chance.choice(("1", "2", "1/2", "4")),
    }
    words = [
        word.format(n=chance.choice(NAMES), f=chance.choice(FORMS), **given) for word in chance.choice(MOVES).split(" ")
    ]
    return " ".join(words)


def run(seed: int, number: int) -> int:
    """Perform some sessions and print each kind of problem once; gives how many kinds there are."""
    found: set[str] = set()
    begun = time.monotonic()
    corpus.texts()
    gc.freeze()  # so that no collection looks through the corpus again and again
    for i in range(1, number + 1):
        stage = Stage()
        typed = stage.perform(random.Random(seed * 1_000_003 + i))
        kind = stage.wrong[:70] if not stage.wrong.startswith("slow") else "slow"
        if stage.wrong and kind not in found:
            found.add(kind)
            print(f"{stage.wrong} (session {i})\n    " + "\n    ".join(map(repr, typed[-6:])), flush=True)
        if i % 100 == 0:
            print(f"# {i} sessions, {len(found)} kinds of problems, {time.monotonic() - begun:.0f} s", flush=True)
    return len(found)


if __name__ == "__main__":
    sys.exit(1 if run(int(sys.argv[1]), int(sys.argv[2])) else 0)
