"""midi, sync and osc: which external gear a session has."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from livecode.errors import KindError, NameUnknown, Place, nearest
from livecode.gear import Gear, MidiIn, MidiOut, OscOut, replaced
from livecode.language import tree
from livecode.session import Session, Space
from livecode.stages import options, reach
from livecode.stages.options import Option

Done = tuple[
    Session, tuple[tuple[str, ...], ...], str
]  # the session, what is to be done (name, arguments), what to say
OSC_PORT = 57120


def _fourteen(e: tree.Expression, option: Option, name: str) -> bool:
    value = options.whole(e, option, name)
    if value not in (7, 14):
        raise KindError("controllers have 7 or 14 bits", place=e.place)
    return value == 14


OUT = {
    "channel": Option(options.whole, "", 1, 16),
    "offset": Option(options.number, "s", -2, 2),
    "bend": Option(options.number, "semitones", 1, 96),
    "rate": Option(options.number, "Hz", 1, 500),
    "bits": Option(_fourteen, "", 7, 14, sets="fine"),
    "clock": Option(options.yes),
    "mpe": Option(options.whole, "", 0, 15),
    "virtual": Option(options.yes),
}
IN = {"play": Option(options.text, sets="sound"), "virtual": Option(options.yes)}
OSC = {"address": Option(options.text), "latency": Option(options.number, "s", -2, 2)}


def words(statement: tree.Command) -> list[tuple[str, Place]]:
    """Give the names, texts and numbers behind a command as texts."""
    found: list[tuple[str, Place]] = []
    for e in statement.args:
        if isinstance(e, tree.Name):
            found.append((e.name, e.place))
        elif isinstance(e, tree.Text):
            found.append((e.value, e.place))
        elif isinstance(e, tree.Number):
            found.append((str(e.value), e.place))
        else:
            hint = f"names of ports stand in single quotes: '{e.text}'" if isinstance(e, tree.Mini) else ""
            raise KindError(f"{statement.word.name} takes names", place=e.place, hint=hint)
    return found


def _named(statement: tree.Command, example: str) -> tuple[str, str]:
    """Read `'X' as x` behind the first word; the alias is the first word of X where none is given."""
    given = words(statement)[1:]
    if not given:
        raise KindError(f"{statement.word.name} needs the name of a port", place=statement.place, hint=example)
    port = given[0][0]
    if len(given) == 1:
        return port, port.split()[0].lower() if port.split() else port
    if len(given) != 3 or given[1][0] != "as":
        raise KindError("a name of your own stands behind `as`", place=given[1][1], hint=example)
    return port, given[2][0]


def _with(session: Session, gear: Gear) -> Session:
    return replace(session, gear=gear)


def _known(name: str, place: Place, names: list[str], what: str) -> None:
    if name not in names:
        hint = nearest(name, names) or (f"there are {', '.join(names)}" if names else f"{what} makes one")
        raise NameUnknown(f"there is no {name} here", place=place, hint=hint)


def _midi_out(session: Session, statement: tree.Command) -> Done:
    port, alias = _named(statement, "midi out 'Digitone' as digi channel=2 offset=-12ms")
    if session.get(Space.SOUND, alias) is not None:
        raise KindError(f"{alias} is a sound already", place=statement.place, hint=f"midi out '{port}' as {alias}1")
    row = MidiOut(alias, port, **options.read("midi", statement.named, OUT))
    gear = session.gear
    return _with(session, replace(gear, outs=replaced(gear.outs, row))), (), f"{alias} is the MIDI output '{port}'"


def _midi_in(session: Session, statement: tree.Command) -> Done:
    port, alias = _named(statement, "midi in 'Keystep' as keys play=pluck")
    row = MidiIn(alias, port, **options.read("midi", statement.named, IN))
    if row.sound:
        _known(row.sound, statement.place, session.names(Space.SOUND), f"design {row.sound} = saw freq")
    gear = session.gear
    return _with(session, replace(gear, ins=replaced(gear.ins, row))), (), f"{alias} is the MIDI input '{port}'"


def _midi_close(session: Session, statement: tree.Command) -> Done:
    gear = session.gear
    for name, place in words(statement)[1:]:
        _known(name, place, [r.alias for r in gear.outs] + [r.alias for r in gear.ins], "midi out 'name'")
        gear = replace(
            gear,
            outs=tuple(r for r in gear.outs if r.alias != name),
            ins=tuple(r for r in gear.ins if r.alias != name),
            sync="" if gear.sync == name else gear.sync,
        )
    return _with(session, gear), (), ""


def _midi_learn(session: Session, statement: tree.Command) -> Done:
    given = words(statement)[1:]
    if len(given) != 1:
        raise KindError("midi learn takes a name of your own", place=statement.place, hint="midi learn brightness")
    name = given[0][0]
    return session, (("midi", "learn", name),), f"move a controller: it will be knob '{name}'"


def _midi_save(session: Session, statement: tree.Command) -> Done:
    given = words(statement)[1:]
    if not given or len(given) > 2:
        raise KindError("midi save takes a pattern and a file", place=statement.place, hint="midi save lead 'lead.mid'")
    return session, (("midi", "save", *(g for g, _ in given)),), ""


VERBS = {
    "out": _midi_out,
    "in": _midi_in,
    "close": _midi_close,
    "learn": _midi_learn,
    "save": _midi_save,
}


def midi(session: Session, statement: tree.Command) -> Done:
    """List ports, open and close them, learn controllers, write patterns to MIDI files."""
    if not statement.args:
        return session, (("midi", "list"),), ""
    verb, place = words(statement)[0]
    if verb not in VERBS:
        raise KindError(f"midi cannot {verb}", place=place, hint=nearest(verb, VERBS) or f"midi {', '.join(VERBS)}")
    return VERBS[verb](session, statement)


def sync(session: Session, statement: tree.Command) -> Done:
    """Follow the clock of a MIDI input, Ableton Link, or none; tap a tempo, or nudge the phase."""
    given = words(statement)
    if given and given[0][0] == "tap" and len(given) == 1:
        return session, (("sync", "tap"),), ""
    if given and given[0][0] == "nudge" and len(statement.args) == 2:
        seconds = options.number(statement.args[1], Option(options.number, "s", -1, 1), "nudge")
        return session, (("sync", "nudge", str(Fraction(seconds).limit_denominator(10**6))),), ""
    if len(given) != 1:
        raise KindError("sync takes a MIDI input, link or off", place=statement.place, hint="sync keys, or sync off")
    name, place = given[0]
    gear = session.gear
    if name == "off":
        return _with(session, replace(gear, sync="")), (), "the own clock counts"
    if name == "link":
        reach.check("", place)
        return _with(session, replace(gear, sync=name)), (), "tempo and phase follow Ableton Link"
    _known(name, place, [r.alias for r in gear.ins], f"midi in 'port' as {name}")
    return _with(session, replace(gear, sync=name)), (), f"tempo and transport follow {name}"


def osc(session: Session, statement: tree.Command) -> Done:
    """Send events to SuperDirt or another host, or listen to OSC."""
    example = "osc superdirt 'localhost:57120', osc out 'host:9000' as vj, osc in 9001, osc close vj"
    given = words(statement)
    if not given:
        raise KindError("osc takes superdirt, out, in or close", place=statement.place, hint=example)
    verb, place = given[0]
    gear = session.gear
    if verb in ("superdirt", "out"):
        host = given[1][0] if len(given) > 1 else "localhost"
        alias = given[3][0] if len(given) == 4 and given[2][0] == "as" else ""
        if len(given) not in (1, 2, 4) or (len(given) == 4 and not alias) or (verb == "out" and not alias):
            raise KindError(f"osc {verb} takes a host, and a name behind `as`", place=place, hint=example)
        row = _osc_row(host, alias, given[1][1] if len(given) > 1 else place)
        row = replace(row, **options.read("osc", statement.named, OSC))
        if verb == "superdirt" and not alias:
            row = replace(row, alias="superdirt", every=True)
        told = f"{row.alias} is {row.host}:{row.port}" + ("; every sound is played there" if row.every else "")
        return _with(session, replace(gear, osc=replaced(gear.osc, row))), (), told
    if verb == "in":
        if len(given) != 2 or not given[1][0].isdigit() or not 0 < int(given[1][0]) < 65536:
            raise KindError("osc in takes a UDP port", place=statement.place, hint="osc in 9001")
        reach.check("", place)
        return _with(session, replace(gear, listen=int(given[1][0]))), (), f"OSC is heard on port {given[1][0]}"
    if verb == "close":
        for name, at in given[1:]:
            _known(name, at, [r.alias for r in gear.osc] + ["in"], "osc out 'host:9000' as vj")
            if name == "in":
                gear = replace(gear, listen=0)
            gear = replace(gear, osc=tuple(r for r in gear.osc if r.alias != name))
        return _with(session, gear), (), ""
    raise KindError(f"osc cannot {verb}", place=place, hint=example)


def _osc_row(text: str, alias: str, place: Place) -> OscOut:
    host, _, port = text.rpartition(":") if ":" in text else (text, "", str(OSC_PORT))
    if not port.isdigit() or not 0 < int(port) < 65536 or not host:
        raise KindError(f"{text} is no host and port", place=place, hint="'localhost:57120'")
    reach.check(host, place)
    return OscOut(alias, host, int(port))


def calibrate(session: Session, statement: tree.Command) -> Done:
    """Play clicks here and on a MIDI output, to find its offset."""
    given = words(statement)
    outs = [r.alias for r in session.gear.outs]
    if len(given) > 1:
        raise KindError("calibrate takes one MIDI output", place=given[1][1], hint="calibrate digi")
    if not given and not outs:
        raise KindError("there is no MIDI output", place=statement.place, hint="midi out 'name' makes one")
    if given:
        _known(*given[0], outs, "midi out 'name'")
    return session, (("calibrate", given[0][0] if given else outs[0]),), ""


def record_midi(session: Session, statement: tree.Command) -> Done:
    """Record what is played on the MIDI inputs for some cycles: `record midi 4 quantise=1/16`."""
    example = "record midi 4 quantise=1/16"
    grid = Fraction(1, 16)
    for name, e in statement.named:
        if name not in ("quantise", "quantize") or not isinstance(e, tree.Number) or not 0 < e.value <= 1:
            raise KindError("record midi takes cycles and quantise", place=e.place, hint=example)
        grid = Fraction(e.value).limit_denominator(192)
        if grid.numerator != 1:
            raise KindError("the grid is 1/4, 1/16, 1/24 …", place=e.place, hint=example)
    count = statement.args[1] if len(statement.args) > 1 else None
    cycles = count.value if isinstance(count, tree.Number) else 1 if count is None else 0
    if len(statement.args) > 2 or cycles != int(cycles) or not 1 <= cycles <= 64:
        raise KindError("record midi takes 1 to 64 cycles", place=statement.place, hint=example)
    if not session.gear.ins:
        raise KindError("there is no MIDI input", place=statement.place, hint="midi in 'name' makes one")
    return session, (("record midi", str(int(cycles)), str(grid)),), ""
