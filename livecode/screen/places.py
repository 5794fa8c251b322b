"""Where the text that was evaluated stands now, while it is edited on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from livecode.errors import Place, Source

MOST = 256  # texts that are remembered


@dataclass(slots=True)
class Region:
    """A part of a source, from `base` on and `length` long, and where it stands in the edited text.

    Its first `head` and last `tail` characters are as they were evaluated.
    """

    source: Source
    base: int
    length: int
    start: int
    end: int
    head: int = field(init=False)
    tail: int = field(init=False)

    def __post_init__(self) -> None:
        self.head = self.tail = self.length

    def where(self, place: Place) -> tuple[int, int] | None:
        """Give the characters of the edited text at which a place of the source stands, unless it was edited."""
        begin, end = place.start - self.base, place.end - self.base
        if begin < 0 or end > self.length:
            return None
        if end <= self.head:
            return self.start + begin, self.start + end
        if begin >= self.length - self.tail:
            return self.end - self.length + begin, self.end - self.length + end
        return None

    def edited(self, first: int, removed: int, added: int) -> None:
        """Follow an edit: at `first`, so many characters gave way to so many others."""
        last = first + removed
        if first >= self.end:
            return
        if last <= self.start:
            self.start += added - removed
            self.end += added - removed
            return
        self.head = max(0, min(self.head, first - self.start))
        self.tail = max(0, min(self.tail, self.end - last))
        self.start = min(self.start, first)
        self.end = max(self.end, last) + added - removed


class Places:
    """The regions of a text, the newest last."""

    def __init__(self) -> None:
        self.regions: list[Region] = []

    def add(self, region: Region) -> None:
        self.regions.append(region)
        del self.regions[:-MOST]

    def edited(self, old: str, new: str) -> None:
        """Follow an edit that made one text of another."""
        first, removed, added = difference(old, new)
        if removed or added:
            for region in self.regions:
                region.edited(first, removed, added)

    def where(self, place: Place) -> tuple[int, int] | None:
        """Give the characters at which a place stands, or nothing when its text is not here."""
        for region in reversed(self.regions):
            if region.source is place.source and (found := region.where(place)) is not None:
                return found
        return None


def difference(old: str, new: str) -> tuple[int, int, int]:
    """Give where two texts begin to differ, and how many characters of each do."""
    most = min(len(old), len(new))
    head = _same(lambda k: old[:k] == new[:k], most)
    tail = _same(lambda k: old[len(old) - k :] == new[len(new) - k :], most - head)
    return head, len(old) - head - tail, len(new) - head - tail


def _same(test: Callable[[int], bool], most: int) -> int:
    """Give the largest number up to `most` that passes; every smaller one does too."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if test(middle):
            low = middle
        else:
            high = middle - 1
    return low
