"""What tests measure of a sound: pitch, level, bands, the rendering of a line."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from livecode.errors import Source
from livecode.render import Rendering, render
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text

Wave = np.ndarray[Any, np.dtype[Any]]
RATE = 48000


def session(text: str, on: Session | None = None, name: str = "test") -> Session:
    """Evaluate a text that has no errors."""
    evaluation = evaluate_text(on or prelude(), Source(name, text))
    assert [e.render() for e in evaluation.errors] == []
    return evaluation.session


def played(text: str, on: Session | None = None, cycles: int = 1, name: str = "test") -> Rendering:
    """Render cycles of a text."""
    return render(session(text, on, name), cycles=Fraction(cycles))


def sound(rendering: Rendering) -> Wave:
    """Give the samples of a rendering that went without trouble."""
    assert rendering.troubles == ()
    return rendering.audio.astype(np.float64)


def pitch(wave: Wave, rate: int = RATE) -> float:
    """Measure the frequency of the strongest partial in Hz, by a parabola over a windowed spectrum."""
    size = 1 << max(17, (len(wave) - 1).bit_length())
    spectrum = np.log(np.abs(np.fft.rfft(wave * np.blackman(len(wave)), size)) + 1e-12)
    i = int(np.argmax(spectrum))
    a, b, c = spectrum[i - 1 : i + 2]
    return float((i + 0.5 * (a - c) / (a - 2 * b + c)) * rate / size)


def level(wave: Wave, freq: float = 0.0) -> float:
    """Give the RMS in dB, or that of the part at a frequency."""
    if freq:
        turned = wave * np.exp(-2j * np.pi * freq * np.arange(len(wave)) / RATE) * np.hanning(len(wave)) * 2
        return 20 * math.log10(abs(turned.mean()) * math.sqrt(2) + 1e-12)
    return 10 * math.log10(float(np.mean(np.square(wave, dtype=np.float64))) + 1e-20)


def band(wave: Wave, low: float, high: float) -> float:
    """Give the power of a band in dB."""
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    freqs = np.fft.rfftfreq(len(wave), 1 / RATE)
    return 10 * math.log10(float(power[(freqs >= low) & (freqs < high)].mean()) + 1e-20)
