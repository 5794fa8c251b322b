"""Levels: the meters of the master, and the strips of the mixer."""

from __future__ import annotations

from livecode.screen.bars import across, decibels, filled, written
from livecode.screen.moment import Line, Moment, Strip

NAMES = 9  # columns of a number and a name
FIGURES = 6  # columns of a level in dB
BARE = 10  # columns of a bar from which something else has room beside it
SEEN = 0.1  # dB of reduction from which it is told
QUIETEST = -99.0  # LUFS
HOT = 1.0
WARM = 0.7  # a factor: -3 dB


def meters(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw left and right of the master, and its loudness."""
    sides = (("L", moment.left), ("R", moment.right))
    lines = [_bar(name, level, width, "", reduction=moment.reduction) for name, level in sides]
    room = max(width - NAMES - FIGURES, 1)
    figures = f"{moment.lufs:.1f}" if moment.lufs > QUIETEST else "-∞"
    bar = across(filled(moment.lufs), room)
    lines.append([("", "LUFS".ljust(NAMES)), ("class:level", bar), ("", figures.rjust(FIGURES))])
    return lines[:height]


def mixer(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw a line for every strip: number, name, level, and ▾ with the dB that its chain takes; M muted, S solo."""
    lines = [_strip(strip, width) for strip in moment.strips]
    if len(lines) > height:
        lines = [*lines[: height - 1], [("class:quiet", f"and {len(lines) - height + 1} more")]]
    return lines or [[("class:quiet", "no strips")]]


def _strip(strip: Strip, width: int) -> Line:
    number = f"{strip.number} " if 0 < strip.number < 10 else "  "
    mark = "S" if strip.soloed else " " if strip.heard else "M"
    style = "" if strip.heard else "class:quiet"
    return _bar(number + strip.name, max(strip.left, strip.right), width, style, mark, strip.reduction)


def _bar(name: str, peak: float, width: int, style: str, mark: str = "", reduction: float = 0.0) -> Line:
    room = max(width - NAMES - FIGURES - len(mark), 1)
    taken = f" ▾{reduction:.1f}" if reduction >= SEEN and room >= BARE else ""
    room -= len(taken)
    level = style or ("class:hot" if peak >= HOT else "class:warm" if peak >= WARM else "class:level")
    return [
        (style, name[: NAMES - 1].ljust(NAMES)),
        ("class:mark", mark),
        (level, across(filled(decibels(peak)), room)),
        ("class:reduction", taken),
        (style, written(peak).rjust(FIGURES)),
    ]
