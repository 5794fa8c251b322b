"""One engine a test: pyo allows a single running server a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from livecode.engine.offline import OfflineEngine

Make = Callable[..., OfflineEngine]


@pytest.fixture
def make() -> Iterator[Make]:
    """Make engines one after the other; making the next stops the one before."""
    engines: list[OfflineEngine] = []

    def fresh(rate: int = 48000, block: int = 256) -> OfflineEngine:
        if engines:
            engines[-1].stop()
        engines.append(OfflineEngine(rate, block))
        return engines[-1]

    yield fresh
    if engines:
        engines[-1].stop()


@pytest.fixture
def engine(make: Make) -> OfflineEngine:
    return make()
