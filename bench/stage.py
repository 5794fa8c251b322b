"""The bars of the stage under a playing set of 16 tracks: `python bench/stage.py`.

Keys are pressed on a pseudo-terminal and the screen is read back by a terminal emulator, whose own time counts too.
JACK with no sound card is used where jackd is installed, else the silent clock. What a machine that is busy with other
things loses by itself is seen in a program that only echoes: its keys are measured in the same way, first and last.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).parent.parent))

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from livecode.engine.records import Recording
from livecode.repl.completion import WordCompleter
from livecode.stages.prelude import prelude
from tests.repl.terminal import Terminal

KEYS, ENTRIES, COMPLETIONS = 240, 200, 300
SAMPLES = 5000
SECONDS = 10.0
SOUNDS = "bd sd hh cp rim lt mt ht saw square triangle sine cr pad pluck oh"
SERVER = f"livecode-bench-{os.getpid()}"
LINE = 30  # letters that are pressed before they are deleted
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def track_set() -> str:
    """Write 16 tracks, 80 events a cycle in all, most of them changed on the way."""
    lines = ["tempo 126"]
    for number, sound in enumerate(SOUNDS.split()):
        notes = f"{40 + number % 5} {number % 7 + 47}*4"
        lines.append(f"track{number} = note \"{notes}\" | s '{sound}' | gain 0.2 | lpf 4000 | off 1/8 (+ 7)")
    return "\n".join(lines) + "\n"


def p(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def told(name: str, values: list[float], bar: float) -> None:
    worst = p(values, 0.99)
    verdict = "holds" if worst <= bar else "DOES NOT HOLD"
    print(
        f"{name}: median {1e3 * statistics.median(values):.1f} ms, p99 {1e3 * worst:.1f}, "
        f"worst {1e3 * max(values):.1f} (bar {1e3 * bar:g} ms: {verdict}; {len(values)} times)"
    )


def until(terminal: Terminal, true: Callable[[], bool], patience: float = 5.0) -> float:
    """Give the seconds until something holds on the screen."""
    began = time.perf_counter()
    while not true():
        left = began + patience - time.perf_counter()
        if left <= 0:
            raise TimeoutError(terminal.text())
        terminal.read(left)
    return time.perf_counter() - began


def typing(terminal: Terminal, wait: Callable[[float], None]) -> list[float]:
    """Press letters, and wait for each to be on the screen where the cursor stood."""
    found: list[float] = []
    choose = random.Random(1)
    until(terminal, lambda: not terminal.screen.cursor.hidden)  # a picture is not being drawn
    first, y = terminal.screen.cursor.x, terminal.screen.cursor.y
    for number in range(KEYS):
        x = first + number % LINE
        letter = choose.choice(ALPHABET)
        began = time.perf_counter()
        terminal.send(letter)
        until(terminal, lambda x=x, y=y, letter=letter: terminal.screen.buffer[y][x].data == letter)
        found.append(time.perf_counter() - began)
        wait(choose.uniform(0.02, 0.12))
        if number % LINE == LINE - 1:
            terminal.send("\x7f" * LINE)
            wait(0.4)
    return found


def entering(terminal: Terminal, journal: Path, wait: Callable[[float], None]) -> list[float]:
    """Enter patterns of one line, and wait until the journal says that each took over."""
    found: list[float] = []
    for number in range(ENTRIES):
        text = f"solo1 = note \"{number % 12} 4 7\" | s 'sine' | gain 0.1"
        terminal.send(text)
        wait(0.25)
        seen = journal.stat().st_size
        began = time.perf_counter()
        terminal.send("\r")
        while b'"took"' not in journal.read_bytes()[seen:]:
            if time.perf_counter() - began > 5:
                raise TimeoutError(terminal.text())
            time.sleep(0.0002)
        found.append(time.perf_counter() - began)
        wait(0.35)
    return found


def completing() -> list[float]:
    """Complete in a session with 5,000 samples, at the prompt and inside mini-notation."""
    session = prelude()
    choose = random.Random(2)
    names = {"".join(choose.choices(ALPHABET, k=7)) + str(n): (Recording(f"{n}.wav", 1, 1.0),) for n in range(SAMPLES)}
    texts = ['s "', 's "bd*4 [', 'x = s "bd" | ', "", "mix ", 'scale "']
    found: list[float] = []
    for number in range(COMPLETIONS):
        if number % 3 == 0:  # a new session, as each evaluation makes one
            session = replace(session, samples=MappingProxyType(dict(names)))
        completer = WordCompleter(lambda session=session: session)
        text = choose.choice(texts) + choose.choice(ALPHABET)
        began = time.perf_counter()
        list(completer.get_completions(Document(text), CompleteEvent(text_inserted=True)))
        found.append(time.perf_counter() - began)
    return found


ECHO = """
import os, tty
tty.setraw(0)
while True:
    os.write(1, os.read(0, 64).replace(b"\\x7f", b"\\b \\b"))
"""


def echo() -> None:
    """Measure a program that only echoes: what is lost there is lost by the machine."""
    with Terminal(program=("-c", ECHO)) as terminal, waiting(terminal) as wait:
        wait(0.5)
        told("(key to screen of a program that only echoes", typing(terminal, wait), 0.030)


def spent(pid: int) -> float:
    """Give the seconds of a core that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def shown(terminal: Terminal) -> tuple[float, float]:
    """Give the share of a core and the pictures a second of a terminal's program over some time."""
    began, before, pictures = time.perf_counter(), spent(terminal.pid), 0
    last = 0.0
    while (now := time.perf_counter()) - began < SECONDS:
        before_read = terminal.bytes
        terminal.read(0.05)
        if terminal.bytes > before_read and now - last > 0.01:
            pictures += 1
            last = now
    return (spent(terminal.pid) - before) / SECONDS, pictures / SECONDS


@contextmanager
def waiting(terminal: Terminal) -> Iterator[Callable[[float], None]]:
    def wait(seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            terminal.read(left)

    yield wait


def measure(folder: Path, backend: list[str]) -> None:
    echo()
    file = folder / "set.live"
    file.write_text(track_set())
    env = {"XDG_STATE_HOME": str(folder)}
    with Terminal(*backend, env=env) as terminal, waiting(terminal) as wait:
        terminal.wait("♪")
        terminal.enter(f"load '{file.name}'")
        terminal.wait("1 track0", "126 bpm", timeout=30)
        wait(4)
        (journal,) = (folder / "livecode" / "journals").iterdir()
        told("key to screen at the prompt", typing(terminal, wait), 0.030)
        terminal.send("\x03")
        wait(0.5)
        told("Enter to accepted", entering(terminal, journal, wait), 0.020)
        share, _ = shown(terminal)
        print(f"the prompt and the conductor together: {share:.1%} of a core")
        trouble = [line for line in terminal.text().splitlines() if "late" in line]
        print(f"late or lost: {trouble[-1].strip() if trouble else 'nothing'}")
    player = subprocess.Popen(
        [sys.executable, "-m", "livecode.cli", "play", str(file), *backend],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(6)
    before = spent(player.pid)
    time.sleep(SECONDS)
    alone = (spent(player.pid) - before) / SECONDS
    player.terminate()
    player.wait()
    print(f"livecode play, with no screen: {alone:.1%} of a core")
    for columns, rows in ((80, 24), (120, 40)):
        with (
            Terminal("stage", str(file), *backend, env=env, columns=columns, rows=rows) as terminal,
            waiting(terminal) as wait,
        ):
            terminal.wait("126 bpm", timeout=30)
            wait(4)
            with_panes, pictures = shown(terminal)
            terminal.send("\x1b[17~")  # F6: no panes
            wait(1)
            told(f"key to screen in the stage view, {columns}x{rows}, no panes", typing(terminal, wait), 0.030)
            terminal.send("\x1b[17~")
            wait(1)
            told(f"key to screen in the stage view, {columns}x{rows}", typing(terminal, wait), 0.030)
            more = with_panes - alone
            print(f"stage view {columns}x{rows}: {more:.1%} of a core (bar 15 %), {pictures:.1f} pictures a second")


def main() -> None:
    told(f"completion with {SAMPLES} samples", completing(), 0.050)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        if shutil.which("jackd") is None:
            measure(Path(folder), ["--backend", "silent"])
            return
        os.environ["JACK_NO_START_SERVER"], os.environ["JACK_DEFAULT_SERVER"] = "1", SERVER
        server = subprocess.Popen(
            ["jackd", "-n", SERVER, "-r", "-d", "dummy", "-r", "48000", "-p", "256"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1.5)
        try:
            measure(Path(folder), ["--backend", "jack"])
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
