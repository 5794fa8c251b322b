"""From one version of a program to the next: what changed is evaluated, what vanished is taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from livecode.errors import KindError, LiveError, Source
from livecode.language import parser
from livecode.language.parser import Block
from livecode.session import Definition, Key, Session
from livecode.stages.commands import COMMAND_WORDS
from livecode.stages.programs import Program, plain
from livecode.stages.statements import Evaluation, evaluate_blocks, key_of, remade

# What statements belong to: a definition, a setting, or their own text when they act once.
Group = Key | str
Reset = Callable[[Session, Session], Session]


def _setting(field: str, session: Session, base: Session) -> Session:
    changes: dict[str, Any] = {field: getattr(base.settings, field)}
    return replace(session, settings=replace(session.settings, **changes))


def _silence(field: str, session: Session, base: Session) -> Session:
    changes: dict[str, Any] = {field: frozenset()}
    return replace(session, transport=replace(session.transport, **changes))


# Commands that set something which is as before when they vanish; all others act once.
STATES: Mapping[str, tuple[str, Reset]] = {
    "tempo": ("tempo", partial(_setting, "tempo")),
    "meter": ("meter", partial(_setting, "beats")),
    "key": ("key", partial(_setting, "key")),
    "quant": ("quant", partial(_setting, "quant")),
    "latency": ("latency", partial(_setting, "latency")),
    "seed": ("seed", partial(_setting, "seed")),
    "mute": ("mute", partial(_silence, "muted")),
    "unmute": ("mute", partial(_silence, "muted")),
    "solo": ("solo", partial(_silence, "soloed")),
    "unsolo": ("solo", partial(_silence, "soloed")),
    "samples": ("samples", lambda session, base: replace(session, samples=base.samples)),
    "midi": ("gear", lambda session, base: replace(session, gear=base.gear)),
    "osc": ("gear", lambda session, base: replace(session, gear=base.gear)),
    "sync": ("gear", lambda session, base: replace(session, gear=base.gear)),
}
RESETS: Mapping[str, Reset] = dict(STATES.values())
ONCE = "once: "
UNREAD = "unread: "


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a change of a program led to; with an error in it the session is as it was."""

    evaluation: Evaluation
    kept: Program  # what counts as evaluated from now on
    changed: int = 0  # statements that were evaluated or taken away
    imported: tuple[Path, ...] = ()  # files that the newest version imports, there or not


@lru_cache(maxsize=1 << 14)
def _group(text: str) -> Group:
    """Give what a statement belongs to; the cache makes the next version of a long file cheap."""
    try:
        statement = parser.parse(Block(Source("", text), 0, len(text)), COMMAND_WORDS)
    except LiveError:
        return UNREAD + plain(text)
    key = key_of(statement)
    if key is not None:
        return key
    word = text.split(None, 1)[0]
    return STATES[word][0] if word in STATES else ONCE + plain(text)


def _groups(blocks: Iterable[Block]) -> dict[Group, list[Block]]:
    found: dict[Group, list[Block]] = {}
    for block in blocks:
        found.setdefault(_group(plain(block.text)), []).append(block)
    return found


def _texts(blocks: Iterable[Block]) -> list[str]:
    return [plain(block.text) for block in blocks]


def begin(session: Session, new: Program) -> Reloaded:
    """Evaluate a program for the first time: what is right of it counts, what is wrong is told."""
    _groups(new.blocks)  # read now, so that the first change is as quick as the others
    evaluation = evaluate_blocks(session, new.blocks)
    wrong = [error.place for error in evaluation.errors if error.place is not None]
    right = tuple(b for b in new.blocks if not any(p.source is b.source and b.start <= p.start <= b.end for p in wrong))
    errors = new.errors + evaluation.errors
    return Reloaded(replace(evaluation, errors=errors), replace(new, blocks=right), len(new.blocks), new.files)


def reload(session: Session, base: Session, old: Program, new: Program) -> Reloaded:
    """Evaluate what differs between two versions of a program, all of it or, after an error, nothing.

    `base` is the session from before the program: what vanishes is as it was there.
    """
    before, after = _groups(old.blocks), _groups(new.blocks)
    differ = [g for g in {**before, **after} if _texts(before.get(g, [])) != _texts(after.get(g, []))]
    unread = any(isinstance(g, str) and g.startswith(UNREAD) for g in after)
    # What cannot be read may be what seems to have vanished: then only the mistakes are told.
    anew = {g for g in differ if isinstance(g, tuple) and (g not in after or len(before.get(g, [])) > 1) and not unread}
    made_of = {d.key for g in anew if isinstance(g, tuple) for d in session.dependents(g)}
    changed = _forgotten(session, base, [g for g in differ if g in anew or g in RESETS])
    due: set[int] = set()
    for group in {*differ, *(k for k in made_of if k in after)}:
        blocks = after.get(group, [])
        if isinstance(group, str) and group not in RESETS:
            blocks = blocks[len(before.get(group, [])) :]
        due |= {id(block) for block in blocks}
    evaluation = evaluate_blocks(changed, [b for b in new.blocks if id(b) in due])
    errors = list(new.errors + evaluation.errors)
    if not errors:
        try:
            evaluation = replace(evaluation, session=_whole(evaluation.session, [k for k in anew if k not in after]))
        except LiveError as error:
            errors.append(error)
    count = len(due) + sum(len(before[g]) for g in differ if g not in after and (isinstance(g, tuple) or g in RESETS))
    if errors:
        return Reloaded(Evaluation(session, (), evaluation.said, tuple(errors)), old, count, new.files)
    fresh = Counter(_texts(new.blocks)) - Counter(_texts(old.blocks))
    acts = tuple((block, act) for block, act in evaluation.acts if plain(block.text) in fresh)
    return Reloaded(replace(evaluation, acts=acts), new, count, new.files)


def _forgotten(session: Session, base: Session, groups: Iterable[Group]) -> Session:
    """Give the session as if some groups had never been evaluated; what is made of them is as it was."""
    definitions = dict(session.definitions)
    for group in groups:
        if isinstance(group, str):
            session = RESETS[group](session, base)
        elif group in base.definitions:
            definitions[group] = base.definitions[group]
        else:
            definitions.pop(group, None)
    return replace(session, definitions=MappingProxyType(definitions))


def _whole(session: Session, gone: Iterable[Group]) -> Session:
    """Give a session in which nothing is made of what is gone.

    Raises KindError at what is.
    """
    for group in gone:
        assert isinstance(group, tuple)
        back = session.definitions.get(group)
        if back is not None:
            session = remade(session, back)
            continue
        left: list[Definition] = [d for d in session.definitions.values() if group in d.uses]
        if left:
            raise KindError(f"{left[0].name} is made of {group[1]}, which is gone", place=left[0].block.place)
    return session
