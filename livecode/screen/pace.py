"""How often the screen is drawn: as often as is seen, and never more than its share of a core."""

from __future__ import annotations

from dataclasses import dataclass

FASTEST = 1 / 30  # s between two pictures
SLOWEST = 0.5
SHARE = 0.11  # of a core
SMOOTHING = 0.2


@dataclass(slots=True)
class Pace:
    """Keeps what pictures cost, and says how long to wait for the next."""

    cost: float = 0.0  # s of a core that a picture takes

    def paid(self, seconds: float) -> None:
        """Note what a picture cost."""
        self.cost += SMOOTHING * (seconds - self.cost)

    def pause(self) -> float:
        """Give the seconds from one picture to the next."""
        return min(max(FASTEST, self.cost / SHARE), SLOWEST)
