"""What sounds right now: the notes that were sent, by the sample at which each is heard."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from livecode.conductor.conductor import Conductor
from livecode.conductor.notes import Note
from livecode.errors import Place
from livecode.patterns import Hap

LEAST = 0.08  # s for which a note is shown at least
MOST = 4096  # notes that are remembered


@dataclass(frozen=True, slots=True)
class Heard:
    """A note: from and to which sample it is heard, its strip, and the places of the text that it comes from."""

    begin: int
    end: int
    strip: str
    places: tuple[Place, ...]


class Sounding:
    """Hears of every note the conductor sends, and tells which are heard at a sample."""

    def __init__(self) -> None:
        self._notes: list[Heard] = []
        self._lock = threading.Lock()
        self._sent = 0
        self._conductor: Conductor | None = None

    def follow(self, conductor: Conductor) -> None:
        """Be told of what a conductor sends from now on."""
        if conductor is not self._conductor:
            self._conductor = conductor
            conductor.heard = self._hear

    def leave(self) -> None:
        if self._conductor is not None:
            self._conductor.heard = None
            self._conductor = None

    def _hear(self, sample: int, note: Note, hap: Hap) -> None:
        conductor = self._conductor
        if conductor is None:
            return
        length = max(note.values[0], LEAST) * conductor.rate
        with self._lock:
            self._cancel(conductor.sent)
            self._notes.append(Heard(sample, sample + int(length), note.voice.strip, hap.places))
            del self._notes[:-MOST]

    def _cancel(self, sent: int) -> None:
        """Forget what was taken back: what is sent goes on from an earlier sample than before."""
        if sent < self._sent:
            self._notes = [n for n in self._notes if n.begin < sent]
        self._sent = sent

    def now(self, sample: int) -> list[Heard]:
        """Give the notes that are heard at a sample, and forget those that are over."""
        with self._lock:
            if self._conductor is not None:
                self._cancel(self._conductor.sent)
            self._notes = [n for n in self._notes if n.end > sample]
            return [n for n in self._notes if n.begin <= sample]
