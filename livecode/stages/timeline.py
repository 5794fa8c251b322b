"""The timeline of a song: where its sections lie in cycles and seconds, in which tempo, and what sounds in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from livecode.conductor.pace import map_of, pace_at
from livecode.conductor.score import Score, Stretch
from livecode.errors import KindError, LiveError, PlayError
from livecode.patterns import Context
from livecode.session import Session, Space, Transport
from livecode.stages.arrange import Song
from livecode.stages.delivery import known_form
from livecode.stages.score import score

RATE = 48000  # samples a second: the grain of the times that are shown
GRAIN = 4  # bins of a cycle in which events are counted
LONGEST = 2048  # cycles of a section in which events are counted
WIDTH = 100  # columns of the picture in a terminal
FINEST = 4  # columns of a cycle at most
SHADES = "░▒▓█"


@dataclass(frozen=True, slots=True)
class Row:
    """One section of a song: where it begins and ends, in cycles and seconds, and how it goes."""

    name: str
    begin: Fraction
    end: Fraction
    seconds: float
    until: float  # s
    bpm: tuple[float, float]  # at its begin and its end
    beats: Fraction
    key: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A song from its begin to its end; `counts` are the events of each strip in each bin, GRAIN of them a cycle."""

    name: str
    rows: tuple[Row, ...]
    counts: Mapping[str, tuple[int, ...]]

    @property
    def cycles(self) -> Fraction:
        return self.rows[-1].end

    @property
    def seconds(self) -> float:
        return self.rows[-1].until


def timeline(session: Session, name: str) -> Timeline:
    """Lay a song or section out.

    Raises NameUnknown with the nearest name.
    """
    known_form(session, name)
    muted, soloed = session.transport.muted, session.transport.soloed
    made = score(replace(session, transport=Transport(muted=muted, soloed=soloed, form=name)))
    map_ = map_of(made, RATE)
    rows = tuple(_row(made, stretch, lambda at: float(map_.exact(at) / RATE)) for stretch in made.stretches)
    return Timeline(name, rows, _counts(made))


def main_form(session: Session) -> str:
    """Give the song that plays, or else the last one that was made.

    Raises KindError where there is none.
    """
    songs = [d.name for d in session.each(Space.FORM) if isinstance(d.value, Song)]
    found = session.transport.form or next(reversed(songs or session.names(Space.FORM)), "")
    if not found:
        raise KindError("there is no song", hint='arrange song = "intro drop!2" makes one of sections')
    return found


def _row(made: Score, stretch: Stretch, seconds: Callable[[Fraction], float]) -> Row:
    end = stretch.end
    assert end is not None
    first = pace_at(made, stretch.begin)
    last = pace_at(made, end - Fraction(1, 1 << 20))
    return Row(
        stretch.name,
        stretch.begin,
        end,
        seconds(stretch.begin),
        seconds(end),
        (first.bpm, last.bpm),
        first.beats,
        stretch.key or made.key,
    )


def _counts(made: Score) -> dict[str, tuple[int, ...]]:
    """Count what begins in each bin; a section that comes again is asked once."""
    total = ceil((made.length or Fraction(0)) * GRAIN)
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * total)
    known: dict[tuple[object, ...], list[tuple[str, Fraction]]] = {}
    for stretch in made.stretches:
        key = (stretch.name, id(stretch.parts), *(id(part.pattern) for part in stretch.parts))
        if key not in known:
            known[key] = list(_events(made, stretch))
        for strip, at in known[key]:
            counts[strip][min(int((stretch.begin + at) * GRAIN), total - 1)] += 1
    return {strip: tuple(row) for strip, row in counts.items()}


def _events(made: Score, stretch: Stretch) -> Iterator[tuple[str, Fraction]]:
    """Give the strip and the onset, in the section's time, of each event that is heard in it."""
    length = stretch.length or Fraction(0)
    if length > LONGEST:
        return
    pace = pace_at(made, stretch.begin)
    context = Context(cps=pace.bpm / 60 / float(pace.beats), section=length)
    for part in stretch.parts:
        try:
            haps = part.pattern.onsets(Fraction(0), length, context)
        except (LiveError, RecursionError) as error:
            raise PlayError(f"{stretch.name} cannot be laid out: {error}") from None
        for hap in haps:
            strip = hap.value.get("strip", part.strip) if isinstance(hap.value, dict) else part.strip
            if made.audible.get(strip, True):
                yield str(strip), hap.part.begin


def drawn(made: Timeline, width: int = WIDTH) -> str:
    """Draw a timeline in letters: sections, times, tempo, meter and key where they change, and each strip."""
    names = ["section", "tempo", "meter", *made.counts]
    margin = max(len(n) for n in names) + 2
    columns = max(min(width - margin, int(made.cycles * FINEST)), 1)
    starts = [int(row.begin * columns / made.cycles) for row in made.rows] + [columns]
    seen = {
        "section": [row.name for row in made.rows],
        "cycle": [_number(row.begin) for row in made.rows],
        "time": [clock(row.seconds) for row in made.rows],
        "tempo": _changes([_tempo(row) for row in made.rows]),
        "meter": _changes([_meter(row) for row in made.rows]) if len({r.beats for r in made.rows}) > 1 else [],
        "key": _changes([row.key for row in made.rows]) if len({r.key for r in made.rows}) > 1 else [],
    }
    sections = "1 section" if len(made.rows) == 1 else f"{len(made.rows)} sections"
    lines = [f"{made.name}: {_number(made.cycles)} cycles, {clock(made.seconds)}, {sections}"]
    lines += [name.ljust(margin) + _laid(texts, starts, cut=name == "section") for name, texts in seen.items() if texts]
    lines += [name.ljust(margin) + _shaded(row, made.cycles, columns) for name, row in made.counts.items()]
    if not made.counts:
        lines.append("nothing sounds in it")
    return "\n".join(line.rstrip() for line in lines)


def _laid(texts: Sequence[str], starts: Sequence[int], *, cut: bool) -> str:
    """Put texts at their columns, with a bar between two; what does not fit is cut, or else left out."""
    out = ""
    for text, start, end in zip(texts, starts, starts[1:], strict=False):
        if end > start:
            shown = text if cut or len(text) < end - start else ""
            out += ("│" + shown)[: end - start].ljust(end - start)
    return out


def _changes(texts: list[str]) -> list[str]:
    """Leave out what is as it was before."""
    return [text if i == 0 or text != texts[i - 1] else "" for i, text in enumerate(texts)]


def _shaded(counts: Sequence[int], cycles: Fraction, columns: int) -> str:
    """Draw how dense the events of a strip are in each column."""
    density = []
    for column in range(columns):
        begin, end = (int(edge * cycles * GRAIN / columns) for edge in (column, column + 1))
        part = counts[begin : max(end, begin + 1)]
        density.append(sum(part) / max(len(part), 1))
    top = max(density, default=0.0) or 1.0
    return "".join(SHADES[min(int(d / top * len(SHADES)), len(SHADES) - 1)] if d else " " for d in density)


def _number(at: Fraction) -> str:
    return f"{float(at):g}"


def clock(seconds: float) -> str:
    """Write seconds as minutes and seconds."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 // 10:02}" + (f".{tenths % 10}" if tenths % 10 else "")


def _tempo(row: Row) -> str:
    first, last = (f"{bpm:.4g}" for bpm in row.bpm)
    return first if first == last else f"{first}→{last}"


def _meter(row: Row) -> str:
    beats = row.beats
    return f"{beats}" if beats.denominator == 1 else f"{(beats / 4)}"
