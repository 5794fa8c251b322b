"""Words for continuous shapes; all go from 0 to 1 a cycle, those with a 2 from -1 to 1."""

from __future__ import annotations

from livecode.patterns import signals
from livecode.patterns.register import constant_word

ROWS = (
    ("saw", signals.saw, "Rise from 0 to 1 in each cycle."),
    ("saw2", signals.saw2, "Rise from -1 to 1 in each cycle."),
    ("isaw", signals.isaw, "Fall from 1 to 0 in each cycle."),
    ("isaw2", signals.isaw2, "Fall from 1 to -1 in each cycle."),
    ("tri", signals.tri, "Rise and fall between 0 and 1 in each cycle."),
    ("tri2", signals.tri2, "Rise and fall between -1 and 1 in each cycle."),
    ("itri", signals.itri, "Fall and rise between 1 and 0 in each cycle."),
    ("itri2", signals.itri2, "Fall and rise between 1 and -1 in each cycle."),
    ("sine", signals.sine, "Swing between 0 and 1 in each cycle, from the middle."),
    ("sine2", signals.sine2, "Swing between -1 and 1 in each cycle, from the middle."),
    ("cosine", signals.cosine, "Swing between 1 and 0 in each cycle, from the top."),
    ("cosine2", signals.cosine2, "Swing between 1 and -1 in each cycle, from the top."),
    ("square", signals.square, "Be 0 for half a cycle, then 1."),
    ("square2", signals.square2, "Be -1 for half a cycle, then 1."),
)
for name, pattern, doc in ROWS:
    constant_word(name, pattern, doc, example=f"segment 8 {name}", group="signals")

constant_word("time", signals.time, "Tell the time in cycles.", example="segment 4 time", group="signals")
constant_word(
    "cyclesPer",
    signals.cycles_per,
    "Tell how many cycles each event lasts.",
    example='struct "x*3" cyclesPer',
    group="signals",
)
constant_word(
    "per",
    signals.per,
    "Tell how many events like each would fill a cycle.",
    example='struct "x [x x]" per',
    group="signals",
    aliases=("perCycle",),
)
constant_word(
    "perx",
    signals.perx,
    "Tell how often the cycle was halved to make each event, counted from 1.",
    example='struct "x [x x]" perx',
    group="signals",
)
