"""Bars and levels of characters."""

from __future__ import annotations

from math import log10

ACROSS = " ▏▎▍▌▋▊▉█"
UPWARD = " ▁▂▃▄▅▆▇█"
LOWEST = -60.0  # dB at the low end of a meter
SILENT = 1e-5


def decibels(peak: float) -> float:
    """Give a peak in dB, at least that of silence."""
    return 20 * log10(max(peak, SILENT))


def filled(level: float) -> float:
    """Give the part of a meter that a level in dB fills: 0 to 1."""
    return min(max((level - LOWEST) / -LOWEST, 0.0), 1.0)


def across(part: float, width: int) -> str:
    """Draw a bar from the left, exact to an eighth of a character."""
    eighths = round(min(max(part, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (ACROSS[rest] if rest else "")).ljust(width)


def upward(parts: list[float], height: int) -> list[str]:
    """Draw bars side by side, the top line first."""
    eighths = [round(min(max(part, 0.0), 1.0) * height * 8) for part in parts]
    return ["".join(UPWARD[min(max(e - 8 * row, 0), 8)] for e in eighths) for row in range(height - 1, -1, -1)]


def written(peak: float) -> str:
    """Write a peak in dB, 5 characters."""
    return f"{decibels(peak):5.1f}" if peak > SILENT else "   -∞"
