"""Formants: what makes a vowel."""

from __future__ import annotations

# Formants of a tenor: frequencies in Hz, levels in dB, widths in Hz (Csound manual, appendix of formant values); the
# vowels from `ae` on after mean frequencies of spoken vowels, with the levels of the nearest sung one.
FORMANTS: tuple[tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]], ...] = (
    ((650, 1080, 2650, 2900, 3250), (0, -6, -7, -8, -22), (80, 90, 120, 130, 140)),
    ((400, 1700, 2600, 3200, 3580), (0, -14, -12, -14, -20), (70, 80, 100, 120, 120)),
    ((290, 1870, 2800, 3250, 3540), (0, -15, -18, -20, -30), (40, 90, 100, 120, 120)),
    ((400, 800, 2600, 2800, 3000), (0, -10, -12, -12, -26), (70, 80, 100, 130, 135)),
    ((350, 600, 2700, 2900, 3300), (0, -20, -17, -14, -26), (40, 60, 100, 120, 120)),
    ((660, 1720, 2410, 3300, 3750), (0, -8, -10, -16, -24), (80, 90, 120, 130, 140)),
    ((730, 1090, 2440, 3000, 3400), (0, -5, -9, -12, -24), (80, 90, 120, 130, 140)),
    ((380, 1500, 2250, 3100, 3500), (0, -12, -14, -18, -24), (60, 80, 100, 120, 120)),
    ((250, 1670, 2100, 3000, 3400), (0, -15, -16, -20, -28), (40, 80, 100, 120, 120)),
    ((280, 2070, 2600, 3200, 3600), (0, -16, -17, -20, -28), (40, 90, 100, 120, 120)),
    ((620, 1220, 2550, 3000, 3400), (0, -7, -10, -14, -24), (80, 90, 120, 130, 140)),
    ((560, 1350, 2400, 3000, 3400), (0, -9, -12, -16, -26), (90, 100, 130, 140, 150)),
    ((500, 1750, 2450, 3200, 3600), (0, -11, -12, -16, -24), (80, 90, 110, 120, 130)),
    ((620, 1350, 2500, 3000, 3400), (0, -8, -11, -15, -26), (90, 100, 130, 140, 150)),
    ((450, 850, 2500, 2900, 3200), (0, -9, -14, -15, -28), (80, 90, 110, 130, 140)),
)
VOWEL_GAIN = 2.0  # brings a vowel near the level of what goes in


def formant(which: float, band: int, part: int) -> float:
    """Give frequency, quality and level of a band of a vowel."""
    freqs, levels, widths = FORMANTS[min(max(int(which), 0), len(FORMANTS) - 1)] if which == which else FORMANTS[0]
    return (freqs[band], freqs[band] / widths[band], VOWEL_GAIN * 10 ** (levels[band] / 20))[part]
