"""How many onset events a second the pattern core makes, with and without its memory, and what a window costs.

python bench/patterns.py            # P1 to P7, cycles 0 to 999
python bench/patterns.py P4 P7
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from livecode.patterns import WORDS, Pattern, mini, setter
from livecode.patterns.core import asking

CYCLES = 1000
PEERS = {  # onset events a second in thousands: Strudel 1.2.6 on node 20, Tidal 1.7.10 with GHC -O2
    "P1": (187, 208),
    "P2": (99, 109),
    "P3": (17.7, 78),
    "P4": (11.0, 15.6),
    "P5": (21.9, 55),
    "P6": (15.7, 45),
    "P7": (15.1, 23.5),
}


def call(name: str, *args: Any) -> Pattern:
    made: Pattern = WORDS.find(name).call(*args)
    return made


def waiting(name: str, *args: Any) -> Callable[[Pattern], Pattern]:
    return lambda pat: call(name, *args, pat)


def beat() -> Pattern:
    return call("s", mini.pattern("[bd bd]*2, ~ sn ~ sn, hh*8"))


def layered(pat: Pattern) -> Pattern:
    pat = call("jux", waiting("rev"), call("every", 4, waiting("rev"), pat))
    return call("off", Fraction(1, 8), setter(call("speed", 2)), pat)


def p3() -> Pattern:
    return call("scale", mini.pattern("c:minor"), call("n", mini.pattern("0 .. 7")))


def p5() -> Pattern:
    sweep = call("segment", 16, call("range", 200, 2000, call("sine")))
    return call("lpf", sweep, call("s", mini.pattern("bd(3,8), sn(5,8,2), hh(<7 11>,16)")))


PATTERNS: dict[str, Callable[[], Pattern]] = {
    "P1": lambda: call("s", mini.pattern("bd*4")),
    "P2": beat,
    "P3": p3,
    "P4": lambda: call("sometimesBy", 0.5, waiting("hurry", 2), layered(beat())),
    "P5": p5,
    "P6": lambda: call("ply", 2, call("chop", 8, call("stack", [beat() for _ in range(8)]))),
    "P7": lambda: layered(call("s", mini.pattern("[bd? bd?]*2, ~ sn? ~ sn?, hh?*8"))),
}


def throughput(make: Callable[[], Pattern], remember: bool) -> float:
    """Give onset events a second over cycles 0 to 999, of a pattern that nobody has asked before."""
    before, asking.remember = asking.remember, remember
    try:
        pattern, events = make(), 0
        start = time.perf_counter()
        for c in range(CYCLES):
            events += sum(hap[0] == hap[2] for hap in pattern.cycle(c)[1])
        return events / (time.perf_counter() - start)
    finally:
        asking.remember = before


def at_the_edge(make: Callable[[], Pattern]) -> float:
    """Give onset events a second as haps with rational times, cycle by cycle."""
    pattern, events = make(), 0
    start = time.perf_counter()
    for c in range(CYCLES):
        events += len(pattern.onsets(Fraction(c), Fraction(c + 1)))
    return events / (time.perf_counter() - start)


def window(make: Callable[[], Pattern]) -> float:
    """Give the mean microseconds of a scheduler's window of 1/20 cycle, over 200 cycles."""
    pattern = make()
    spans = [(Fraction(i, 20), Fraction(i + 1, 20)) for i in range(4000)]
    start = time.perf_counter()
    for begin, end in spans:
        pattern.onsets(begin, end)
    return (time.perf_counter() - start) / len(spans) * 1e6


def main(names: list[str]) -> None:
    out = sys.stdout.write
    out("       no memory      memory  haps at the edge   window     Strudel    Tidal  (thousands a second; us)\n")
    for name in names or PATTERNS:
        make = PATTERNS[name]
        plain, remembered = throughput(make, False) / 1e3, throughput(make, True) / 1e3
        strudel, tidal = PEERS[name]
        out(f"{name} {plain:12.0f} {remembered:11.0f} {at_the_edge(make) / 1e3:17.0f} {window(make):8.1f}")
        out(f" {strudel:11} {tidal:8}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
