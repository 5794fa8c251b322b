"""The bar that shows how far an export is, and how long it still takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 24  # characters
EARLY = 0.03  # of the work: before it nobody knows how long the rest takes


@dataclass(slots=True)
class Bar:
    """Draws itself on one line of a terminal, at most ten times a second."""

    out: TextIO
    began: float = field(default_factory=time.monotonic)
    drawn: float = 0.0

    def __call__(self, part: float, label: str) -> None:
        now = time.monotonic()
        if now - self.drawn < 0.1 and part < 1:
            return
        self.drawn = now
        self.out.write("\r\x1b[K" + text(part, label, now - self.began))
        self.out.flush()

    def clear(self) -> None:
        """Take the line away."""
        self.out.write("\r\x1b[K")
        self.out.flush()


def text(part: float, label: str, passed: float) -> str:
    """Give the bar of a part (0 to 1) of the work after so many seconds."""
    full = round(WIDTH * min(max(part, 0.0), 1.0))
    left = ""
    if part >= EARLY:
        seconds = round(passed * (1 - part) / part)
        left = f"  {seconds // 60}:{seconds % 60:02} left"
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {part:4.0%}{left}  {label}"
