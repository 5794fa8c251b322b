"""What is kept while it plays, and read again: recordings, deliveries, comparisons, saved sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from livecode.engine.records import Record, Recording
from livecode.errors import FileError, LiveError, SoundError
from livecode.files.folders import home_of
from livecode.files.texts import inside, read_inside
from livecode.performance import Performance
from livecode.saving import save
from livecode.stages.acts import Act
from livecode.stages.delivery import Comparison, Order

CATCH = 0.2  # seconds that a recording of the input needs to be prepared

_taken = count(1)


def record(performance: Performance, act: Act) -> str:
    """Record what is heard to a file, or end that."""
    path = act.args[0] if act.args else ""
    if path:
        target = Path(path)
        if target.is_absolute() or ".." in target.parts or target.suffix != ".wav":
            raise FileError("a recording is a .wav file in or below this folder", place=act.place)
        if not target.resolve().is_relative_to(Path.cwd().resolve()):
            raise FileError(f"{path} lies outside this folder", place=act.place)
        target.parent.mkdir(parents=True, exist_ok=True)
    performance.engine.send(Record(str(Path(path).resolve()) if path else ""))
    performance.recording = path
    return f"recording to {path}" if path else "recording ends"


def loopback(performance: Performance, act: Act) -> str:
    """Record some cycles of what comes in, from the next boundary on."""
    name, cycles = act.args[0], Fraction(act.args[1])
    ready = performance.ready
    if ready is not None and not ready.inputs:
        raise SoundError(
            "nothing comes in: the sound device has no input",
            place=act.place,
            hint="livecode doctor tells which device is used; samples 'folder' plays what was recorded elsewhere",
        )
    with performance.playing() as conductor:
        if conductor is None or ready is None:
            raise SoundError("the engine does not run yet", place=act.place)
        begin = conductor.boundary(int(performance.engine.now()), performance.session.settings.quant, CATCH)
        start, end = conductor.map.sample(begin), conductor.map.sample(begin + cycles)
        seconds = (end - start) / ready.rate
        from livecode.conductor.tapes import INPUT

        recording = Recording(f"{INPUT}{name}", min(ready.inputs, 2), seconds, next(_taken))
        number = conductor.tapes.capture(recording, start, end - start)
        performance.promise(number, f's "{name}" plays it')
    performance.history.remember(performance.session)
    performance.take(
        replace(performance.session, samples=MappingProxyType({**performance.session.samples, name: (recording,)}))
    )
    return f"{name} is recorded from cycle {float(begin):g} on, {seconds:.1f} s"


def export(performance: Performance, act: Act) -> str:
    """Render in the background."""
    order, session, home = act.order, performance.session, Path.cwd()
    if not isinstance(order, Order):
        raise SoundError("export says nothing of what is to be delivered", place=act.place)
    if not performance.delivers:
        return f"{order.path} is not written while a file plays: livecode export FILE does it"
    _deliver(performance, order.path, lambda job: job.prepared(session, order, home))
    return f"{order.path} is being rendered; what plays goes on"


def _deliver(performance: Performance, name: str, prepare: Callable[[Any], Any]) -> None:
    from livecode.deliver import job
    from livecode.deliver.background import Deliveries

    performance.deliveries = performance.deliveries or Deliveries(performance.tell)
    performance.deliveries.add(name, lambda: prepare(job))


def compare(performance: Performance, act: Act) -> str:
    """Render the master and set it beside a reference, in the background."""
    asked, session, home = act.order, performance.session, Path.cwd()
    if not isinstance(asked, Comparison):
        raise SoundError("compare says nothing of what is to be compared", place=act.place)
    if not performance.delivers:
        return f"livecode compare FILE {asked.path} compares"
    try:
        inside(home / asked.path, home)
    except FileError as error:
        raise error.at(act.place) from None
    _deliver(performance, f"compare {asked.path}", lambda job: job.contrasted(session, asked, home))
    return "our master is being rendered; what plays goes on"


def save_as(performance: Performance, act: Act) -> str:
    """Write the session as a file that plays the same."""
    try:
        save(performance.session, Path(act.args[0]))
    except FileError as error:
        raise error.at(act.place) from None
    return f"saved {act.args[0]}"


def load(performance: Performance, act: Act) -> str:
    """Evaluate a file, or the lines of a MIDI file."""
    home = home_of("" if act.place is None else act.place.source.name)
    path = home / act.args[0]
    try:
        if path.suffix == ".mid":
            from livecode.outboard import lines_of

            evaluation = performance.evaluate(lines_of(inside(path, home)))
        else:
            evaluation = performance.evaluate(read_inside(path, home))
    except LiveError as problem:
        raise problem.at(act.place) from None
    for error in evaluation.errors:
        performance.tell(error.render())
    return f"loaded {act.args[0]}" if not evaluation.errors else ""


KEEPING: dict[str, Callable[[Performance, Act], str]] = {
    "record": record,
    "loopback": loopback,
    "export": export,
    "compare": compare,
    "save": save_as,
    "load": load,
}
