"""Whole messages come out of any stream of bytes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecode.midi.parser import LENGTHS, LONGEST, REALTIME, Parser


@pytest.mark.parametrize(
    ("stream", "messages"),
    [
        ("90 3c 40", ["90 3c 40"]),
        ("90 3c 40 3e 41 3c 00", ["90 3c 40", "90 3e 41", "90 3c 00"]),
        ("90 3c f8 40", ["f8", "90 3c 40"]),
        ("f0 7e f8 01 f7", ["f8", "f0 7e 01 f7"]),
        ("f0 7e 01 90 3c 40", ["90 3c 40"]),
        ("90 f2 01 02 3c 40", ["f2 01 02"]),
        ("c3 05 06", ["c3 05", "c3 06"]),
        ("40 40 f7 80 3c 40", ["80 3c 40"]),
        ("fa f8 fc fb", ["fa", "f8", "fc", "fb"]),
        ("f4 90 3c 40", ["90 3c 40"]),
        ("f6 f1 22 e0 00 40", ["f6", "f1 22", "e0 00 40"]),
    ],
)
def test_streams(stream: str, messages: list[str]) -> None:
    assert Parser().feed(bytes.fromhex(stream)) == [bytes.fromhex(m) for m in messages]


def is_whole(message: bytes) -> bool:
    status = message[0]
    if status in REALTIME:
        return len(message) == 1
    if status == 0xF0:
        return message[-1] == 0xF7 and all(b < 128 for b in message[1:-1]) and len(message) <= LONGEST + 1
    wanted = LENGTHS[status if status >= 0xF0 else status & 0xF0]
    return len(message) == wanted + 1 and all(b < 128 for b in message[1:])


def test_a_million_random_bytes_neither_raise_nor_leave_it_stuck() -> None:
    random.seed(7)
    parser = Parser()
    count = 0
    for _ in range(1000):
        for message in parser.feed(random.randbytes(1000)):
            assert is_whole(message)
            count += 1
    assert count > 50_000
    assert parser.feed(bytes.fromhex("90 3c 40"))[-1] == bytes.fromhex("90 3c 40")


def test_an_endless_system_message_is_dropped() -> None:
    parser = Parser()
    assert parser.feed(b"\xf0" + b"\x01" * (2 * LONGEST)) == []
    assert parser.feed(b"\x90\x3c\x40") == [b"\x90\x3c\x40"]


@given(st.binary(max_size=200), st.data())
def test_pieces_of_any_size_give_the_same(data: bytes, draw: st.DataObject) -> None:
    parser = Parser()
    cut = draw.draw(st.integers(0, len(data)))
    assert parser.feed(data[:cut]) + parser.feed(data[cut:]) == Parser().feed(data)
