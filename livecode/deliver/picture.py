"""A picture of a delivery: waveform, loudness over time and spectrum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import welch

from livecode.deliver.formats import whole
from livecode.errors import FileError
from livecode.measure.loudness import HOP, MOMENTARY, SHORT_TERM, measured
from livecode.plot import drawing

COLUMNS = 2000
FLOOR = -60.0  # LUFS
WINDOW = 8192


def draw(
    path: Path,
    wave: NDArray[np.floating[Any]],
    rate: int,
    title: str,
    marks: tuple[tuple[float, str], ...] = (),
) -> None:
    """Draw samples (n, 2) to a PNG, SVG or PDF file; marks are seconds and names.

    Raises FileError when the drawing library is missing or the file cannot be written.
    """
    plt = drawing()
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(14, 9), layout="constrained")
    try:
        seconds = len(wave) / rate
        step = max(1, len(wave) // COLUMNS)
        rows = wave[: len(wave) // step * step].reshape(-1, step * 2)
        times = np.arange(len(rows)) * step / rate
        top.fill_between(times, rows.min(axis=1), rows.max(axis=1), linewidth=0)
        top.set(xlim=(0, seconds), ylim=(-1.05, 1.05), ylabel="level", title=title)
        for at, name in marks:
            top.axvline(at, color="0.6", linewidth=0.8)
            top.text(at, 1.0, f" {name}", va="top", fontsize=8)
        meter = measured(wave, rate)
        for hops, label, curve in (
            (MOMENTARY, "momentary", meter.momentary_curve),
            (SHORT_TERM, "short-term", meter.short_term_curve),
        ):
            middle.plot((np.arange(len(curve)) + hops) * HOP, np.maximum(curve, FLOOR), label=label, linewidth=0.9)
        if np.isfinite(meter.integrated):
            middle.axhline(meter.integrated, color="0.3", linestyle="--", label=f"{meter.integrated:.1f} LUFS")
        middle.set(xlim=(0, seconds), ylim=(FLOOR, 0), ylabel="LUFS", xlabel="seconds")
        middle.legend(loc="lower right")
        freqs, power = welch(wave, rate, nperseg=min(WINDOW, len(wave)), axis=0)
        bottom.semilogx(freqs[1:], 10 * np.log10(power[1:].sum(axis=1) + 1e-20))
        bottom.set(xlim=(20, rate / 2), xlabel="Hz", ylabel="dB/Hz")
        bottom.grid(alpha=0.3, which="both")
        with whole(path) as partial:
            figure.savefig(partial, dpi=110)
    except ValueError as error:
        raise FileError(f"{path} cannot be drawn: {error}") from None
    finally:
        plt.close(figure)
