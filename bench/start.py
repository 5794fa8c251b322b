"""How long until the prompt, and until the first sample: `python bench/start.py`.

Each figure is the median of several starts, beside the bare interpreter's own start in the same run.
The first sample is taken from a JACK server with no sound card, so jackd must be installed.
"""

from __future__ import annotations

import os
import pty
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.capture import Capture, playing

RUNS = 7
SERVER = f"livecode-bench-{os.getpid()}"
SHARES = ("livecode.patterns", "livecode.language", "livecode.stages", "livecode.repl", "prompt_toolkit", "lark")


def bare() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return time.perf_counter() - start


def prompt() -> float:
    """Give the seconds from the command to its prompt, on a terminal of our own."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execv(sys.executable, [sys.executable, "-m", "livecode.cli"])
    seen = b""
    while "♪".encode() not in seen:
        seen += os.read(terminal, 4096)
        if b"\x1b[6n" in seen:  # the prompt asks where the cursor is
            os.write(terminal, b"\x1b[1;1R")
            seen = seen.replace(b"\x1b[6n", b"")
    took = time.perf_counter() - start
    os.write(terminal, b"\x04")
    while True:
        try:
            if not os.read(terminal, 4096):
                break
        except OSError:
            break
    os.close(terminal)
    os.waitpid(pid, 0)
    return took


def first_sample(file: Path) -> float:
    """Give the seconds from `livecode play` to the first sample that is not silent."""
    with Capture(SERVER, 5.0) as capture:
        start = time.perf_counter()
        with playing(file):
            capture.connect()
            while not capture.audio.any():
                time.sleep(0.001)
            return time.perf_counter() - start


def shares() -> None:
    """Print what each import costs on the way to the prompt."""
    code = "import livecode.engine.client, livecode.repl.prompt"
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True)
    own: dict[str, float] = dict.fromkeys((*SHARES, "rest"), 0.0)
    for line in done.stderr.splitlines():
        found = re.match(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)", line)
        if found:
            name = next((s for s in SHARES if found.group(2).startswith(s)), "rest")
            own[name] += int(found.group(1)) / 1000
    for name, ms in own.items():
        print(f"  import {name:20} {ms:6.0f} ms")


def main() -> None:
    os.environ["JACK_NO_START_SERVER"] = "1"
    print(f"bare interpreter       {statistics.median(bare() for _ in range(RUNS)):.3f} s")
    print(f"livecode to its prompt {statistics.median(prompt() for _ in range(RUNS)):.3f} s")
    shares()
    os.environ["JACK_DEFAULT_SERVER"] = SERVER
    server = subprocess.Popen(
        ["jackd", "-n", SERVER, "-r", "-d", "dummy", "-r", "48000", "-p", "256"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1.5)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for title, text in (("one kick", 's "bd*4"'), ("the whole track", None)):
                file = Path(folder) / "a.live"
                file.write_text(text or (Path(__file__).parent.parent / "patches" / "track.live").read_text())
                took = statistics.median(first_sample(file) for _ in range(RUNS))
                print(f"play to the first sample {took:.3f} s ({title})")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
