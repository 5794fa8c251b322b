"""What a session says about external gear: plain rows, set by `midi`, `sync` and `osc`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class MidiOut:
    """A MIDI output under a name of its own."""

    alias: str
    port: str  # part of the port's name
    channel: int = 1  # 1 to 16, where an event names none
    offset: float = 0.0  # seconds by which everything is sent later; negative is earlier
    bend: float = 2.0  # semitones of a full pitch bend
    rate: float = 100.0  # values a second of a continuous controller
    fine: bool = False  # controllers 0 to 31 are sent with 14 bits
    clock: bool = False  # the port gets clock, start, stop and song position
    mpe: int = 0  # member channels of the lower MPE zone; 0: no MPE
    virtual: bool = False  # make a port that others connect to


@dataclass(frozen=True, slots=True)
class MidiIn:
    """A MIDI input under a name of its own; its notes play a sound, its controllers are what `cc` reads."""

    alias: str
    port: str
    sound: str = ""
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class OscOut:
    """A host that takes events: in SuperDirt's form, or as a message of its own address."""

    alias: str
    host: str
    port: int
    address: str = "/dirt/play"
    every: bool = False  # takes every sound, which is then not heard here
    latency: float = 0.2  # seconds by which the time tags lie behind the events' own time, as SuperDirt expects


@dataclass(frozen=True, slots=True)
class Gear:
    """All external gear of a session; empty at first."""

    outs: tuple[MidiOut, ...] = ()
    ins: tuple[MidiIn, ...] = ()
    osc: tuple[OscOut, ...] = ()
    listen: int = 0  # the UDP port of incoming OSC; 0: none
    sync: str = ""  # the alias of the MIDI input whose clock is obeyed, or `link`; nothing: the own clock

    def out(self, alias: str) -> MidiOut | None:
        return next((o for o in self.outs if o.alias == alias), None)

    def osc_out(self, alias: str) -> OscOut | None:
        return next((o for o in self.osc if o.alias == alias), None)


Row = TypeVar("Row", MidiOut, MidiIn, OscOut)


def replaced(rows: tuple[Row, ...], row: Row) -> tuple[Row, ...]:
    """Give the rows with one added, in the place of the one of the same name."""
    if all(r.alias != row.alias for r in rows):
        return rows + (row,)  # noqa: RUF005 (the splat loses the type)
    return tuple(row if r.alias == row.alias else r for r in rows)
