"""Evaluating statements: each maps the session to the next one, and everything made of what changed follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from livecode.errors import Fault, KindError, LiveError, NameUnknown, Source, nearest
from livecode.language import habits, parser, tree
from livecode.language.lexer import KEYWORDS
from livecode.language.parser import Block
from livecode.session import Definition, Key, Session, Space
from livecode.stages import arrange, compose, design, gallery, mix
from livecode.stages.acts import Act
from livecode.stages.commands import COMMAND_WORDS, run
from livecode.stages.programs import Program, program
from livecode.stages.signals import warn, warned


@dataclass(frozen=True, slots=True)
class Outcome:
    """What evaluating led to: the next session, what is to be done once, and what to tell."""

    session: Session
    acts: tuple[Act, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """How a kind of statement gets its meaning, and in which space its name stands."""

    space: Space
    make: Callable[[Session, Any], tuple[Any, set[str]]]
    reads: tuple[Space, ...]
    sounds: bool = False


def _maker(statement: tree.Statement) -> Maker:
    if isinstance(statement, tree.Compose):
        return Maker(Space.VALUE, compose.pattern, (Space.VALUE,), True)
    if isinstance(statement, tree.Let):
        return Maker(Space.VALUE, compose.value, (Space.VALUE,))
    if isinstance(statement, tree.ArrangeSection):
        return Maker(Space.FORM, arrange.section, (Space.VALUE,))
    if isinstance(statement, tree.ArrangeSong):
        return Maker(Space.FORM, arrange.song, (Space.FORM,))
    if isinstance(statement, tree.Design) and statement.effect:
        return Maker(Space.EFFECT, design.effect, (Space.EFFECT,))
    if isinstance(statement, tree.Design):
        return Maker(Space.SOUND, design.instrument, (Space.EFFECT,))
    if isinstance(statement, tree.Strip):
        return Maker(Space.BUS, mix.strip, (Space.VALUE, Space.BUS, Space.EFFECT))
    if isinstance(statement, tree.Group):
        return Maker(Space.BUS, mix.group, (Space.VALUE, Space.BUS, Space.EFFECT))
    raise TypeError(f"no maker for {type(statement).__name__}")


def evaluate(session: Session, block: Block) -> Outcome:
    """Evaluate one statement.

    Raises LiveError with its place; the session that was given is as it was.
    """
    try:
        statement = parser.parse(block, COMMAND_WORDS)
        session = _with_gallery(session, block)
        with warned() as warnings:
            if lost := habits.commented(block.text):
                warn(f"# begins a comment, so {lost} is not heard; a bar chains it: … | {lost}")
            if isinstance(statement, tree.Command):
                changed, acts, said = run(session, statement)
            else:
                changed, acts, said = _define(session, statement, block), (), _said(statement)
            checked = _checked(changed)
        return Outcome(checked, acts, "\n".join([*warnings, *([said] if said else [])]))
    except LiveError as error:
        if isinstance(error, NameUnknown) and error.place is not None and error.place.start == block.start:
            error.hint = _first(session, error.place.text) or error.hint
        raise error.at(block.place) from None
    except RecursionError:
        raise KindError("this nests too deep", place=block.place) from None
    except Exception as error:  # a fault of ours must not end a performance
        raise Fault(
            f"livecode stumbles over this ({type(error).__name__}: {error})",
            place=block.place,
            hint="nothing has changed; this is a fault of livecode, not of yours",
        ) from error


def _first(session: Session, word: str) -> str:
    """Hint at what a statement may begin with: a command or a pattern, before any function; nothing for a habit."""
    known = word in habits.NAMES or "." in word
    return "" if known else nearest(word, [*COMMAND_WORDS, *KEYWORDS, *session.names(Space.VALUE)])


def _with_gallery(session: Session, block: Block) -> Session:
    """Give the session with what a statement names of the gallery in it."""
    for wanted in gallery.called(session, block.text):
        made = parser.parse(wanted, COMMAND_WORDS)
        with warned():
            session = _define(_with_gallery(session, wanted), made, wanted)
    return session


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a whole text led to; statements with an error changed nothing."""

    session: Session
    acts: tuple[tuple[Block, Act], ...]
    said: tuple[str, ...]
    errors: tuple[LiveError, ...]


def evaluate_text(session: Session, source: Source) -> Evaluation:
    """Evaluate every statement of a text and of the files that it imports."""
    return evaluate_program(session, program([source]))


def evaluate_program(session: Session, given: Program) -> Evaluation:
    """Evaluate every statement of a program; what could not be imported is among the errors."""
    evaluation = evaluate_blocks(session, given.blocks)
    return replace(evaluation, errors=given.errors + evaluation.errors)


def evaluate_blocks(session: Session, blocks: Iterable[Block]) -> Evaluation:
    """Evaluate statements; one that uses a name from further down is tried again after it."""
    acts: dict[int, list[tuple[Block, Act]]] = {}
    said: list[str] = []
    waiting = list(enumerate(blocks))
    errors: dict[int, LiveError] = {}
    while waiting:
        later: list[tuple[int, Block]] = []
        errors = {k: e for k, e in errors.items() if not isinstance(e, NameUnknown)}
        for number, block in waiting:
            try:
                outcome = evaluate(session, block)
            except LiveError as error:
                errors[number] = error
                if isinstance(error, NameUnknown):
                    later.append((number, block))
                continue
            session = outcome.session
            acts[number] = [(block, act) for act in outcome.acts]
            if outcome.said:
                said.append(outcome.said)
        if len(later) == len(waiting):
            break
        waiting = later
    in_order = tuple(pair for number in sorted(acts) for pair in acts[number])
    return Evaluation(session, in_order, tuple(said), tuple(errors[k] for k in sorted(errors)))


def key_of(statement: tree.Statement) -> Key | None:
    """Give the name that a statement defines and the space it stands in; a command defines none."""
    return None if isinstance(statement, tree.Command) else (_maker(statement).space, statement.name.name)


def _define(session: Session, statement: tree.Statement, block: Block) -> Session:
    made = _definition(session, statement, block)
    _no_loop(session, made)
    session = remade(session.define(made), made)
    if made.sounds:
        transport = session.transport
        session = replace(session, transport=replace(transport, stopped=transport.stopped - {made.name}))
    return session


def remade(session: Session, made: Definition) -> Session:
    """Make again what is made of a definition, directly or not.

    Raises KindError when it would break.
    """
    for old in session.dependents(made.key):
        try:
            session = session.define(_definition(session, old.statement, old.block))
        except LiveError as error:
            raise KindError(
                f"{old.name} is made of {made.name}, and this would break it: {error.message}",
                place=made.statement.place,
                hint=error.hint,
            ) from None
    return session


def _definition(session: Session, statement: tree.Statement, block: Block) -> Definition:
    maker = _maker(statement)
    assert not isinstance(statement, tree.Command)
    value, used = maker.make(session, statement)
    name = statement.name.name
    uses = frozenset((space, n) for n in used for space in maker.reads if session.get(space, n) is not None)
    return Definition((maker.space, name), statement, block, value, uses - {(maker.space, name)}, maker.sounds)


def _no_loop(session: Session, made: Definition) -> None:
    """Refuse a name that is made of itself by way of others."""
    if made.key[0] is Space.BUS:
        return  # buses feed each other; the desk finds their loops
    seen: set[Key] = set()
    waiting: list[Key] = list(made.uses)
    while waiting:
        key = waiting.pop()
        if key == made.key:
            raise KindError(f"{made.name} cannot be made of itself", place=made.statement.place)
        known = session.definitions.get(key)
        if known is not None and key not in seen:
            seen.add(key)
            waiting.extend(known.uses)


def _checked(session: Session) -> Session:
    """Make sure that the mixer of a session can be put together."""
    mix.desk(session, set(session.tracks()))
    return session


def _said(statement: tree.Statement) -> str:
    if isinstance(statement, tree.Let | tree.Design):
        return f"{statement.name.name} is ready"
    return ""
