"""compare: our master beside a reference, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from livecode.deliver.report import OCTAVES, Figures

ROWS: tuple[tuple[str, str, str], ...] = (
    ("length", "seconds", "s"),
    ("loudness", "loudness", "LUFS"),
    ("loudness range", "range", "LU"),
    ("loudest 3 s", "short_term", "LUFS"),
    ("true peak", "true_peak", "dBTP"),
    ("peak over loudness", "plr", "dB"),
    ("crest factor", "crest", "dB"),
    ("width (side/mid)", "width", "dB"),
    ("correlation", "correlation", ""),
)


def compared(ours: Figures, theirs: Figures, name: str) -> str:
    """Write a table of both and how far ours is from the reference."""
    return "\n".join(_lines(ours, theirs, name))


def _lines(ours: Figures, theirs: Figures, name: str) -> Iterator[str]:
    yield f"{'':20}{'ours':>10}{name[:12]:>14}{'difference':>13}"
    for title, field, unit in ROWS:
        yield _line(title, getattr(ours, field), getattr(theirs, field), unit)
    yield "spectrum by octave, share of the whole in dB"
    for hz, a, b in zip(OCTAVES, ours.octaves, theirs.octaves, strict=True):
        yield _line(f"  {hz:g} Hz" if hz < 1000 else f"  {hz / 1000:g} kHz", a, b, "dB")


def _line(title: str, ours: float | None, theirs: float | None, unit: str) -> str:
    difference = "" if ours is None or theirs is None else f"{ours - theirs:+.1f}"
    return f"{title:20}{_cell(ours):>10}{_cell(theirs):>14}{difference:>13} {unit}".rstrip()


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
