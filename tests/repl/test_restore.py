"""After kill -9 of the prompt: the same session, from the same place."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from livecode.journal import load
from livecode.retelling import retold
from tests.repl.terminal import Terminal


def test_a_killed_prompt_is_restored(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    with Terminal("--backend", "silent", env=env) as prompt:
        prompt.wait("plays silently in time")
        prompt.enter("tempo 480")
        prompt.enter('kick = s "bd*4"')
        prompt.wait("480 bpm", "kick")
        prompt.enter('hats = s "hh*8"')
        prompt.enter("mute kick")
        prompt.enter("undo")
        prompt.wait("undone")
        prompt.wait(" 6:")
        os.kill(prompt.pid, signal.SIGKILL)
    (path,) = (tmp_path / "livecode" / "journals").iterdir()
    story = load(path)
    assert story.heard is not None and story.heard >= 4  # the place is written every second, which is two cycles
    assert list(retold(story).session.tracks()) == ["kick", "hats"]
    with Terminal("--restore", "--backend", "silent", env=env) as prompt:
        prompt.wait("restored: 5 evaluations")
        screen = prompt.wait("480 bpm", " 1 kick  2 hats")
        cycle = re.search(r"^ (\d+):\d", screen, re.MULTILINE)
        assert cycle is not None and int(cycle.group(1)) >= int(story.heard)
        prompt.enter("undo")
        prompt.wait("undone")
        prompt.enter('bass = s "bass"')
        prompt.wait(" 1 kick  2 bass")
        prompt.send("\x04")
        assert prompt.end() == 0
    assert [e.number for e in load(path).entries] == list(range(1, 8))


def test_where_nothing_can_be_restored_it_is_told(tmp_path: Path) -> None:
    with Terminal("--restore", "--backend", "silent", env={"XDG_STATE_HOME": str(tmp_path)}) as prompt:
        prompt.wait("there is no journal to restore")
        assert prompt.end() == 1
