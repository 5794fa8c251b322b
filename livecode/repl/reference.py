"""What `help`, `list` and `show` tell, from the registry and the session."""

from __future__ import annotations

from pathlib import Path
from shutil import get_terminal_size

from livecode import __version__
from livecode.errors import FileError, LiveError, NameUnknown, nearest
from livecode.files.texts import inside
from livecode.language import habits
from livecode.language.lexer import KEYWORDS
from livecode.patterns import WORDS
from livecode.repl.statements import STATEMENTS
from livecode.session import Session, Space
from livecode.stages import gallery
from livecode.stages.acts import Act
from livecode.stages.commands import COMMANDS
from livecode.stages.timeline import WIDTH, clock, drawn, timeline
from livecode.stages.ugens import CHAIN, DESIGN
from livecode.words import Word

GREETING = f"""livecode {__version__}: compose, arrange, design, mix and master in one language
try:  s "bd*4"   then:  hats = s "hh*8" | gain "[1 0.6]*4"
help, list, hush; F1 shows the keys, Ctrl-D leaves"""

PLURALS = {
    Space.VALUE: "patterns",
    Space.FORM: "sections",
    Space.SOUND: "sounds",
    Space.EFFECT: "effects",
    Space.BUS: "buses",
}

OVERVIEW = """compose kick = s "bd*4"                         a pattern that sounds (or just: kick = s "bd*4")
let prog = "<Cm7 Ab^7>"                         a name that does not
arrange drop 16 = kick, hats                    a section; arrange song = "intro drop!2" a song
design acid cutoff=800hz = saw freq | moog cutoff 0.6 | adsr 5ms 100ms 0.7 200ms
mix kick | eq 60hz 2dB | gain -3dB              a channel strip; mix hall = return | reverb 4s
master | glue 2 | limit -1dB                    the last chain
help NAME tells of any word: help fast, help lpf, help tempo; list shows what there is
Ctrl-X Ctrl-H hushes, Ctrl-X Ctrl-X is panic, Alt-Enter evaluates whatever stands there, Ctrl-D leaves"""


def told(session: Session, act: Act) -> str | None:
    """Give the answer to help, list or show; nothing for other acts.

    Raises NameUnknown with the nearest name.
    """
    if act.name == "help":
        return help_on(session, act.args[0], act) if act.args else OVERVIEW
    if act.name == "list":
        return of_kind(session, act.args[0], act) if act.args else listing(session)
    if act.name == "show":
        if len(act.args) == 2:
            return pictured(session, *act.args, act)
        return show(session, act.args[0], act) if act.args else listing(session)
    return None


def help_on(session: Session, name: str, act: Act) -> str:
    """Tell what a word does in each place where it is one."""
    found: list[str] = []
    statement = STATEMENTS.get(name) or COMMANDS.get(name)
    if statement is not None:
        example = statement.example.replace("\n", "\n        ")
        found.append(f"{statement.usage}\n    {statement.doc}\n    for example: {example}")
    for title, table in (("", WORDS), ("in a design: ", DESIGN), ("on a strip: ", CHAIN)):
        word = table.get(name)
        if word is not None and not (table is CHAIN and DESIGN.get(name) is not None):
            found.append(title + _word(word))
    if not found and any((space, name) in session.definitions for space in Space):
        return show(session, name, act)
    if not found:
        every = [*COMMANDS, *KEYWORDS, *WORDS.names(), *DESIGN.names(), *CHAIN.names()]
        every += [name for space in Space for name in (*session.names(space), *gallery.names(space))]
        hint = habits.NAMES.get(name, "") or nearest(name, every)
        raise NameUnknown(f"there is no word {name}", place=act.place, hint=hint)
    return "\n".join(found)


def _word(word: Word) -> str:
    lines = [word.signature, f"    {word.doc}"]
    for p in word.params:
        if p.unit or p.lo is not None:
            span = f" {p.lo:g} to {p.hi:g}" if p.lo is not None and p.hi is not None else ""
            lines.append(f"    {p.name}:{span} {p.unit}".rstrip())
    if word.aliases:
        lines.append(f"    also called {', '.join(word.aliases)}")
    lines.append(f"    for example: {word.example}")
    return "\n".join(lines)


def listing(session: Session) -> str:
    """List what is defined, space by space, what sounds, and what the gallery has beside it."""
    sounding = set(session.tracks())
    lines: list[str] = []
    for space in Space:
        names = [f"{n} ♪" if space is Space.VALUE and n in sounding else n for n in session.names(space)]
        if names:
            lines.append(f"{PLURALS[space]:>9}  {'  '.join(names)}")
    for space in (Space.SOUND, Space.EFFECT):
        more = [n for n in gallery.names(space) if (space, n) not in session.definitions]
        if more:
            lines.append(f"{f'more {PLURALS[space]}':>9}  {'  '.join(more)}")
    return "\n".join(lines)


def of_kind(session: Session, kind: str, act: Act) -> str:
    """List what there is of one kind.

    Raises NameUnknown for what is no kind.
    """
    if kind not in PLURALS.values():
        kinds = ", ".join(PLURALS.values())
        raise NameUnknown(f"list knows no {kind}", place=act.place, hint=f"list knows {kinds}; help NAME tells of one")
    found = [line for line in listing(session).split("\n") if line.removeprefix("more").lstrip().startswith(kind)]
    return "\n".join(found) or f"there are no {kind} yet"


def pictured(session: Session, name: str, file: str, act: Act) -> str:
    """Draw the timeline of a song to a file in or below this folder.

    Raises FileError for another place or kind of file.
    """
    from livecode.plot import draw_song

    path = Path(file)
    try:
        made = timeline(session, name)
        if path.is_absolute() or ".." in path.parts:
            raise FileError("a picture lies in or below this folder", hint="show song 'song.svg'")
        draw_song(made, inside(path, Path.cwd()))
    except LiveError as error:
        raise error.at(act.place) from None
    return f"{path}: {name}, {clock(made.seconds)}"


def show(session: Session, name: str, act: Act) -> str:
    """Show the statements that gave a name its meaning."""
    texts = [d.block.text for d in session.definitions.values() if d.name == name]
    if not texts:
        names = [n for _, n in session.definitions]
        raise NameUnknown(f"nothing is called {name}", place=act.place, hint=nearest(name, names))
    if (Space.FORM, name) in session.definitions:
        texts.append(drawn(timeline(session, name), min(WIDTH, get_terminal_size().columns)))
    return "\n".join(texts)
