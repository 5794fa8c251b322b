"""The tests of EBU Tech 3341 and 3342 whose signals are described, at two sample rates."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from livecode.measure.loudness import SURROUND, LoudnessMeter, measured

Wave = NDArray[np.float64]


def tone(level: float, seconds: float, rate: int, channels: int = 2) -> Wave:
    """Make a sine of 1 kHz at a level in dBFS, the same in all channels."""
    time = np.arange(round(seconds * rate)) / rate
    sine = 10 ** (level / 20) * np.sin(2 * np.pi * 1000 * time)
    return np.repeat(sine[:, None], channels, axis=1)


def row(parts: list[tuple[float, float]], rate: int) -> Wave:
    return np.concatenate([tone(level, seconds, rate) for level, seconds in parts])


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-23, 20)], -23.0),  # 1
        ([(-33, 20)], -33.0),  # 2
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),  # 3
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),  # 4
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),  # 5
    ],
)
def test_integrated(parts: list[tuple[float, float]], expected: float, rate: int) -> None:
    assert measured(row(parts, rate), rate).integrated == pytest.approx(expected, abs=0.1)


def test_surround() -> None:  # 6
    rate = 48000
    wave = np.concatenate([tone(level, 20, rate, 1) for level in (-28, -28, -24, -30, -30)], axis=1)
    assert measured(wave, rate, SURROUND).integrated == pytest.approx(-23.0, abs=0.1)


def test_short_term_is_steady() -> None:  # 9
    rate = 48000
    meter = measured(row([(-20, 1.34), (-30, 1.66)] * 5, rate), rate)
    assert meter.short_term_curve == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("shift", range(0, 20, 4))
def test_short_term_reaches_its_height(shift: int) -> None:  # 10
    rate = 48000
    wave = np.concatenate([np.zeros((round(shift * 0.15 * rate), 2)), tone(-23, 3, rate), np.zeros((rate, 2))])
    assert measured(wave, rate).short_term_curve.max() == pytest.approx(-23.0, abs=0.1)


def test_momentary_is_steady() -> None:  # 12
    rate = 48000
    meter = measured(row([(-20, 0.18), (-30, 0.22)] * 25, rate), rate)
    assert meter.momentary_curve == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("shift", range(0, 20, 4))
def test_momentary_reaches_its_height(shift: int) -> None:  # 13
    rate = 48000
    wave = np.concatenate([np.zeros((round(shift * 0.02 * rate), 2)), tone(-23, 0.4, rate), np.zeros((rate, 2))])
    assert measured(wave, rate).momentary_curve.max() == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-20, 20), (-30, 20)], 10),
        ([(-20, 20), (-15, 20)], 5),
        ([(-40, 20), (-20, 20)], 20),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
    ],
)
def test_range(parts: list[tuple[float, float]], expected: float) -> None:
    assert measured(row(parts, 48000), 48000).range == pytest.approx(expected, abs=1.0)


def test_blocks_of_any_size_measure_the_same() -> None:
    rate = 48000
    wave = row([(-20, 2), (-30, 3)], rate)
    whole, pieces = measured(wave, rate), LoudnessMeter(rate)
    for block in np.array_split(wave, 997):
        pieces.feed(block)
    assert pieces.integrated == pytest.approx(whole.integrated, abs=1e-9)
    assert pieces.short_term == pytest.approx(whole.short_term, abs=1e-9)


def test_silence() -> None:
    meter = measured(np.zeros((48000 * 4, 2)), 48000)
    assert meter.integrated == meter.momentary == meter.short_term == -np.inf
    assert meter.range == 0.0
