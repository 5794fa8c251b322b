"""A performance with external gear, on a silent engine and a dummy MIDI system whose outputs are its inputs."""

from __future__ import annotations

import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from livecode.conductor.places import Spot
from livecode.engine.client import EngineProcess
from livecode.errors import FileError, Source
from livecode.midi import messages
from livecode.midi.records import LIVE_SOURCE, SEND, event
from livecode.osc import codec
from livecode.patterns import outside
from livecode.performance import Performance
from tests.waiting import kill, until

MS = 1_000_000


class Desk:
    """A performance whose output `l` comes back as its input `i`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        engine = EngineProcess()
        engine.start("silent")
        self.performance = Performance(engine, self.told.append)
        self.heard: list[tuple[int, bytes]] = []
        self.played: list[int] = []  # when the engine had what the MIDI process played of each, or 0
        rig = self.performance.outboard.rig
        hear = rig._hear

        def also(alias: str, at: int, message: bytes, played: int = 0) -> None:
            self.heard.append((at, message))
            self.played.append(played)
            hear(alias, at, message, played)

        rig._hear = also  # type: ignore[method-assign]
        self.enter("midi out 'loop' as l\nmidi in 'loop' as i\ntempo 240")
        self.performance.start()
        assert until(lambda: "MIDI: l is loop" in self.told and "MIDI: i is loop" in self.told)
        assert until(lambda: self.performance.conductor is not None)

    def enter(self, text: str) -> list[str]:
        evaluation = self.performance.evaluate(Source("typed", text))
        answers = [self.performance.act(act) for _, act in evaluation.acts]
        return [e.render() for e in evaluation.errors] or answers

    def play_in(self, *messages_: bytes, gap: float = 0.0) -> None:
        """Send messages by hand: they come back as if somebody played."""
        rig = self.performance.outboard.rig
        at = time.monotonic_ns() + 20 * MS
        number = rig._outs["l"].number
        assert rig._midi is not None
        for i, message in enumerate(messages_):
            rig._midi.push(event(at + round(i * gap * 1e9), number, LIVE_SOURCE, SEND, message))

    def messages(self, kind: int) -> list[bytes]:
        return [m for _, m in self.heard if m[0] & 0xF0 == kind]

    def down(self) -> Counter[int]:
        keys: Counter[int] = Counter()
        for _, m in self.heard:
            if m[0] & 0xF0 == messages.NOTE_ON:
                keys[m[1]] = 1
            elif m[0] & 0xF0 == messages.NOTE_OFF:
                keys[m[1]] = 0
        return +keys


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("LIVECODE_MIDI", "dummy:loop,other")
    desk = Desk()
    yield desk
    desk.performance.stop()


def test_notes_leave_in_the_rhythm_of_the_pattern(desk: Desk) -> None:
    assert desk.enter("a = note \"c4 e4 g4 c5\" | midiport 'l' | midichan 3 | clip 0.5 | velocity 0.5") == []
    assert until(lambda: len(desk.messages(messages.NOTE_OFF)) >= 8)
    ons = [(at, m) for at, m in desk.heard if m[0] & 0xF0 == messages.NOTE_ON]
    assert [m for _, m in ons[:4]] == [bytes((0x92, key, 64)) for key in (60, 64, 67, 72)]
    gaps = [(b - a) / 1e9 for (a, _), (b, _) in pairwise(ons)]
    # 240 bpm: a note every quarter of a second, and the machine may be busy with other tests
    assert sorted(gaps)[len(gaps) // 2] == pytest.approx(0.25, abs=0.01)


def test_a_note_ends_when_its_pattern_is_replaced_muted_hushed_or_panics(desk: Desk) -> None:
    held = "a = note \"c4\" | clip 100 | midiport 'l'"
    for interruption in ("a = silence", "mute a", "stop", "hush", "panic"):
        desk.enter(f"unmute\nplay\n{held}")
        assert until(desk.down), interruption
        desk.enter(interruption)
        assert until(lambda: not desk.down(), 3.0), interruption


def test_another_pattern_does_not_end_a_note(desk: Desk) -> None:
    desk.enter("a = note \"c4\" | slow 4 | clip 3 | midiport 'l'")
    assert until(desk.down)
    desk.enter("b = note \"e6\" | clip 0.1 | midiport 'l'")
    assert until(lambda: any(m[1] == 88 for m in desk.messages(messages.NOTE_OFF)))
    assert desk.down()[60] == 1


def test_it_goes_on_when_the_engine_is_killed(desk: Desk) -> None:
    desk.enter("a = note \"c4*8\" | clip 0.5 | midiport 'l'")
    assert until(lambda: len(desk.messages(messages.NOTE_ON)) > 4)
    kill(desk.performance.engine.pid)
    before = len(desk.heard)
    assert until(lambda: len(desk.heard) > before + 40)
    desk.enter("hush")
    assert until(lambda: not desk.down())


def test_a_continuous_pattern_becomes_a_stream_that_says_nothing_twice(desk: Desk) -> None:
    desk.enter("a = ccv (saw | range 0 1) | ccn 74 | midiport 'l'")
    assert until(lambda: len(desk.messages(messages.CONTROL)) > 150)
    values = [m[2] for m in desk.messages(messages.CONTROL)]
    assert all(a != b for a, b in pairwise(values))
    assert max(values) >= 125 and min(values) <= 2
    assert all(b - a <= 4 or b < a for a, b in pairwise(values))


def test_a_sound_can_be_heard_and_sent_at_once(desk: Desk) -> None:
    desk.enter("a = note \"c4*4\" | s 'pluck' | midiport 'l' | clip 0.2")
    assert until(lambda: len(desk.messages(messages.NOTE_ON)) > 4)
    assert until(lambda: desk.performance.engine.meters().left > 0.001)
    assert not [t for t in desk.told if "there is no" in t]


def test_calibration_clicks_here_and_on_the_port(desk: Desk) -> None:
    assert "its offset is 0 ms" in desk.enter("calibrate l")[0]
    assert until(lambda: desk.messages(messages.NOTE_ON)[:1] == [bytes((0x99, 37, 114))])
    assert until(lambda: desk.performance.engine.meters().left > 0.001)
    assert all(t.startswith("MIDI: ") for t in desk.told)


def test_what_only_leaves_makes_no_sound_and_no_error(desk: Desk) -> None:
    desk.enter("a = progNum \"3 5\" | midiport 'l'")
    assert until(lambda: len(desk.messages(messages.PROGRAM)) >= 4)
    assert desk.performance.engine.meters().voices == 0
    # the programs come back by the loop, and there is no section to play
    assert desk.told == [t for t in desk.told if t.startswith(("MIDI: ", "program "))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = note \"c\" | midiport 'nowhere'", "there is no MIDI output nowhere"),
        ("x = note \"c\" | midiport 'l' | midichan 17", "MIDI channels are 1 to 16"),
        ("x = ccn 300 | ccv 1 | midiport 'l'", "MIDI controllers are 0 to 127"),
        ("x = midicmd 'dance' | midiport 'l'", "midicmd dance is not one of"),
        ("x = s 'pluck' | oschost 'nowhere'", "there is no OSC output nowhere"),
    ],
)
def test_a_mistake_is_told_with_its_place(desk: Desk, text: str, expected: str) -> None:
    desk.enter(text)
    assert until(lambda: any(expected in t for t in desk.told))


def test_controllers_are_patterns_and_can_be_learned(desk: Desk) -> None:
    desk.play_in(messages.control(0, 7, 127))
    assert until(lambda: outside.value("i/7") == 1)
    desk.enter("midi learn brightness")
    desk.play_in(messages.control(0, 21, 64))
    assert until(lambda: outside.value("brightness") == pytest.approx(64 / 127))
    assert "brightness is i/21: knob 'brightness' follows it" in desk.told


def test_a_midi_file_is_written_inside_of_the_folder_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, outside_ = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    outside_.mkdir()
    (home / "way").symlink_to(outside_)
    (home / "link.mid").symlink_to(outside_ / "theirs.mid")
    (home / "here.mid").symlink_to(home / "other.mid")
    monkeypatch.chdir(home)
    desk.enter('lead = note "c e g"')
    for file in ("way/x.mid", "link.mid"):
        with pytest.raises(FileError, match="out of this folder by a link"):
            desk.enter(f"midi save lead '{file}'")
    assert desk.enter("midi save lead 'here.mid'") == ["here.mid: 16 cycles, 48 notes"]
    assert list(outside_.iterdir()) == [] and (home / "other.mid").exists()


def test_keys_play_an_instrument_while_they_are_down(desk: Desk) -> None:
    desk.enter("design held = sine freq | gain 1\nmidi in 'loop' as i play=held")
    desk.play_in(messages.note_on(0, 60, 127))
    assert until(lambda: desk.performance.engine.meters().left > 0.05)
    time.sleep(0.3)
    assert desk.performance.engine.meters().left > 0.05
    desk.play_in(messages.note_off(0, 60))
    assert until(lambda: desk.performance.engine.meters().left < 0.001, 2.0)


def test_a_pedal_holds_what_is_let_go_and_keys_need_nothing_of_this_process(desk: Desk) -> None:
    desk.enter("design held = sine freq | gain 1\nmidi in 'loop' as i play=held")
    meters = desk.performance.engine.meters
    assert until(lambda: desk.performance.outboard.rig._keys.get("i"))
    late = meters().late
    pedal = messages.control(0, messages.PEDAL, 127)
    with desk.performance.playing():  # the conductor waits for this lock, and whoever plays does not
        time.sleep(0.05)
        desk.play_in(pedal, messages.note_on(0, 60, 127), messages.note_off(0, 60), messages.note_on(0, 67, 127))
        assert until(lambda: meters().voices == 2)
        time.sleep(0.3)
        assert meters().left > 0.05
        desk.play_in(messages.control(0, messages.PEDAL, 0))
        assert until(lambda: meters().voices == 1)
        desk.play_in(messages.note_off(0, 67))
        assert until(lambda: meters().voices == 0)
    # the end of a note at a port that has just been opened is said again
    assert until(lambda: len({message for _, message in desk.heard}) == 6) and all(desk.played)
    assert meters().late == late


@pytest.mark.parametrize("by", ["port", "process"])
def test_no_key_hangs_when_what_heard_it_is_gone(desk: Desk, by: str) -> None:
    desk.enter("design held = sine freq | gain 1\nmidi in 'loop' as i play=held")
    assert until(lambda: desk.performance.outboard.rig._keys.get("i"))
    desk.play_in(messages.control(0, messages.PEDAL, 127), messages.note_on(0, 60, 127))
    assert until(lambda: desk.performance.engine.meters().voices == 1)
    if by == "port":
        desk.enter("midi close i")
    else:
        rig = desk.performance.outboard.rig
        assert rig._midi is not None
        kill(rig._midi.pid)
    assert until(lambda: desk.performance.engine.meters().voices == 0)


def test_what_is_played_is_written_down(desk: Desk) -> None:
    desk.enter("record midi 1 quantise=1/4")
    take = desk.performance.outboard.rig.take
    assert take is not None
    for at, message in ((0.02, 60), (0.27, 64), (0.52, 67)):
        rig = desk.performance.outboard.rig
        assert rig._midi is not None
        number = rig._outs["l"].number
        when = take.begin + round(at * take.cycle)
        rig._midi.push(event(when, number, LIVE_SOURCE, SEND, messages.note_on(0, message, 90)))
        rig._midi.push(event(when + round(0.2 * take.cycle), number, LIVE_SOURCE, SEND, messages.note_off(0, message)))
    assert until(lambda: 'take = note "c4 e4 g4 ~"' in desk.told)


def test_what_keys_played_is_captured_where_it_was_heard(desk: Desk) -> None:
    desk.enter("design held = sine freq | gain 1\nmidi in 'loop' as i play=held")
    rig, engine = desk.performance.outboard.rig, desk.performance.engine
    assert until(lambda: rig._keys.get("i"))

    def cycle_of(at: int) -> Fraction:
        clock = engine.clock()
        with desk.performance.playing() as conductor:
            assert conductor is not None
            return conductor.map.cycle(clock.sample + (at - clock.monotonic_ns) * clock.rate // 10**9)

    assert until(lambda: cycle_of(time.monotonic_ns()) > 1)  # a cycle that is not whole is not captured
    chord = [messages.note_on(0, 60, 127), messages.note_on(0, 67, 64), messages.note_off(0, 60)]
    desk.play_in(*chord, messages.note_off(0, 67), gap=0.1)
    assert until(lambda: len(desk.heard) == 4)
    first, last = cycle_of(desk.heard[0][0]), cycle_of(desk.heard[3][0])
    assert until(lambda: cycle_of(time.monotonic_ns()) > last // 1 + 1)
    (said,) = desk.enter("capture 8 jam")
    assert "with 2 notes of keys" in said
    low, high = desk.performance.past.hands(Fraction(0), Fraction(1000))["held"]
    assert (low.key, low.velocity, high.key, high.velocity) == (60, 127, 67, 64)
    # a cycle is a second here: a block of 5 ms, and what the two clocks are apart
    assert float(low.begin) == pytest.approx(float(first), abs=0.02)
    assert float(high.end) == pytest.approx(float(last), abs=0.02)
    assert desk.enter("play jam") == []


def test_an_external_clock_is_followed(desk: Desk) -> None:
    desk.enter("sync i")
    rig = desk.performance.outboard.rig
    desk.play_in(messages.START, *[messages.CLOCK] * 200, gap=60 / 150 / 24)
    assert until(lambda: rig.follower.locked and abs(rig.follower.bpm - 150) < 1)
    assert until(lambda: abs(desk.performance.bpm() - 150) < 3, 4.0)
    position = desk.performance.position()
    assert position is not None
    assert float(position[0]) * 4 == pytest.approx(rig.follower.beat(time.monotonic()), abs=0.2)
    desk.play_in(messages.STOP)
    desk.enter("a = note \"c4*4\" | midiport 'l'")


def test_a_stop_from_outside_silences_and_a_continue_goes_on(desk: Desk) -> None:
    desk.enter("a = note \"c4*4\" | clip 0.9 | midiport 'l'\nsync i")
    assert until(desk.down)
    desk.play_in(messages.STOP)
    assert until(lambda: "a" in desk.performance.session.transport.stopped)
    assert until(lambda: not desk.down())
    desk.play_in(messages.CONTINUE)
    assert until(desk.down)


def test_a_clock_is_sent_with_its_start_and_24_ticks_to_a_beat(desk: Desk) -> None:
    desk.enter("midi out 'loop' as l clock=yes")
    assert until(lambda: sum(m == messages.CLOCK for _, m in desk.heard) > 200)
    kinds = [m for _, m in desk.heard if m[0] >= 0xF0]
    first = next(i for i, m in enumerate(kinds) if m in (messages.CONTINUE, messages.START))
    if kinds[first] == messages.CONTINUE:
        sixteenths = kinds[first - 1][1] | kinds[first - 1][2] << 7
        assert kinds[first - 1][0] == 0xF2 and sixteenths % 16 == 0
    assert kinds[first + 1] == messages.CLOCK
    at = [t for t, m in desk.heard if m == messages.CLOCK]
    assert (at[192] - at[0]) / 1e9 == pytest.approx(192 * 60 / 240 / 24, abs=0.05)


def test_a_clock_that_begins_in_a_song_tells_its_place_through_the_meters_before(desk: Desk) -> None:
    """Two bars of 3/4, then 4/4: the place after bar n is 6 + 4 (n - 2) beats, in sixteenths."""
    desk.enter("a = note \"c4*4\" | midiport 'l'\narrange waltz 2 meter=3 = a\narrange rest 64 = a")
    desk.enter('arrange song = "waltz rest"\nplay song')

    def spot() -> Spot | None:
        return desk.performance.spot()

    assert until(lambda: (at := spot()) is not None and at.section == "rest")
    desk.enter("midi out 'loop' as l clock=yes")
    assert until(lambda: any(m == messages.CONTINUE for _, m in desk.heard))
    (place,) = [m for _, m in desk.heard if m[0] == messages.SONG_POSITION]
    with desk.performance.playing() as conductor:
        assert conductor is not None
        era = conductor.eras[-1]
        before = era.origin * 4  # beats of what was heard before the song
    beats = Fraction(place[1] | place[2] << 7, 4) - before
    assert beats > 6 and (beats - 6) % 4 == 0


def test_superdirt_gets_the_events_ahead_of_time() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(5)
    told: list[str] = []
    engine = EngineProcess()
    engine.start("silent")
    performance = Performance(engine, told.append)
    performance.start()
    try:
        performance.enter(f"osc superdirt '127.0.0.1:{receiver.getsockname()[1]}'\na = s \"superpiano*2\" | note 3")
        hello, address = receiver.recvfrom(4096)
        assert codec.read(hello)[0].address == "/dirt/handshake"
        receiver.sendto(codec.message("/dirt/handshake/reply", "&serverPort", 57110), address)
        found = [codec.read(receiver.recv(4096))[0] for _ in range(3)]
        assert until(lambda: any("SuperDirt answers" in t for t in told))
        arrived = time.time()
    finally:
        performance.stop()
        receiver.close()
    times = [m.time or 0.0 for m in found]
    pairs = [dict(zip(m.values[::2], m.values[1::2], strict=True)) for m in found]
    assert all(m.address == "/dirt/play" for m in found)
    assert {p["s"] for p in pairs} == {"superpiano"} and {p["note"] for p in pairs} == {3}
    assert pairs[0]["cps"] == pytest.approx(0.5) and pairs[0]["delta"] == pytest.approx(1.0)
    assert [p["cycle"] for p in pairs] == [pairs[0]["cycle"] + Fraction(i, 2) for i in range(3)]  # type: ignore[operator]
    assert times[1] - times[0] == pytest.approx(1.0, abs=0.01)
    assert times[2] > arrived


def test_a_host_plays_nothing_twice_however_often_something_changes(desk: Desk) -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(5)
    desk.enter(f"osc out '127.0.0.1:{receiver.getsockname()[1]}' as vj address='/play'\na = s \"x*16\" | oschost 'vj'")
    found: list[codec.OscMessage] = []
    for i in range(12):
        desk.enter(f"b = note \"{i}\" | midiport 'l'")
        found += [codec.read(receiver.recv(4096))[0] for _ in range(3)]
    receiver.close()
    cycles = [m.values[m.values.index("cycle") + 1] for m in found]
    assert cycles == [cycles[0] + Fraction(i, 16) for i in range(len(cycles))]  # type: ignore[operator]


def test_a_tempo_is_tapped(desk: Desk) -> None:
    for _ in range(5):
        desk.enter("sync tap")
        time.sleep(0.4)
    assert until(lambda: abs(desk.performance.bpm() - 150) < 8)


def test_a_nudge_moves_the_phase_and_ends_no_note(desk: Desk) -> None:
    desk.enter("a = note \"c4\" | slow 4 | clip 2 | midiport 'l'")
    assert until(desk.down)
    before, at = desk.performance.position(), time.monotonic()
    desk.enter("sync nudge 100ms")
    after, then = desk.performance.position(), time.monotonic()
    assert before is not None and after is not None
    time.sleep(0.1)
    later = desk.performance.position()
    assert later is not None
    ahead = float(later[0] - before[0]) - (time.monotonic() - at)  # 240 bpm: a cycle a second
    assert ahead == pytest.approx(0.1, abs=0.03) and then > at
    assert desk.down()


def test_a_program_change_plays_a_section(desk: Desk) -> None:
    desk.enter("a = note \"c4\" | midiport 'l'\narrange one 2 = a\narrange two 2 = a")
    desk.play_in(messages.program(0, 1))
    assert until(lambda: desk.performance.session.transport.form == "two")


def test_link_is_followed_in_tempo_and_phase_and_stopped(desk: Desk) -> None:
    link = pytest.importorskip("link")
    other = link.Link(140)
    other.startStopSyncEnabled = True
    other.enabled = True
    try:
        desk.enter("a = note \"c4*4\" | midiport 'l'\nsync link")
        follower = desk.performance.outboard.rig.follower
        if not until(lambda: other.numPeers() == 1, 3.0):
            pytest.skip("this network lets no two Link sessions find each other")
        state = other.captureSessionState()
        state.setTempo(150, other.clock().micros())
        state.setIsPlaying(True, other.clock().micros())
        other.commitSessionState(state)
        assert until(lambda: abs(follower.bpm - 150) < 0.01)

        def apart() -> float:
            found = desk.performance.position()
            assert found is not None
            theirs = other.captureSessionState().beatAtTime(other.clock().micros(), 4)
            return abs((float(found[0]) * 4 - theirs + 2) % 4 - 2)

        assert until(lambda: apart() < 0.03)
        desk.enter("tempo 96")
        assert until(lambda: abs(other.captureSessionState().tempo() - 96) < 0.01)
        state = other.captureSessionState()
        state.setIsPlaying(False, other.clock().micros())
        other.commitSessionState(state)
        assert until(lambda: "a" in desk.performance.session.transport.stopped)
        desk.enter("play")
        assert until(lambda: other.captureSessionState().isPlaying())
        desk.enter("hush")
        assert until(lambda: not other.captureSessionState().isPlaying())
    finally:
        other.enabled = False


def test_without_link_it_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    desk.enter("sync link")
    assert any("Ableton Link is not installed" in t for t in desk.told)
    assert desk.enter("a = note \"c4\" | midiport 'l'") == []
    assert until(desk.down)


def test_what_sounds_follows_a_controller_long_before_the_next_note(desk: Desk) -> None:
    """Once in a note that is held, once on its strip, while the pattern has nothing to say."""
    desk.enter("design held = sine freq")
    for text in (
        "a = note \"c4\" | s 'held' | slow 8 | lpf (cc 'i' 7 | range 20 9000)",
        "a = note \"c4\" | s 'held' | slow 8\nmix a = gain (cc 'i' 7)",
    ):
        outside.put("i/7", 0.0)
        desk.enter(f"hush\nplay\n{text}")
        conductor = desk.performance.conductor
        assert conductor is not None
        assert until(lambda: desk.performance.engine.meters().voices > 0, 20.0), text
        time.sleep(0.3)
        assert desk.performance.engine.meters().left < 0.005, text
        desk.play_in(messages.control(0, 7, 127))
        assert until(lambda: desk.performance.engine.meters().left > 0.05, 1.0), text
