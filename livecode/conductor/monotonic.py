"""From samples to monotonic time: a smooth line through the stamps of the engine's blocks."""

from __future__ import annotations

from livecode.engine.clock import Clock

BANDWIDTH = 0.1  # Hz: how fast the line follows the sound card's own clock
JUMP = 0.05  # s: a stamp further off than this begins a new line
SLIP = 0.002  # s: stamps that are further off than this, all on one side,
SLIPPED = 0.15  # s: for so long, say that the sound card stood still for a while: the line goes there at once
DAMPING = 2**0.5


class Line:
    """A delay-locked loop over (sample, time) pairs (Adriaensen, Using a DLL to filter time, 2005).

    The stamps of audio callbacks jitter by milliseconds; the line through them does not, so what is sent by it keeps
    its distances to a few microseconds.
    """

    def __init__(self) -> None:
        self._sample = 0.0  # where the line was last corrected
        self._at = 0.0  # ns
        self._period = 0.0  # ns a sample
        self._latency = 0
        self._rate = 0
        self._slipped = 0.0  # the least error of the stamps that slipped, ns; 0: the last did not
        self._slip_began = 0  # the sample of the first of them

    def look(self, clock: Clock) -> None:
        """Take the stamp of a block."""
        nominal = 1e9 / clock.rate
        self._latency = clock.latency + clock.block
        if clock.rate != self._rate:
            self._begin(clock, nominal)
            return
        step = clock.sample - self._sample
        if step == 0:
            return
        error = clock.monotonic_ns - (self._at + step * self._period)
        if step < 0 or abs(error) > JUMP * 1e9:
            self._begin(clock, nominal)
            return
        error -= self._slip(clock, error)
        # the gains suit the time since the last look, which need not be regular
        omega = min(2 * 3.141592653589793 * BANDWIDTH * step / clock.rate, 0.5)
        self._at += step * self._period + DAMPING * omega * error
        self._period += omega * omega * error / step
        # no sound card is further from its nominal rate than this
        self._period = min(max(self._period, nominal * 0.999), nominal * 1.001)
        self._sample = clock.sample

    def _slip(self, clock: Clock, error: float) -> float:
        """Move the line to where the stamps have been for a while; gives by how much, in ns."""
        if abs(error) < SLIP * 1e9:
            self._slipped = 0.0
            return 0.0
        if self._slipped * error <= 0:
            self._slipped, self._slip_began = error, clock.sample
        elif abs(error) < abs(self._slipped):
            self._slipped = error
        if clock.sample - self._slip_began < SLIPPED * clock.rate:
            return 0.0
        moved, self._slipped = self._slipped, 0.0
        self._at += moved
        return moved

    def _begin(self, clock: Clock, nominal: float) -> None:
        self._slipped = 0.0
        self._sample, self._at, self._period, self._rate = clock.sample, clock.monotonic_ns, nominal, clock.rate

    def at(self, sample: float) -> int:
        """Give the monotonic time, in ns, at which a sample leaves the computer."""
        return round(self._at + (sample + self._latency - self._sample) * self._period)
