"""The stage view as it looks in tmux: five pictures that are kept beside this."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.screen.captures import scene
from tests.screen.still import SCENES

FOLDER = Path(__file__).parent / "pictures"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
@pytest.mark.parametrize("name", SCENES)
def test_the_stage_looks_as_it_did(name: str) -> None:
    kept, made = FOLDER / f"{name}.txt", SCENES[name]
    with scene(name, made.columns, made.rows) as screen:
        screen.until(lambda text: "bpm" in text)
        screen.press(*made.keys)
        if os.environ.get("LIVECODE_PICTURES") == "new":  # look at them before they are committed
            screen.until(lambda text: False, timeout=1.5)
            kept.write_text(screen.text(), encoding="utf-8")
        wanted = kept.read_text(encoding="utf-8")
        assert screen.until(lambda text: text == wanted) == wanted
