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
    out: list[float] = []
    n = size // 2
    turns = _turns(size)
    for k in range(n):
        mirrored = half[-k].conjugate() if k else half[0].conjugate()
        even, odd = (half[k] + mirrored) / 2, (half[k] - mirrored) / 2j
        out.append(abs(even + turns[k] * odd) * 4 / size)
    return out


def _transform(values: list[complex]) -> list[complex]:
    """Transform by Cooley and Tukey's method, radix 2."""
    n = len(values)
    if n == 1:
        return values
    even, odd = _transform(values[::2]), _transform(values[1::2])
    turned = [t * o for t, o in zip(_turns(n), odd, strict=True)]
    return [e + t for e, t in zip(even, turned, strict=True)] + [e - t for e, t in zip(even, turned, strict=True)]


@cache
def _turns(n: int) -> list[complex]:
    return [cmath.exp(-2j * pi * k / n) for k in range(n // 2)]


@cache
def _window(size: int) -> list[float]:
    return [0.5 - 0.5 * cos(2 * pi * i / size) for i in range(size)]
