"""OSC to the byte, against the examples of the specification and against python-osc where it is installed."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecode.osc import codec
from livecode.osc.codec import OscError, OscMessage

# from "The Open Sound Control 1.0 Specification", examples of messages
SPECIFIED = [
    (("/oscillator/4/frequency", 440.0), "2f6f7363696c6c61746f722f342f6672657175656e6379002c66000043dc0000"),
    (
        ("/foo", 1000, -1, "hello", 1.234, 5.678),
        "2f666f6f000000002c69697366660000000003e8ffffffff68656c6c6f0000003f9df3b640b5b22d",
    ),
]


@pytest.mark.parametrize(("given_", "expected"), SPECIFIED)
def test_the_examples_of_the_specification(given_: tuple[str, codec.Value], expected: str) -> None:
    assert codec.message(*given_).hex() == expected
    (read,) = codec.read(bytes.fromhex(expected))
    assert read.address == given_[0]
    for value, wanted in zip(read.values, given_[1:], strict=True):
        assert value == (pytest.approx(wanted) if isinstance(wanted, float) else wanted)


def test_a_time_tag_counts_from_1900() -> None:
    assert codec.time_tag(0.5) == struct.pack(">II", 2208988800, 1 << 31)
    (read,) = codec.read(codec.bundle(1_700_000_000.25, codec.message("/a", 1)))
    assert read.time == 1_700_000_000.25


values = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(width=32, allow_nan=False, allow_subnormal=False),
    st.text(alphabet=st.characters(min_codepoint=1, codec="utf-8")),
    st.binary(),
    st.booleans(),
    st.none(),
)


@given(st.lists(values), st.floats(0, 2e9, allow_subnormal=False))
def test_what_is_written_is_read(items: list[codec.Value], time: float) -> None:
    packet = codec.bundle(time, codec.message("/x", *items), codec.bundle(time, codec.message("/y")))
    first, second = codec.read(packet)
    assert len(packet) % 4 == 0
    assert first == OscMessage("/x", tuple(items), first.time) and second.address == "/y"
    assert first.time == pytest.approx(time, abs=1e-6)


@given(st.binary(max_size=300))
def test_noise_is_refused_and_never_worse(noise: bytes) -> None:
    for packet in (noise, b"/a\0\0," + noise, b"#bundle\0" + noise):
        try:
            codec.read(packet)
        except OscError:
            continue
