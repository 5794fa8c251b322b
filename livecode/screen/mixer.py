"""Levels: the meters of the master, and the strips of the mixer."""

from __future__ import annotations

from livecode.screen.bars import LOWEST, across, decibels, filled, written
from livecode.screen.moment import Line, Moment, Strip

NAMES = 9  # columns of a number and a name
FIGURES = 6  # columns of a level in dB
BARE = 10  # columns of a bar from which something else has room beside it
SEEN = 0.1  # dB of reduction from which it is told
QUIETEST = -99.0  # LUFS
WIDE = 52  # columns from which there is room for more figures
MORE = 11  # columns of RMS and correlation
HOT = 1.0
WARM = 0.7  # a factor: -3 dB


def meters(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw left and right of the master, and its loudness: of 3 s, of 400 ms (M), of all (I), range (R), true peak."""
    sides = (("L", moment.left), ("R", moment.right))
    lines = [_bar(name, level, width, "", reduction=moment.reduction) for name, level in sides]
    read = moment.loudness
    more = f" M{_figure(read.momentary)} I{_figure(read.integrated)} R{read.range:5.1f} TP{_figure(read.true_peak)}"
    more = more if width >= WIDE else ""
    bar = across(filled(moment.lufs), max(width - NAMES - FIGURES - len(more), 1))
    lines.append([("", "LUFS".ljust(NAMES)), ("class:level", bar), ("", _figure(moment.lufs).rjust(FIGURES) + more)])
    return lines[:height]


def _figure(level: float) -> str:
    return f"{level:5.1f}" if level > QUIETEST else "   -∞"


def mixer(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw a line for every strip: number, name, level, and ▾ with the dB that its chain takes; M muted, S solo.

    The bar is full up to the RMS and light up to the peak. Where there is room, the RMS follows the peak in figures,
    and the correlation of the sides.
    """
    lines = [_strip(strip, width) for strip in moment.strips]
    if len(lines) > height:
        lines = [*lines[: height - 1], [("class:quiet", f"and {len(lines) - height + 1} more")]]
    return lines or [[("class:quiet", "no strips")]]


def _strip(strip: Strip, width: int) -> Line:
    number = f"{strip.number} " if 0 < strip.number < 10 else "  "
    mark = "S" if strip.soloed else " " if strip.heard else "M"
    style = "" if strip.heard else "class:quiet"
    peak, wide = max(strip.left, strip.right), width >= WIDE
    line = _bar(number + strip.name, peak, width - MORE * wide, style, mark, strip.reduction, strip.rms)
    if not wide:
        return line
    sides = f"{strip.correlation:+.1f}" if decibels(strip.rms) > LOWEST else ""
    return [*line, (style, f"{written(strip.rms):>6}{sides:>5}")]


def _bar(
    name: str, peak: float, width: int, style: str, mark: str = "", reduction: float = 0.0, rms: float | None = None
) -> Line:
    room = max(width - NAMES - FIGURES - len(mark), 1)
    taken = f" ▾{reduction:.1f}" if reduction >= SEEN and room >= BARE else ""
    room -= len(taken)
    bar = across(filled(decibels(peak)), room)
    solid = room if rms is None else round(filled(decibels(rms)) * room)
    level = style or ("class:hot" if peak >= HOT else "class:warm" if peak >= WARM else "class:level")
    return [
        (style, name[: NAMES - 1].ljust(NAMES)),
        ("class:mark", mark),
        (level, bar[:solid] + bar[solid:].replace("█", "▒")),
        ("class:reduction", taken),
        (style, written(peak).rjust(FIGURES)),
    ]
