"""Start and stop by Ableton Link, against a twin of its module whose callback also tells what was said ourselves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from livecode.midi.link import LinkFollower


class Twin:
    """A session as the module shows it; commits are told to the callback, as Link does."""

    made: Twin

    def __init__(self, bpm: float) -> None:
        self.bpm, self.playing, self.commits = bpm, False, 0
        self.callback: Callable[[bool], None] = lambda playing: None
        Twin.made = self

    def setStartStopCallback(self, callback: Callable[[bool], None]) -> None:  # noqa: N802
        self.callback = callback

    def captureSessionState(self) -> Twin:  # noqa: N802
        return self

    def commitSessionState(self, state: Twin) -> None:  # noqa: N802
        self.commits += 1
        self.callback(self.playing)

    def isPlaying(self) -> bool:  # noqa: N802
        return self.playing

    def setIsPlaying(self, playing: bool, micros: int) -> None:  # noqa: N802
        self.playing = playing

    def clock(self) -> SimpleNamespace:
        return SimpleNamespace(micros=lambda: 0)


def test_our_start_and_stop_are_sent_once_and_do_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "link", SimpleNamespace(Link=Twin))
    heard: list[str] = []
    follower = LinkFollower(120.0, 4.0, heard.append)
    twin = Twin.made
    for playing in (False, True, True, False):
        follower.set_playing(playing)
        assert twin.playing == playing
    assert twin.commits == 2 and heard == []
    twin.playing = True
    twin.callback(True)
    follower.set_playing(True)  # what was heard is not said again
    twin.callback(False)
    assert heard == ["start", "stop"] and twin.commits == 2
