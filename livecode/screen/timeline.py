"""The song as a line of sections, and where it stands."""

from __future__ import annotations

from math import floor

from livecode.screen.moment import Line, Moment
from livecode.screen.punchcard import COLOURS


def timeline(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw the sections as wide as they are long, the one that plays marked; with no song, the cycle and its beats."""
    coming = f"  the change is heard at {moment.change:g}" if moment.change is not None else ""
    pieces = [p for p in moment.pieces if p.end is not None]
    if not pieces:
        beat = (moment.cycle - floor(moment.cycle)) * moment.beats
        shown = "".join("●" if b == floor(beat) else "○" for b in range(max(1, round(moment.beats))))
        return [[("class:now", f" {floor(moment.cycle)} "), ("", f" {shown}"), ("class:quiet", coming)]]
    length = max(p.end or 0.0 for p in pieces) or 1.0
    at = min(max(moment.place / length, 0.0), 1.0)
    line: Line = []
    numbers = {name: i for i, name in enumerate(dict.fromkeys(p.name for p in pieces))}
    for piece in pieces:
        begin, end = (floor(edge / length * width + 0.5) for edge in (piece.begin, piece.end or 0.0))
        if end > begin:
            text = f"▏{piece.name}"[: end - begin].ljust(end - begin)
            playing = piece.begin <= moment.place < (piece.end or 0.0)
            line.append((f"class:track{numbers[piece.name] % COLOURS}" + (" class:now" if playing else ""), text))
    where = min(floor(at * width), width - 1)
    left = length - moment.place
    told = f"{moment.place:.1f} of {length:g}, {left:.1f} to go" if left > 0 else f"the end of {length:g}"
    head = next((made for text in (told + coming, told) if (made := _beside(text, where, width))), " " * where + "▼")
    return [[("class:quiet", head)], line] if height > 1 else [line]


def _beside(text: str, where: int, width: int) -> str:
    """Write a text beside the mark, where it has room."""
    if len(text) + 2 <= width - where - 1:
        return " " * where + "▼" + text.rjust(width - where - 1)
    return text.ljust(where) + "▼" if len(text) + 2 <= where else ""
