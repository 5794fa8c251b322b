"""Keys that are played by hand: what the pedal holds, and what the engine gets."""

from __future__ import annotations

import struct

import pytest

from livecode.midi.hands import Hand, Players, Struck
from livecode.shared import Ring

RECORD = 64


@pytest.mark.parametrize(
    ("stream", "struck"),
    [
        ("90 3c 64, 80 3c 40", "60:100 60:0"),
        ("90 3c 64, 90 3c 00", "60:100 60:0"),
        ("b0 40 7f, 90 3c 64, 80 3c 40", "60:100"),
        ("b0 40 7f, 90 3c 64, 80 3c 40, b0 40 00", "60:100 60:0"),
        ("90 3c 64, b0 40 40, 80 3c 40, b0 40 3f", "60:100 60:0"),
        ("b0 40 7f, 90 3c 64, b0 40 00, 80 3c 40", "60:100 60:0"),
        ("b0 40 7f, 90 3c 64, 80 3c 40, 90 3c 50, b0 40 00, 80 3c 00", "60:100 60:80 60:0"),
        ("b0 40 7f, 91 3c 64, 81 3c 40", "60:100 60:0"),
        ("b0 40 7f, 90 3c 64, 90 3e 64, 80 3c 40, b0 7b 00", "60:100 62:100 62:0 60:0"),
        ("80 3c 40, b0 40 00, c0 05, b0 07 10", "60:0"),
    ],
)
def test_what_begins_and_ends(stream: str, struck: str) -> None:
    hand = Hand()
    found = [pair for message in stream.split(", ") for pair in hand.take(bytes.fromhex(message))]
    assert " ".join(f"{key}:{velocity}" for key, velocity in found) == struck


def test_what_nobody_can_let_go_is_let_go() -> None:
    hand = Hand()
    for message in ("b0 40 7f", "90 3c 64", "80 3c 40", "90 3e 64"):
        list(hand.take(bytes.fromhex(message)))
    assert hand.let_go() == [(60, 0), (62, 0)]
    assert hand.let_go() == [] and list(hand.take(bytes.fromhex("80 3c 40"))) == [(60, 0)]


def keys(name: bytes) -> tuple[Struck, ...]:
    """An instrument whose records say its name, the key, and as a float the velocity."""
    down = [name + bytes((k,)) + bytes(RECORD - 2) for k in range(128)]
    return tuple(Struck(d, ((4, 0.5, 2.0),), name + bytes((k, 255)) + bytes(RECORD - 3)) for k, d in enumerate(down))


def taken(ring: Ring) -> list[tuple[bytes, int, float | None]]:
    data = ring.drain()
    records = [data[i : i + RECORD] for i in range(0, len(data), RECORD)]
    return [(r[:1], r[1], None if r[2] == 255 else struct.unpack_from("<f", r, 4)[0]) for r in records]


def test_an_input_is_played_once_it_has_an_instrument() -> None:
    ring = Ring(memoryview(bytearray(Ring.COUNTERS + 1024 * RECORD)), RECORD, 1024)
    players = Players(ring)
    assert not players.play(1, b"\x90\x3c\x64")
    assert taken(ring) == []
    players.give(1, keys(b"a"))
    assert taken(ring) == []
    assert players.play(1, b"\x90\x3e\x0a") and players.play(1, b"\x80\x3c\x00")
    assert taken(ring) == [(b"a", 62, 20.5), (b"a", 60, None)]
    players.give(1, keys(b"a"))
    assert taken(ring) == []  # the same sound made anew: what is held goes on
    players.give(1, keys(b"b"))
    assert taken(ring) == [(b"a", k, None) for k in range(128)]
    players.let_go(1)
    assert taken(ring) == [(b"b", 62, None)]
    players.give(1, ())
    assert not players.play(1, b"\x90\x3c\x64") and not Players(None).play(1, b"\x90\x3c\x64")
