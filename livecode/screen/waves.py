"""What is heard as a wave and as a spectrum."""

from __future__ import annotations

import cmath
from array import array
from functools import cache
from math import cos, log10, pi

from livecode.screen.bars import upward
from livecode.screen.moment import Line, Moment

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille character: rows of left and right
BRAILLE = 0x2800
PERIOD = 960  # samples of a scope's line
SIZE = 1024  # samples of a spectrum
LOW, HIGH = 50.0, 16000.0  # Hz
FLOOR = -54.0  # dB at the bottom of a spectrum
QUIET = 1e-4


def scope(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw the wave as dots, from a rising zero crossing on where there is one; quiet waves are drawn larger."""
    wave = moment.wave
    rows, columns = 4 * height, 2 * width
    if len(wave) < 2 * PERIOD:
        return [[("class:quiet", "⠤" * width)]]
    start = _crossing(wave, len(wave) - 2 * PERIOD)
    shown = wave[start : start + PERIOD]
    top = max(max(shown), -min(shown), QUIET)
    scale = 1.0 if top > 0.25 else 0.5 / top if top > QUIET else 1.0
    cells = [[0] * width for _ in range(height)]
    last = None
    for column in range(columns):
        part = shown[column * PERIOD // columns : max((column + 1) * PERIOD // columns, column * PERIOD // columns + 1)]
        low, high = (_row(value * scale, rows) for value in (max(part), min(part)))
        if last is not None:  # no gap to the column before
            low, high = min(low, last[1]), max(high, last[0])
        last = (low, high)
        for row in range(low, high + 1):
            cells[row // 4][column // 2] |= DOTS[row % 4][column % 2]
    return [[("class:wave", "".join(chr(BRAILLE + c) for c in line))] for line in cells]


def _row(value: float, rows: int) -> int:
    return min(max(round((0.5 - value / 2) * (rows - 1)), 0), rows - 1)


def _crossing(wave: array[float], first: int) -> int:
    for at in range(first, first + PERIOD):
        if wave[at - 1] < 0 <= wave[at]:
            return at
    return first


def spectrum(moment: Moment, width: int, height: int) -> list[Line]:
    """Draw the spectrum from 50 Hz to 16 kHz, over 54 dB; a tilt of 3 dB an octave is taken out."""
    if len(moment.wave) < SIZE:
        return [[("class:quiet", "▁" * width)]]
    bins = magnitudes(moment.wave[-SIZE:])
    parts: list[float] = []
    step = (HIGH / LOW) ** (1 / width)
    for column in range(width):
        low, high = (LOW * step ** (column + k) * SIZE / moment.rate for k in (0, 1))
        inside = bins[round(low) : max(round(high), round(low) + 1)]
        level = 20 * log10(max(max(inside), 1e-9)) + 3 * (column / width * 8.3)
        parts.append((level - FLOOR) / -FLOOR)
    return [[("class:spectrum", line)] for line in upward(parts, height)]


def magnitudes(wave: array[float]) -> list[float]:
    """Give the magnitudes of a power of two of samples, in a Hann window; a full sine gives 1 at its frequency."""
    size = len(wave)
    window = _window(size)
    # two real halves as one complex transform: even samples real, odd ones imaginary
    packed = [complex(wave[i] * window[i], wave[i + 1] * window[i + 1]) for i in range(0, size, 2)]
    half = _transform(packed)
    mirrored = [half[0], *half[:0:-1]]
    scale = 2 / size
    return [
        scale * abs(h + (c := m.conjugate()) + turn * (h - c))
        for h, m, turn in zip(half, mirrored, _half_turns(size), strict=True)
    ]


def _transform(values: list[complex]) -> list[complex]:
    """Transform by Cooley and Tukey's method, radix 4, and 2 where no more is left."""
    n = len(values)
    if n == 1:
        return values
    if n == 2:
        return [values[0] + values[1], values[0] - values[1]]
    parts = (_transform(values[k::4]) for k in range(4))
    quarters: tuple[list[complex], ...] = ([], [], [], [])
    first, second, third, fourth = (quarter.append for quarter in quarters)
    for a, b, c, d, once, twice, thrice in zip(*parts, *_turns(n), strict=True):
        b, c, d = once * b, twice * c, thrice * d
        even, odd = a + c, a - c
        sums, turned = b + d, (b - d) * 1j
        first(even + sums)
        second(odd - turned)
        third(even - sums)
        fourth(odd + turned)
    return [value for quarter in quarters for value in quarter]


@cache
def _turns(n: int) -> tuple[list[complex], ...]:
    """Give what the last three quarters of a transform are turned by."""
    return tuple([cmath.exp(-2j * pi * k * times / n) for k in range(n // 4)] for times in (1, 2, 3))


@cache
def _half_turns(n: int) -> list[complex]:
    return [-1j * cmath.exp(-2j * pi * k / n) for k in range(n // 2)]


@cache
def _window(size: int) -> list[float]:
    return [0.5 - 0.5 * cos(2 * pi * i / size) for i in range(size)]
