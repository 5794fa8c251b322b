"""Looking at a performance: the moments that are drawn, gathered without keeping the conductor waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, log2
from typing import Any

from livecode.conductor.conductor import Conductor, Era
from livecode.conductor.notes import frequency
from livecode.conductor.score import Score, stretches
from livecode.engine.clock import Meters
from livecode.errors import LiveError
from livecode.patterns import Context, Hap
from livecode.performance import Performance
from livecode.repl.keys import tracks
from livecode.screen.moment import Moment, Onset, Piece, Row, Strip
from livecode.screen.sounding import Heard, Sounding
from livecode.session import Session, Transport

CYCLES = 2  # of a page
WAVE = 2048  # samples of what is heard
MOST = 512  # events of a track on a page
FALL = 0.8  # of a level that is left at the next moment, so that a peak can be seen


@dataclass(frozen=True, slots=True)
class _Page:
    """What the rows of a page were made of."""

    first: int
    transport: Transport
    scores: tuple[tuple[Fraction, Fraction, int], ...]
    eras: tuple[Era, ...] = field(compare=False)  # kept, so that no other score can have the number of one of these


@dataclass(slots=True)
class Watcher:
    """Makes the moments of a performance; its methods are called from one thread."""

    performance: Performance
    sounding: Sounding = field(default_factory=Sounding)
    _page: _Page | None = None
    _rows: tuple[Row, ...] = ()
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict)

    def moment(self) -> tuple[Moment, list[Heard]]:
        """Give what is to be seen now, and the notes that are heard now."""
        performance = self.performance
        with performance.playing() as conductor:
            if conductor is None:
                return Moment(), []
            self.sounding.follow(conductor)
            now = int(performance.engine.now()) - performance.engine.clock().latency
            cycle = conductor.at(now)
            eras = tuple(conductor.eras)
        meters, session = performance.engine.meters(), performance.session
        first = max(floor(cycle) // CYCLES * CYCLES, 0)
        era = next((e for e in reversed(eras) if e.begin <= cycle), eras[0])
        pieces, place = _song(era.score, cycle - era.origin)
        left, right = self._level("master", (meters.left, meters.right))
        moment = Moment(
            cycle=float(cycle),
            beats=float(era.score.beats),
            first=first,
            cycles=CYCLES,
            rows=self._page_of(conductor, eras, first, session),
            wave=performance.engine.wave(WAVE),
            rate=conductor.rate,
            strips=self._strips(meters, session),
            left=left,
            right=right,
            lufs=meters.lufs,
            loudness=meters.loudness,
            reduction=master.reduction if (master := meters.levels.get("master")) is not None else 0.0,
            pieces=pieces,
            place=float(place),
            change=float(eras[-1].begin) if eras[-1].begin > cycle else None,
        )
        return moment, self.sounding.now(now)

    def _level(self, name: str, peaks: tuple[float, float]) -> tuple[float, float]:
        before = self._levels.get(name, (0.0, 0.0))
        left, right = (max(peak, FALL * old) for peak, old in zip(peaks, before, strict=True))
        self._levels[name] = (left, right)
        return left, right

    def _strips(self, meters: Meters, session: Session) -> tuple[Strip, ...]:
        numbers = {name: number for number, name in enumerate(tracks(session), 1)}
        transport = session.transport
        found = [name for name in meters.buses if name != "master"]
        found.sort(key=lambda name: numbers.get(name, len(numbers) + 1))
        return tuple(
            Strip(
                name,
                *self._level(name, meters.buses[name]),
                numbers.get(name, 0),
                session.audible(name) if name in numbers else name not in transport.muted,
                name in transport.soloed,
                level.reduction,
                max(level.rms_left, level.rms_right),
                level.correlation,
            )
            for name, level in ((name, meters.levels[name]) for name in found)
        )

    def _page_of(self, conductor: Conductor, eras: tuple[Era, ...], first: int, session: Session) -> tuple[Row, ...]:
        """Give the events of a page; asked anew only when the page or what plays is another."""
        page = _Page(first, session.transport, tuple((e.begin, e.origin, id(e.score)) for e in eras), eras)
        if page != self._page:
            self._page, self._rows = page, _rows(conductor, eras, Fraction(first), session)
        return self._rows


def _rows(conductor: Conductor, eras: tuple[Era, ...], first: Fraction, session: Session) -> tuple[Row, ...]:
    """Ask the patterns for the events of a page."""
    found: dict[str, list[Onset]] = {}
    last = first + CYCLES
    for number, era in enumerate(eras):
        begin = max(first, era.begin)
        end = min(last, eras[number + 1].begin) if number + 1 < len(eras) else last
        if begin >= end:
            continue
        for stretch, offset in stretches(era.score, begin - era.origin, end - era.origin):
            base = era.origin + offset
            stop = end - base if stretch.length is None else min(end - base, stretch.length)
            context = Context(cps=float(conductor.rate / conductor.map.length(begin)), section=stretch.length)
            for part in stretch.parts:
                try:
                    haps = part.pattern.onsets(max(begin - base, Fraction(0)), stop, context)
                except (LiveError, RecursionError):
                    continue  # the conductor tells of it
                for hap in haps[:MOST]:
                    strip = hap.value.get("strip", part.strip) if isinstance(hap.value, dict) else part.strip
                    found.setdefault(str(strip), []).append(_onset(hap, base, era.score))
    order = {name: i for i, name in enumerate(tracks(session))}
    names = sorted(found, key=lambda name: order.get(name, len(order)))
    return tuple(Row(name, tuple(found[name]), session.audible(name)) for name in names)


def _onset(hap: Hap, base: Fraction, score: Score) -> Onset:
    whole = hap.whole or hap.part
    value = hap.value if isinstance(hap.value, dict) else {}
    gain = value.get("gain", 1.0)
    loud = float(gain) if isinstance(gain, int | float | Fraction) else 1.0
    return Onset(float(base + whole.begin), float(base + whole.end), pitch_of(value, score), loud)


def pitch_of(value: dict[str, Any], score: Score) -> float | None:
    """Give the pitch of a value as a MIDI number, where it says one."""
    designed = value.get("s") in score.sounds
    if "note" not in value and "freq" not in value and not ("n" in value and designed):
        return None
    try:
        return 69 + 12 * log2(frequency(value, score.key if designed else "") / 440)
    except (LiveError, ValueError, TypeError):
        return None  # the conductor tells of it


def _song(score: Score, time: Fraction) -> tuple[tuple[Piece, ...], Fraction]:
    """Give the sections of what plays, and where in them it stands."""
    if score.length is None or not any(s.name for s in score.stretches):
        return (), time
    pieces = tuple(Piece(s.name, float(s.begin), None if s.end is None else float(s.end)) for s in score.stretches)
    return pieces, time % score.length if score.loop and score.length else time
