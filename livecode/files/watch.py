"""Watching files: which of them changed, however an editor saves.

What wakes us are the system's reports of changes in the folders; what counts is how the files themselves look then.
So swap files are nothing, a file that is replaced by another of its name has changed, a link has changed when what it
leads to has, and a file that is away for a moment is simply there again. Folders are looked at twice a second as well,
for file systems that report nothing and folders that were away themselves.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from watchfiles import watch

STEP = 10  # ms without a report after which changes are told
GATHERED = 30  # ms for which they are gathered at most
LOOK = 500  # ms between two looks without a report
SETTLED = 0.01  # s that a file must have been left alone: clocks of files tick every 4 ms
AWAY = 0.3  # s for which a file that is empty or not there is taken for one that is about to be written
PATIENCE = 2.0  # s after which a file that is written all the time is read all the same

Look = tuple[int, int, int, int] | None


def look_of(path: Path) -> Look:
    """Tell how a file looks, through links: which it is, its size and when it was written; nothing where it is not."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


@dataclass(slots=True)
class Watch:
    """Watches the files that `wanted` names, which is asked again after every look, and folders where more may come."""

    wanted: Callable[[], Iterable[Path]]
    folders: tuple[Path, ...] = ()
    over: Event = field(default_factory=Event)
    _looks: dict[Path, Look] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._looks = {path: look_of(path) for path in self.wanted()}

    def changes(self) -> Iterator[frozenset[Path]]:
        """Give the files that changed, appeared or vanished, each time there are some; until `over` is set.

        A set is empty every half second in which nothing changed.
        """
        while not self.over.is_set():
            folders = self._folders()
            if not folders:
                self.over.wait(LOOK / 1000)
                yield self._changed()
                continue
            reports = watch(
                *folders,
                watch_filter=None,
                debounce=GATHERED,
                step=STEP,
                stop_event=self.over,
                rust_timeout=LOOK,
                yield_on_timeout=True,
                recursive=False,
            )
            for _ in reports:
                yield self._changed()
                if self._folders() != folders:
                    break

    def _folders(self) -> dict[Path, int]:
        """Give the folders in which something may happen to the files, and which they are."""
        files = [Path(os.path.abspath(path)) for path in self.wanted()]  # noqa: PTH100 (links must stay)
        found = {folder for path in files for folder in (path.parent, path.resolve().parent)}
        found |= {folder.resolve() for folder in self.folders}
        looks = {folder: look_of(folder) for folder in sorted(found)}
        return {folder: look[1] for folder, look in looks.items() if look is not None}

    def _changed(self) -> frozenset[Path]:
        found: set[Path] = set()
        wanted = list(self.wanted())
        for path in wanted:
            look = look_of(path)
            if path not in self._looks:
                self._looks[path] = None if look is None else (0, 0, 0, 0)
            if look != self._looks[path]:
                self._looks[path] = self._settled(path)
                found.add(path)
        for path in self._looks.keys() - set(wanted):
            del self._looks[path]
        return frozenset(found)

    def _settled(self, path: Path) -> Look:
        """Wait until a file is left alone; gives how it looks then."""
        begun = time.monotonic()
        while True:
            look = look_of(path)
            age = time.time() - look[3] / 1e9 if look is not None else SETTLED
            waited = time.monotonic() - begun
            away = (look is None or look[2] == 0) and waited < AWAY
            if not away and (not 0 <= age < SETTLED or waited > PATIENCE):
                return look
            self.over.wait(SETTLED / 2)
