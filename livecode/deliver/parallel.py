"""Stems from several processes: each renders the buses that need nothing of the others, and writes its files."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecode.deliver.children import uninterrupted
from livecode.deliver.formats import FLOAT, FORMATS, Form, bytes_of, clips, converted, format_of, make_room, write
from livecode.deliver.stems import Stem, apart, file_name, part_of, stems, unmastered
from livecode.deliver.target import faded
from livecode.deliver.tracks import beside
from livecode.errors import FileError, LiveError
from livecode.render import SILENCE, Tape, perform
from livecode.stages.delivery import Order

RENDERED = 0.85  # of the work is done when the sound is there
BYTES = 8  # of a stereo sample in 32-bit floats


def run_stems(
    tape: Tape, folder: Path, order: Order, form: Form, samples: int, progress: Callable[[float, str], None]
) -> tuple[list[tuple[str, Stem]], list[str]]:
    """Write a file for every strip, group and return into a folder that is there.

    Gives the files and their buses, and which were clipped. They take their places only when all are finished.
    Raises FileError.
    """
    found = stems(tape)
    form = _deep(form, order.format)
    files = _names(found, f".{order.format}")
    if not found:
        raise FileError("nothing plays here, so there are no stems")
    for file in files.values():
        format_of(folder / file, form)
    one = next(iter(files.values()))
    make_room(folder, len(found) * (bytes_of(folder / one, form, samples) + samples * BYTES))
    with beside(folder, list(files.values())) as partial:
        clipped = _in_processes(tape, partial, order, form, files, progress)
    return [(files[stem.name], stem) for stem in found], clipped


def _deep(form: Form, kind: str) -> Form:
    """Give stems 32 bits where none were asked for and the format has them: a strip may be louder than the mix."""
    deep = FLOAT in FORMATS[f".{kind}"].subtypes
    return replace(form, bits=FLOAT) if form.bits is None and deep else form


def _names(found: list[Stem], suffix: str) -> dict[str, str]:
    """Give every bus a file name of its own."""
    names: dict[str, str] = {}
    for stem in found:
        base = name = file_name(stem.name)
        number = 1
        while f"{name}{suffix}".lower() in {n.lower() for n in names.values()}:
            number += 1
            name = f"{base} {number}"
        names[stem.name] = f"{name}{suffix}"
    return names


def _in_processes(
    tape: Tape,
    partial: Path,
    order: Order,
    form: Form,
    files: dict[str, str],
    progress: Callable[[float, str], None],
) -> list[str]:
    """Render and write; gives the files that were clipped."""
    context = multiprocessing.get_context("spawn")
    plain = unmastered(tape)
    running: list[tuple[Any, Connection]] = []
    try:
        for names in apart(tape, os.cpu_count() or 1):
            mine = {bus: file for bus, file in files.items() if bus in names}
            if not mine:
                continue
            ours, theirs = context.Pipe()
            args = (part_of(plain, names), mine, partial, order.tail, form, theirs)
            process = context.Process(target=work, args=args, daemon=True)
            with uninterrupted():
                process.start()
            theirs.close()
            running.append((process, ours))
        pipes = [pipe for _, pipe in running]
        heard = _collect(pipes, "rendered", lambda part: progress(0.1 + (RENDERED - 0.1) * part, "stems"))
        if max(peak for _, peak in heard) < SILENCE:
            raise FileError("every stem is silent, so nothing is written", hint="is all of it muted or stopped?")
        longest = max(count for count, _ in heard)
        for pipe in pipes:
            pipe.send(longest)
        written = _collect(pipes, "written", lambda part: progress(RENDERED + (1 - RENDERED) * part, "writing"))
        return [file for part in written for file in part]
    finally:
        for process, pipe in running:
            process.terminate()
            process.join()
            pipe.close()


def _collect(pipes: list[Connection], until: str, progress: Callable[[float], None]) -> list[Any]:
    """Hear from every process until each has said one word; gives what came with it.

    Raises FileError for what went wrong in one of them.
    """
    parts = dict.fromkeys(pipes, 0.0)
    results: dict[Connection, Any] = {}
    while len(results) < len(pipes):
        for pipe in wait([p for p in pipes if p not in results]):
            assert isinstance(pipe, Connection)
            try:
                word, value = pipe.recv()
            except EOFError:
                raise FileError("a process that rendered stems has died", hint="is there enough memory?") from None
            if word == "error":
                raise FileError(*value[:1], hint=value[1])
            if word == until:
                results[pipe] = value
                parts[pipe] = 1.0
            else:
                parts[pipe] = value
        progress(sum(parts.values()) / len(parts))
    return list(results.values())


def work(tape: Tape, files: dict[str, str], folder: Path, tail: bool, form: Form, pipe: Connection) -> None:
    """Render some buses to raw files, learn how long the longest is elsewhere, and write them all so long."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    try:
        raws = {bus: (folder / f"{number} {os.getpid()}.raw").open("w+b") for number, bus in enumerate(files)}
        peak = 0.0

        def keep(bus: str, part: NDArray[np.float32]) -> None:
            nonlocal peak
            raws[bus].write(part.tobytes())
            peak = max(peak, float(np.abs(part).max(initial=0.0)))

        made = perform(tape, tail=tail, taps=tuple(files), tapped=keep, progress=lambda p: pipe.send(("progress", p)))
        pipe.send(("rendered", (len(made.audio), peak)))
        longest = pipe.recv()
        clipped: list[str] = []
        for done, (bus, file) in enumerate(files.items()):
            raw = raws[bus]
            raw.seek(0)
            wave = np.frombuffer(raw.read(), dtype=np.float32).reshape(-1, 2)
            wave = wave if tail else faded(wave, tape.rate)
            wave = np.pad(wave, ((0, longest - len(wave)), (0, 0)))
            rate = form.rate or tape.rate
            wave = converted(wave, tape.rate, rate)
            if clips(folder / file, form, wave):
                clipped.append(file)
            write(folder / file, wave, rate, form)
            raw.close()
            pipe.send(("progress", (done + 1) / len(files)))
        pipe.send(("written", clipped))
    except LiveError as error:
        pipe.send(("error", (error.message, error.hint)))
    except (OSError, MemoryError) as error:
        pipe.send(("error", (f"stems cannot be rendered: {error}", "")))
