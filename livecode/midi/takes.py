"""Takes: what was played on a keyboard, quantised and written as mini-notation."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

NAMES = ("c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b")


@dataclass(frozen=True, slots=True)
class Played:
    """A note that was played, from one moment to another, in cycles from the take's begin."""

    begin: Fraction
    end: Fraction
    key: int
    velocity: int


@dataclass(slots=True)
class Take:
    """Collects the notes that are played from a moment on, for so many cycles."""

    begin: int  # monotonic ns of its cycle 0
    cycle: float  # ns in a cycle
    cycles: int
    grid: Fraction  # of a cycle
    notes: list[Played] = field(default_factory=list)
    _down: dict[int, tuple[Fraction, int]] = field(default_factory=dict)

    def note(self, at: int, key: int, velocity: int) -> None:
        """Take a key that goes down, or up with velocity 0; what lies outside of the take is left out."""
        cycle = Fraction(round((at - self.begin) / self.cycle * 2**20), 2**20)
        held = self._down.pop(key, None)
        if held is not None:
            self.notes.append(Played(held[0], cycle, key, held[1]))
        if velocity and -self.grid / 2 <= cycle < self.cycles - self.grid / 2:
            self._down[key] = (cycle, velocity)

    def over(self, at: int) -> bool:
        return at - self.begin >= self.cycles * self.cycle

    def written(self) -> str:
        """Give the take as one mini-notation string for `note`; nothing played gives an empty string."""
        held = [Played(b, Fraction(self.cycles), k, v) for k, (b, v) in self._down.items()]
        return mini([*self.notes, *held], self.cycles, self.grid)


def note_name(key: int) -> str:
    return f"{NAMES[key % 12]}{key // 12 - 1}"


def quantised(notes: list[Played], cycles: int, grid: Fraction) -> dict[int, tuple[tuple[int, ...], int]]:
    """Put notes on a grid: step -> its keys, from low to high, and its length in steps, up to the next at most."""
    count = int(cycles / grid)
    if not notes:
        return {}
    steps: dict[int, dict[int, int]] = {}
    for note in notes:
        step = round(note.begin / grid) % count
        length = max(1, round((note.end - note.begin) / grid))
        keys = steps.setdefault(step, {})
        keys[note.key] = max(keys.get(note.key, 0), length)
    out: dict[int, tuple[tuple[int, ...], int]] = {}
    order = sorted(steps)
    for step, after in zip(order, [*order[1:], count], strict=True):
        keys = steps[step]
        out[step] = tuple(sorted(keys)), min(max(keys.values()), after - step)
    return out


def mini(notes: list[Played], cycles: int, grid: Fraction) -> str:
    """Write notes as mini-notation: a step a grid line, lengths by @, chords by commas, cycles in <>."""
    placed = quantised(notes, cycles, grid)
    if not placed:
        return ""
    per = int(1 / grid)
    bars = [_bar(placed, bar * per, per) for bar in range(cycles)]
    if len(bars) == 1:
        return bars[0]
    return "<" + " ".join(f"[{bar}]" for bar in bars) + ">"


def _bar(placed: dict[int, tuple[tuple[int, ...], int]], begin: int, count: int) -> str:
    """Write one cycle; a note that is longer than its cycle ends with it."""
    parts: list[tuple[str, int]] = []
    step = begin
    while step < begin + count:
        if step in placed:
            keys, length = placed[step]
            names = [note_name(k) for k in keys]
            text = names[0] if len(names) == 1 else f"[{','.join(names)}]"
            length = min(length, begin + count - step)
        else:
            text = "~"
            after = [s for s in placed if step < s < begin + count]
            length = (min(after) if after else begin + count) - step
        parts.append((text, length))
        step += length
    # steps that all share a factor need not be counted so finely
    shared = gcd(*(length for _, length in parts))
    return " ".join(text if length == shared else f"{text}@{length // shared}" for text, length in parts)
