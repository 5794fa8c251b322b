"""Cables between JACK clients that an engine's death takes away, and that come back with the next engine."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from livecode.engine.cables import Cables, Jack
from livecode.engine.client import EngineProcess
from tests.engine.test_process import engine, jackd, pid  # noqa: F401 (the fixtures)
from tests.waiting import until

SLOW = 30.0  # s that a machine with much else to do may take
Ends = set[tuple[str, str]]


class Board:
    """A server with ports and cables, played by the test."""

    gone = False

    def __init__(self) -> None:
        self.cables: Ends = set()
        self.client = "livecode"
        self.others: list[str] = []

    def ports(self, flags: int = 0) -> list[str]:
        ours = [f"{c}:{p}" for c in [self.client, *self.others] for p in ("out", "in")]
        return [p for p in [*ours, "system:out", "system:in"] if not flags or p.endswith("out")]

    def heard_by(self, port: str) -> list[str]:
        return [a if b == port else b for a, b in self.cables if port in (a, b)]

    def connect(self, source: str, sink: str) -> None:
        self.cables.add((source, sink))

    def disconnect(self, source: str, sink: str) -> None:
        self.cables.discard((source, sink))

    def close(self) -> None:
        self.gone = True


USUAL = ("livecode:out", "system:in")


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def cables(board: Board) -> Cables:
    made = Cables(lambda: board)  # type: ignore[arg-type,return-value]
    made._alive = True
    return made


def look(cables: Cables, board: Board) -> None:
    cables._look(board)  # type: ignore[arg-type]


def test_an_engine_under_another_name_is_wired_as_the_one_before(board: Board, cables: Cables) -> None:
    board.cables = {("livecode:out", "livecode:in"), ("livecode:out", "desk:in"), ("system:out", "livecode:in")}
    look(cables, board)
    look(cables, board)
    cables.lose()
    board.client, board.cables = "livecode-01", {("livecode-01:out", "system:in")}
    cables._alive = cables._new = True
    look(cables, board)
    assert board.cables == {
        ("livecode-01:out", "livecode-01:in"),
        ("livecode-01:out", "desk:in"),
        ("system:out", "livecode-01:in"),
    }


def test_what_a_dying_engine_loses_is_not_believed(board: Board, cables: Cables) -> None:
    board.cables = {USUAL}
    look(cables, board)
    look(cables, board)
    board.cables = set()
    look(cables, board)
    cables.lose()
    look(cables, board)
    cables._alive = cables._new = True
    look(cables, board)
    assert board.cables == {USUAL}


def test_nothing_is_done_while_nobody_knows_which_engine_is_ours(board: Board, cables: Cables) -> None:
    board.cables = {USUAL}
    look(cables, board)
    look(cables, board)
    board.others, board.cables = ["livecode-01"], set()
    cables._new = True
    look(cables, board)
    assert board.cables == set()
    board.others = []
    look(cables, board)
    assert board.cables == {USUAL}


def test_on_a_server_they_come_back_after_a_death(
    engine: EngineProcess,  # noqa: F811
    jackd: subprocess.Popen[bytes],  # noqa: F811
) -> None:
    gear = importlib.import_module("jack").Client("livecode-99")  # as MIDI has them, under our name too
    gear.midi_outports.register("out")
    gear.activate()
    engine.start("jack")
    engine.wait_ready(SLOW)
    jack = Jack()
    try:
        outs, ins = ([p for p in jack.ports(flags) if p.startswith("livecode:")] for flags in (2, 1))
        assert len(outs) == len(ins) == 2
        for out, into in zip(outs, ins, strict=True):
            jack.connect(out, into)
        jack.disconnect(outs[0], "system:playback_1")
        assert until(_wired(jack, outs[0], [ins[0]]), SLOW)
        assert until(lambda: engine._cables is not None and len(engine._cables._known or ()) == 5, SLOW)
        for _ in range(2):
            old = pid(engine)
            os.kill(old, signal.SIGKILL)
            assert until(lambda old=old: engine.pid not in (None, old), SLOW)  # type: ignore[misc]
            engine.wait_ready(SLOW)
            assert until(_wired(jack, outs[0], [ins[0]]), SLOW)
            assert until(_wired(jack, outs[1], [ins[1], "system:playback_2"]), SLOW)
    finally:
        jack.close()
        gear.close()


def _wired(jack: Jack, port: str, to: list[str]) -> Callable[[], bool]:
    return lambda: sorted(jack.heard_by(port)) == sorted(to)
