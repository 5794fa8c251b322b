"""Carrying out a job: render, bring to the target, write, tell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecode.deliver import album, picture, report, sheet
from livecode.deliver.compare import compared
from livecode.deliver.formats import (
    FORMATS,
    Form,
    bytes_of,
    clips,
    converted,
    depth_of,
    format_of,
    make_folder,
    make_room,
    read,
    whole,
    write,
)
from livecode.deliver.job import CONDUCTED, Contrast, Job, Progress
from livecode.deliver.parallel import run_stems
from livecode.deliver.stems import MASTER, file_name, unmastered
from livecode.deliver.target import CEILING, Reached, brought, faded, loudness_of, misses
from livecode.deliver.tracks import Piece, beside, pieces, read_pieces, write_pieces
from livecode.errors import FileError
from livecode.measure.limiting import HOLD, LOOK_AHEAD, RELEASE
from livecode.midi.files import Song
from livecode.plot import drawing
from livecode.render import LONGEST_TAIL, SILENCE, Rendering, Tape, perform
from livecode.stages.delivery import Order

Wave = NDArray[np.floating[Any]]

RENDERED = 0.8  # of the work is done when the sound is there
BROUGHT = 0.9
LOSSY_ROUNDS = 6  # how often a lossy file whose peaks grew is written anew,
LIMITED_ROUNDS = 2  # at first limited further, then softer: what a coder makes of that grows no more


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was written, and what is to be told of it."""

    files: tuple[Path, ...]
    said: tuple[str, ...]


def form_of(order: Order) -> Form:
    return Form(order.bits, order.dither, order.quality, order.rate, order.tags)


def deliver(job: Job, progress: Progress = lambda part, label: None) -> Delivered:
    """Write all that a job asks for.

    Raises FileError; what could not be finished is not left behind, nor a folder that was made for it.
    """
    folder = job.path if job.order.folder else job.path.parent
    made = [f for f in (folder, *folder.parents) if not f.exists()]
    try:
        return _delivered(job, progress)
    except BaseException:
        for empty in made:
            with suppress(OSError):  # something else lies in it by now
                empty.rmdir()
        raise


def _delivered(job: Job, progress: Progress) -> Delivered:
    order, path = job.order, job.path
    if job.sheet is not None and order.silent:
        make_folder(path.parent)
        return _score_alone(job.sheet, path, order.path)
    form = form_of(order)
    if order.picture:
        drawing()
    rate = job.tapes[0].rate
    seconds = sum(tape.count / rate + max(LONGEST_TAIL, order.gap) for tape in job.tapes)
    samples = round(seconds * (form.rate or rate))
    if order.stems:
        make_folder(path)
        return _stems(job, form, samples, progress)
    kind = path / f"01.{order.format}" if order.tracks else path  # a file of the kind that is written
    format_of(kind, form)
    if kind.is_dir():
        raise FileError(f"{path} is a folder", hint=f"name a file: {path}/track.flac")
    make_folder(kind.parent)
    make_room(kind.parent, bytes_of(kind, form, samples))
    waves, troubles = _rendered(job, progress)
    wanted = form.rate or rate
    waves = [converted(wave, rate, wanted) for wave in waves]
    progress(RENDERED, "loudness")
    made, tracks, missed = _matched(waves, wanted, order)
    troubles += missed
    if clips(kind, form, made.wave):
        troubles.append(
            f"{order.path} goes beyond full scale and is clipped: peak=-1dB limits it, bits=32 keeps it whole"
        )
    progress(BROUGHT, "writing")
    cut = pieces(tracks, len(made.wave), wanted, kind.suffix) if order.tracks else []
    made = _written(kind, made, wanted, form, order, cut, progress)
    files = [path / piece.file for piece in cut] or [path]
    base = path / path.name if order.tracks else path.with_suffix("")
    if tracks:
        parts = [(piece.file, [album.Track(piece.title, 0)]) for piece in cut] or [(path.name, tracks)]
        files.append(base.with_name(f"{base.name}.cue"))
        with whole(files[-1]) as partial:
            partial.write_text(album.cue_sheet(parts, wanted, dict(order.tags)), encoding="utf-8")
    figures = report.figures(made.wave, wanted, made.peak)
    marks = _marks(job, tracks, wanted)
    if order.report:
        files.append(base.with_name(f"{base.name}.json"))
        content = _content(job, kind, form, made, figures, marks, troubles, wanted)
        if cut:
            content["tracks"] = [_told(piece, made.wave, wanted) for piece in cut]
        report.save(files[-1], content)
    if order.picture:
        files.append(base.with_name(f"{base.name}.png"))
        picture.draw(files[-1], made.wave, wanted, order.title or base.name, marks)
    if job.sheet is not None:
        files += _sheets(job.sheet, path.parent, f"{path.stem}.")
    limited = f", limited by {made.reduction:.1f} dB" if made.reduction > 0.05 else ""
    progress(1.0, "done")
    told = [report.line(order.path, figures) + limited, *(f"  {piece.file}" for piece in cut)]
    return Delivered(tuple(files), (*told, *troubles))


def _told(piece: Piece, wave: Wave, rate: int) -> dict[str, Any]:
    """Tell of a file of an album."""
    return {
        "file": piece.file,
        "title": piece.title,
        "time": round(piece.begin / rate, 4),
        "measured": report.table(report.figures(wave[piece.begin : piece.end], rate)),
    }


def _matched(waves: list[Wave], rate: int, order: Order) -> tuple[Reached, list[album.Track], list[str]]:
    """Bring the songs to their target and put them together; gives what could not be reached too."""
    ceiling = CEILING if order.peak is None and order.loudness is not None else order.peak
    tracks: list[album.Track] = []
    if len(waves) > 1:
        even = album.matched(waves, rate, order.loudness, order.peak)
        reached = [(title, loudness_of(song, rate)) for title, song in zip(_titles(order), even, strict=True)]
        wave, tracks = album.joined(even, _titles(order), rate, gap=order.gap, crossfade=order.crossfade)
        made = brought(wave, rate, None, ceiling)
    else:
        made = _brought(waves[0], rate, order.loudness, order.peak, loop=order.loop)
        reached = [("it", made.loudness)]
    wanted = order.loudness
    missed = [(name, lufs) for name, lufs in reached if wanted is not None and misses(lufs, wanted)]
    under = f"{wanted} LUFS cannot be reached under {ceiling} dBTP"
    said = [f"{under}: {name} is {lufs:.1f} LUFS" for name, lufs in missed]
    return made, tracks, said


def _score_alone(song: Song, path: Path, name: str) -> Delivered:
    sheet.save(path, song)
    notes = sum(len(track.notes) for track in song.tracks)
    return Delivered((path,), (f"{name}: {len(song.tracks)} tracks, {notes} notes",))


def _sheets(song: Song, folder: Path, prefix: str) -> list[Path]:
    """Write a MIDI file for every pattern."""
    paths = [folder / f"{prefix}{file_name(name)}.mid" for name, _ in sheet.apart(song)]
    for path, (_, one) in zip(paths, sheet.apart(song), strict=True):
        sheet.save(path, one)
    return paths


def _rendered(job: Job, progress: Progress) -> tuple[list[Wave], list[str]]:
    waves: list[Wave] = []
    troubles: list[str] = []
    total = sum(tape.count for tape in job.tapes)
    before = 0
    for tape, name in zip(job.tapes, job.order.forms or ("",), strict=True):

        def told(part: float, before: int = before, count: int = tape.count) -> None:
            progress(CONDUCTED + (RENDERED - CONDUCTED) * (before + part * count) / total, "sound")

        made = _sound(tape, job.order, told)
        wave = made.buses[MASTER] if not job.order.master else made.audio
        if float(np.abs(wave).max(initial=0.0)) < SILENCE:
            raise FileError(
                f"{name or 'what is composed'} is silent, so nothing is written",
                hint=made.troubles[0] if made.troubles else "is all of it muted or stopped?",
            )
        if job.order.loop:
            wave = _folded(wave, tape.count)
        waves.append(wave if job.order.loop or job.order.tail else faded(wave, tape.rate))
        troubles += made.troubles
        before += tape.count
    return waves, list(dict.fromkeys(troubles))


def _sound(tape: Tape, order: Order, progress: Any) -> Rendering:
    tail = order.tail or order.loop
    if order.master:
        return perform(tape, tail=tail, progress=progress)
    return perform(unmastered(tape), tail=tail, taps=(MASTER,), progress=progress)


def _folded(wave: Wave, count: int) -> Wave:
    """Let what rings on after `count` samples sound at the start, as it does when a loop comes round."""
    out = np.array(wave[:count], dtype=np.float32)
    for at in range(count, len(wave), count):
        part = wave[at : at + count]
        out[: len(part)] += part
    return out


def _brought(wave: Wave, rate: int, loudness: float | None, peak: float | None, *, loop: bool) -> Reached:
    """Bring a song to its target; a loop is limited as though it went round."""
    try:
        if not loop:
            return brought(wave, rate, loudness, peak)
        around = min(len(wave), round((RELEASE + HOLD + 2 * LOOK_AHEAD) * rate))
        made = brought(np.concatenate((wave[-around:], wave, wave[:around])), rate, loudness, peak)
        return Reached(made.wave[around : around + len(wave)], made.gain, made.reduction, made.loudness, made.peak)
    except ValueError as error:
        raise FileError(str(error)) from None


def _written(
    path: Path, made: Reached, rate: int, form: Form, order: Order, cut: Sequence[Piece], progress: Progress
) -> Reached:
    """Write the file, or the pieces of it; a lossy one whose peaks grew over the ceiling anew, so much softer."""
    if cut:
        with beside(path.parent, [piece.file for piece in cut]) as folder:
            return _kept(folder / path.name, made, rate, form, order, cut, progress)
    return _kept(path, made, rate, form, order, cut, progress)


def _kept(
    path: Path, made: Reached, rate: int, form: Form, order: Order, cut: Sequence[Piece], progress: Progress
) -> Reached:
    """Write until what is heard of it keeps the ceiling."""

    def told(part: float) -> None:
        progress(BROUGHT + (1 - BROUGHT) * part, "writing")

    def put(wave: Wave) -> None:
        if cut:
            write_pieces(path.parent, wave, rate, form, cut, told)
        else:
            write(path, wave, rate, form, told)

    put(made.wave)
    bound = order.peak is not None or order.loudness is not None
    if not FORMATS[path.suffix.lower()].lossy or not bound:
        return made
    ceiling = CEILING if order.peak is None else order.peak
    inner = ceiling
    for number in range(LOSSY_ROUNDS):
        wave = read_pieces(path.parent, cut) if cut else read(path)[0]
        heard = brought(wave, rate)
        if heard.peak <= ceiling + 0.02:
            return Reached(made.wave, made.gain, made.reduction, heard.loudness, heard.peak)
        over = heard.peak - ceiling + 0.02
        inner -= over
        if number < LIMITED_ROUNDS:
            made = _brought(made.wave, rate, order.loudness, inner, loop=order.loop)
        else:
            made = replace(made, wave=made.wave * np.float32(10 ** (-over / 20)), gain=made.gain - over)
        put(made.wave)
    return made


def _titles(order: Order) -> tuple[str, ...]:
    return order.titles or order.forms


def _marks(job: Job, tracks: list[album.Track], rate: int) -> tuple[tuple[float, str], ...]:
    if tracks:
        return tuple((track.begin / rate, track.title) for track in tracks)
    return job.tapes[0].marks


def _content(
    job: Job,
    path: Path,
    form: Form,
    made: Reached,
    figures: report.Figures,
    marks: tuple[tuple[float, str], ...],
    troubles: list[str],
    rate: int,
) -> dict[str, Any]:
    order = job.order
    return {
        "file": order.path,
        "forms": list(order.forms),
        "format": FORMATS[path.suffix.lower()].name,
        "bits": depth_of(path, form) or None,
        "dither": order.dither if depth_of(path, form) in (16, 24) else None,
        "rate": rate,
        "rendered_rate": job.tapes[0].rate,
        "block": job.tapes[0].block,
        "bpm": round(job.tapes[0].bpm, 4),
        "beats": str(job.tapes[0].beats),
        "notes": sum(len(tape.notes) for tape in job.tapes),
        "target": {"loudness": order.loudness, "peak": order.peak},
        "gain": round(made.gain, 2),
        "limited": round(made.reduction, 2),
        "measured": report.table(figures),
        "sections": [{"time": round(at, 4), "name": name} for at, name in marks],
        "tags": dict(order.tags),
        "troubles": troubles,
    }


def _stems(job: Job, form: Form, samples: int, progress: Progress) -> Delivered:
    tape, order = job.tapes[0], job.order
    made, clipped = run_stems(tape, job.path, order, form, samples, progress)
    files = [job.path / file for file, _ in made]
    if order.report:
        files.append(job.path / "stems.json")
        rows = [{"file": f, "bus": s.name, "kind": s.kind, "feeds": s.to} for f, s in made]
        report.save(
            files[-1],
            {"stems": rows, "rate": form.rate or tape.rate, "note": "those that feed the master sum to the mix"},
        )
    if job.sheet is not None:
        files += _sheets(job.sheet, job.path, "")
    direct = [stem.name for _, stem in made if stem.to == MASTER]
    progress(1.0, "done")
    said = f"{order.path}: {len(made)} stems; {' + '.join(direct)} sum to the mix before the master"
    cut = (f"{', '.join(clipped)} went beyond full scale and is clipped: bits=32 keeps it whole",) if clipped else ()
    return Delivered(tuple(files), (said, *cut, *tape.troubles))


def contrast(job: Contrast) -> str:
    """Measure our master and the reference, and write both side by side.

    Raises FileError.
    """
    reference, rate = read(job.path)
    ours = perform(job.tape, tail=True)
    return compared(report.figures(ours.audio, ours.rate), report.figures(reference, rate), job.path.stem)
