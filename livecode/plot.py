"""Pictures: of a rendering its waveform, spectrogram and events, of a song its timeline, on one time axis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from livecode.errors import FileError

if TYPE_CHECKING:
    from livecode.render import Rendering
    from livecode.stages.timeline import Timeline

FLOOR = -100.0  # dB
SUFFIXES = (".png", ".svg", ".pdf")
PALE = 0.35  # opacity of the sections behind the strips


def drawing() -> Any:
    """Give the drawing library.

    Raises FileError where it is missing.
    """
    try:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
    except ImportError:
        raise FileError("pictures need matplotlib", hint="pip install 'livecode[plot]'") from None
    return plt


def _saved(plt: Any, figure: Any, path: Path) -> None:
    try:
        figure.savefig(path, dpi=110)
    except (OSError, ValueError) as error:
        raise FileError(f"{path} cannot be drawn: {error}") from None
    finally:
        plt.close(figure)


def draw_song(made: Timeline, path: Path) -> None:
    """Draw a song to a PNG, SVG or PDF file: sections and tempo over seconds, and how dense each strip is.

    Raises FileError when the drawing library is missing, or the file cannot be written or is of another kind.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise FileError(f"{path.name} is no picture", hint=f"a picture is a {', '.join(SUFFIXES)} file")
    from livecode.stages.timeline import GRAIN, clock

    plt = drawing()
    strips = list(made.counts)
    heights = (1.2, max(1.0, 0.42 * len(strips)))
    figure, (tempo, rows) = plt.subplots(
        2, 1, figsize=(14, 2.0 + sum(heights)), sharex=True, height_ratios=heights, layout="constrained"
    )
    colors = plt.get_cmap("tab20")
    kinds = {name: colors(i % 20) for i, name in enumerate(dict.fromkeys(row.name for row in made.rows))}
    for row in made.rows:
        tempo.plot((row.seconds, row.until), row.bpm, color="black", linewidth=1.5)
        for axis in (tempo, rows):
            axis.axvspan(row.seconds, row.until, color=kinds[row.name], alpha=PALE, linewidth=0)
            axis.axvline(row.seconds, color="white", linewidth=1)
        middle = (row.seconds + row.until) / 2
        tempo.annotate(
            row.name, (middle, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom", annotation_clip=False
        )
    for height, strip in enumerate(strips):
        counts = made.counts[strip]
        top = max(counts)
        for row in made.rows:
            first, last = int(row.begin * GRAIN), max(int(row.end * GRAIN), int(row.begin * GRAIN) + 1)
            width = (row.until - row.seconds) / max(last - first, 1)
            for number, count in enumerate(counts[first:last]):
                if count:
                    bar = [(row.seconds + number * width, width)]
                    rows.broken_barh(bar, (height + 0.9, -0.8 * count / top), color="black", linewidth=0)
    low, high = (f(bpm for row in made.rows for bpm in row.bpm) for f in (min, max))
    tempo.set_ylim(low - max(5.0, (high - low) * 0.2), high + max(5.0, (high - low) * 0.2))
    tempo.set_ylabel("bpm")
    rows.set_yticks([i + 0.5 for i in range(len(strips))], strips)
    rows.set_ylim(0, max(1, len(strips)))
    rows.invert_yaxis()
    rows.set_xlim(0, made.seconds)
    rows.set_xlabel("seconds")
    figure.suptitle(f"{made.name}: {float(made.cycles):g} cycles, {clock(made.seconds)}")
    _saved(plt, figure, path)


def draw(rendering: Rendering, path: Path, title: str = "") -> None:
    """Draw a rendering to a PNG, SVG or PDF file.

    Raises FileError when the drawing library is missing or the file cannot be written.
    """
    plt = drawing()
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
    _saved(plt, figure, path)


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
