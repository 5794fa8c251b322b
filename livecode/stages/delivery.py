"""export and compare: what is to be rendered, and how it is to be delivered, as plain rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from livecode.errors import FileError, KindError, NameUnknown, Place, nearest
from livecode.language import tree
from livecode.session import Session, Space
from livecode.stages import options
from livecode.stages.arrange import Song
from livecode.stages.options import Option

SUFFIXES = (".wav", ".flac", ".aiff", ".aif", ".ogg", ".mp3")
MIDI = ".mid"
DITHERS = ("tpdf", "shaped", "none")
TAGS = ("title", "artist", "album", "date", "genre", "track", "comment", "copyright")


@dataclass(frozen=True, slots=True)
class Order:
    """An export as it was asked for; `forms` are songs or sections, none: what is composed.

    `begin` and `end` are cycles of the form's own time. Loudness is in LUFS, a peak in dBTP, gaps and crossfades
    in seconds. `format` is that of stems and of the tracks of an album, whose path is a folder. `midi` asks for a MIDI
    file of every pattern beside the sound; a path that ends in .mid is a MIDI file alone.
    """

    path: str
    forms: tuple[str, ...] = ()
    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    loudness: float | None = None
    peak: float | None = None
    stems: bool = False
    tracks: bool = False
    loop: bool = False
    tail: bool = True
    master: bool = True
    bits: int | None = None
    rate: int | None = None
    dither: str = "tpdf"
    quality: float | None = None
    gap: float = 0.0
    crossfade: float = 0.0
    report: bool = False
    picture: bool = False
    midi: bool = False
    format: str = "wav"
    titles: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    place: Place | None = None

    @property
    def silent(self) -> bool:
        """Say whether it has no sound: a MIDI file alone."""
        return PurePath(self.path).suffix.lower() == MIDI and not self.folder

    @property
    def folder(self) -> bool:
        """Say whether its path is a folder of files."""
        return self.stems or self.tracks

    @property
    def title(self) -> str:
        return dict(self.tags).get("title", "")


def _edge(e: tree.Expression, option: Option, name: str) -> Fraction | str:
    """Read where a range begins or ends: a cycle, or the name of a section."""
    if isinstance(e, tree.Name):
        return e.name
    return Fraction(options.number(e, option, name)).limit_denominator(10**6)


CYCLES = Option(_edge, "cycles", 0, 100_000)
ROWS: dict[str, Option] = {
    "cycles": Option(options.number, "cycles", 1 / 64, 100_000),
    "from": CYCLES,
    "to": CYCLES,
    "loudness": Option(options.number, "LUFS", -70, 0),
    "peak": Option(options.number, "dB", -40, 0),
    "stems": Option(options.yes),
    "tracks": Option(options.yes),
    "loop": Option(options.yes),
    "tail": Option(options.yes),
    "master": Option(options.yes),
    "bits": Option(options.whole, "bits", 16, 32, (16, 24, 32)),
    "rate": Option(options.whole, "Hz", 8000, 192_000),
    "dither": Option(options.text, choices=DITHERS),
    "quality": Option(options.number, "", 0, 1),
    "gap": Option(options.number, "s", 0, 60),
    "crossfade": Option(options.number, "s", 0, 60),
    "report": Option(options.yes),
    "picture": Option(options.yes),
    "midi": Option(options.yes),
    "format": Option(options.text, choices=("wav", "aiff", "flac", "ogg", "mp3")),
    "titles": Option(options.texts),
    **{name: Option(options.text) for name in TAGS},
}
RANGE = ("cycles", "from", "to")


def order(session: Session, statement: tree.Command) -> Order:
    """Read an `export` statement.

    Raises LiveError with its place.
    """
    forms, path, place = _what(session, statement)
    found = options.read("export", statement.named, ROWS)
    begin, end = _span(session, forms, found, statement)
    tags = tuple((name, found.pop(name)) for name in TAGS if name in found)
    plain = {name: value for name, value in found.items() if name not in RANGE}
    made = Order(path, forms, begin, end, tags=tags, place=place, **plain)
    check(made)
    return made


def check(made: Order) -> None:
    """Refuse what does not go together, and a path that leaves the folder.

    Raises LiveError with the place of the path.
    """
    path = PurePath(made.path)
    if not made.path or path.is_absolute() or ".." in path.parts:
        raise FileError("an export lies in or below this folder", place=made.place, hint="export song 'out/track.flac'")
    if not made.folder and path.suffix.lower() not in (*SUFFIXES, MIDI):
        raise FileError(
            f"{path.suffix or path.name} is no audio format known here",
            place=made.place,
            expected=", ".join((*SUFFIXES, MIDI)),
            hint="stems=yes and tracks=yes make a folder"
            if not path.suffix
            else nearest(path.suffix, (*SUFFIXES, MIDI)),
        )
    clashes = (
        (made.stems and made.loudness is not None, "a loudness is of the mix; stems stay as the mixer gives them"),
        (made.stems and made.peak is not None, "a peak is of the mix; stems stay as the mixer gives them"),
        (made.stems and len(made.forms) > 1, "stems are of one song at a time"),
        (made.silent and made != _notes_alone(made), "a MIDI file holds notes: it takes a song and a range alone"),
        ((made.midi or made.silent) and len(made.forms) > 1, "MIDI files are of one song at a time"),
        (made.stems and made.tracks, "stems are of one song at a time"),
        (made.tracks and len(made.forms) < 2, "tracks are of an album: it takes several songs"),
        (made.folder and path.suffix.lower() in SUFFIXES, f"{path} is to be a folder"),
        (not made.folder and made.format != "wav", "a file says by its name which format it has"),
        (made.loop and len(made.forms) > 1, "an album does not loop"),
        (made.gap > 0 and made.crossfade > 0, "between two songs is a gap or a crossfade"),
        (len(made.forms) < 2 and (made.gap > 0 or made.crossfade > 0), "gap and crossfade need several songs"),
        (bool(made.titles) and len(made.titles) != len(made.forms), "titles are as many as the songs of an album"),
    )
    for wrong, message in clashes:
        if wrong:
            raise KindError(message, place=made.place, hint="export [night, day] 'out/album.flac' gap=2s")


def _notes_alone(made: Order) -> Order:
    """Give the order without what is of sound."""
    return Order(made.path, made.forms, made.begin, made.end, place=made.place)


def _what(session: Session, statement: tree.Command) -> tuple[tuple[str, ...], str, Place]:
    """Give the forms and the path that stand behind the word."""
    args = statement.args
    example = "export song 'out/track.flac'"
    if not args or not isinstance(args[-1], tree.Text):
        raise KindError(f"{statement.word.name} takes the name of a file", place=statement.place, hint=example)
    if len(args) > 2:
        raise KindError(f"{statement.word.name} takes a song and a file", place=args[2].place, hint=example)
    named = args[0] if len(args) == 2 else None
    items = named.items if isinstance(named, tree.ListOf) else (named,) if named is not None else ()
    forms: list[str] = []
    for item in items:
        if not isinstance(item, tree.Name):
            raise KindError(f"{statement.word.name} takes a song or a section", place=item.place, hint=example)
        forms.append(known_form(session, item.name, item.place))
    if not forms and session.transport.form:
        forms.append(session.transport.form)
    return tuple(forms), args[-1].value, args[-1].place


def known_form(session: Session, name: str, place: Place | None = None) -> str:
    """Give the name of a song or section.

    Raises NameUnknown with the nearest.
    """
    if session.get(Space.FORM, name) is None:
        names = session.names(Space.FORM)
        raise NameUnknown(
            f"there is no song or section {name}",
            place=place,
            hint=nearest(name, names)
            or (f"there are {', '.join(names)}" if names else "arrange drop 16 = kick, bass makes one"),
        )
    return name


def _span(
    session: Session, forms: tuple[str, ...], found: Mapping[str, Any], statement: tree.Command
) -> tuple[Fraction, Fraction | None]:
    """Give the cycles at which a rendering begins and ends; no end: that of the form."""
    edges = {"from": found.get("from", Fraction(0)), "to": found.get("to")}
    places = {k: e.place for k, e in statement.named}
    if len(forms) > 1 and any(k in found for k in RANGE):
        raise KindError("an album takes whole songs", place=statement.place)
    for name, edge in edges.items():
        if isinstance(edge, str):
            edges[name] = _section_edge(session, forms, edge, name == "to", places[name])
    begin, end = edges["from"], edges["to"]
    assert isinstance(begin, Fraction)
    if "cycles" in found:
        if end is not None:
            raise KindError("cycles and to both say where it ends", place=places["cycles"])
        end = begin + Fraction(found["cycles"]).limit_denominator(10**6)
    if end is None and not forms:
        raise KindError(
            "what is composed plays for ever",
            place=statement.place,
            hint="say how much: export 'loop.wav' cycles=16, or name a song",
        )
    if end is not None and end <= begin:
        raise KindError("there is nothing to render: it ends where it begins", place=statement.place)
    return begin, end


def _section_edge(session: Session, forms: tuple[str, ...], name: str, after: bool, place: Place) -> Fraction:
    """Give the cycle at which a section of a song begins, or ends."""
    definition = session.get(Space.FORM, forms[0]) if forms else None
    if definition is None or not isinstance(definition.value, Song):
        raise KindError("only a song has sections", place=place, hint="export song 'a.wav' from=drop to=drop")
    at = Fraction(0)
    row = definition.value.passed(0, session.settings.seed)
    for section in row:
        if section.name == name:
            return at + section.length if after else at
        at += section.length
    names = [s.name for s in row]
    raise NameUnknown(
        f"{forms[0]} has no section {name}",
        place=place,
        hint=nearest(name, names) or f"it has {', '.join(dict.fromkeys(names))}",
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A `compare` as it was asked for: the form (none: what plays), and the reference."""

    path: str
    form: str = ""
    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    place: Place | None = None


COMPARED = Fraction(16)  # cycles of what is composed, where none are given


def comparison(session: Session, statement: tree.Command) -> Comparison:
    """Read a `compare` statement.

    Raises LiveError with its place.
    """
    forms, path, place = _what(session, statement)
    if len(forms) > 1:
        raise KindError("compare takes one song", place=statement.place, hint="compare song 'ref.wav'")
    found = options.read("compare", statement.named, {name: ROWS[name] for name in RANGE})
    if not forms and not any(k in found for k in ("cycles", "to")):
        found["cycles"] = COMPARED
    begin, end = _span(session, forms, found, statement)
    return Comparison(path, forms[0] if forms else "", begin, end, place)
