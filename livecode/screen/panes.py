"""The panes beside the text: which there are, and how they share the height."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from livecode.screen.mixer import meters, mixer
from livecode.screen.moment import Line, Moment
from livecode.screen.punchcard import punchcard, roll
from livecode.screen.waves import scope, spectrum


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane: its title, what draws it in a width and height, the fewest lines it makes sense in, and the most."""

    title: str
    draw: Callable[[Moment, int, int], list[Line]]
    least: int
    most: Callable[[Moment], int]


EVENTS = (
    Pane("punchcard", punchcard, 2, lambda moment: max(len(moment.rows), 2)),
    Pane("piano roll", roll, 3, lambda moment: 12),
)
SCOPE = Pane("scope", scope, 2, lambda moment: 5)
SPECTRUM = Pane("spectrum", spectrum, 2, lambda moment: 6)
METERS = Pane("master", meters, 2, lambda moment: 3)
MIXER = Pane("mixer", mixer, 2, lambda moment: max(len(moment.strips), 2))


def chosen(rolling: bool) -> tuple[Pane, ...]:
    """Give the panes from above to below, with the piano roll or the punchcard."""
    return EVENTS[rolling], MIXER, METERS, SCOPE, SPECTRUM


def shares(panes: Sequence[Pane], moment: Moment, height: int) -> list[int]:
    """Share lines among panes, one more each for its title; the first have theirs first (0: not shown)."""
    lines = [pane.least for pane in panes]
    shown = len(panes)
    while shown and sum(lines[:shown]) + shown > height:
        shown -= 1
        lines[shown] = 0
    left = height - sum(lines) - shown
    for i in range(shown):
        more = max(min(left, panes[i].most(moment) - lines[i]), 0)
        lines[i] += more
        left -= more
    return lines


def drawn(
    panes: Sequence[Pane], moment: Moment, width: int, height: int, between: Callable[[], None] = lambda: None
) -> list[Line]:
    """Draw panes below each other: exactly so many lines, none wider than the width; `between` is called in between."""
    out: list[Line] = []
    for pane, lines in zip(panes, shares(panes, moment, height), strict=True):
        if lines:
            out.append([("class:title", f"─ {pane.title} ".ljust(width, "─")[:width])])
            made = pane.draw(moment, width, lines)[:lines]
            out += [*made, *[[]] * (lines - len(made))]
            between()
    return [*out, *[[]] * (height - len(out))][:height]
