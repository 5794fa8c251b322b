"""The switch of a unit does what its `play` does, also where pyo's streams look different."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Make


@pytest.mark.parametrize("known", [True, False], ids=["streams as they are", "streams that look different"])
def test_a_switch_starts_a_unit(make: Make, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    server = make()._server
    assert server._active is not None, "this pyo's streams are known"
    if not known:
        monkeypatch.setattr(server, "_active", None)
    unit = server.pyo.Sig_base(0.25)
    stream, switch = unit._getStream(), server.switch(unit)
    for _ in range(2):
        unit.stop()
        server.process()
        assert (stream.isPlaying(), switch.value, stream.getValue()) == (False, 0, 0.0)
        switch.value = 1
        server.process()
        assert (stream.isPlaying(), switch.value, stream.getValue()) == (True, 1, 0.25)
