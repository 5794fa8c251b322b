"""Both parsers under atheris: whatever bytes they are given, they read them or raise a LiveError with a place.

`python -m tests.fuzz.parsers -max_total_time=1800 FOLDER` runs it; atheris is not needed by the tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

# What reads is watched, and nothing else: not the tables that lark walks through, nor the patterns' own arithmetic.
with atheris.instrument_imports(
    include=[
        "livecode.language.lexer",
        "livecode.language.parser",
        "livecode.patterns.mini",
        "livecode.patterns.mini_lexer",
        "livecode.patterns.mini_reader",
    ]
):
    from livecode.errors import LiveError, Source
    from livecode.language import parser
    from livecode.language.lexer import is_complete
    from livecode.patterns import mini
    from livecode.stages.commands import COMMAND_WORDS

from tests.fuzz import corpus


def one(data: bytes) -> None:
    """Read some bytes as statements and as mini-notation."""
    text = data.decode("utf-8", "replace")
    source = Source("fuzz", text)
    is_complete(text)
    for block in parser.blocks(source):
        try:
            parser.parse(block, COMMAND_WORDS)
        except LiveError as error:
            assert error.place is not None, error.message
            error.render()
    try:
        mini.pattern(text, source, 0)
    except LiveError as error:
        assert error.place is not None, error.message
        error.render()


def seeded(folder: Path) -> None:
    """Put the corpus into a folder, a statement a file, for atheris to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(corpus.texts()):
        (folder / str(number)).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        if not name.startswith("-"):
            seeded(Path(name))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
