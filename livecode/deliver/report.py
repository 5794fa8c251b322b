"""What is told of a delivery: loudness, peaks, dynamics, width and spectrum, for people and for programs."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import welch

from livecode.deliver.formats import whole
from livecode.measure.loudness import measured
from livecode.measure.peaks import decibels, true_peak

Wave = NDArray[np.floating[Any]]

OCTAVES = (31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)  # Hz, the middles
WINDOW = 8192
SILENT = 1e-6


@dataclass(frozen=True, slots=True)
class Figures:
    """A recording in numbers: LUFS, LU, dB; what has no value, as the loudness of silence, is nothing.

    `width` is the level of the sides under that of the middle; `correlation` goes from -1 to 1; `crest` is the true
    peak over the RMS, `plr` over the loudness. The octaves are the share of each band in the whole, in dB.
    """

    seconds: float
    loudness: float | None
    range: float | None
    momentary: float | None
    short_term: float | None
    true_peak: float | None
    sample_peak: float | None
    rms: float | None
    crest: float | None
    plr: float | None
    width: float | None
    correlation: float | None
    octaves: tuple[float | None, ...]


def figures(wave: Wave, rate: int, peak: float | None = None) -> Figures:
    """Measure samples (n, 2); `peak` is the true peak in dBTP where it is known."""
    meter = measured(wave, rate)
    peak = decibels(true_peak(wave)) if peak is None else peak
    left, right = wave[:, 0].astype(np.float64), wave[:, 1].astype(np.float64)
    rms = decibels(math.sqrt(float(np.mean(left * left + right * right)) / 2))
    middle, side = float(np.mean((left + right) ** 2)), float(np.mean((left - right) ** 2))
    both = math.sqrt(float(np.mean(left * left)) * float(np.mean(right * right)))
    return Figures(
        seconds=round(len(wave) / rate, 3),
        loudness=_told(meter.integrated),
        range=_told(meter.range),
        momentary=_told(float(meter.momentary_curve.max(initial=-np.inf))),
        short_term=_told(float(meter.short_term_curve.max(initial=-np.inf))),
        true_peak=_told(peak),
        sample_peak=_told(decibels(float(np.abs(wave).max(initial=0.0)))),
        rms=_told(rms),
        crest=_told(peak - rms),
        plr=_told(peak - meter.integrated),
        width=_told(10 * math.log10(side / middle)) if side > 0 < middle else None,
        correlation=_told(float(np.mean(left * right)) / both) if both > SILENT**2 else None,
        octaves=octaves(wave, rate),
    )


def octaves(wave: Wave, rate: int) -> tuple[float | None, ...]:
    """Give the share of each octave in the power of both channels, in dB; nothing where there is none."""
    size = min(WINDOW, len(wave))
    freqs, power = welch(wave, rate, nperseg=size, axis=0)
    total = power.sum(axis=1)
    whole_power = float(total.sum())
    shares: list[float | None] = []
    for middle in OCTAVES:
        inside = (freqs >= middle / math.sqrt(2)) & (freqs < middle * math.sqrt(2))
        part = float(total[inside].sum())
        shares.append(_told(10 * math.log10(part / whole_power)) if part > 0 < whole_power else None)
    return tuple(shares)


def _told(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None


def shown(value: float | None, unit: str) -> str:
    return f"{value:.1f} {unit}" if value is not None else f"no {unit}"


def line(name: str, made: Figures) -> str:
    """Tell of a file in one line."""
    minutes, seconds = divmod(made.seconds, 60)
    return (
        f"{name}: {int(minutes)}:{seconds:05.2f}, {shown(made.loudness, 'LUFS')}, range {shown(made.range, 'LU')}, "
        f"true peak {shown(made.true_peak, 'dBTP')}"
    )


def save(path: Path, content: dict[str, Any]) -> None:
    """Write a report as JSON.

    Raises FileError.
    """
    with whole(path) as partial:
        partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table(made: Figures) -> dict[str, Any]:
    """Give the figures as a program reads them, the octaves by their middle in Hz."""
    found = asdict(made)
    found["octaves"] = {f"{hz:g}": share for hz, share in zip(OCTAVES, made.octaves, strict=True)}
    return found
