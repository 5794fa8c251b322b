"""What fuzzing starts from: every statement of the patches and every example of the registries, cut into tokens."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

from livecode.errors import Source
from livecode.language.parser import blocks
from livecode.patterns import WORDS
from livecode.session import Session
from livecode.stages.commands import COMMANDS
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from livecode.stages.ugens import CHAIN, DESIGN
from tests.conftest import TRACK

TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[\w.]+|\s+|.", re.DOTALL)
INSIDE = re.compile(r"[\w.#-]+|\s+|.", re.DOTALL)  # the tokens of a mini-notation
# What other programs would do to this machine or its gear is not asked for: files, ports and clocks of others.
OUTSIDE = {"midi", "osc", "sync", "calibrate", "record", "export", "compare", "save", "load", "import", "loopback"}
RARE = ("0", "-1", "99999", "1e9", "1/3", "-0.5", "1e-9", '""', "''", *"()[]{}|é♪", "\\x ->", "\n")
STEPS = ("bd", "~", "}%3", "*2", "*<2 3>", "(3,8)", "@3", "..", "1e5", "x", *"<>[]{}?!_,|.:")  # of mini-notation
SIGNS = "()[]{}<>|\"'*/+-~!@?:.,=_^#% 0123456789abc"


@cache
def texts() -> tuple[str, ...]:
    """Give the statements, each as it stands in a patch or as the example of a word."""
    patches = sorted(Path(TRACK).parent.glob("*.live"))
    found = [b.text for p in patches for b in blocks(Source(p.name, p.read_text(encoding="utf-8")))]
    found += [word.example for word in WORDS.rows.values()]
    found += [f"mix kick | {word.example}" for word in CHAIN.rows.values()]
    found += [f"design x = {word.example}" for word in DESIGN.rows.values()]
    found += [row.example for row in COMMANDS.values()]
    return tuple(t for t in found if t.split(None, 1)[0] not in OUTSIDE)


@cache
def statements() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(TOKEN.findall(text)) for text in texts())


@cache
def tokens() -> tuple[str, ...]:
    found = {token for statement in statements() for token in statement}
    return tuple(sorted(found | set(RARE)))


@cache
def session() -> Session:
    """Give the session of the built-in track."""
    return evaluate_text(prelude(), Source("track", TRACK.read_text(encoding="utf-8"))).session


def mutated(chance: random.Random) -> str:
    """Change a statement in one to four tokens, now and then inside its mini-notation or letter by letter."""
    made = list(chance.choice(statements()))
    for _ in range(chance.randint(1, 4)):
        _mutate(made, tokens(), chance)
    text = "".join(made)
    if chance.random() < 0.1:
        letters = list(text)
        for _ in range(chance.randint(1, 3)):
            _mutate(letters, SIGNS, chance)
        text = "".join(letters)
    return text


def _mutate(made: list[str], among: tuple[str, ...] | str, chance: random.Random) -> None:
    at = chance.randrange(len(made) + 1)
    kind = chance.random()
    if at == len(made) or kind < 0.35:
        made.insert(at, chance.choice(among))
    elif kind < 0.55:
        del made[at]
    elif kind < 0.7:
        other = chance.randrange(len(made))
        made[at], made[other] = made[other], made[at]
    elif made[at].startswith('"') and kind < 0.9:
        inner = INSIDE.findall(made[at][1:-1])
        _mutate(inner, STEPS, chance)
        made[at] = '"' + "".join(inner) + '"'
    else:
        made[at] = chance.choice(among)
