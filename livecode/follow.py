"""Following files: what they say is played, and each save of them is heard from the next boundary on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from livecode.errors import FileError, LiveError, Source
from livecode.files.texts import read_text
from livecode.performance import Performance
from livecode.stages.reload import Reloaded

ENDING = ".live"


@dataclass(slots=True)
class Follower:
    """Files, or all files of a folder, that a performance follows."""

    performance: Performance
    files: tuple[Path, ...]
    folder: Path | None
    tell: Callable[[str], None]
    _texts: dict[Path, Source] = field(default_factory=dict)  # the last of each file that could be read
    _imported: tuple[Path, ...] = ()
    _gone: frozenset[Path] = frozenset()
    _wrong: bool = False  # errors were told, and it was not yet said that they are gone

    def roots(self) -> list[Path]:
        """Give the files that are played by themselves, not because others import them."""
        if self.folder is None:
            return list(self.files)
        there = (p for p in self.folder.glob(f"*{ENDING}") if not p.name.startswith("."))
        return sorted({*there, *self._texts})

    def wanted(self) -> list[Path]:
        """Give every file whose change is a change of the music."""
        return list(dict.fromkeys([*self.roots(), *self._imported]))

    def first(self) -> int:
        """Play what is right of the files; gives the number of errors, which are told.

        Raises FileError for a file that cannot be read.
        """
        for path in self.roots():
            self._texts[path] = read_text(path)
        count = len(self._follow().evaluation.errors)
        self._wrong = count > 0
        return count

    def again(self, changed: Iterable[Path]) -> None:
        """Play what some files say now, if all of it is right."""
        begun = time.perf_counter()
        names = ", ".join(sorted(path.name for path in changed))
        for path in self.roots():
            try:
                self._texts[path] = read_text(path)
                self._gone -= {path}
            except FileError as error:
                if path not in self._gone:
                    self.tell(f"{error.message}: what it played plays on")
                self._gone |= {path}
        reloaded = self._follow()
        spent = (time.perf_counter() - begun) * 1000
        if reloaded.evaluation.errors:
            count = len(reloaded.evaluation.errors)
            self.tell(f"{names}: {count} error{'s' if count > 1 else ''}, so what played plays on")
        elif reloaded.changed:
            count = reloaded.changed
            self.tell(f"{names}: {count} statement{'s' if count > 1 else ''} changed ({spent:.0f} ms)")
        elif self._wrong:
            self.tell(f"{names}: all is right again, and says what plays")
        self._wrong = bool(reloaded.evaluation.errors)

    def _follow(self) -> Reloaded:
        reloaded = self.performance.follow([self._texts[path] for path in self.roots() if path in self._texts])
        self._imported = reloaded.imported
        evaluation = reloaded.evaluation
        for error in evaluation.errors:
            self.tell(error.render())
        answers: dict[str, None] = {}
        for _, act in evaluation.acts:
            try:
                answers[self.performance.act(act)] = None
            except LiveError as error:
                self.tell(error.render())
        for answer in answers:
            self.tell(answer)
        return reloaded
