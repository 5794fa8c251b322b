"""mix and master: channel strips, groups, returns, and the chain behind each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from livecode.engine.records import Bus, Graph, Mix, keys_of
from livecode.errors import KindError, NameUnknown, Place, SizeError, nearest
from livecode.language import tree
from livecode.language.evaluate import Scope, evaluate
from livecode.language.functions import Function, spoken
from livecode.patterns import WORDS, Pattern
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.design import effects
from livecode.stages.signals import Lane, Signal, bus, flatten
from livecode.stages.ugens import CHAIN, RETURN

MASTER = "master"
MOST = 512  # strips and buses


@dataclass(frozen=True, slots=True)
class Channel:
    """What a mix statement says of a bus: what it sums, and the chain behind."""

    name: str
    kind: str  # strip, group, return or master
    members: tuple[str, ...]
    chain: Graph
    lanes: tuple[Lane, ...]

    def feeds(self) -> set[str]:
        """Name the buses that its sends feed."""
        return {node.text for node in self.chain.nodes if node.ugen == "send"}

    def hears(self) -> set[str]:
        """Name the buses that its compressors, gates and expanders listen to."""
        return keys_of(self.chain)


def strip(session: Session, statement: tree.Strip) -> tuple[Channel, set[str]]:
    """Make the channel of `mix NAME | chain` or `master | chain`, and tell which names it uses.

    Raises LiveError with its place.
    """
    name = statement.name.name
    known = session.get(Space.BUS, name)
    kind = known.value.kind if known else MASTER if name == MASTER else "strip"
    if kind == "strip" and not known:
        _must_exist(session, name, statement.name.place)
    members = known.value.members if known else ()
    scope = _scope(session, RETURN if kind == "return" else CHAIN)
    return _channel(name, kind, members, statement.chain, scope), scope.used


def group(session: Session, statement: tree.Group) -> tuple[Channel, set[str]]:
    """Make the channel of `mix NAME = a + b | chain` or `mix NAME = return | chain`.

    Raises LiveError with its place.
    """
    name = statement.name.name
    if name == MASTER:
        raise KindError("the master sums everything by itself", place=statement.name.place, hint="master | limit -1dB")
    track = session.get(Space.VALUE, name)
    if track is not None and track.sounds:
        raise KindError(
            f"{name} is a pattern, so its strip has that name already",
            place=statement.name.place,
            hint=f"mix {name} | …, or give the group another name",
        )
    head = _head(statement.expression)
    is_return = isinstance(head, tree.Name) and head.name == "return"
    scope = _scope(session, RETURN if is_return else CHAIN)
    members = () if is_return else _members(session, head, scope)
    if name in members:
        raise KindError(f"{name} cannot feed itself", place=statement.name.place)
    chain = _behead(statement.expression)
    return _channel(name, "return" if is_return else "group", members, chain, scope), scope.used


def _channel(name: str, kind: str, members: tuple[str, ...], chain: tree.Expression | None, scope: Scope) -> Channel:
    signal: Any = Signal("in")
    if chain is not None:
        try:
            value = evaluate(chain, scope)
        except NameUnknown as error:
            raise _of_bus(error) from None
        if not isinstance(value, Function):
            raise KindError(
                f"{spoken(value)} is not an effect", place=chain.place, hint="mix kick | lpf 2khz | gain -3dB"
            )
        signal = value(signal)
        if isinstance(signal, Function):
            raise KindError(f"{signal.name} still waits for its arguments", place=chain.place)
        if not isinstance(signal, Signal):
            raise KindError("a chain must end in a signal", place=chain.place)
    graph, lanes = flatten(name, (), signal)
    limits = [i for i, node in enumerate(graph.nodes) if node.ugen == "limit"]
    if limits and (kind != MASTER or limits != [len(graph.nodes) - 1]):
        raise KindError(
            "limit stands at the end of the master alone",
            place=chain.place if chain else None,
            hint="compress -6dB 20 tames a strip",
        )
    return Channel(name, kind, members, graph, lanes)


def _of_bus(error: NameUnknown) -> NameUnknown:
    """Say how a bus is made, where the name of one is what is unknown."""
    place = error.place
    if place is not None and place.source.text[: place.start].split()[-1:] == ["send"]:
        name = place.text
        error.hint = f"mix {name} = return | reverb 3s makes one; it has to stand above"
    return error


def _head(e: tree.Expression) -> tree.Expression:
    while isinstance(e, tree.Pipe):
        e = e.left
    return e


def _behead(e: tree.Expression) -> tree.Expression | None:
    """Give the chain behind the head of a pipe, or nothing."""
    if not isinstance(e, tree.Pipe):
        return None
    rest = _behead(e.left)
    return e.right if rest is None else tree.Pipe(rest, e.right, e.place)


def _scope(session: Session, table: Any) -> Scope:
    """Give the names of a chain: buses and patterns stand for buses, values and effects for themselves."""
    names: dict[str, Any] = {}
    for d in session.each(Space.VALUE):
        names[d.name] = bus(d.name) if d.sounds else d.value
    names |= {d.name: bus(d.name) for d in session.each(Space.BUS)}
    names = {name: value for name, value in names.items() if table.get(name) is None}
    names |= effects(session)
    return Scope(names, (table, WORDS), others=tuple(gallery.names(Space.EFFECT)))


def _members(session: Session, e: tree.Expression, scope: Scope) -> tuple[str, ...]:
    value = evaluate(e, scope)
    names: list[str] = []

    def collect(part: Any) -> None:
        if isinstance(part, Signal) and part.ugen == "bus":
            names.append(part.text)
        elif isinstance(part, Signal) and part.ugen == "add":
            for arg in part.args:
                collect(arg)
        else:
            raise KindError(
                "a group is a sum of patterns and buses",
                place=e.place,
                hint="mix drums = kick + hats | gain -3dB; the level of each is set on its own strip",
            )

    collect(value)
    if len(set(names)) != len(names):
        raise KindError("a bus is summed twice", place=e.place)
    return tuple(names)


def _must_exist(session: Session, name: str, place: Place) -> None:
    known = [d.name for d in session.each(Space.VALUE) if d.sounds] + session.names(Space.BUS)
    if name not in known:
        raise NameUnknown(
            f"there is no pattern or bus {name}",
            place=place,
            hint=nearest(name, known) or f"compose {name} = … first, or mix {name} = a + b for a group",
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole mixer as the engine takes it, and the patterns that move its lanes."""

    mix: Mix
    patterns: tuple[Pattern, ...]


def desk(session: Session, strips: set[str]) -> Desk:
    """Put the mixer together: a strip for every name that sounds, then groups, returns and the master.

    Raises KindError that names the loop when a bus feeds itself.
    """
    channels: dict[str, Channel] = {d.name: d.value for d in session.each(Space.BUS)}
    for name in sorted(strips):  # a set has another order in every process, and sums would differ
        if name not in channels:
            channels[name] = _plain(name, "strip")
    if MASTER not in channels:
        channels[MASTER] = _plain(MASTER, MASTER)
    if len(channels) > MOST:
        raise SizeError(
            f"more than {MOST} patterns and buses", hint="layers of one pattern stand in a stack: stack [a, b]"
        )
    to = {name: MASTER for name in channels if name != MASTER}
    for channel in list(channels.values()):
        for member in channel.members:
            to[member] = channel.name
            if member not in channels:
                channels[member] = _plain(member, "strip")
    order = _ordered(channels, to)
    buses = tuple(Bus(n, channels[n].kind, _silenced(session, channels[n]), to.get(n, "")) for n in order)
    lanes = [(n, lane) for n in order for lane in channels[n].lanes]
    mix = Mix(buses, tuple((n, lane.parameter.name) for n, lane in lanes))
    return Desk(mix, tuple(lane.pattern for _, lane in lanes))


@lru_cache(maxsize=4 * MOST)
def _plain(name: str, kind: str) -> Channel:
    return Channel(name, kind, (), flatten(name, (), Signal("in"))[0], ())


def _silenced(session: Session, channel: Channel) -> Graph:
    """Give the chain of a channel; a muted group or return passes nothing."""
    if channel.kind in ("group", "return") and channel.name in session.transport.muted:
        return flatten(channel.name, (), Signal("gain", (0.0, Signal("in"))))[0]
    return channel.chain


def _ordered(channels: dict[str, Channel], to: dict[str, str]) -> list[str]:
    """Put every bus before those it feeds."""
    order: list[str] = []
    state: dict[str, int] = {}
    listeners: dict[str, set[str]] = {}
    for channel in channels.values():
        for key in channel.hears():
            if key not in channels:
                raise NameUnknown(f"{channel.name} listens to {key}, and there is no such strip or bus")
            listeners.setdefault(key, set()).add(channel.name)

    def visit(name: str, path: tuple[str, ...]) -> None:
        if state.get(name) == 2:
            return
        if state.get(name) == 1:
            loop = " -> ".join((*path[path.index(name) :], name))
            raise KindError(f"a bus feeds itself: {loop}")
        state[name] = 1
        targets = {to[name]} if name in to else set()
        for target in sorted(targets | channels[name].feeds() | listeners.get(name, set())):
            if target not in channels:
                raise NameUnknown(
                    f"{name} sends to {target}, and there is no such bus",
                    hint=f"mix {target} = return | reverb 3s makes one",
                )
            visit(target, (*path, name))
        state[name] = 2
        order.append(name)

    # Events send to returns too, so every strip comes before every return.
    for name in sorted(channels, key=lambda n: channels[n].kind == "strip"):
        visit(name, ())
    return order[::-1]
