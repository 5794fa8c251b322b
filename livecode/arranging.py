"""What arranging does to a performance as it plays: what comes next, what is queued, what was played captured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import count
from math import ceil, floor
from pathlib import Path

from livecode.engine.records import Keep
from livecode.errors import FileError, KindError, Source
from livecode.excerpt import excerpt
from livecode.files.texts import inside
from livecode.performance import Performance
from livecode.session import Session, Space
from livecode.stages.acts import Act
from livecode.stages.commands import CAPTURE
from livecode.stages.plan import looped_at, next_one, queue

SOONEST = 0.35  # seconds from now before which nothing new begins


def number_of(performance: Performance, ahead: float = 0.0) -> int | None:
    """Give the number in the plan of the section that plays some seconds from now."""
    with performance.playing() as conductor:
        if not performance.session.transport.form:
            return None
        if conductor is None:
            return 0
        from livecode.conductor.places import number_at

        era = conductor.eras[-1]
        cycle = conductor.map.cycle(int(performance.engine.now()) + int(ahead * conductor.rate))
        return number_at(era.score, cycle - era.origin)


def go_on(performance: Performance, act: Act) -> str:
    """Go on with the next section."""
    session, name = next_one(performance.session, number_of(performance), act.place)
    performance.take(session)
    return f"{name} from the next boundary"


def put_behind(performance: Performance, act: Act) -> str:
    """Let sections play behind the one that plays."""
    session, said = queue(performance.session, number_of(performance, SOONEST), act.args, act.place)
    performance.take(session)
    return said


def remember(performance: Performance, act: Act) -> str:
    """Remember behind which section of the song goes on what now plays one section again and again."""
    session, heard = performance.session, performance.spot()
    if session.transport.song and heard is not None and heard.row >= 0:
        back = looped_at(session, heard.row)
        performance.take(replace(session, transport=replace(session.transport, back=back)))
    return ""


def capture(performance: Performance, act: Act) -> str:
    """Make a section of the last whole cycles, or write them to a file."""
    wanted, name = Fraction(act.args[0]), act.args[1]
    with performance.playing() as conductor:
        if conductor is None:
            raise KindError("nothing has been played yet", place=act.place)
        now = conductor.map.cycle(int(performance.engine.now()))
        end = Fraction(floor(now))
        begin = max(end - wanted, Fraction(ceil(conductor.map.cycle(conductor.start))), Fraction(0))
        if begin >= end:
            raise KindError("no whole cycle has been played yet", place=act.place)
        start, stop = conductor.map.sample(begin), conductor.map.sample(end)
        stays = list(performance.past.stays(Fraction(0), end))
        turns, hands = performance.past.turns(begin, end), performance.past.hands(begin, end)
    length = f"{end - begin} cycle{'s' * (end - begin > 1)}" + (", all there were," if end - begin < wanted else "")
    if name.endswith(".wav"):
        return _kept(performance, act, start, stop - start, length)
    name = name or _free(performance.session)
    text = excerpt(stays, begin, end, name, performance.session, turns, hands)
    evaluation = performance.evaluate(Source("capture", text))
    for error in evaluation.errors:
        raise KindError(f"this cannot be captured: {error.message}", place=act.place, hint=error.hint)
    keys = sum(len(notes) for notes in hands.values())
    with_keys = f", with {keys} note{'s' * (keys > 1)} of keys" if keys else ""
    return f"{name} is a section of {length} as they were played{with_keys}: play {name}, show {name}"


def _kept(performance: Performance, act: Act, start: int, frames: int, length: str) -> str:
    name = act.args[1]
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise FileError("a capture is a .wav file in or below this folder", place=act.place, hint=CAPTURE)
    try:
        inside(path, Path.cwd()).parent.mkdir(parents=True, exist_ok=True)
    except FileError as error:
        raise error.at(act.place) from None
    except OSError as error:
        raise FileError(f"{path.parent} cannot be made: {error.strerror}", place=act.place) from None
    number = -int(performance.engine.now())  # no recording of the input has one below 0
    performance.promise(number, f"{name}, {length} as they were heard")
    performance.engine.send(Keep(number, str(path.resolve()), start, frames))
    return ""


def _free(session: Session) -> str:
    return next(n for n in (f"take{i}" for i in count(1)) if session.get(Space.FORM, n) is None)


ARRANGING: dict[str, Callable[[Performance, Act], str]] = {
    "next": go_on,
    "queue": put_behind,
    "loop": remember,
    "capture": capture,
}
