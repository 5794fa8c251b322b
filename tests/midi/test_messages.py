"""Messages to the byte."""

from __future__ import annotations

import pytest

from livecode.midi import messages as m


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([m.note_on(0, 60, 100)], "90 3c 64"),
        ([m.note_on(9, 36, 0)], "99 24 01"),
        ([m.note_off(1, 60)], "81 3c 40"),
        ([m.control(2, 74, 200)], "b2 4a 7f"),
        (m.fine_control(0, 1, 8192 + 5), "b0 01 40 b0 21 05"),
        (m.nrpn(0, 300, 1000), "b0 63 02 b0 62 2c b0 06 07 b0 26 68"),
        (m.rpn(0, 0, 2 << 7), "b0 65 00 b0 64 00 b0 06 02 b0 26 00 b0 65 7f b0 64 7f"),
        (m.bend_range(0, 12.5), "b0 65 00 b0 64 00 b0 06 0c b0 26 32 b0 65 7f b0 64 7f"),
        ([m.program(3, 5)], "c3 05"),
        (m.bank(0, 130), "b0 00 01 b0 20 02"),
        ([m.touch(0, 64)], "d0 40"),
        ([m.poly_touch(0, 60, 64)], "a0 3c 40"),
        ([m.bend(0, 0, 2)], "e0 00 40"),
        ([m.bend(0, 2, 2)], "e0 7f 7f"),
        ([m.bend(0, -2, 2)], "e0 00 00"),
        ([m.bend(0, 1, 2)], "e0 00 60"),
        ([m.song_position(16)], "f2 10 00"),
        ([m.sysex(b"\x7e\x7f")], "f0 7e 7f f7"),
        (m.silence(1), "b1 78 00 b1 79 00 b1 7b 00 b1 40 00"),
    ],
)
def test_bytes(made: list[bytes], expected: str) -> None:
    assert b"".join(made) == bytes.fromhex(expected)


def test_a_system_message_takes_7_bits() -> None:
    with pytest.raises(ValueError, match="0 to 127"):
        m.sysex(b"\x80")
