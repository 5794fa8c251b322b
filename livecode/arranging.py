"""What arranging does to a performance as it plays: the next section, what is queued, and what a loop leads back to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from livecode.performance import Performance
from livecode.stages.commands import Act
from livecode.stages.plan import looped_at, next_one, queue

SOONEST = 0.35  # seconds from now before which nothing new begins


def number_of(performance: Performance, ahead: float = 0.0) -> int | None:
    """Give the number in the plan of the section that plays some seconds from now."""
    with performance.playing() as conductor:
        if conductor is None:
            return 0 if performance.session.transport.form else None
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


ARRANGING: dict[str, Callable[[Performance, Act], str]] = {"next": go_on, "queue": put_behind, "loop": remember}
