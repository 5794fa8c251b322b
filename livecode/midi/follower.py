"""Following a MIDI clock: a phase-locked loop from jittering ticks to tempo and position."""

from __future__ import annotations

from typing import Protocol

from livecode.midi.messages import PPQN

MEMORY = 256  # ticks that the loop remembers once it is locked
LOCK = 2 * PPQN  # ticks until it is
LOST = 2.5  # s without a tick: the clock is gone
GAP = 1.75  # periods without a tick that are no longer a late one but a lost one
BURST, EARLY = 0.5, 0.75  # periods after the last tick, and after its place: what comes sooner was missing in a gap
STRAY = 0.005  # s: a tick further from its place than this may be a new tempo
SURE = 24  # ticks after which a stray one is worth a look
STRAYS = 4  # of them in a row on the same side, and the loop learns anew
RANGE = (20.0, 400.0)  # bpm


class Clock(Protocol):
    """A clock that can be followed."""

    span: float | None

    @property
    def running(self) -> bool:
        """Whether the position is a place in the song; else only its phase counts."""

    @property
    def locked(self) -> bool: ...

    @property
    def bpm(self) -> float: ...

    def alive(self, now: float) -> bool: ...

    def beat(self, now: float) -> float: ...

    def take(self, message: bytes, now: float) -> bool: ...

    def close(self) -> None: ...


class Follower:
    """Estimates tempo and position from clock ticks stamped in seconds of the monotonic clock.

    The gains are those of a growing-memory g-h filter up to `MEMORY` ticks (Brookner, Tracking and Kalman Filtering
    Made Easy, 1998, ch. 1.2): at first it learns from every tick, later it is hardly moved by a single one.
    """

    span: float | None = None  # beats after which its position repeats: none

    def __init__(self) -> None:
        self.running = False
        self.ticks = 0  # since the transport's position 0
        self._count = 0  # ticks the filter has learned from
        self._period = 0.0  # s between ticks
        self._at = 0.0  # filtered time of the last tick
        self._seen = 0.0  # time of the last tick as it came
        self._strays = 0
        self._missed = 0  # ticks that were counted in a gap and have not come
        self._armed = False  # the next tick is the first after start or continue
        self._halted = False  # the clock may go on ticking while the transport stands

    @property
    def locked(self) -> bool:
        return self._count >= LOCK

    @property
    def bpm(self) -> float:
        """The tempo, or 0 before two ticks have come."""
        return 60.0 / (self._period * PPQN) if self._period > 0 else 0.0

    def alive(self, now: float) -> bool:
        """Tell whether ticks still come."""
        return self._count > 0 and now - self._seen < LOST

    def beat(self, now: float) -> float:
        """Give the position in beats at a time."""
        if self._period <= 0 or self._armed or self._halted:
            return self.ticks / PPQN
        return (self.ticks + min((now - self._at) / self._period, LOST / self._period)) / PPQN

    def tick(self, now: float) -> None:
        """Take a clock byte."""
        first, self._armed = self._armed, False
        still = first or self._halted
        gap = now - self._seen
        self._seen = now
        if self._count == 0 or gap > LOST or gap < 0:
            self._count, self._period, self._at, self._strays, self._missed = 1, 0.0, now, 0, 0
            self.ticks += not still
            return
        if self._count == 1:
            period = now - self._at
            if not RANGE[0] <= 60.0 / (max(period, 1e-6) * PPQN) <= RANGE[1]:
                self._at = now
                self.ticks += not still
                return
            self._period, self._at, self._count = period, now, 2
            self.ticks += not still
            return
        # a gap of several periods is a drop-out: the clock went on unheard
        periods = (now - self._at) / self._period
        if self._missed and periods < EARLY and gap < BURST * self._period:
            self._missed -= 1  # it was not lost but late, and has been counted already
            return
        if first and periods > GAP:
            self._at, self._missed, self._strays = now, 0, 0  # the clock itself stood still while the transport did
            return
        steps = round(periods) if self._count >= SURE and periods > GAP else 1
        self._missed = steps - 1
        error = now - (self._at + steps * self._period)
        self._learn(error, steps)
        self.ticks += 0 if self._halted else steps - first

    def _learn(self, error: float, steps: int) -> None:
        side = 1 if error > 0 else -1
        far = self._count >= SURE and abs(error) > max(STRAY, 0.1 * self._period)
        self._strays = (self._strays + side if self._strays * side >= 0 else side) if far else 0
        if abs(self._strays) >= STRAYS:
            self._count, self._strays = 3, 0
        self._count += 1
        k = min(self._count, MEMORY)
        g, h = 2 * (2 * k - 1) / (k * (k + 1)), 6 / (k * (k + 1))
        self._at += steps * self._period + g * error
        self._period += h * error / steps
        low, high = 60.0 / (RANGE[1] * PPQN), 60.0 / (RANGE[0] * PPQN)
        self._period = min(max(self._period, low), high)

    def start(self) -> None:
        """The next tick is position 0."""
        self.ticks = 0
        self.resume()

    def resume(self) -> None:
        """The next tick is the position where it stands."""
        self.running, self._armed, self._halted = True, True, False

    def stop(self) -> None:
        self.running, self._halted = False, True

    def locate(self, sixteenths: int) -> None:
        """Take a song position: 16th notes, 6 ticks each."""
        self.ticks = sixteenths * PPQN // 4

    def close(self) -> None:
        """Nothing is held."""

    def take(self, message: bytes, now: float) -> bool:
        """Take a message that has to do with the clock; say whether it had."""
        status = message[0]
        if status == 0xF8:
            self.tick(now)
        elif status == 0xFA:
            self.start()
        elif status == 0xFB:
            self.resume()
        elif status == 0xFC:
            self.stop()
        elif status == 0xF2:
            self.locate(message[1] | message[2] << 7)
        else:
            return False
        return True
