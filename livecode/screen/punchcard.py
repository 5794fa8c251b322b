"""What plays as events over time: a punchcard of the tracks, or a piano roll of their pitches."""

from __future__ import annotations

from math import floor

from livecode.screen.moment import Line, Moment, Onset

NAMES = 7  # columns of a name
COLOURS = 6  # styles of tracks: class:track0 to class:track5
NOTES = ("c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b")


def punchcard(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw a row for every track, from the page's first cycle to its last; the column of now is marked."""
    if not moment.rows:
        return [[("class:quiet", "nothing plays")]]
    columns = _columns(moment, width)
    now = _now(moment, columns)
    lines: list[Line] = []
    for number, row in enumerate(moment.rows[:height]):
        cells = _grid(moment, columns)
        for onset in row.onsets:
            _strike(cells, onset, moment, columns)
        style = f"class:track{number % COLOURS}" if row.heard else "class:quiet"
        name = row.name[:NAMES].ljust(NAMES) + " "
        lines.append([(style, name), *_with_now(cells, now, style)])
    if len(moment.rows) > height:
        lines[-1] = [("class:quiet", f"and {len(moment.rows) - height + 1} more")]
    return lines


def roll(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw the events that have a pitch, high above low, a style for every track."""
    voiced = [(i, row, o) for i, row in enumerate(moment.rows) for o in row.onsets if o.pitch is not None]
    if not voiced:
        return [[("class:quiet", "nothing that plays has a pitch"[:width])]]
    columns = _columns(moment, width)
    now = _now(moment, columns)
    low = floor(min(o.pitch for _, _, o in voiced if o.pitch is not None))
    high = floor(max(o.pitch for _, _, o in voiced if o.pitch is not None))
    each = max(1, -(-(high - low + 1) // height))  # semitones to a line
    count = min(height, (high - low) // each + 1)
    cells = [_grid(moment, columns) for _ in range(count)]
    styles: list[dict[int, str]] = [{} for _ in range(count)]
    for number, row, onset in voiced:
        assert onset.pitch is not None
        line = (floor(onset.pitch) - low) // each
        begin, end = _strike(cells[line], onset, moment, columns)
        style = f"class:track{number % COLOURS}" if row.heard else "class:quiet"
        styles[line].update(dict.fromkeys(range(begin, end), style))
    lines: list[Line] = []
    for line in range(count - 1, -1, -1):
        pitch = low + line * each
        name = f"{NOTES[pitch % 12]}{pitch // 12 - 1}"
        text: Line = [("class:quiet", name.ljust(NAMES) + " ")]
        for column, cell in enumerate(cells[line]):
            style = styles[line].get(column, "class:quiet")
            text.append((style + (" class:now" if column == now else ""), cell))
        lines.append(_joined(text))
    return lines


def _columns(moment: Moment, width: int) -> int:
    """Give the columns of a page: as many to each beat, where there is room."""
    room = max(width - NAMES - 1, 4)
    beats = max(round(moment.beats * moment.cycles), 1)
    return room // beats * beats if room >= beats else room


def _now(moment: Moment, columns: int) -> int:
    return floor((moment.cycle - moment.first) / moment.cycles * columns)


def _grid(moment: Moment, columns: int) -> list[str]:
    per_cycle = columns / moment.cycles
    beat = per_cycle / moment.beats
    cells = ["·" if floor(c / beat) != floor((c - 1) / beat) else " " for c in range(columns)]
    for cycle in range(moment.cycles):
        cells[floor(cycle * per_cycle)] = "┊"
    return cells


def _strike(cells: list[str], onset: Onset, moment: Moment, columns: int) -> tuple[int, int]:
    """Draw an event into its cells; gives the columns that it takes."""
    scale = columns / moment.cycles
    begin = floor((onset.begin - moment.first) * scale + 1e-6)
    if not 0 <= begin < columns:
        return 0, 0
    end = min(max(floor((onset.end - moment.first) * scale + 1e-6), begin + 1), columns)
    for column in range(begin + 1, end):
        cells[column] = "─"
    cells[begin] = "█" if onset.gain > 0.75 else "▓" if onset.gain > 0.4 else "▒"
    return begin, end


def _with_now(cells: list[str], now: int, style: str) -> Line:
    text = "".join(cells)
    if not 0 <= now < len(text):
        return [(style, text)]
    return [(style, text[:now]), (f"{style} class:now", text[now]), (style, text[now + 1 :])]


def _joined(line: Line) -> Line:
    """Put neighbours of one style together."""
    out: Line = []
    for style, text in line:
        if out and out[-1][0] == style:
            out[-1] = (style, out[-1][1] + text)
        else:
            out.append((style, text))
    return out
