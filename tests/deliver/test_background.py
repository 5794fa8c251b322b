from __future__ import annotations

import time
from pathlib import Path

from livecode.deliver.background import Deliveries
from livecode.deliver.job import prepared
from livecode.session import Session
from tests.deliver.conftest import ordered


def test_deliveries_come_one_after_the_other_and_errors_are_told(song: Session, tmp_path: Path) -> None:
    said: list[str] = []
    deliveries = Deliveries(said.append)
    for text in ("export verse 'a.wav'", "export rest 'b.wav'", "export verse 'c.flac' bits=32"):
        order = ordered(song, text)
        deliveries.add(order.path, lambda order=order: prepared(song, order, tmp_path))  # type: ignore[misc]
    assert deliveries.names == ["a.wav", "b.wav", "c.flac"]
    deliveries.join(120)
    assert said[0].startswith("a.wav: 0:0")
    assert "rest is silent" in said[1]
    assert "no depth of 32 bits" in said[2]
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]
    assert deliveries.names == []


def test_what_is_stopped_leaves_nothing(song: Session, tmp_path: Path) -> None:
    said: list[str] = []
    deliveries = Deliveries(said.append)
    order = ordered(song, "export 'stems' cycles=200 stems=yes")
    deliveries.add(order.path, lambda: prepared(song, order, tmp_path))
    patience = time.monotonic() + 60
    while deliveries.part < 0.15 and time.monotonic() < patience:
        time.sleep(0.05)
    deliveries.stop()
    assert said == []
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]
