"""What a SuperDirt server on another machine would hear, and what comes back to us."""

from __future__ import annotations

import socket
import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from livecode.errors import LiveError
from livecode.osc import codec
from livecode.osc.listener import OscListener, controls
from livecode.osc.sender import HANDSHAKE, OscSender, play_message, wall


def pairs(message: codec.OscMessage) -> dict[object, object]:
    return dict(zip(message.values[::2], message.values[1::2], strict=True))


def test_an_event_is_names_and_values_in_turn() -> None:
    value = {"gain": Fraction(4, 5), "s": "bd:3", "clip": 2, "strip": "drums", "oschost": "sc", "array": [1, 2]}
    (read,) = codec.read(play_message("/dirt/play", value, cps=0.5, cycle=3.25, delta=0.25))
    assert read.address == "/dirt/play"
    assert pairs(read) == {
        "cps": 0.5,
        "cycle": 3.25,
        "delta": 0.25,
        "gain": pytest.approx(0.8),
        "s": "bd",
        "n": 3,
        "legato": 2,
        "array": "1 2",
    }


# What SuperDirt was heard to get from Tidal: a trace of sclang, in issue 106 of Bubobubobubobubo/sardine.
TRACED = ("_id_", 1, "cps", 0.5625, "cycle", 2430.0, "delta", 1.777777671814, "orbit", 1, "s", "bd")


def test_the_same_event_says_what_tidal_was_traced_to_say() -> None:
    packet = play_message("/dirt/play", {"orbit": 1, "s": "bd"}, cps=0.5625, cycle=2430, delta=1 / 0.5625)
    (read,) = codec.read(packet)
    traced = dict(zip(TRACED[::2], TRACED[1::2], strict=True))
    del traced["_id_"]  # Tidal's own number of the pattern, which SuperDirt does not read
    assert list(pairs(read)) == list(traced)
    for name, value in traced.items():
        assert pairs(read)[name] == pytest.approx(value) if isinstance(value, float) else pairs(read)[name] == value


SESSION = Path(__file__).parent / "superdirt.session"
T = 3_900_000_000 - codec.EPOCH
PLAYED: list[tuple[float, dict[str, Any], float, float]] = [  # seconds past T, value, cycle, delta
    (0.0, {"orbit": 0, "s": "bd"}, 0.0, 1.0),
    (0.25, {"s": "sd:3", "gain": 0.75, "pan": 0.25, "strip": "drums"}, 0.125, 0.25),
    (0.5, {"s": "superpiano", "note": -5, "clip": 1.5, "oschost": "sc"}, 0.25, 0.5),
]


def session(way: str) -> list[bytes]:
    """The packets of the session that go a way: > to SuperDirt, < back."""
    lines = [line for line in SESSION.read_text().splitlines() if not line.startswith("#")]
    return [bytes.fromhex(data) for name, data in zip(lines[::2], lines[1::2], strict=True) if name[0] == way]


def packets() -> list[bytes]:
    made = [codec.message(HANDSHAKE)]
    for at, value, cycle, delta in PLAYED:
        made.append(codec.bundle(T + at, play_message("/dirt/play", value, cps=0.5, cycle=cycle, delta=delta)))
    return made


def test_the_session_is_written_byte_for_byte() -> None:
    assert packets() == session(">")


def test_the_session_is_held_with_a_receiver() -> None:
    """What arrives is the session to the byte; the reply it is given is heard, and noise before it does no harm."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(2)
    sender = OscSender("127.0.0.1", receiver.getsockname()[1])
    arrived: list[bytes] = []
    for packet in packets():
        assert sender.send(packet)
        data, address = receiver.recvfrom(4096)
        arrived.append(data)
        if len(arrived) == 1:
            for answer in (b"noise", *session("<")):
                receiver.sendto(answer, address)
    assert arrived == session(">")
    (reply,) = sender.replies()
    assert reply.address == "/dirt/handshake/reply" and reply.values[:4] == (
        "&serverHostname",
        "127.0.0.1",
        "&serverPort",
        57110,
    )
    assert sender.replies() == []
    sender.close()
    receiver.close()


def test_a_receiver_gets_events_with_their_time() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(2)
    sender = OscSender("127.0.0.1", receiver.getsockname()[1])
    due = wall(time.monotonic_ns() + 250_000_000)
    assert sender.known and sender.send(
        codec.bundle(due, play_message("/dirt/play", {"s": "bd"}, cps=1, cycle=0, delta=1))
    )
    (message,) = codec.read(receiver.recv(4096))
    assert message.time == pytest.approx(time.time() + 0.25, abs=0.1)
    assert pairs(message)["s"] == "bd"
    sender.close()
    receiver.close()


def test_a_host_that_is_unknown_or_silent_raises_nothing() -> None:
    assert not OscSender("no.such.host.invalid", 57120).known
    assert not OscSender("no.such.host.invalid", 57120).send(b"/a\0\0,\0\0\0")
    sender = OscSender("127.0.0.1", 9)
    for _ in range(3):
        sender.send(b"/a\0\0,\0\0\0")


@pytest.mark.parametrize(
    ("address", "values", "expected"),
    [
        ("/ctrl", ("cutoff", 0.5), [("cutoff", 0.5)]),
        ("/ctrl", ("cutoff", "x"), []),
        ("/fader/1", (0.25,), [("/fader/1", 0.25)]),
        ("/xy", (0.1, 0.9), [("/xy", 0.1), ("/xy/2", 0.9)]),
        ("/text", ("hello",), []),
    ],
)
def test_messages_set_values(address: str, values: tuple[codec.Value, ...], expected: list[tuple[str, float]]) -> None:
    assert controls(codec.OscMessage(address, values)) == expected


def test_a_listener_survives_noise() -> None:
    heard: list[codec.OscMessage] = []
    done = threading.Event()

    def hear(message: codec.OscMessage) -> None:
        heard.append(message)
        done.set()

    listener = OscListener(0, hear, "127.0.0.1")
    sender = OscSender("127.0.0.1", listener.port)
    for noise in (b"", b"x", b"/a", b"#bundle\0", bytes(100)):
        sender.send(noise)
    sender.send(codec.message("/fader", 0.5))
    assert done.wait(2)
    assert heard[-1] == codec.OscMessage("/fader", (0.5,))
    with pytest.raises(LiveError, match="cannot listen"):
        OscListener(listener.port, heard.append, "127.0.0.1")
    listener.close()
