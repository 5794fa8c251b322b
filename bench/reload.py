"""How long from a save to "accepted", for a file of 500 lines that plays: `python bench/reload.py`."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.test_play import long_set, running, save

SAVES = 40
BAR = 0.1  # seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "main.live").write_text(long_set(500, 0))
        spent = []
        with running(folder, "play", "main.live") as played:
            played.wait("plays silently in time", 60)
            for number in range(1, SAVES + 1):
                begun = time.perf_counter()
                save(folder / "main.live", long_set(500, number))
                played.wait("main.live: 1 statement changed")
                spent.append(time.perf_counter() - begun)
    median, worst = statistics.median(spent), max(spent)
    print(f"save to accepted: median {median * 1e3:.0f} ms, worst {worst * 1e3:.0f} ms (bar {BAR * 1e3:.0f})")


if __name__ == "__main__":
    main()
