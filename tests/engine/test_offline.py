"""Engines of this process, one after the other."""

from __future__ import annotations

import numpy as np

from livecode.engine.offline import OfflineEngine
from tests.engine.sounds import TONE, Wave, add, event, one_strip, render


def tone() -> Wave:
    engine = OfflineEngine()
    engine.send(one_strip())
    add(engine, 1, TONE)
    engine.push(event(0, 1, 0.1, 440.0, 0.5, 0.5))
    wave = render(engine, 1024)
    engine.stop()
    return wave


def test_more_engines_than_pyo_has_servers_and_all_sound_alike() -> None:
    first = tone()
    assert np.abs(first).max() > 0.05
    for _ in range(300):
        assert (tone() == first).all()
