"""The session that every performance starts from: the built-in kit and the returns that room and delay feed."""

from __future__ import annotations

from functools import cache

from livecode.errors import Source
from livecode.resources import patches_path
from livecode.session import Session
from livecode.stages.statements import evaluate_text

FILES = ("kit.live", "synths.live", "returns.live")


@cache
def prelude() -> Session:
    """Give the first session, made from the files of the built-in kit.

    Raises the first LiveError of those files, which only a broken installation has.
    """
    session = Session()
    for name in FILES:
        path = patches_path() / name
        evaluation = evaluate_text(session, Source(name, path.read_text(encoding="utf-8")))
        if evaluation.errors:
            raise evaluation.errors[0]
        session = evaluation.session
    return session
