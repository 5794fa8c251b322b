"""The gallery: instruments and effects that are there when a statement names them, and cost nothing before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from livecode.errors import Source
from livecode.language import parser
from livecode.language.parser import Block
from livecode.resources import patches_path
from livecode.session import Key, Session, Space

FILES = ("gallery.live", "waves.live")
HEAD = re.compile(r"^design (effect )?(\w+)", re.MULTILINE)
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
WORD = re.compile(r"[^\W\d]\w*")
CHAINS = ("mix", "master", "design")
ASKING = ("help", "show", "midi")


@cache
def _texts() -> tuple[Source, ...]:
    return tuple(Source(name, (patches_path() / name).read_text(encoding="utf-8")) for name in FILES)


@cache
def index() -> dict[Key, Source]:
    """Give the names of the gallery, each with its text, without reading more than the heads of its designs."""
    return {
        (Space.EFFECT if effect else Space.SOUND, name): source
        for source in _texts()
        for effect, name in HEAD.findall(source.text)
    }


@cache
def _blocks(source: Source) -> dict[str, Block]:
    return {m.group(2): b for b in parser.blocks(source) if (m := HEAD.match(b.text))}


def block(space: Space, name: str) -> Block | None:
    """Give the design of a name, where there is one."""
    source = index().get((space, name))
    return None if source is None else _blocks(source)[name]


def names(space: Space) -> list[str]:
    """Give the names of the instruments or of the effects."""
    return [name for of, name in index() if of is space]


def called(session: Session, text: str) -> Iterator[Block]:
    """Give the designs of the gallery that a statement names and the session does not have.

    A sound is named in quotes; an effect in a chain, unless the name is that of a pattern or bus, or is defined here.
    """
    first = WORD.match(text)
    start = first.group() if first else ""
    found: dict[Key, None] = {}
    for quoted in QUOTED.findall(text):
        found |= dict.fromkeys((Space.SOUND, word) for word in WORD.findall(quoted))
    if start in CHAINS or start in ASKING:
        bare = WORD.findall(QUOTED.sub(" ", text))
        own = bare[1 + (bare[1:2] == ["effect"])] if start in ("mix", "design") and len(bare) > 2 else ""
        others = {name for name in bare if name != own} if start in CHAINS else set(bare)
        found |= dict.fromkeys((Space.EFFECT, name) for name in sorted(others))
        if start in ASKING:
            found |= dict.fromkeys((Space.SOUND, name) for name in sorted(others))
    for key in found:
        source = index().get(key)
        taken = key[0] is Space.EFFECT and any((s, key[1]) in session.definitions for s in (Space.VALUE, Space.BUS))
        if source is not None and key not in session.definitions and not taken:
            yield _blocks(source)[key[1]]
