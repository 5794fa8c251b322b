"""Watching files: every way in which editors save is one change, and what is no change is none."""

from __future__ import annotations

import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livecode.files import watch
from livecode.files.watch import Watch

Save = Callable[[Path, str], None]


class Watched:
    """A folder with a.live in it, watched by a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "a.live"
        self.file.write_text("first")
        self.wanted = [self.file]
        self.watch = Watch(lambda: self.wanted)
        self.found: queue.Queue[frozenset[Path]] = queue.Queue()
        self.looked = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        for changed in self.watch.changes():
            if changed:
                self.found.put(changed)
            self.looked.release()

    def change(self) -> set[str]:
        return {path.name for path in self.found.get(timeout=5)}

    def looks(self, count: int = 2) -> None:
        """Wait until the files were looked at so often."""
        while self.looked.acquire(blocking=False):
            pass
        for _ in range(count):
            assert self.looked.acquire(timeout=5)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Watch with a look every 50 ms, or by the system's reports alone."""
    by_reports = getattr(request, "param", False)
    monkeypatch.setattr(watch, "LOOK", 60_000 if by_reports else 50)
    made = Watched(tmp_path)
    if not by_reports:
        made.looks(1)
    yield made
    made.watch.over.set()
    made.thread.join(timeout=5)
    assert not made.thread.is_alive()


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def by_rename(path: Path, text: str) -> None:
    swap = path.with_name(f".{path.name}.tmp")
    swap.write_text(text)
    swap.replace(path)


def as_vim(path: Path, text: str) -> None:
    """The old file becomes a backup, a new one is written, the backup is deleted; a swap file lies beside it."""
    swap, backup = path.with_name(f".{path.name}.swp"), path.with_name(f"{path.name}~")
    swap.write_bytes(b"b0VIM 9.0")
    (path.parent / "4913").write_text("")
    (path.parent / "4913").unlink()
    path.rename(backup)
    path.write_text(text)
    backup.unlink()
    swap.unlink()


def as_emacs(path: Path, text: str) -> None:
    lock = path.with_name(f".#{path.name}")
    lock.symlink_to("me@here.1234:1700000000")
    path.with_name(f"#{path.name}#").write_text(text)
    shutil.copy(path, path.with_name(f"{path.name}~"))
    path.write_text(text)
    path.with_name(f"#{path.name}#").unlink()
    lock.unlink()


def in_parts(path: Path, text: str) -> None:
    with path.open("w") as file:
        for letter in text:
            file.write(letter)
            file.flush()
            os.fsync(file.fileno())


def emptied_first(path: Path, text: str) -> None:
    path.write_text("")
    threading.Event().wait(0.1)  # an editor that is interrupted between the two
    path.write_text(text)


def deleted_first(path: Path, text: str) -> None:
    path.unlink()
    threading.Event().wait(0.1)
    path.write_text(text)


SAVES = [in_place, by_rename, as_vim, as_emacs, in_parts, emptied_first, deleted_first]


@pytest.mark.parametrize("watched", [True], indirect=True, ids=["reports"])
@pytest.mark.parametrize("save", SAVES, ids=lambda f: f.__name__)
def test_a_save_is_reported_by_the_system(watched: Watched, save: Save) -> None:
    over = threading.Event()

    def saving() -> None:
        # The watch may not have begun when the first save is made.
        while not over.wait(0.3):
            save(watched.file, "another text")

    thread = threading.Thread(target=saving)
    thread.start()
    try:
        assert watched.change() == {"a.live"}
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("save", SAVES, ids=lambda f: f.__name__)
def test_a_save_is_a_change_and_the_text_is_whole(watched: Watched, save: Save) -> None:
    for number in range(3):
        text = f"version {number}, which is long enough to be written in parts"
        save(watched.file, text)
        assert watched.change() == {"a.live"}
        # A save in parts may be seen more than once; the last time it is whole.
        watched.looks()
        assert watched.file.read_text() == text
        while not watched.found.empty():
            assert watched.change() == {"a.live"}


def test_other_files_are_no_change(watched: Watched) -> None:
    for name in (".a.live.swp", "a.live~", "#a.live#", "4913", "b.live", "a.live.bak", ".#a.live"):
        (watched.folder / name).write_text("x")
    watched.looks(3)
    assert watched.found.empty()


def test_a_file_that_is_gone_and_comes_back(watched: Watched) -> None:
    watched.file.unlink()
    assert watched.change() == {"a.live"}
    assert not watched.file.exists()
    watched.file.write_text("again")
    assert watched.change() == {"a.live"}


def test_a_folder_that_is_gone_and_comes_back(watched: Watched) -> None:
    shutil.move(watched.folder, watched.folder.with_name("elsewhere"))
    assert watched.change() == {"a.live"}
    watched.folder.mkdir()
    watched.file.write_text("again")
    assert watched.change() == {"a.live"}
    watched.looks()
    watched.file.write_text("once more")
    assert watched.change() == {"a.live"}


def test_a_link_changes_with_what_it_leads_to(watched: Watched, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    one, two = elsewhere / "one.live", elsewhere / "two.live"
    one.write_text("one")
    two.write_text("two")
    link = watched.folder / "link.live"
    link.symlink_to(one)
    watched.wanted.append(link)
    assert watched.change() == {"link.live"}
    watched.looks()
    by_rename(one, "another one")
    assert watched.change() == {"link.live"}
    link.unlink()
    link.symlink_to(two)
    assert watched.change() == {"link.live"}
    watched.looks()
    in_place(two, "another two")
    assert watched.change() == {"link.live"}


def test_a_file_that_becomes_wanted_is_a_change(watched: Watched) -> None:
    (watched.folder / "inner").mkdir()
    other = watched.folder / "inner" / "b.live"
    watched.wanted.append(other)
    watched.looks()
    assert watched.found.empty()
    other.write_text("b")
    assert watched.change() == {"b.live"}
    by_rename(other, "b again")
    assert watched.change() == {"b.live"}
