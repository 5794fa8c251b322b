"""Everything that MIDI can say, from the text to a real port: in order, and when it is meant."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import pytest

from livecode.engine.client import EngineProcess
from livecode.errors import Source
from livecode.midi.mpe import Zone
from livecode.midi.sender import SLIDE
from livecode.performance import Performance
from tests.waiting import until

CYCLES = 5  # that are heard
SURE = 3  # of them must be whole: JACK loses the messages of a block for which the machine was too slow
EARLY = 0.1  # s before its cycle that a message still belongs to it
NEAR = 0.012  # s: two blocks of the server
Heard = list[tuple[float, bytes]]

# What is played on a channel of its own, in cycles of a second, and what is to be heard: seconds and messages.
CASES: dict[str, tuple[int, str, list[tuple[float, str]]]] = {
    "bank and program": (
        1,
        'note "60 ~" | bank 300 | progNum 5',
        [(0, "b0 00 02"), (0, "b0 20 2c"), (0, "c0 05"), (0, "90 3c 72"), (0.25, "80 3c 40")],
    ),
    "nrpn": (
        2,
        'note "~ 62" | nrpnn 1000 | nrpv 2000',
        [(0.5, m) for m in ("b1 63 07", "b1 62 68", "b1 06 0f", "b1 26 50", "91 3e 72")] + [(0.75, "81 3e 40")],
    ),
    "rpn, the range of bends": (
        3,
        "note 64 | rpnn 0 | rpnv 1536",
        [(0, m) for m in ("b2 65 00", "b2 64 00", "b2 06 0c", "b2 26 00", "b2 65 7f", "b2 64 7f", "92 40 72")]
        + [(0.5, "82 40 40")],
    ),
    "controllers of 14 and 7 bits": (
        4,
        'ccn "1 74" | ccv 0.5',
        [(0, "b3 01 40"), (0, "b3 21 00"), (0.5, "b3 4a 40")],
    ),
    "bends": (
        5,
        'note "65 65" | pitchbend "3 -6"',
        [
            (0, "e4 00 50"),
            (0, "94 41 72"),
            (0.25, "84 41 40"),
            (0.5, "e4 00 20"),
            (0.5, "94 41 72"),
            (0.75, "84 41 40"),
        ],
    ),
    "pressure of a channel": (6, "note 66 | miditouch 0.5", [(0, "d5 40"), (0, "95 42 72"), (0.5, "85 42 40")]),
    "pressure of a key": (7, "note 67 | polyTouch 1", [(0, "96 43 72"), (0, "a6 43 7f"), (0.5, "86 43 40")]),
    "pedal": (
        8,
        'note "68 68" | sustainpedal "1 0"',
        [
            (0, "b7 40 7f"),
            (0, "97 44 72"),
            (0.25, "87 44 40"),
            (0.5, "b7 40 00"),
            (0.5, "97 44 72"),
            (0.75, "87 44 40"),
        ],
    ),
    "a controller under a note": (
        9,
        'note "69 ~" | ccn 74 | ccv (square | fast 4)',
        [(0, "b8 4a 00"), (0, "98 45 72"), (0.125, "b8 4a 7f"), (0.25, "88 45 40")],
    ),
    "system messages": (0xF0, 'sysexdata "~ 5" | sysexid [0, 32, 41]', [(0.5, "f0 00 20 29 05 f7")]),
    "transport": (0xF2, 'midicmd "~ continue ~ stop" | songPtr 16', [(0.25, "fb"), (0.75, "fc")]),
    "song position": (0xFB, "silence", [(0.25, "f2 10 00"), (0.75, "f2 10 00")]),
}


# A process of its own: rtmidi takes half a minute to close its clients here. Messages wait in its queue, with the times
# between them, so they are read at leisure.
EAR = """
import sys, time, rtmidi
ports = {}
for name in sys.argv[1:]:
    ports[name] = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "ear " + name, 65536)
    ports[name].ignore_types(sysex=False, timing=False)
    ports[name].open_virtual_port(name)
print("ready", flush=True)
while True:
    for name, port in ports.items():
        while (found := port.get_message()) is not None:
            print(name, found[1], bytes(found[0]).hex(), flush=True)
    time.sleep(0.005)
"""


class Ears:
    """What comes to some ports."""

    def __init__(self, *names: str) -> None:
        pytest.importorskip("rtmidi")
        self.heard: dict[str, Heard] = {name: [] for name in names}
        self.process = subprocess.Popen([sys.executable, "-c", EAR, *names], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None and self.process.stdout.readline() == "ready\n"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            name, since, message = line.split()
            before = self.heard[name][-1][0] if self.heard[name] else 0.0
            self.heard[name].append((before + float(since), bytes.fromhex(message)))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def heard(jack: str) -> Iterator[dict[str, Heard]]:
    """Play everything at once for some cycles."""
    ears = Ears("wire", "zone")
    patch = pytest.MonkeyPatch()
    patch.setenv("LIVECODE_MIDI", "jack")
    told: list[str] = []
    engine = EngineProcess()
    engine.start("silent")
    performance = Performance(engine, told.append)
    performance.start()
    try:
        enter(performance, "tempo 240\nmidi out 'wire' as w bits=14 bend=12\nmidi out 'zone' as z mpe=3")
        assert until(lambda: performance.conductor is not None)
        assert until(lambda: sum("MIDI: " in text for text in told) == 2), told
        lines = [
            f"c{number} = {text} | midiport 'w' | clip 0.5{f' | midichan {channel}' if channel <= 16 else ''}"
            for number, (channel, text, _) in enumerate(CASES.values())
            if text != "silence"
        ]
        zone = 'note "[60.25,64] ~" | miditouch 0.5 | mpeslide 0.25, note "~ 67" | mpeslide (square | fast 4)'
        assert enter(performance, "\n".join([*lines, f"m = stack [{zone}] | midiport 'z' | clip 0.5"])) == []
        first = bytes.fromhex("90 3c 72")
        assert until(lambda: [m for _, m in ears.heard["wire"]].count(first) > CYCLES + 1), told
        yield {name: list(messages) for name, messages in ears.heard.items()}
    finally:
        performance.stop()
        patch.undo()
        ears.close()


def enter(performance: Performance, text: str) -> list[str]:
    return [error.render() for error in performance.evaluate(Source("typed", text)).errors]


def channel_of(message: bytes) -> int:
    """Give the channel from 1, or for what has none, the kind; what continues and stops is of one."""
    if message[0] < 0xF0:
        return message[0] % 16 + 1
    return {0xF0: 0xF0, 0xF2: 0xFB}.get(message[0], 0xF2)


def cycles(messages: Heard) -> list[Heard]:
    """Cut what was heard into cycles, each with the times since its begin; the first may be cut short."""
    first = bytes.fromhex("90 3c 72")
    begins = [at for at, m in messages if m == first][1 : CYCLES + 1]
    assert median(b - a for a, b in pairwise(begins)) == pytest.approx(1.0, abs=NEAR)
    return [[(at - begin, m) for at, m in messages if -EARLY <= at - begin < 1 - EARLY] for begin in begins]


@pytest.mark.parametrize("case", CASES)
def test_it_is_heard_in_order_and_when_it_is_meant(heard: dict[str, Heard], case: str) -> None:
    channel, _, wanted = CASES[case]
    ours = [[(at, m) for at, m in cycle if channel_of(m) == channel] for cycle in cycles(heard["wire"])]
    whole = [cycle for cycle in ours if [m.hex(" ") for _, m in cycle] == [m for _, m in wanted]]
    assert len(whole) >= SURE, [[(round(at, 3), m.hex(" ")) for at, m in cycle] for cycle in ours]
    for (when, message), *times in zip(wanted, *whole, strict=True):
        assert median(at for at, _ in times) == pytest.approx(when, abs=NEAR), message


def test_a_position_comes_before_what_goes_on_from_it(heard: dict[str, Heard]) -> None:
    kinds = [m[0] for _, m in heard["wire"] if m[0] in (0xF2, 0xFB, 0xFC)]
    right = [before == 0xF2 for before, after in pairwise(kinds) if after != 0xF2]
    assert right.count(True) >= 2 * SURE > right.count(False)


def test_each_note_of_a_zone_has_a_channel_a_bend_a_pressure_and_a_slide_of_its_own(heard: dict[str, Heard]) -> None:
    messages = [m for _, m in heard["zone"]]
    setup = Zone(3).setup()  # it is said several times
    assert setup[0] in messages and setup[-1] in messages
    notes: dict[int, list[str]] = {}
    ended: list[list[str]] = []
    for message in (m for m in messages if m[0] & 0xF0 != 0xB0 or m[1] == SLIDE):
        said = notes.setdefault(message[0] & 15, [])
        said.append(bytes((message[0] & 0xF0, *message[1:])).hex(" "))
        if message[0] & 0xF0 == 0x80:
            ended.append(notes.pop(message[0] & 15))
    low = ["e0 2b 40", "d0 40", "b0 4a 20", "90 3c 72", "80 3c 40"]
    high = ["e0 00 40", "d0 40", "b0 4a 20", "90 40 72", "80 40 40"]
    later = ["e0 00 40", "d0 00", "b0 4a 00", "90 43 72", "b0 4a 7f", "80 43 40"]
    assert all(ended.count(said) >= SURE for said in (low, high, later)), ended
    assert 0 not in notes
