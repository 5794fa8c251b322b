"""Pictures that are drawn straight onto the terminal, beside the text and past what draws that.

prompt_toolkit looks at every cell of its screen at every key. It sees nothing where a picture is, so a key costs what
the text costs, and a picture only the lines that changed. What lies left of a picture must not become shorter (it would
be erased to the end of the line): a line of characters between them sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Attrs
from prompt_toolkit.utils import get_cwidth

from livecode.screen.moment import Line

SAVE, BACK = "\x1b7", "\x1b8"  # the cursor and the style of what is written


@dataclass(frozen=True, slots=True)
class Area:
    """Lines and where they stand: rows and columns from 0 on; what is beside their text has the style of all."""

    row: int
    column: int
    width: int
    lines: list[Line]
    style: str = ""


@dataclass(slots=True)
class Canvas:
    """Draws areas, of which only lines are written that are others than before; called from one thread."""

    output: Output
    attributes: Callable[[str], Attrs]  # of a style
    depth: Callable[[], ColorDepth]
    _shown: dict[tuple[int, int, int, str], Line] = field(default_factory=dict)

    def draw(self, areas: Iterable[Area]) -> None:
        """Draw areas; what was drawn elsewhere before stays as it is."""
        changed = [
            (key, line)
            for area in areas
            for number, line in enumerate(area.lines)
            if self._shown.get(key := (area.row + number, area.column, area.width, area.style)) != line
        ]
        if changed:
            self._write(changed)
            self._shown.update(changed)

    def keep(self, areas: Iterable[Area]) -> None:
        """Wipe out whatever is shown outside of areas."""
        kept = {(area.row + n, area.column, area.width, area.style) for area in areas for n in range(len(area.lines))}
        gone = [key for key in self._shown if key not in kept]
        if gone:
            self._write([((row, column, width, ""), []) for row, column, width, _ in gone])
            for key in gone:
                del self._shown[key]

    def forget(self) -> None:
        """Draw everything anew the next time: the terminal was wiped."""
        self._shown.clear()

    def _write(self, lines: list[tuple[tuple[int, int, int, str], Line]]) -> None:
        output, depth = self.output, self.depth()
        output.hide_cursor()  # wherever it is meanwhile
        output.write_raw(SAVE)
        for (row, column, width, base), line in lines:
            output.cursor_goto(row + 1, column + 1)
            left = width
            for style, text in [*line, ("", " " * width)]:
                text, room = fitting(text, left)
                if text:
                    output.set_attributes(self.attributes(f"{base} {style}"), depth)
                    output.write(text)
                left = room
        output.write_raw(BACK)
        output.show_cursor()
        output.flush()


def fitting(text: str, columns: int) -> tuple[str, int]:
    """Give what of a text fits into so many columns, and how many are left; nothing in it moves the cursor."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "?" for c in text)
    if text.isascii():
        return text[:columns], max(columns - len(text), 0)
    taken = 0
    for at, character in enumerate(text):
        width = get_cwidth(character)
        if taken + width > columns:
            return text[:at], columns - taken
        taken += width
    return text, columns - taken
