"""The meters of a bus: peak, RMS, correlation, and how much its chain turns down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from livecode.engine.clock import NUMBERS
from livecode.engine.rig import Rig

if TYPE_CHECKING:
    from livecode.engine.bus import Bus

WINDOW = 0.3  # s: the time in which an RMS follows its signal, as that of a VU meter
HOLD = 1.0  # s: the highest peak of this one and the one before is held
APART = 256  # samples, about, between two looks at the power
FLOOR = 1e-12  # of a mean square: silence


class Hold:
    """Keeps the highest peak of the last one to two seconds."""

    __slots__ = ("age", "before", "highest", "turn")

    def __init__(self, rig: Rig) -> None:
        self.turn = round(HOLD * rig.rate / rig.block)  # blocks
        self.age = 0  # blocks
        self.highest = self.before = 0.0

    def follow(self, peak: float, blocks: int = 1) -> float:
        """Take the peak of so many blocks; gives the one that is held."""
        if self.age >= self.turn:
            self.before, self.highest, self.age = self.highest, 0.0, 0
        self.age += blocks
        self.highest = max(self.highest, peak)
        return max(self.highest, self.before)

    def forget(self) -> None:
        self.highest = self.before = 0.0


def looks_apart(rig: Rig) -> int:
    """Give how many blocks there are between two looks at the power of a bus."""
    return max(1, APART // rig.block)


class BusMeter:
    """Follows what leaves a bus: its peaks block by block, its power a few milliseconds at a time.

    The correlation is that of the mean squares of left, right and their sum: (s - l - r) / (2 sqrt(l r)).
    """

    __slots__ = ("blocks", "hold", "least", "left", "right", "share", "sum", "top")

    def __init__(self, rig: Rig) -> None:
        self.share = 1.0 - math.exp(-looks_apart(rig) * rig.block / (WINDOW * rig.rate))
        self.top = [0.0, 0.0]  # the peaks since they were read
        self.blocks = 0  # since then
        self.hold = Hold(rig)
        self.least = 1.0  # the gain of the chain since it was read
        self.left = self.right = self.sum = 0.0  # mean squares

    def follow(self, bus: Bus, *, due: bool) -> None:
        """Take the block that was computed last; its power only where that is due."""
        self.blocks += 1
        if bus.asleep or bus.chain is None:
            if due:
                self._weigh(0.0, 0.0, 0.0)
            return
        top = self.top
        left, right = (meter() for meter in bus.meters)
        if left > top[0]:
            top[0] = left
        if right > top[1]:
            top[1] = right
        if due:
            self._weigh(*(level() for level in bus.levels))
        gains = bus.chain.circuit.gains
        if gains:
            least = math.prod(gain() for gain in gains)
            if 0.0 < least < self.least:  # it is 0 before anything was computed
                self.least = least

    def _weigh(self, left: float, right: float, both: float) -> None:
        share = self.share
        self.left += share * (left * left - self.left)
        self.right += share * (right * right - self.right)
        self.sum += share * (both * both - self.sum)

    def take(self) -> tuple[float, ...]:
        """Give the numbers of a `Level`, and begin a new look."""
        left, right = self.top
        levels = (left, right, math.sqrt(self.left), math.sqrt(self.right))
        numbers = (*levels, self._correlation(), self._reduction(), self.hold.follow(max(left, right), self.blocks))
        self.top = [0.0, 0.0]
        self.blocks = 0
        self.least = 1.0
        if not all(map(math.isfinite, numbers)):
            self.left = self.right = self.sum = 0.0
            self.hold.forget()
            return (0.0,) * NUMBERS
        return numbers

    def _correlation(self) -> float:
        if min(self.left, self.right) < FLOOR:
            return 0.0
        return max(-1.0, min((self.sum - self.left - self.right) / (2.0 * math.sqrt(self.left * self.right)), 1.0))

    def _reduction(self) -> float:
        return max(0.0, -20.0 * math.log10(max(self.least, 1e-6)))
