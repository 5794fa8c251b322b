"""Ableton Link as a clock to follow.

Link itself is under the GPL, so it is an extra that is imported only when `sync link` asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from livecode.midi.ports import MidiError


class LinkFollower:
    """Tempo, phase and transport of a Link session, with the same face as `follower.Follower`.

    Raises MidiError, with the fix, where Link is not installed.
    """

    running = False  # its position is a phase, never a place in the song

    def __init__(self, bpm: float, quantum: float, transport: Callable[[str], None]) -> None:
        try:
            import link
        except ImportError:
            raise MidiError(
                "Ableton Link is not installed",
                hint="pip install 'livecode[link]' (Link is under the GPL, so it does not come with livecode)",
            ) from None
        self.span: float | None = quantum  # beats after which its phase repeats
        self._link: Any = link.Link(bpm)
        self._link.startStopSyncEnabled = True
        self._transport = transport
        self._playing = bool(self._link.captureSessionState().isPlaying())
        self._link.setStartStopCallback(self._told)
        self._link.enabled = True

    def _told(self, playing: bool) -> None:
        """Hear that somebody started or stopped; what we said ourselves comes back too."""
        if playing != self._playing:
            self._playing = playing
            self._transport("start" if playing else "stop")

    locked = True

    @property
    def bpm(self) -> float:
        return round(float(self._link.captureSessionState().tempo()), 3)

    @property
    def peers(self) -> int:
        """How many others there are in the session."""
        return int(self._link.numPeers())

    def alive(self, now: float) -> bool:
        return True

    def beat(self, now: float) -> float:
        """Give the position in beats at a time of the monotonic clock, in seconds; it lines up with the quantum."""
        micros = self._link.clock().micros() + round((now - time.monotonic()) * 1e6)
        return float(self._link.captureSessionState().beatAtTime(micros, self.span or 4.0))

    def set_tempo(self, bpm: float) -> None:
        """Change the tempo of the session, for all who are in it."""
        state = self._link.captureSessionState()
        state.setTempo(bpm, self._link.clock().micros())
        self._link.commitSessionState(state)

    def set_playing(self, playing: bool) -> None:
        """Start or stop everybody who follows start and stop; nothing is said that is so already."""
        if playing == self._playing:
            return
        self._playing = playing
        state = self._link.captureSessionState()
        state.setIsPlaying(playing, self._link.clock().micros())
        self._link.commitSessionState(state)

    def take(self, message: bytes, now: float) -> bool:
        return False

    def close(self) -> None:
        self._link.enabled = False
