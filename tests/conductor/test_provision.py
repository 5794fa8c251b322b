"""Pools that nobody needs any more are given back: after a while, and sooner where there are many."""

from __future__ import annotations

import pytest

from livecode.conductor.notes import Voice
from livecode.conductor.provision import SPARE, Provision
from livecode.engine.records import AddPool, DropPool, Graph, Message

HEARD = 1000  # sample


@pytest.mark.parametrize(
    ("used", "needed", "kept"),
    [
        ([10, 500, 999, 1000], [], [500, 999, 1000]),  # unused since 100
        ([10, 500], [0], [10, 500]),
        ([500 + i for i in range(3 * SPARE)], [], [500 + i for i in range(2 * SPARE, 3 * SPARE)]),
        ([500 + i for i in range(3 * SPARE)], [0, 1], [500, 501, *(500 + i for i in range(2 * SPARE, 3 * SPARE))]),
        ([HEARD + i for i in range(3 * SPARE)], [], [HEARD + i for i in range(3 * SPARE)]),  # notes still to be heard
    ],
    ids=["old", "old and needed", "many", "many, some needed", "many that play"],
)
def test_what_is_given_back(used: list[int], needed: list[int], kept: list[int]) -> None:
    sent: list[Message] = []
    provision = Provision(sent.append)
    voices = [Voice(f"strip {i}", Graph("tone", (), (), 0.0), ()) for i in range(len(used))]
    for voice, sample in zip(voices, used, strict=True):
        provision.pool(voice, sample)
    numbers = {m.pool.number: m.pool.strip for m in sent if isinstance(m, AddPool)}
    provision.give_back(100, HEARD, lambda voice: voice in [voices[i] for i in needed])
    assert sorted(held.used for held in provision.pools.values()) == kept
    dropped = [numbers[m.number] for m in sent if isinstance(m, DropPool)]
    assert sorted(dropped) == sorted({v.strip for v in voices} - {v.strip for v in provision.pools})
