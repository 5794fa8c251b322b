"""The lines at the bottom: position, tempo, load, levels, gear and recording; then the tracks and their numbers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import floor, log10

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from livecode.conductor.places import Spot
from livecode.engine.clock import Meters
from livecode.engine.records import Ready
from livecode.patterns.leaves import Pure
from livecode.performance import Performance
from livecode.repl.keys import NUMBERED, tracks
from livecode.session import Session

WARNING = "class:bottom-toolbar.warning"
NAME = "class:bottom-toolbar.name"
QUIET = "class:bottom-toolbar.quiet"
RED = "class:bottom-toolbar.recording"
PERIOD = 0.2  # s between two looks
RECENT = 0.25e9  # ns for which a MIDI message is shown
SILENT = 1e-5  # peaks below this are silence
FLOOR = -70.0  # LUFS below which nothing is measured


@dataclass(frozen=True, slots=True)
class State:
    """What the toolbar tells of a moment."""

    performance: Performance
    session: Session
    ready: Ready
    meters: Meters
    spot: Spot


Part = tuple[str, str]


def _position(state: State) -> Part:
    """Tell cycle and beat, then the section, which of its cycles this is, and what is next."""
    spot = state.spot
    text = f"{floor(spot.cycle)}:{floor(spot.cycle % 1 * spot.beats) + 1}"
    if spot.section:
        text += f" {spot.section}" + (f" {floor(spot.into) + 1}/{float(spot.length):g}" if spot.length else "")
    return NAME, text + (f" → {spot.following}" if spot.following else "")


def _tempo(state: State) -> Part:
    return "", f"{state.performance.bpm():g} bpm{_source(state)}"


def _source(state: State) -> str:
    sync = state.session.gear.sync
    if sync:
        return f" from {sync}"
    return "" if isinstance(state.session.settings.tempo, Pure) else " from a pattern"


def _load(state: State) -> Part:
    return "", f"cpu {state.meters.load:.0%}"


def _voices(state: State) -> Part:
    return "", f"voices {state.meters.voices}"


def _peak(state: State) -> Part:
    peak = state.meters.held
    if peak <= SILENT:
        return "", "-∞ dB"
    return (WARNING if peak >= 1 else ""), f"{20 * log10(peak):.1f} dB"


def _loudness(state: State) -> Part:
    lufs = state.meters.lufs
    return "", f"{lufs:.1f} LUFS" if lufs > FLOOR else "-∞ LUFS"


def _gear(state: State) -> Part:
    rig = state.performance.rig
    gear = state.session.gear
    if rig is None or not (gear.outs or gear.ins):
        return "", ""
    now = time.monotonic_ns()
    out = "▸" if now - rig.sent_ns(now) < RECENT else "·"
    back = "◂" if now - rig.heard_ns < RECENT else "·"
    return "", f"midi {out}{back}"


def _recording(state: State) -> Part:
    return (RED, f"● {state.performance.recording}") if state.performance.recording else ("", "")


def _export(state: State) -> Part:
    deliveries = state.performance.deliveries
    if deliveries is None or not deliveries.names:
        return "", ""
    return "", f"export {deliveries.names[0]} {deliveries.part:.0%}"


def _trouble(state: State) -> Part:
    meters = state.meters
    if state.ready.backend == "silent":
        return WARNING, "no sound device"
    if meters.late or meters.dropouts:
        return WARNING, f"late {meters.late} drop-outs {meters.dropouts}"
    return "", ""


# In the order in which they stand; the number is how early a part gives way where it is narrow.
PARTS: tuple[tuple[Callable[[State], Part], int], ...] = (
    (_position, 0),
    (_tempo, 1),
    (_load, 4),
    (_voices, 8),
    (_peak, 2),
    (_loudness, 7),
    (_gear, 6),
    (_recording, 3),
    (_trouble, 5),
    (_export, 9),
)


def state_of(performance: Performance) -> State | None:
    """Give what there is to tell now; nothing before the music began."""
    ready, spot = performance.ready, performance.spot()
    if ready is None or spot is None or spot.cycle < 0:
        return None
    return State(performance, performance.session, ready, performance.engine.meters(), spot)


class Ticker:
    """Makes the toolbar in a thread of its own, for the conductor may keep who asks it waiting; no key does."""

    def __init__(self, performance: Performance, width: Callable[[], int], changed: Callable[[], None]) -> None:
        self.performance = performance
        self.width = width
        self.changed = changed
        self.shown: StyleAndTextTuples = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="toolbar", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()

    def _run(self) -> None:
        while not self._over.is_set():
            made = toolbar(self.performance, self.width())
            if made != self.shown:
                self.shown = made
                self.changed()
            self._over.wait(PERIOD)


def toolbar(performance: Performance, width: int = 200) -> StyleAndTextTuples:
    """Give the toolbar's two lines, in pieces with styles."""
    state = state_of(performance)
    if state is None:
        failure = performance.failure
        return [(WARNING, f" no sound: {failure} "[:width]) if failure else ("", " starting the sound …")]
    return [*_fitting(state, width), ("", "\n"), *_numbers(state.session, width)]


def _fitting(state: State, width: int) -> Iterator[Part]:
    made = [(part(state), early) for part, early in PARTS]
    shown = [(style, text, early) for (style, text), early in made if text]
    while len(shown) > 1 and sum(get_cwidth(text) + 2 for _, text, _ in shown) > width:
        shown.remove(max(shown, key=lambda row: row[2]))
    for i, (style, text, _) in enumerate(shown):
        yield "", "  " if i else " "
        yield style, text


def _numbers(session: Session, width: int) -> Iterator[Part]:
    """Give the tracks with the numbers of their keys; in brackets where they are not heard."""
    names = tracks(session)
    form = session.transport.form
    yield NAME, f" {form} " if form else ""
    if not names:
        yield "", "" if form else " nothing plays"
        return
    left = width - len(form) - 2
    stopped = session.transport.stopped
    sounding = [name for name in names if name not in stopped or form]
    if not sounding:
        yield "", " nothing plays: "
    for number, name in enumerate(names, 1):
        heard = name in sounding and session.audible(name)
        key = f"{number} " if number <= NUMBERED else ""
        text = f" {key}{name} " if heard else f" {key}({name}) "
        left -= get_cwidth(text)
        if left < 2:
            yield "", "…"
            return
        yield "" if heard else QUIET, text
