"""Pictures are as frequent as is seen, and never cost more than their share."""

from __future__ import annotations

import pytest

from livecode.screen.pace import FASTEST, SHARE, SLOWEST, Pace


@pytest.mark.parametrize("cost", [0.0, 0.001, 0.003, 0.01, 0.04, 10.0])
def test_the_share_is_kept(cost: float) -> None:
    pace = Pace()
    for _ in range(100):
        pace.paid(cost)
    assert FASTEST <= pace.pause() <= SLOWEST
    assert pace.pause() == SLOWEST or cost / pace.pause() <= SHARE * 1.01


def test_one_slow_picture_does_not_stop_the_others() -> None:
    pace = Pace()
    pace.paid(0.05)
    assert pace.pause() < 0.15
