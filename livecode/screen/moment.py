"""What the panes of the stage view draw: one moment of a performance, as plain values."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from livecode.measure.reading import SILENT, Loudness

Line = list[tuple[str, str]]  # pieces of text with their styles


@dataclass(frozen=True, slots=True)
class Onset:
    """An event on a page: from and to which cycle, its pitch as a MIDI number where it has one, and its gain."""

    begin: float
    end: float
    pitch: float | None = None
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """A track on a page."""

    name: str
    onsets: tuple[Onset, ...]
    heard: bool = True  # not muted


@dataclass(frozen=True, slots=True)
class Strip:
    """A channel of the mixer: its peaks as factors, its number among the tracks, and whether it is heard.

    `rms` is a factor too, `correlation` that of its sides, from -1 to 1.
    """

    name: str
    left: float
    right: float
    number: int = 0  # 0: it is no track
    heard: bool = True
    soloed: bool = False
    reduction: float = 0.0  # dB that its compressors take
    rms: float = 0.0
    correlation: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A section on the timeline, from and to which cycle; the end of an open one is None."""

    name: str
    begin: float
    end: float | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that is to be seen of a moment."""

    cycle: float = 0.0
    beats: float = 4.0
    first: int = 0  # the cycle with which the page begins
    cycles: int = 2  # of the page
    rows: tuple[Row, ...] = ()
    wave: array[float] = field(default_factory=lambda: array("f"))  # the newest samples of what is heard
    rate: int = 48000
    strips: tuple[Strip, ...] = ()
    left: float = 0.0
    right: float = 0.0
    lufs: float = float("-inf")
    loudness: Loudness = SILENT  # since the transport started
    reduction: float = 0.0  # dB that the master's chain and its limiter take
    pieces: tuple[Piece, ...] = ()
    place: float = 0.0  # where the song stands, in cycles of its own
    change: float | None = None  # the cycle at which what was entered last takes over, where that is to come
