"""What external gear does to a performance, and what a performance does for it once: keys, clocks, takes, files."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from livecode.conductor.counting import Count, time_of
from livecode.conductor.steering import Steering
from livecode.errors import FileError, KindError, LiveError, Source
from livecode.keys import Keys
from livecode.midi.link import LinkFollower
from livecode.midi.takes import Take
from livecode.patterns import Pattern, outside, pure
from livecode.patterns.leaves import Pure
from livecode.patterns.library.outside import BPM, TEMPO
from livecode.priority import hurry
from livecode.rig import Rig, described
from livecode.session import Session, Space, Transport
from livecode.stages.acts import Act
from livecode.stages.score import score

if TYPE_CHECKING:
    from livecode.conductor.conductor import Conductor
    from livecode.performance import Performance

LINK = "link"  # as a name of what is followed
PULL = 30.0  # bpm by which the tempo is pulled for every beat that the phase is off: half of it is gone in a second
FURTHEST = 0.1  # of the tempo, by which it is pulled at most
JUMP = 0.5  # beats: further off than this the music jumps instead
PRIORITY = 10  # of real time, of the thread that corrects what sounds, where that is permitted
APART = 0.002  # s between two corrections of what sounds, however fast something is turned
SOON = 0.03  # s from now at which it goes on after a jump
MOVES = 4096  # changes of values that can wait to be remembered
TAPS = 8  # of which a tempo is the mean
PAUSE = 2.5  # s after which a tap is the first of new ones
SAVED = 16  # cycles of a pattern that are written to a file
CALIBRATION = "calibration"


@dataclass(slots=True)
class Outboard:
    """A rig in a performance."""

    performance: Performance
    rig: Rig
    keys: Keys = field(init=False)
    following: bool = False  # the tempo is that of an external clock
    _tempo: Pattern | None = None
    _steering: Steering | None = None
    _count: Count = field(default_factory=Count)
    _sounds: bool = False  # anything is to be heard: `play` and `hush` while linked are for everybody too
    _turned: threading.Event = field(default_factory=threading.Event)
    _turning: threading.Thread | None = None
    _over: threading.Event = field(default_factory=threading.Event)
    _moves: deque[tuple[int, str, float]] = field(default_factory=lambda: deque(maxlen=MOVES))  # samples, keys, values
    _struck: deque[tuple[int, str, int, int]] = field(default_factory=lambda: deque(maxlen=MOVES))  # samples, keys
    _taps: list[float] = field(default_factory=list)  # s of the monotonic clock
    _resting: Transport | None = field(default=None)  # how the transport stood when an external stop came

    def __post_init__(self) -> None:
        self.keys = Keys(self.performance)
        self.rig.inputs.note = self.keys.strike
        self.rig.inputs.program = self.program
        self.rig.inputs.transport = self.transport
        self.rig.inputs.turn = self.turn
        self.rig.inputs.struck = self.struck
        self.rig.counted = self._counted

    def apply(self, session: Session) -> None:
        """Let the gear be as the session says."""
        old = self.rig.gear.sync
        try:
            self.rig.apply(session.gear)
            if session.gear.sync == LINK and old != LINK:
                bpm = self.performance.bpm() or 120.0
                self.rig.follower = LinkFollower(bpm, float(session.settings.beats), self.transport)
        except LiveError as error:
            # the music goes on without what cannot be had
            self.performance.tell(error.render())
        follower, tempo = self.rig.follower, session.settings.tempo
        meant = self._tempo is not None and tempo is not self._tempo
        if meant and isinstance(tempo, Pure) and isinstance(follower, LinkFollower):
            follower.set_tempo(float(tempo.value))  # `tempo 130` while linked is for everybody
        self._tempo = session.settings.tempo
        sounds = bool(session.transport.form or session.tracks())
        if sounds != self._sounds and isinstance(follower, LinkFollower):
            follower.set_playing(sounds)
        self._sounds = sounds

    def stop(self) -> None:
        self._over.set()
        self._turned.set()
        self.rig.stop()

    def look(self) -> None:
        """Do what has to be done some hundred times a second."""
        rig = self.rig
        rig.look()
        self.keys.prepare({row.sound for row in rig.gear.ins if row.sound})
        for row in rig.gear.ins:
            rig.give(row.alias, self.keys.of(row.sound))
        self._steer()
        if self._moves or self._struck:
            self._remember()
        if rig.gear.sync:
            self._follow()
        take = rig.take
        if take is not None and take.over(time.monotonic_ns()):
            rig.take = None
            written = take.written()
            self.performance.tell(f'take = note "{written}"' if written else "nothing was played")

    # what is turned

    def turn(self, key: str, value: float) -> None:
        """A value from outside has changed: what sounds follows it without waiting for the next look."""
        self._moves.append((int(self.performance.engine.now()), key, value))
        if not self._turned.is_set():
            self._turned.set()
            if self._turning is None:
                self._turning = threading.Thread(target=self._attend, name="controls", daemon=True)
                self._turning.start()

    def struck(self, at: int, sound: str, key: int, velocity: int) -> None:
        """A key went down or up at a monotonic time, in ns: it is heard from the next block on."""
        clock = self.performance.engine.clock()
        sample = clock.sample + (at - clock.monotonic_ns) * clock.rate // 1_000_000_000
        block = max(clock.block, 1)
        self._struck.append((-(-sample // block) * block, sound, key, velocity))

    def _remember(self) -> None:
        """Remember at which cycles values changed and keys were struck."""
        with self.performance.playing() as conductor:
            while self._moves:
                sample, key, value = self._moves.popleft()
                if conductor is not None:
                    self.performance.past.turned(conductor.map.cycle(sample), key, value)
            while self._struck:
                sample, sound, number, velocity = self._struck.popleft()
                if conductor is not None:
                    self.performance.past.struck(conductor.map.cycle(sample), sound, number, velocity)

    def _attend(self) -> None:
        hurry(PRIORITY)
        while self._turned.wait() and not self._over.is_set():
            self._turned.clear()
            self._steer()
            self._over.wait(APART)

    def _steer(self) -> None:
        with self.performance.playing() as conductor:
            if conductor is not None:
                if self._steering is None or self._steering.conductor is not conductor:
                    self._steering = Steering(conductor)
                self._steering.steer(int(self.performance.engine.now()))

    # clocks

    def _follow(self) -> None:
        """Set the tempo to that of the external clock, pulled towards its phase."""
        follower, now = self.rig.follower, time.monotonic()
        conductor = self.performance.conductor
        if not follower.locked or conductor is None or not follower.alive(now):
            if self.following:
                self.performance.tell("sync: the clock is gone; the tempo stays")
                self.following = False
            return
        if not self.following:
            self.following = True
            self.performance.tell(f"sync: locked at {follower.bpm:.1f} bpm")
        bpm = follower.bpm
        off = self._phase(now)
        if abs(off) > JUMP and (follower.running or follower.span):
            self.jump()
            off = 0.0
        outside.keep(BPM, bpm + min(max(off * PULL, -FURTHEST * bpm), FURTHEST * bpm))

    def _phase(self, now: float) -> float:
        """Tell by how many beats the music is behind the clock.

        Of a clock without a place in the song only the phase counts: within its span, or else within a beat.
        """
        performance = self.performance
        with performance.playing() as conductor:
            if conductor is None:
                return 0.0
            cycle = conductor.map.cycle(int(performance.engine.now() - self._lag() * conductor.rate))
            own = float(self._count.at(conductor, cycle))
        off = self.rig.follower.beat(now) - own
        if self.rig.follower.running:
            return off
        span = self.rig.follower.span or 1.0
        return (off + span / 2) % span - span / 2

    def _counted(self, cycle: Fraction) -> Fraction | None:
        """Give the beats at a cycle of what plays; who asks keeps the conductor as it is."""
        conductor = self.performance.conductor
        return None if conductor is None else self._count.at(conductor, cycle)

    def _lag(self) -> float:
        """Give the seconds between the computing of a sample and the moment it leaves, with the MIDI of its time."""
        clock = self.performance.engine.clock()
        return (clock.latency + clock.block) / clock.rate

    def transport(self, what: str) -> None:
        """Obey start, continue and stop of an external clock."""
        performance = self.performance
        session = performance.session
        if what == "stop":
            if self._resting is None:
                self._resting = session.transport
                performance.enter("hush")
            return
        if self._resting is not None:
            resting, self._resting = self._resting, None
            performance.take(replace(session, transport=replace(resting, cue=session.transport.cue + 1)))
        if what == "start" and self.rig.follower.span is None:
            self._rewind()

    def jump(self) -> None:
        """Let the music go on where the external clock is, or in its phase."""
        follower = self.rig.follower
        with self.performance.playing() as conductor:
            if conductor is None:
                return
            sample = int(self.performance.engine.now() + SOON * conductor.rate)
            beat = follower.beat(time.monotonic() + SOON + self._lag())
            if follower.span is None:
                there = time_of(conductor.eras[-1].score, Fraction(beat).limit_denominator(960))
                self._move(conductor, sample, there)
                return
            cycle = conductor.map.cycle(sample)
            own = float(self._count.at(conductor, cycle))
            ahead = (beat - own + follower.span / 2) % follower.span - follower.span / 2
            ahead += follower.span if own + ahead < 0 else 0
            there = cycle + Fraction(ahead).limit_denominator(960) / conductor.beats(sample)
            self._move(conductor, sample, there, keep=True)

    def _move(self, conductor: Conductor, sample: int, cycle: Fraction, *, keep: bool = False) -> None:
        conductor.jump(sample, max(cycle, Fraction(0)), keep=keep)
        if not keep:
            self._count.forget()

    def _rewind(self) -> None:
        performance = self.performance
        with performance.playing() as conductor:
            if conductor is not None:
                self._move(conductor, int(performance.engine.now() + SOON * conductor.rate), Fraction(0))

    def program(self, number: int) -> None:
        """Play the section or song of a program's number, counted in the order of their definition."""
        forms = self.performance.session.names(Space.FORM)
        if number < len(forms):
            self.performance.enter(f"play {forms[number]}")
        else:
            self.performance.tell(f"program {number}: there are {len(forms)} sections")

    # what acts once

    def midi(self, act: Act) -> str:
        verb, *rest = act.args
        if verb == "learn":
            self.rig.learn(rest[0])
            return ""
        if verb == "save":
            return self._save(act, *rest)
        return described(self.rig.ports(), self.rig.gear)

    def _save(self, act: Act, name: str, file: str = "") -> str:
        from livecode import scores

        definition = self.performance.session.get(Space.VALUE, name)
        if definition is None or not definition.sounds:
            raise KindError(f"{name} is no pattern that sounds", place=act.place)
        path = Path(file or f"{name}.mid")
        if path.is_absolute() or ".." in path.parts or path.suffix != ".mid":
            raise FileError("a MIDI file is a .mid file in or below this folder", place=act.place)
        if not path.resolve().is_relative_to(Path.cwd().resolve()):
            raise FileError(f"{path} leads out of this folder by a link", place=act.place)
        settings, made = self.performance.session.settings, score(self.performance.session)
        sections = tuple((stretch.begin, stretch.name) for stretch in made.stretches if stretch.name)
        tempo = pure(self.performance.bpm() or 120.0) if made.tempo is TEMPO else made.tempo
        setting = scores.Setting(tempo, settings.beats, settings.key, sections)
        count = scores.save(path, name, definition.value, SAVED, setting)
        return f"{path}: {SAVED} cycles, {count} notes"

    def sync(self, act: Act) -> str:
        """Tap a tempo, or move the phase by some seconds: earlier or, below 0, later."""
        if act.args[0] == "nudge":
            with self.performance.playing() as conductor:
                if conductor is not None:
                    sample = int(self.performance.engine.now() + SOON * conductor.rate)
                    ahead = Fraction(act.args[1]) * conductor.rate
                    conductor.jump(sample, max(conductor.map.cycle(sample + ahead), Fraction(0)), keep=True)
            return ""
        now = time.monotonic()
        if self._taps and now - self._taps[-1] > PAUSE:
            self._taps.clear()
        self._taps = [*self._taps[-(TAPS - 1) :], now]
        if len(self._taps) < 3:
            return f"tap on ({3 - len(self._taps)} more)"
        bpm = round(60 * (len(self._taps) - 1) / (now - self._taps[0]), 1)
        self.performance.enter(f"tempo {min(max(bpm, 20.0), 400.0):g}")
        return f"tempo {bpm:g}"

    def calibrate(self, act: Act) -> str:
        alias = act.args[0]
        self.performance.enter(
            f'{CALIBRATION} = stack [s "rim*4", note "37*4" | midiport \'{alias}\' | midichan 10 | clip 0.2]'
        )
        row = self.rig.gear.out(alias)
        offset = row.offset * 1000 if row is not None else 0
        return (
            f"clicks here and on {alias} (channel 10, note 37); its offset is {offset:g} ms. If {alias} comes late, "
            f"make it less: midi out '{row.port if row else alias}' as {alias} offset={offset - 5:g}ms; "
            f"stop {CALIBRATION} ends"
        )

    def record(self, act: Act) -> str:
        cycles, grid = int(act.args[0]), Fraction(act.args[1])
        performance = self.performance
        with performance.playing() as conductor:
            if conductor is None:
                return "nothing plays yet"
            now = int(performance.engine.now())
            begin = conductor.boundary(now, Fraction(1))
            at = self.rig.line.at(conductor.map.sample(begin))
            length = float(conductor.map.length(begin) / conductor.rate) * 1e9
        self.rig.take = Take(at, length, cycles, grid)
        return f"the take begins with cycle {begin} and lasts {cycles}"


def lines_of(path: Path) -> Source:
    """Read a MIDI file as statements of the language.

    Raises FileError.
    """
    from livecode import scores  # mido is needed only where a MIDI file is

    return Source(str(path), scores.statements(path))


OUTBOARD_ACTS: dict[str, Callable[[Outboard, Act], str]] = {
    "midi": Outboard.midi,
    "calibrate": Outboard.calibrate,
    "sync": Outboard.sync,
    "record midi": Outboard.record,
}
