"""What the engine tells about itself while it plays: plain data for the control process."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from livecode.measure.reading import SILENT, Loudness


@dataclass(frozen=True, slots=True)
class Clock:
    """The sample at which the present block began, and the monotonic time of that moment.

    `latency` is how many samples later than its time a note leaves the master.
    """

    sample: int
    monotonic_ns: int
    rate: int
    block: int
    latency: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """What leaves a bus: linear peaks since the last look and RMS over 0.3 s; 1 is full scale.

    The correlation of its sides goes from -1 to 1, 0 where there is none. The reduction is what the compressors, gates
    and expanders of its chain take at the most, in dB; that of the master is its limiter's too. `held` is the highest
    peak of the last one to two seconds.
    """

    left: float = 0.0
    right: float = 0.0
    rms_left: float = 0.0
    rms_right: float = 0.0
    correlation: float = 0.0
    reduction: float = 0.0
    held: float = 0.0


NUMBERS = len(fields(Level))


def levels(numbers: list[float], names: list[str]) -> dict[str, Level]:
    """Read the numbers of several buses in a row, by name."""
    rows = zip(*[iter(numbers)] * NUMBERS, strict=False)
    return {name: Level(*row) for name, row in zip(names, rows, strict=False)}


@dataclass(frozen=True, slots=True)
class Meters:
    """Load, counts and levels of what is heard.

    `levels` gives those of every bus by name, `buses` the peaks of them alone. `loudness` is measured since the
    transport started: LUFS, LU and dBTP. `left` and `right` are the peaks of the last block, `held` is the highest of
    the last one to two seconds.
    """

    load: float  # the part of a block's time that the engine takes for the sound, 0 to 1
    voices: int
    late: int  # notes that came after their time
    dropouts: int  # blocks that came late, whoever was the cause
    left: float
    right: float
    overruns: int = 0  # of the dropouts, those behind a block for which the engine itself needed longer than it lasts
    levels: dict[str, Level] = field(default_factory=dict)
    loudness: Loudness = SILENT
    held: float = 0.0

    @property
    def buses(self) -> dict[str, tuple[float, float]]:
        return {name: (level.left, level.right) for name, level in self.levels.items()}

    @property
    def lufs(self) -> float:
        """The short-term loudness of the master, or the momentary before there is one."""
        short = self.loudness.short_term
        return short if short > float("-inf") else self.loudness.momentary
