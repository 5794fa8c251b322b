"""A picture of a rendering: waveform, spectrogram and events on one time axis."""

from __future__ import annotations

from pathlib import Path

from livecode.errors import FileError
from livecode.render import Rendering

FLOOR = -100.0  # dB


def draw(rendering: Rendering, path: Path, title: str = "") -> None:
    """Draw a rendering to a PNG, SVG or PDF file.

    Raises FileError when the drawing library is missing or the file cannot be written.
    """
    try:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
    except ImportError:
        raise FileError("pictures need matplotlib", hint="pip install 'livecode[plot]'") from None
    import numpy as np

    audio, rate = rendering.audio, rendering.rate
    seconds = len(audio) / rate
    figure, (wave, spectrum, events) = plt.subplots(
        3, 1, figsize=(14, 9), sharex=True, height_ratios=(2, 4, 3), layout="constrained"
    )
    _wave(wave, audio, rate)
    mono = audio.mean(axis=1) + 1e-12
    window = 2048
    hop = max(256, len(mono) // 3000)
    spectrum.specgram(
        mono, NFFT=window, Fs=rate, noverlap=max(0, window - hop), cmap="magma", vmin=FLOOR, vmax=-20, scale="dB"
    )
    spectrum.set_yscale("log")
    spectrum.set_ylim(30, rate / 2)
    spectrum.set_ylabel("Hz")
    strips = list(dict.fromkeys(note.strip for note in rendering.notes))
    for row, strip in enumerate(strips):
        notes = [n for n in rendering.notes if n.strip == strip]
        pitches = np.log2([max(n.freq, 1.0) for n in notes])
        low, high = pitches.min(), pitches.max()
        lift = (pitches - low) / (high - low) * 0.7 if high > low else np.zeros(len(notes))
        color = plt.get_cmap("tab10")(row % 10)
        spans = [(n.time, max(n.length, seconds / 2000)) for n in notes]
        for span, y in zip(spans, lift, strict=True):
            events.broken_barh([span], (row + 0.05 + y, 0.18), color=color)
    events.set_yticks([i + 0.5 for i in range(len(strips))], strips)
    events.set_ylim(0, max(1, len(strips)))
    events.set_xlim(0, seconds)
    events.set_xlabel("seconds")
    figure.suptitle(title)
    try:
        figure.savefig(path, dpi=110)
    except (OSError, ValueError) as error:
        raise FileError(f"{path} cannot be drawn: {error}") from None
    finally:
        plt.close(figure)


def _wave(axis: object, audio: object, rate: int) -> None:
    """Draw the lowest and highest sample of each of 2000 columns."""
    import numpy as np

    mono = np.asarray(audio)
    columns = max(1, len(mono) // 2000)
    count = len(mono) // columns
    shaped = mono[: count * columns].reshape(count, columns * 2)
    times = np.arange(count) * columns / rate
    axis.fill_between(times, shaped.min(axis=1), shaped.max(axis=1), linewidth=0)  # type: ignore[attr-defined]
    axis.set_ylim(-1.05, 1.05)  # type: ignore[attr-defined]
    axis.set_ylabel("level")  # type: ignore[attr-defined]
