"""save: a session as a readable file that plays the same."""

from __future__ import annotations

from pathlib import Path

from livecode.errors import FileError
from livecode.language import tree
from livecode.session import Definition, Key, Session, Space
from livecode.stages.plan import row
from livecode.stages.prelude import prelude

# The stages of making a track, in the order in which they are written.
ORDER = (Space.EFFECT, Space.SOUND, Space.VALUE, Space.FORM, Space.BUS)


def text_of(session: Session) -> str:
    """Write a session: settings and gear, definitions behind those that they are made of, and transport."""
    base = prelude()
    parts = ["\n".join(session.said.values())]
    for space in ORDER:
        made = [d for d in session.each(space) if base.definitions.get(d.key) is not d]
        parts.append("\n".join(_statement(d) for d in _ordered(made)))
    parts.append("\n".join(_transport(session)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _ordered(made: list[Definition]) -> list[Definition]:
    """Put every definition behind those that it is made of."""
    by_key = {d.key: d for d in made}
    order: dict[Key, Definition] = {}
    seen: set[Key] = set()

    def visit(d: Definition) -> None:
        if d.key not in seen:
            seen.add(d.key)
            for key in by_key:
                if key in d.uses:
                    visit(by_key[key])
            order[d.key] = d

    for d in made:
        visit(d)
    return list(order.values())


def _statement(definition: Definition) -> str:
    """Give the text of a definition; a group's chain that was written by itself is put behind its members."""
    statement, channel = definition.statement, definition.value
    if not isinstance(statement, tree.Strip) or channel.kind not in ("group", "return"):
        return definition.block.text
    source, start, end = statement.chain.place
    head = "return" if channel.kind == "return" else " + ".join(channel.members)
    return f"mix {definition.name} = {head} | {source.text[start:end]}"


def _transport(session: Session) -> list[str]:
    t = session.transport
    there = {d.name for d in session.each(Space.VALUE) if d.sounds} | set(session.names(Space.BUS))
    lines = [
        f"{word} {' '.join(names)}"
        for word, chosen in (("stop", t.stopped), ("mute", t.muted), ("solo", t.soloed))
        if (names := sorted(chosen & there))
    ]
    if t.form and session.get(Space.FORM, t.form) is not None:
        sections = row(session, t.form)
        start = sections[t.skip].name if 0 <= t.skip < len(sections) else t.start
        lines.append(f"loop {t.form}" if t.loop else f"play {t.form}" + (f" from {start}" if start else ""))
    return lines


def save(session: Session, path: Path) -> None:
    """Write a session to a file in this folder.

    Raises FileError.
    """
    if path.is_absolute() or path.parent != Path() or path.suffix != ".live":
        raise FileError("a session is saved as a .live file in this folder", hint="save 'set.live'")
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text_of(session), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}") from None
