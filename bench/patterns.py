"""How fast patterns are: onset events a second, windows, texts, edits, grammars and refusals, each beside its bar.

python bench/patterns.py                   # all that needs no peer
python bench/patterns.py --peers           # the same, with Strudel beside it in the same run (node and npm needed)
python bench/patterns.py --peers --quick P4 P7
python bench/patterns.py --only windows edits

Onset events are counted over cycles 0 to 999, queried one after another from a pattern that was never asked before;
both sides must count the same number (but in cycle 0, where the peer hears nothing of what began before it: our time
before cycle 0 is as time after it). "No memory" switches off every answer that livecode keeps; Strudel keeps none.
Its packages come from npm into a temporary folder. Tidal is not run: its figures are those of a table measured once on
one machine (Tidal 1.7.10, GHC -O2), scaled by what Strudel makes now over what it made there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from livecode.errors import LiveError, Source
from livecode.language.evaluate import Scope, pattern_of
from livecode.language.parser import blocks, parse_expression
from livecode.patterns import WORDS, Pattern, check_size, mini, setter
from livecode.patterns.core import asking
from livecode.session import Session
from livecode.stages.statements import evaluate

HERE = Path(__file__).parent
CYCLES, QUICK_CYCLES = 1000, 100
ENOUGH = 30.0  # seconds, after which a row gets no further round
PACKAGES = {"@strudel/core": "1.2.6", "@strudel/mini": "1.2.6", "@strudel/tonal": "1.2.6"}
TABLE = {  # thousands of onset events a second, measured once: Strudel 1.2.6 on node 20, Tidal 1.7.10
    "P1": (187, 208),
    "P2": (99, 109),
    "P3": (17.7, 78),
    "P4": (11.0, 15.6),
    "P5": (21.9, 55),
    "P6": (15.7, 45),
    "P7": (15.1, 23.5),
}
DRUMS = 's "[bd bd]*2, ~ sn ~ sn, hh*8"'
TEXTS = {
    "P1": 's "bd*4"',
    "P2": DRUMS,
    "P3": 'n "0 .. 7" | scale "c:minor"',
    "P4": f"{DRUMS} | every 4 rev | jux rev | off 1/8 (speed 2) | sometimesBy 0.5 (hurry 2)",
    "P5": 's "bd(3,8), sn(5,8,2), hh(<7 11>,16)" | lpf (sine | range 200 2000 | segment 16)',
    "P6": f"stack [{', '.join([DRUMS] * 8)}] | chop 8 | ply 2",
    "P7": 's "[bd? bd?]*2, ~ sn? ~ sn?, hh?*8" | every 4 rev | jux rev | off 1/8 (speed 2)',
}
SIXTY = "bd [sn cp]*2 <hh oh> [~ hh?]!2 bd(3,8) sn@2 [bd | sn]*4 cp:2"
TOO_LARGE = (
    '"bd*100000000"',
    '"bd*1000" | ply 1000',
    '"bd(3,100000000)"',
    '"0 .. 100000000"',
    '"bd!100000000"',
    '"{a b c}%100000000"',
    '"' + "<" * 100 + "bd" + ">" * 100 + '"',
    '"' + "[" * 100 + "bd" + "]" * 100 + '"',
    '"' + "[" * 30 + "bd" + "]*2" * 30 + '"',
    '"' + "bd," * 30000 + 'bd"',
    '"bd" | chop 100000000',
    '"bd" | striate 100000000',
    '"bd" | segment 100000000',
    '"bd" | fast 1000 | fast 1000 | ply 1000',
    '"0*8" | jux rev' + " | jux rev" * 30,
    '"0*1000" | squeeze "a*1000"',
)


def call(name: str, *args: Any) -> Pattern:
    made: Pattern = WORDS.find(name).call(*args)
    return made


def waiting(name: str, *args: Any) -> Callable[[Pattern], Pattern]:
    return lambda pat: call(name, *args, pat)


def drums() -> Pattern:
    return call("s", mini.pattern("[bd bd]*2, ~ sn ~ sn, hh*8"))


def layered(pat: Pattern) -> Pattern:
    pat = call("jux", waiting("rev"), call("every", 4, waiting("rev"), pat))
    return call("off", Fraction(1, 8), setter(call("speed", 2)), pat)


def p5() -> Pattern:
    sweep = call("segment", 16, call("range", 200, 2000, call("sine")))
    return call("lpf", sweep, call("s", mini.pattern("bd(3,8), sn(5,8,2), hh(<7 11>,16)")))


ROWS: dict[str, Callable[[], Pattern]] = {
    "P1": lambda: call("s", mini.pattern("bd*4")),
    "P2": drums,
    "P3": lambda: call("scale", mini.pattern("c:minor"), call("n", mini.pattern("0 .. 7"))),
    "P4": lambda: call("sometimesBy", 0.5, waiting("hurry", 2), layered(drums())),
    "P5": p5,
    "P6": lambda: call("ply", 2, call("chop", 8, call("stack", [drums() for _ in range(8)]))),
    "P7": lambda: layered(call("s", mini.pattern("[bd? bd?]*2, ~ sn? ~ sn?, hh?*8"))),
}


@dataclass
class Report:
    """What is printed as it comes, and the bars that are printed at the end."""

    bars: list[tuple[str, str, bool]] = field(default_factory=list)

    def line(self, text: str = "") -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def at_least(self, name: str, value: float, bar: float, unit: str = "") -> None:
        self.bars.append((name, f"{value:.1f}{unit}, at least {bar:g}{unit}", value >= bar))

    def at_most(self, name: str, value: float, bar: float, unit: str) -> None:
        self.bars.append((name, f"{value:.3g} {unit}, at most {bar:g} {unit}", value <= bar))

    def conclude(self) -> None:
        self.line("\nbars")
        for name, text, met in self.bars:
            self.line(f"  {'met   ' if met else 'MISSED'} {name}: {text}")


# Throughput


Run = tuple[int, int, float]  # onset events, those of the first cycle, seconds


def ours(row: str, cycles: int, remember: bool) -> Run:
    """Count the onset events of cycles asked one after another."""
    before, asking.remember = asking.remember, remember
    try:
        pattern, events, first = ROWS[row](), 0, 0
        start = time.perf_counter()
        for c in range(cycles):
            for hap in pattern.cycle(c)[1]:
                if hap[0] == hap[2]:
                    events += 1
            if c == 0:
                first = events
        return events, first, time.perf_counter() - start
    finally:
        asking.remember = before


class Strudel:
    """Strudel in a node process that answers rows; its compiler is warmed before it counts."""

    def __init__(self, folder: Path) -> None:
        for script in ("strudel.mjs", "strudel_loader.mjs"):
            shutil.copy(HERE / script, folder / script)
        package = {"private": True, "type": "module", "dependencies": PACKAGES}
        (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
        self.node = subprocess.Popen(
            ["node", "--import", "./strudel_loader.mjs", "strudel.mjs"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def warm(self, row: str) -> None:
        """Let a row run until it has been compiled for a second and a half."""
        start = time.perf_counter()
        while time.perf_counter() - start < 1.5:
            self.run(row, 50)

    def run(self, row: str, cycles: int) -> Run:
        assert self.node.stdin is not None and self.node.stdout is not None
        self.node.stdin.write(f"{row} {cycles}\n")
        self.node.stdin.flush()
        for line in self.node.stdout:
            if line.startswith("RESULT"):
                _, events, first, seconds = line.split()
                return int(events), int(first), float(seconds)
        raise RuntimeError("Strudel has ended")

    def close(self) -> None:
        self.node.terminate()
        self.node.wait()


@contextmanager
def strudel(wanted: bool) -> Iterator[Strudel | None]:
    if not wanted:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        peer = Strudel(Path(folder))
        try:
            yield peer
        finally:
            peer.close()


def throughput(report: Report, rows: list[str], peer: Strudel | None, quick: bool) -> None:
    """Each row several times, ours and the peer's in turn; the medians count."""
    cycles, rounds = (QUICK_CYCLES, 1) if quick else (CYCLES, 3)
    report.line(f"onset events, thousands a second, cycles 0 to {cycles - 1}, median of {rounds} rounds at most")
    head = "     no memory    memory"
    if peer:
        head += "   Strudel   x none  x memory   Tidal (scaled)   x none  x memory"
    report.line(head)
    factors = []
    for row in rows:
        rates: dict[str, list[float]] = {"none": [], "memory": [], "strudel": []}
        counts = set()
        if peer:
            peer.warm(row)
        begin = time.perf_counter()
        for _ in range(rounds):
            if time.perf_counter() - begin > ENOUGH:
                break
            turns: dict[str, Callable[[], Run]] = {"none": partial(ours, row, cycles, False)}
            if peer:
                turns["strudel"] = partial(peer.run, row, cycles)
            turns["memory"] = partial(ours, row, cycles, True)
            for name, turn in turns.items():
                events, first, seconds = turn()
                counts.add(events - first)
                rates[name].append(events / seconds / 1000)
        if len(counts) > 1:
            raise RuntimeError(f"{row}: the two sides counted different numbers of events: {sorted(counts)}")
        none, memory = statistics.median(rates["none"]), statistics.median(rates["memory"])
        line = f"{row} {none:11.0f} {memory:9.0f}"
        if peer:
            now = statistics.median(rates["strudel"])
            tidal = now * TABLE[row][1] / TABLE[row][0]
            line += f" {now:9.1f} {none / now:8.1f} {memory / now:9.1f}"
            line += f" {tidal:16.1f} {none / tidal:8.1f} {memory / tidal:9.1f}"
            factors.append(none / now)
            report.at_least(f"{row} without memory beside Strudel", none / now, 2, "x")
            report.at_least(f"{row} without memory beside Tidal (scaled)", none / tidal, 2, "x")
            report.at_least(f"{row} with memory beside Strudel", memory / now, 10, "x")
            report.at_least(f"{row} with memory beside Tidal (scaled)", memory / tidal, 5, "x")
        report.line(line)
    if factors:
        mean = statistics.geometric_mean(factors)
        report.line(f"geometric mean without memory beside Strudel: {mean:.1f}x")
        report.at_least("geometric mean without memory beside Strudel", mean, 5, "x")


# Windows


def windows(report: Report, rows: list[str], quick: bool) -> None:
    """What a scheduler asks: events that begin in 1/16 of a cycle, window after window from a new pattern on.

    Each window counts with the best of some runs, so that what else the machine does is left out.
    """
    cycles, runs = (20, 3) if quick else (200, 5)
    report.line(f"\nwindows of 1/16 cycle over {cycles} cycles, microseconds (best of {runs} runs for each window)")
    spans = [(Fraction(i, 16), Fraction(i + 1, 16)) for i in range(16 * cycles)]
    for row in rows:
        best = [1e9] * len(spans)
        for _ in range(runs):
            pattern = ROWS[row]()
            for i, (begin, end) in enumerate(spans):
                start = time.perf_counter()
                pattern.onsets(begin, end)
                took = time.perf_counter() - start
                if took < best[i]:
                    best[i] = took
        mean, worst = statistics.fmean(best) * 1e6, max(best) * 1e6
        report.line(f"{row}   mean {mean:7.2f}   worst {worst:8.1f}")
        if row in ("P1", "P2", "P3", "P4", "P5"):
            report.at_most(f"{row} window, mean", mean, 10, "us")
            report.at_most(f"{row} window, worst", worst / 1000, 1, "ms")


# Texts, edits, grammars, refusals


def timed(function: Callable[[], Any]) -> float:
    """Give the milliseconds of a call."""
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1000


def texts(report: Report, rows: list[str], quick: bool) -> None:
    """Parse and compile a mini-notation of 60 characters."""
    assert len(SIXTY) == 60
    mini.pattern(SIXTY)
    took = [timed(lambda: mini.pattern(SIXTY)) for _ in range(50 if quick else 500)]
    median = statistics.median(took)
    report.line(f"\nparse and compile 60 characters: median {median:.2f} ms, worst {max(took):.2f} ms")
    report.at_most("parse and compile 60 characters", median, 1, "ms")


def first_cycle(text: str) -> None:
    """From a changed text to the events of its first cycle: read, evaluated in a session, checked, queried."""
    session = evaluate(Session(), blocks(Source("edit", text))[0]).session
    pattern = session.values()["row"]
    if not pattern.onsets(Fraction(0), Fraction(1)):
        raise RuntimeError("nothing plays")


def edits(report: Report, rows: list[str], quick: bool) -> None:
    """Each run has a text that was never seen before."""
    report.line("\nfrom an edit to the events of its first cycle, milliseconds (median, worst)")
    first_cycle('row = s "bd"')
    for row in rows:
        took = []
        for i in range(10 if quick else 50):
            text = "row = " + TEXTS[row].replace("bd", f"bd{i}").replace("0 .. 7", f"{i} .. {i + 7}")
            took.append(timed(partial(first_cycle, text)))
        median = statistics.median(took)
        report.line(f"{row} {median:7.2f} {max(took):7.2f}")
        if row != "P7":
            report.at_most(f"{row} edit to first cycle", median, 10 if row == "P6" else 2, "ms")


LOADING = """
import time
import lark
from livecode.language import parser
from livecode.patterns import mini_reader
from livecode.errors import Source
start = time.perf_counter()
parser._lark()
mini_reader._parser()
print(time.perf_counter() - start)
"""


def grammars(report: Report, rows: list[str], quick: bool) -> None:
    """Both parsers made in a new process whose modules are imported; the first one filled the cache of tables."""
    took = []
    for _ in range(3 if quick else 9):
        done = subprocess.run([sys.executable, "-c", LOADING], check=True, capture_output=True, text=True)
        took.append(float(done.stdout) * 1000)
    median = statistics.median(took[1:])
    report.line(f"\nloading both grammars in a new process: median {median:.1f} ms, worst {max(took[1:]):.1f} ms")
    report.at_most("loading both grammars after the first run", median, 20, "ms")


def refused(text: str) -> float:
    """Give the milliseconds until a text is refused with a place."""
    try:
        start = time.perf_counter()
        expression = parse_expression(Source("refused", text))
        check_size(pattern_of(expression, Scope({})), expression.place)
    except LiveError as error:
        took = (time.perf_counter() - start) * 1000
        if error.place is None:
            raise RuntimeError(f"no place: {text[:60]}") from error
        return took
    raise RuntimeError(f"not refused: {text[:60]}")


def refusals(report: Report, rows: list[str], quick: bool) -> None:
    report.line("\nuntil a statement is refused for its size, milliseconds (worst of 5)")
    slowest = 0.0
    for text in TOO_LARGE:
        worst = max(refused(text) for _ in range(5))
        slowest = max(slowest, worst)
        report.line(f"{worst:7.2f}  {text[:70]}")
    report.at_most("refused for size, slowest", slowest, 50, "ms")


SECTIONS: dict[str, Callable[[Report, list[str], bool], None]] = {
    "windows": windows,
    "texts": texts,
    "edits": edits,
    "grammars": grammars,
    "refusals": refusals,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast patterns are.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of {', '.join(ROWS)} (all of them)")
    parser.add_argument("--peers", action="store_true", help="run Strudel on node beside")
    parser.add_argument("--quick", action="store_true", help="fewer cycles and runs")
    parser.add_argument("--only", nargs="+", choices=("throughput", *SECTIONS), default=("throughput", *SECTIONS))
    options = parser.parse_args()
    rows = options.rows or list(ROWS)
    if unknown := [row for row in rows if row not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}")
    report = Report()
    if "throughput" in options.only:
        with strudel(options.peers) as peer:
            throughput(report, rows, peer, options.quick)
    for name, section in SECTIONS.items():
        if name in options.only:
            section(report, rows, options.quick)
    report.conclude()


if __name__ == "__main__":
    main()
