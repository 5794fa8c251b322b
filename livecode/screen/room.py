"""How the screen of the stage view is shared."""

from __future__ import annotations

from dataclasses import dataclass

PANES = 34  # columns that the panes take at least
PART = 2 / 5  # of the columns that they take where there are more
NARROW = 60  # columns below which there is only the text
TOOLBAR = 2  # rows


@dataclass(frozen=True, slots=True)
class Room:
    """How the screen is shared, in rows and columns: the columns of the panes, the rows of timeline and messages."""

    rows: int
    columns: int
    panes: int = 0
    time: int = 0
    told: int = 0
    page: bool = False  # of keys, over it all

    @property
    def body(self) -> int:
        """The rows of text and panes, below the head and above timeline, messages and toolbar."""
        return max(self.rows - 1 - self.time - self.told - TOOLBAR, 1)

    @property
    def text(self) -> int:
        """The columns of the text; a line is between it and the panes."""
        return self.columns - (self.panes + 1 if self.panes else 0)

    @property
    def fits(self) -> bool:
        """Whether there are rows for all of it."""
        return self.rows >= 1 + self.body + self.time + self.told + TOOLBAR


def panes(columns: int) -> int:
    """Give the columns that panes take on a screen; none where that is narrow."""
    return max(PANES, int(columns * PART)) if columns >= NARROW else 0
