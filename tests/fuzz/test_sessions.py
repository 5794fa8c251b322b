"""Random sessions at the prompt, on an offline clock: no exception, and the clock never stops."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.sessions import Stage


@pytest.mark.parametrize("seed", range(8))
def test_a_random_session(seed: int) -> None:
    stage = Stage()
    typed = stage.perform(random.Random(seed))
    assert stage.wrong == "", "\n".join(typed)
