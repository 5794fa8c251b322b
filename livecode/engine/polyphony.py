"""How many voices may sound: on one track, in all, and fewer when the machine cannot bear them."""

from __future__ import annotations

from collections.abc import Sequence

from livecode.engine.voices import Pool

TRACK = 64  # voices on one track
TOTAL = 256  # voices in all
FEWEST = 8  # voices that are left, however slow the machine
HIGH = 0.9  # the part of a block's time from which on voices are taken away
LOW = 0.6  # and below which they are given back
STEP = 0.75  # of the voices that sound are left when there are too many
PERIOD = 0.25  # s between two looks at the load
PATIENCE = 5.0  # s of low load before more voices may sound again


class Polyphony:
    """The limits; over them, the voice that would end first is faded."""

    def __init__(self) -> None:
        self.total = TOTAL
        self.crowd = 0  # voices that are awake at most: counted anew only where there may be too many
        self.calm = 0.0  # s since the load was high
        self._looked = 0.0

    @property
    def few(self) -> int:
        """So many voices are never too many."""
        return min(TRACK, self.total)

    def make_room(self, pools: Sequence[Pool], strip: str, at: int) -> None:
        """Fade a voice where a note that starts at a sample would be one too many."""
        if self.crowd >= self.few:
            self.crowd = sum(len(p.awake) for p in pools)
            if self.crowd >= self.few:
                track = [p for p in pools if p.record.strip == strip]
                if sum(p.sounding for p in track) >= TRACK:
                    _steal(track, at)
                if sum(p.sounding for p in pools) >= self.total:
                    _steal(pools, at)
        self.crowd += 1

    def watch(self, load: float, time: float, pools: Sequence[Pool], at: int) -> str:
        """Look at the load (0 to 1) at a time in seconds; gives what to say when voices had to go."""
        passed = time - self._looked
        if passed < PERIOD:
            return ""
        self._looked = time
        if load > HIGH:
            self.calm = 0.0
            sounding = sum(p.sounding for p in pools)
            first = self.total == TOTAL
            self.total = max(FEWEST, min(self.total, int(sounding * STEP)))
            for _ in range(sounding - self.total):
                _steal(pools, at)
            return f"too much for this machine: at most {self.total} voices sound at once" if first else ""
        self.calm = self.calm + passed if load < LOW else 0.0
        if self.total < TOTAL and self.calm > PATIENCE:
            self.calm = 0.0
            self.total = min(TOTAL, self.total * 2)
        return ""


def _steal(pools: Sequence[Pool], at: int) -> None:
    ends = [(voice.end, i) for i, pool in enumerate(pools) if (voice := pool.first_to_end()) is not None]
    if ends:
        pools[min(ends)[1]].steal(at)
