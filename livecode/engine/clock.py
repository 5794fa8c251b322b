"""What the engine tells about itself while it plays: plain data for the control process."""

from __future__ import annotations

from dataclasses import dataclass, field


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
class Meters:
    """Load, counts and peaks; `buses` gives left and right of every bus by name."""

    load: float  # the part of a block's time that the engine takes, 0 to 1
    voices: int
    late: int  # notes that came after their time
    dropouts: int  # blocks that came late, whoever was the cause
    left: float
    right: float
    overruns: int = 0  # blocks for which the engine itself needed longer than they last
    buses: dict[str, tuple[float, float]] = field(default_factory=dict)
