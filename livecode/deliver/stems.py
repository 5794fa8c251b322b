"""Stems: what leaves every strip, group and return, rendered in as many processes as can work apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from livecode.engine.records import EVENT, MORE, NOTE, AddPool, Graph, Message, Mix, Node, Ref, SetMix, bus_key
from livecode.render import Cue, Tape

MASTER = "master"
PLAIN = Graph(MASTER, (), (Node("in", ()),), Ref(0))


@dataclass(frozen=True, slots=True)
class Stem:
    """A bus that becomes a file, and the bus it feeds; those that feed the master sum to the mix."""

    name: str
    kind: str
    to: str


def stems(tape: Tape) -> list[Stem]:
    """Give every strip on which something can play, every group and every return, as the mixer orders them."""
    heard = {m.pool.strip for m in _messages(tape) if isinstance(m, AddPool)}
    return [
        Stem(bus.name, bus.kind, bus.to or MASTER)
        for bus in tape.mix.buses
        if bus.kind in ("group", "return") or (bus.kind == "strip" and bus.name in heard)
    ]


def unmastered(tape: Tape) -> Tape:
    """Give the tape with nothing in the chain of the master."""
    return _with_mix(tape, _plain)


def _plain(mix: Mix) -> Mix:
    buses = tuple(replace(bus, chain=PLAIN) if bus.kind == MASTER else bus for bus in mix.buses)
    return Mix(buses, mix.lanes)


def apart(tape: Tape, processes: int) -> list[frozenset[str]]:
    """Part the buses into sets that need nothing of each other, at most as many as processes, of like weight.

    A bus needs what it sums, what sends to it, and what its chain names: the key of a duck.
    """
    together: dict[str, str] = {bus_key(bus): bus_key(bus) for bus in tape.mix.buses if bus.kind != MASTER}

    def root(name: str) -> str:
        while together[name] != name:
            name = together[name]
        return name

    for one, other in _links(tape):
        if one in together and other in together:
            together[root(one)] = root(other)
    families: dict[str, set[str]] = {}
    for name in together:
        families.setdefault(root(name), set()).add(name)
    weights = _weights(tape)
    shares: list[tuple[int, set[str]]] = [(0, set()) for _ in range(max(1, processes))]
    for family in sorted(families.values(), key=lambda f: (-sum(weights.get(n, 1) for n in f), min(f))):
        lightest = min(range(len(shares)), key=lambda i: shares[i][0])
        weight, names = shares[lightest]
        shares[lightest] = (weight + sum(weights.get(n, 1) for n in family), names | family)
    return [frozenset(names) for _, names in shares if names]


def _links(tape: Tape) -> Iterator[tuple[str, str]]:
    """Give the pairs of buses of which one needs the other."""
    for bus in tape.mix.buses:
        if bus.kind == MASTER:
            continue
        if bus.to and bus.to != MASTER:
            yield bus.name, bus.to
        for node in bus.chain.nodes:
            if node.text:
                yield bus.name, node.text
    for message in _messages(tape):
        if isinstance(message, AddPool):
            for name, _ in message.pool.sends:
                yield message.pool.strip, name
            for node in message.pool.graph.nodes:
                if node.text:
                    yield message.pool.strip, node.text


def _weights(tape: Tape) -> dict[str, int]:
    """Tell about how much each strip has to compute: its notes, and more for those that have a chain."""
    weights: dict[str, int] = {bus_key(bus): 1 + 10 * len(bus.chain.nodes) for bus in tape.mix.buses}
    for note in tape.notes:
        weights[note.strip] = weights.get(note.strip, 1) + 1
    return weights


def part_of(tape: Tape, names: frozenset[str]) -> Tape:
    """Give the tape with these buses alone, and what plays on them."""
    pools = {
        m.pool.number for m in _messages(tape) if isinstance(m, AddPool) and m.pool.strip not in names
    }  # a number is never used again
    known = _with_mix(
        tape, lambda mix: Mix(tuple(b for b in mix.buses if b.kind == MASTER or b.name in names), mix.lanes)
    )
    cues = tuple(Cue(cue.sample, tuple(_kept(cue.messages, pools))) for cue in known.cues)
    return replace(known, cues=cues)


def _kept(messages: tuple[Message | bytes, ...], dropped: set[int]) -> Iterator[Message | bytes]:
    for message in messages:
        if isinstance(message, bytes):
            yield _without(message, dropped)
        elif not (isinstance(message, AddPool) and message.pool.number in dropped):
            yield message


def _without(records: bytes, pools: set[int]) -> bytes:
    """Give event records without the notes of some pools; further floats go with the note before them."""
    kept = bytearray()
    skipping = False
    for at in range(0, len(records), EVENT.size):
        record = records[at : at + EVENT.size]
        _, target, kind, *_ = EVENT.unpack(record)
        if kind != MORE:
            skipping = kind == NOTE and target in pools
        if not skipping:
            kept += record
    return bytes(kept)


def _with_mix(tape: Tape, change: Callable[[Mix], Mix]) -> Tape:
    cues = tuple(
        Cue(cue.sample, tuple(SetMix(change(m.mix)) if isinstance(m, SetMix) else m for m in cue.messages))
        for cue in tape.cues
    )
    return replace(tape, cues=cues, mix=change(tape.mix))


def _messages(tape: Tape) -> Iterator[Message]:
    for cue in tape.cues:
        for message in cue.messages:
            if not isinstance(message, bytes):
                yield message


def file_name(bus: str) -> str:
    """Give a bus a name that every system takes as that of a file."""
    return "".join(c if c.isalnum() or c in "-_ " else "_" for c in bus).strip() or "bus"
