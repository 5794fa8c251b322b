"""Statements that act: transport, settings, and what is done once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from livecode.errors import KindError
from livecode.language import tree
from livecode.language.evaluate import Scope, evaluate
from livecode.session import Session
from livecode.stages import compose, gear, settings, transport
from livecode.stages.acts import Act, Ran, words
from livecode.stages.delivery import comparison, order
from livecode.stages.samples import samples

LOOPBACK = "loopback 'take' 4"
MOST_CYCLES = 256
CAPTURE = "capture 16, capture 16 jam or capture 16 'jam.wav'"
TEMPO = "tempo 126, or tempo (ramp 120 140 over=16)"


@dataclass(frozen=True, slots=True)
class Command:
    """One row: a word that begins a statement and takes plain arguments."""

    name: str
    usage: str
    doc: str
    example: str
    call: Callable[[Session, tree.Command], Ran]


def run(session: Session, statement: tree.Command) -> Ran:
    """Carry out a command on the session.

    Raises LiveError with its place.
    """
    name = statement.word.name
    changed, acts, said = COMMANDS[name].call(session, statement)
    place = statement.place
    text = place.source.text[place.start : place.end]
    if changed.settings is not session.settings:
        changed = replace(changed, said=MappingProxyType({**session.said, name: text}))
    elif changed.samples is not session.samples or changed.gear is not session.gear:
        kept = {key: value for key, value in session.said.items() if key != text}
        changed = replace(changed, said=MappingProxyType({**kept, text: text}))
    return changed, acts, said


def _capture(session: Session, statement: tree.Command) -> Ran:
    """Ask for the last cycles as a section or a file."""
    first, *rest = statement.args or (None,)
    if first is None or statement.named or len(rest) > 1:
        raise KindError("capture takes a number of cycles", place=statement.place, hint=CAPTURE)
    scope = Scope(compose.names(session))
    cycles = Fraction(settings.number(first, scope, "capture", "cycles", 1, MOST_CYCLES, CAPTURE))
    if cycles.denominator != 1:
        raise KindError("capture takes whole cycles", place=first.place, hint=CAPTURE)
    name = ""
    if rest:
        (given,) = rest
        name = given.value if isinstance(given, tree.Text) else given.name if isinstance(given, tree.Name) else ""
        if not re.fullmatch(r"[^\W\d]\w*", name) and not (isinstance(given, tree.Text) and name.endswith(".wav")):
            raise KindError("capture takes a name, or a .wav file", place=given.place, hint=CAPTURE)
    return session, (Act("capture", (str(cycles), name), statement.place),), ""


def _argument(statement: tree.Command, example: str) -> tree.Expression:
    if len(statement.args) != 1 or statement.named:
        raise KindError(f"{statement.word.name} takes one value", place=statement.place, hint=example)
    return statement.args[0]


def _number(session: Session, statement: tree.Command, unit: str, lo: float, hi: float, example: str) -> Any:
    e = _argument(statement, example)
    return settings.number(e, Scope(compose.names(session)), statement.word.name, unit, lo, hi, example)


def _settings(session: Session, **changes: Any) -> Ran:
    return replace(session, settings=replace(session.settings, **changes)), (), ""


def _setting(name: str, example: str) -> Callable[[Session, tree.Command], Ran]:
    """Make the command of a setting that a section may have as well."""
    field, read = settings.OF_SECTIONS[name]

    def call(session: Session, statement: tree.Command) -> Ran:
        return _settings(session, **{field: read(_argument(statement, example), Scope(compose.names(session)))})

    return call


def _quant(session: Session, statement: tree.Command) -> Ran:
    value = _number(session, statement, "cycles", 1 / 64, 256, "quant 1, quant 4 or quant 1/4")
    return _settings(session, quant=Fraction(value).limit_denominator(10**7))


def _latency(session: Session, statement: tree.Command) -> Ran:
    return _settings(session, latency=float(_number(session, statement, "s", 0.1, 2.0, "latency 250ms")))


def _seed(session: Session, statement: tree.Command) -> Ran:
    return _settings(session, seed=int(_number(session, statement, "", 0, 2**31, "seed 7")))


def _act(count: int, example: str, least: int = 0) -> Callable[[Session, tree.Command], Ran]:
    """Make a command that is carried out by whoever runs the session, with `least` to `count` names or texts."""

    def call(session: Session, statement: tree.Command) -> Ran:
        names = words(statement)
        if len(names) > count:
            raise KindError(f"{statement.word.name} takes less", place=names[count][1], hint=example)
        if len(names) < least:
            raise KindError(f"{statement.word.name} takes a file", place=statement.place, hint=example)
        return session, (Act(statement.word.name, tuple(n for n, _ in names), statement.place),), ""

    return call


def _loopback(session: Session, statement: tree.Command) -> Ran:
    """Ask for a recording of some cycles of what comes in, under the name of a sample."""
    first, *rest = statement.args or (None,)
    if not isinstance(first, tree.Text | tree.Name) or len(rest) > 1:
        raise KindError("loopback takes a name and cycles", place=statement.place, hint=LOOPBACK)
    name = first.value if isinstance(first, tree.Text) else first.name
    if not re.fullmatch(r"[^\W\d]\w*", name):
        raise KindError(f"{name} is no name for a sample", place=first.place, hint=LOOPBACK)
    cycles: Any = evaluate(rest[0], Scope(compose.names(session))) if rest else 1
    if isinstance(cycles, bool) or not isinstance(cycles, int | float | Fraction) or not 0 < cycles <= MOST_CYCLES:
        place = rest[0].place if rest else statement.place
        raise KindError("loopback takes a number of cycles", place=place, expected=f"up to {MOST_CYCLES}")
    return session, (Act("loopback", (name, str(Fraction(cycles).limit_denominator(10**6))), statement.place),), ""


def _export(session: Session, statement: tree.Command) -> Ran:
    made = order(session, statement)
    return session, (Act("export", (made.path,), statement.place, made),), ""


def _compare(session: Session, statement: tree.Command) -> Ran:
    made = comparison(session, statement)
    return session, (Act("compare", (made.path,), statement.place, made),), ""


def _import(session: Session, statement: tree.Command) -> Ran:
    """Refuse an import that stands alone: `livecode.stages.programs` has put the file's statements in its place."""
    raise KindError("import takes a file in single quotes", place=statement.place, hint="import 'drums.live'")


def _outboard(call: Callable[[Session, tree.Command], gear.Done]) -> Callable[[Session, tree.Command], Ran]:
    """Make a command of external gear."""

    def run(session: Session, statement: tree.Command) -> Ran:
        changed, acts, said = call(session, statement)
        return changed, tuple(Act(name, tuple(args), statement.place) for name, *args in acts), said

    return run


def _record(session: Session, statement: tree.Command) -> Ran:
    first = statement.args[0] if statement.args else None
    if isinstance(first, tree.Name) and first.name == "midi":
        return _outboard(gear.record_midi)(session, statement)
    return _act(1, "record 'a.wav'")(session, statement)


ROWS: tuple[Command, ...] = (
    Command(
        "play", "play [names | song [from section]]", "Plays a song, or lets patterns sound.", "play", transport.play
    ),
    Command("stop", "stop [names]", "Stops patterns, or everything, at the next boundary.", "stop", transport.stop),
    Command("mute", "mute [names]", "Makes patterns or buses silent.", "mute", transport.mute),
    Command("unmute", "unmute [names]", "Lets muted patterns or buses be heard again.", "unmute", transport.unmute),
    Command("solo", "solo [names]", "Lets only these patterns be heard.", "solo", transport.solo),
    Command("unsolo", "unsolo [names]", "Ends a solo.", "unsolo", transport.unsolo),
    Command("hush", "hush", "Ends everything at once, and lets what sounds die away.", "hush", transport.hush),
    Command("panic", "panic", "Silence, within 20 ms.", "panic", transport.panic),
    Command("goto", "goto section", "Jumps to a section of the song that plays.", "goto drop", transport.goto),
    Command(
        "next",
        "next",
        "Goes on with the next section of the song that plays, also from one that loops; live.",
        "next",
        _act(0, "next"),
    ),
    Command(
        "queue",
        "queue [sections]",
        "Lets sections or songs play behind the section that plays now; the song goes on behind the last. Live.",
        'arrange drop 4 = s "bd*4"\nqueue drop',
        transport.queue,
    ),
    Command(
        "capture",
        "capture cycles [name | 'file.wav']",
        "Makes a section of what was just played, or writes it to a file as it was heard.",
        "capture 16",
        _capture,
    ),
    Command("loop", "loop section", "Plays a section or song again and again.", "loop drop", transport.loop),
    Command(
        "tempo", "tempo bpm", "Sets beats a minute; may be a pattern or ramp.", "tempo 126", _setting("tempo", TEMPO)
    ),
    Command(
        "meter", "meter beats", "Sets the beats of a cycle: 4, 3/4, 7/8.", "meter 3/4", _setting("meter", "meter 3/4")
    ),
    Command(
        "key", 'key "scale"', "Sets the scale in which n is read.", 'key "c:minor"', _setting("key", 'key "c:minor"')
    ),
    Command("quant", "quant cycles", "Sets the grid on which changes begin.", "quant 4", _quant),
    Command("latency", "latency seconds", "Sets how far ahead events are sent.", "latency 250ms", _latency),
    Command("seed", "seed number", "Sets the random stream of the session.", "seed 7", _seed),
    Command(
        "samples",
        "samples ['folder' …]",
        "Reads folders of samples: each folder in it is a name, each file a number; alone it lists them.",
        "samples 'drums'",
        samples,
    ),
    Command(
        "loopback",
        "loopback 'name' [cycles]",
        "Records what comes in, from the next boundary on; then the name plays it, as a sample does.",
        LOOPBACK,
        _loopback,
    ),
    Command(
        "import",
        "import 'file'",
        "Lets the statements of another file stand here; a change of that file is followed too.",
        "import 'drums.live'",
        _import,
    ),
    Command(
        "save",
        "save 'file'",
        "Writes the session as a file that plays the same.",
        "save 'a.live'",
        _act(1, "save 'a.live'", 1),
    ),
    Command("load", "load 'file'", "Evaluates a file.", "load 'song.live'", _act(1, "load 'song.live'", 1)),
    Command(
        "record",
        "record 'file' | midi [cycles] quantise=1/16",
        "Records what is heard, or what is played on MIDI inputs; alone it ends.",
        "record 'take.wav'",
        _record,
    ),
    Command(
        "midi",
        "midi [out 'port' as name channel=1 offset=0ms | in 'port' as name play=sound | close | learn | save]",
        "Lists MIDI ports, opens and closes them, learns controllers, saves a pattern as a MIDI file.",
        "midi out 'Digitone' as digi channel=2 offset=-12ms",
        _outboard(gear.midi),
    ),
    Command(
        "sync",
        "sync name | link | off | tap | nudge seconds",
        "Follows the clock of a MIDI input, or Ableton Link; taps a tempo, nudges the phase.",
        "sync off",
        _outboard(gear.sync),
    ),
    Command(
        "osc",
        "osc superdirt|out 'host:port' as name | in port | close name",
        "Sends events to SuperDirt or another host, or listens to OSC.",
        "osc superdirt 'localhost:57120'",
        _outboard(gear.osc),
    ),
    Command(
        "calibrate",
        "calibrate [name]",
        "Plays clicks here and on a MIDI output, to find its offset.",
        "midi out 'Digitone' as digi\ncalibrate digi",
        _outboard(gear.calibrate),
    ),
    Command("undo", "undo", "Takes the last evaluation back.", "undo", _act(0, "undo")),
    Command("redo", "redo", "Does again what undo took back.", "redo", _act(0, "redo")),
    Command(
        "show",
        "show [name ['file.svg']]",
        "Shows what a name means, of a song or section its timeline too, also as a picture.",
        "show",
        _act(2, "show song 'song.svg'"),
    ),
    Command("help", "help [name]", "Tells what a word does.", "help fast", _act(1, "help fast")),
    Command("levels", "levels", "Shows the meters of all strips, and the loudness.", "levels", _act(0, "levels")),
    Command(
        "list",
        "list [kind]",
        "Lists what is defined and what sounds, or one kind of it.",
        "list",
        _act(1, "list sounds"),
    ),
    Command(
        "export",
        "export [song | section | [song, song]] 'file' [loudness=-14LUFS peak=-1dB stems=yes tracks=yes loop=yes "
        "from=0 to=8 cycles=8 tail=no master=no bits=24 rate=44100hz dither=tpdf quality=0.8 format=wav gap=2s "
        "crossfade=4s titles=['a', 'b'] report=yes picture=yes midi=yes title='Night bus' artist= album= date= genre= "
        "track= comment= copyright=]",
        "Delivers a song, a section, some cycles or an album to a file (notes to a .mid), or every strip, or every "
        "track of an album, to a folder.",
        "export 'out/loop.wav' cycles=2 loop=yes peak=-1dB",
        _export,
    ),
    Command(
        "compare",
        "compare [song | section] 'file' [from=0 to=8 cycles=8]",
        "Shows loudness, range, peak, width, dynamics and spectrum of our master beside a reference.",
        "compare 'ref.wav' cycles=4",
        _compare,
    ),
)
COMMANDS = {row.name: row for row in ROWS}
COMMAND_WORDS = frozenset(COMMANDS)
