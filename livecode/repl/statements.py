"""What the words that begin a statement do: one row each, for help and completion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A word that begins a statement: how it is used, what it does in one sentence, and an example that runs."""

    name: str
    usage: str
    doc: str
    example: str


ROWS = (
    Row(
        "compose",
        "compose NAME = pattern",
        "Names a pattern and lets it sound from the next boundary on; NAME = pattern is the same.",
        'compose kick = s "bd*4"',
    ),
    Row(
        "let",
        "let NAME params… = expression",
        "Names a value, a pattern or a function, and sounds nothing.",
        "let double p = p | fast 2",
    ),
    Row(
        "arrange",
        'arrange NAME cycles = part, part, … | arrange NAME = "form"',
        "Makes a section of so many cycles, or a song of sections, written like a bar of mini-notation.",
        'kick = s "bd*4"\narrange drop 4 = kick | fast 2\narrange song = "drop!2"',
    ),
    Row(
        "design",
        "design [effect] NAME param=default … = signals",
        "Makes an instrument, whose parameters become controls, or an effect, whose input is called in.",
        "design acid cutoff=800hz = saw freq | moog cutoff 0.6 | adsr 5ms 100ms 0.7 200ms",
    ),
    Row(
        "mix",
        "mix NAME | chain | mix NAME = a + b | chain | mix NAME = return | chain",
        "Sets the channel strip of a pattern or bus, or makes a group, or a return that is fed by send.",
        'kick = s "bd*4"\nmix kick | eq 60hz 2dB | gain -3dB\nmix hall = return | reverb 4s',
    ),
    Row("master", "master | chain", "Sets the last chain, before the limiter.", "master | glue 2 | limit -1dB"),
)
STATEMENTS = {row.name: row for row in ROWS}
