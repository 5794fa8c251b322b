"""The ledger of sounding notes: what a successor has to end."""

from __future__ import annotations

import time

import pytest

from livecode.midi.ledger import LATELY, Ledger


def test_what_was_let_go_lately_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [5_000_000_000]
    monkeypatch.setattr(time, "monotonic_ns", lambda: now[0])
    ledger = Ledger()
    slot = ledger.slot("synth")
    for key in (60, 62, 64):
        ledger.press(slot, 3, key)
    ledger.release(slot, 3, 60)
    assert ledger.lately(slot) == [(3, 60), (3, 62), (3, 64)]
    now[0] += LATELY
    assert ledger.lately(slot) == [(3, 62), (3, 64)]
    ledger.clear(slot)
    assert list(ledger.sounding(slot)) == [] and ledger.lately(slot) == [(3, 62), (3, 64)]
    assert ledger.lately(ledger.slot("other")) == []
