"""What the meters of a performance show, as text: every strip's peak, RMS, gain reduction and correlation, loudness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite, log10

from livecode.engine.clock import Level, Meters
from livecode.errors import KindError
from livecode.performance import Performance
from livecode.stages.acts import Act

SILENT = 1e-5  # a factor: -100 dB


def shown(performance: Performance, act: Act) -> str:
    """Write the levels of every bus and the loudness of the master; peaks are the highest of the last second or two.

    Raises KindError before anything has played.
    """
    with performance.playing() as conductor:
        if conductor is None:
            raise KindError("nothing has been played yet", place=act.place)
    return "\n".join(lines(performance.engine.meters()))


def lines(meters: Meters) -> Iterator[str]:
    """Give a line for each bus that sounds, the master and its loudness last."""
    rows = [(name, level) for name, level in meters.levels.items() if name != "master" and level.held > SILENT]
    width = max((len(name) for name, _ in rows), default=0)
    width = max(width, len("master"))
    yield f"{'':{width}}  peak dB  RMS dB  reduction  correlation"
    for name, level in [*rows, ("master", meters.levels.get("master", Level()))]:
        rms = max(level.rms_left, level.rms_right)
        yield (
            f"{name:{width}}  {_decibels(level.held):>7}  {_decibels(rms):>6}  {_taken(level):>9}  "
            f"{f'{level.correlation:+.2f}' if rms > SILENT else '':>11}"
        ).rstrip()
    read = meters.loudness
    heard = (("momentary", read.momentary), ("short-term", read.short_term), ("integrated", read.integrated))
    lufs = ", ".join(f"{name} {_told(value)}" for name, value in heard)
    yield f"loudness: {lufs} LUFS, range {read.range:.1f} LU, true peak {_told(read.true_peak)} dBTP"


def _told(value: float) -> str:
    return f"{value:.1f}" if isfinite(value) else "-∞"


def _decibels(factor: float) -> str:
    return f"{20 * log10(factor):.1f}" if factor > SILENT else "-∞"


def _taken(level: Level) -> str:
    return f"{-level.reduction:.1f}" if level.reduction > 0.05 else ""


LEVELS: dict[str, Callable[[Performance, Act], str]] = {"levels": shown}
