"""Rendering: a session to samples and files, by the conductor and engine that play it live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livecode.conductor.conductor import Conductor
from livecode.conductor.notes import Note
from livecode.errors import FileError, KindError, nearest
from livecode.patterns import Hap
from livecode.session import Session, Space
from livecode.stages.score import score

if TYPE_CHECKING:
    import numpy as np

WARM = 64  # blocks before cycle 0
STEP = 0.25  # seconds rendered between two looks at the patterns
LONGEST = 6 * 3600.0  # seconds
SILENCE = 10 ** (-90 / 20)
LONGEST_TAIL = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Heard:
    """A note as it was rendered: second, strip, pitch in hertz and seconds held."""

    time: float
    strip: str
    freq: float
    length: float


@dataclass(frozen=True, slots=True)
class Rendering:
    """Stereo samples (n, 2), their rate, and what was played."""

    audio: np.ndarray[Any, np.dtype[np.float32]]
    rate: int
    notes: tuple[Heard, ...]
    troubles: tuple[str, ...]


def render(
    session: Session,
    *,
    cycles: Fraction | None = None,
    seconds: float | None = None,
    tail: bool = False,
    rate: int = 48000,
    block: int = 256,
    progress: Callable[[float], None] = lambda part: None,
) -> Rendering:
    """Render cycles or seconds of a session, or all of the form it plays; `tail` adds what rings on.

    Raises KindError when it would be endless or too long.
    """
    import numpy as np

    from livecode.engine.offline import OfflineEngine

    made = score(session)
    if cycles is None and seconds is None:
        cycles = made.length
        if cycles is None or made.loop:
            raise KindError("this plays for ever", hint="say how much: --cycles 16 or --seconds 30")
    engine = OfflineEngine(rate, block)
    try:
        troubles: list[str] = []
        notes: list[Heard] = []
        start = WARM * block

        def heard(sample: int, note: Note, hap: Hap) -> None:
            dur, freq = note.values[:2]
            notes.append(Heard((sample - start) / rate, note.voice.strip, freq, dur))

        conductor = Conductor(engine, rate, block, lambda error: troubles.append(error.render()), heard)
        conductor.begin(made, start)
        count = _samples(conductor, start, cycles, seconds, rate)
        step = int(STEP * rate)
        conductor.tick(start + step)
        engine.advance(start + engine.latency)
        blocks: list[np.ndarray[Any, np.dtype[np.float32]]] = []
        done = 0
        while done < count:
            # Past the end too: the limiter looks ahead, and what is heard at the end knows what follows.
            conductor.tick(int(engine.now()) + step + block)
            blocks.append(engine.advance(min(step, count - done)))
            done += len(blocks[-1])
            progress(done / count)
        if tail:
            quiet = 0
            while quiet < 2 and done < count + LONGEST_TAIL * rate:
                blocks.append(engine.advance(step))
                done += step
                quiet = quiet + 1 if float(np.abs(blocks[-1]).max()) < SILENCE else 0
        if engine.meters().late:
            troubles.append(f"{engine.meters().late} notes came late: this rendering is not what was written")
        troubles.extend(report.message for report in engine.reports() if hasattr(report, "message"))
        notes = [n for n in notes if n.time < done / rate]
        return Rendering(np.concatenate(blocks), rate, tuple(notes), tuple(dict.fromkeys(troubles)))
    finally:
        engine.stop()


def _samples(conductor: Conductor, start: int, cycles: Fraction | None, seconds: float | None, rate: int) -> int:
    if seconds is None:
        assert cycles is not None
        conductor.extend(cycles)
        count = conductor.map.sample(cycles) - start
    else:
        count = round(seconds * rate)
    if count <= 0:
        raise KindError("there is nothing to render")
    if count > LONGEST * rate:
        raise KindError(f"this would last {count / rate / 3600:.1f} hours", hint="6 hours at most")
    return count


def write(rendering: Rendering, path: Path) -> None:
    """Write a rendering to an audio file of the kind its name says, 24 bits deep where the kind allows it.

    Raises FileError; a file that could not be finished is not left behind.
    """
    import soundfile

    kinds = {".wav": "PCM_24", ".flac": "PCM_24", ".aiff": "PCM_24", ".aif": "PCM_24", ".ogg": "VORBIS"}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise FileError(f"{path.suffix or path.name} is no audio format known here", expected=", ".join(kinds))
    if not path.parent.is_dir():
        raise FileError(f"there is no folder {path.parent}", hint=f"mkdir {path.parent}")
    partial = path.with_name(f".{path.name}.partial{path.suffix}")
    try:
        soundfile.write(partial, rendering.audio, rendering.rate, subtype=kind)
        partial.replace(path)
    except (OSError, RuntimeError) as error:
        raise FileError(f"{path} cannot be written: {error}") from None
    finally:
        partial.unlink(missing_ok=True)


def playing(session: Session, form: str) -> Session:
    """Give the session with a song or section playing from its start.

    Raises KindError when there is none of that name.
    """
    if session.get(Space.FORM, form) is None:
        names = session.names(Space.FORM)
        raise KindError(
            f"there is no song or section {form}",
            hint=nearest(form, names) or (f"there are {', '.join(names)}" if names else ""),
        )
    transport = replace(session.transport, form=form, start="", loop=False)
    return replace(session, transport=transport)
