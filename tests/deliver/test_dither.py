from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from livecode.deliver.dither import SEGMENT, generator, quantised

RATE = 48000


def errors(kind: str, level: float = 0.1, bits: int = 16) -> np.ndarray:
    wave = np.stack([np.sin(np.arange(RATE) * f) * level for f in (0.05, 0.0137)], axis=1)
    return np.asarray(quantised(wave, bits, kind, RATE, generator()) - wave * 2 ** (bits - 1))


@pytest.mark.parametrize(("kind", "power"), [("none", 1 / 12), ("tpdf", 3 / 12)])
def test_the_noise_is_as_strong_as_theory_says(kind: str, power: float) -> None:
    assert np.mean(errors(kind) ** 2) == pytest.approx(power, rel=0.05)


def test_shaped_dither_is_softer_where_the_ear_is_sharp() -> None:
    freqs, plain = welch(errors("tpdf")[:, 0], RATE, nperseg=1024)
    _, shaped = welch(errors("shaped")[:, 0], RATE, nperseg=1024)
    ear = (freqs > 2000) & (freqs < 5000)
    assert 10 * np.log10(shaped[ear].mean() / plain[ear].mean()) < -10
    assert np.abs(errors("shaped")).max() < 40  # steps: the feedback does not run away


@pytest.mark.parametrize("kind", ["tpdf", "shaped"])
def test_a_tone_below_one_step_is_still_there(kind: str) -> None:
    wave = np.sin(np.arange(10 * RATE) * 2 * np.pi * 1000 / RATE)[:, None] * 0.4 / 2**15
    steps = quantised(wave, 16, kind, RATE, generator())[:, 0]
    found = 2 * np.mean(steps * np.sin(np.arange(10 * RATE) * 2 * np.pi * 1000 / RATE))
    assert found == pytest.approx(0.4, abs=0.02)
    assert not quantised(wave, 16, "none", RATE, generator()).any()


@pytest.mark.parametrize("kind", ["none", "tpdf", "shaped"])
@pytest.mark.parametrize("count", [1, SEGMENT, SEGMENT + 7])
def test_the_same_samples_give_the_same_numbers_within_range(kind: str, count: int) -> None:
    wave = np.linspace(-1.5, 1.5, 2 * count).reshape(count, 2)
    one, two = (quantised(wave, 24, kind, 44100, generator()) for _ in range(2))
    assert (one == two).all() and one.shape == (count, 2)
    assert one.min() >= -(2**23) and one.max() <= 2**23 - 1
