"""A stranger's file: whatever it tries, it is refused with a message, and nothing is read, written, run or reached."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from livecode.conductor.conductor import Conductor
from livecode.errors import PLAIN, LiveError, Source
from livecode.performance import Performance
from livecode.stages.score import score
from tests.fuzz.sessions import BLOCK, RATE, Still

LIMIT = 6.0  # s of processor time that a file may cost
REACHING = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.remove")


@dataclass
class Watch:
    """What Python itself says of files that are opened, sockets and processes, while it is looked at."""

    folder: Path | None = None
    seen: list[str] = field(default_factory=list)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self.folder is None:
            return
        if event == "open" and isinstance(args[0], str | bytes | os.PathLike):
            path = Path(os.fsdecode(args[0])).absolute()
            away = not path.resolve().is_relative_to(self.folder / "home")
            if path.name == "passwd" or (path.resolve().is_relative_to(self.folder) and away):
                self.seen.append(f"open {path}")
        elif event.startswith(REACHING):
            self.seen.append(event)


WATCH = Watch()
sys.addaudithook(WATCH.hear)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a stranger's file in it, links that lead out of it, and something worth stealing outside."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.live").write_text('stolen = s "bd"\n')
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.wav").write_bytes(b"RIFF")
    os.mkfifo(home / "pipe.live")
    os.mkfifo(home / "pipe.mid")
    for name, head in (("huge.live", b""), ("huge.mid", b"MThd"), ("huge.wav", b"RIFF\0\0\0\0WAVE")):
        with (home / name).open("wb") as file:
            file.write(head)
            file.truncate(1 << 32)  # of nothing: it takes no room
    (home / "zero.live").symlink_to("/dev/zero")
    (home / "drums").mkdir()
    os.mkfifo(home / "drums" / "a.wav")
    (home / "drums" / "b.wav").symlink_to("/dev/zero")
    (home / "drums" / "c.aiff").hardlink_to(home / "huge.wav")
    (home / "link.live").symlink_to(tmp_path / "secret.live")
    (home / "out").symlink_to(tmp_path / "outside")
    (home / "again.live").write_text("import 'again.live'\nimport 'main.live'\nload 'again.live'\n")
    monkeypatch.chdir(home)
    monkeypatch.delenv("LIVECODE_HOSTS", raising=False)
    monkeypatch.delenv("LIVECODE_SAMPLES", raising=False)
    yield home
    WATCH.folder = None


def performed(home: Path, text: str) -> str:
    """Play a text as the stranger's file, with all that acts once, and two cycles; gives all that was told."""
    path = home / "main.live"
    path.write_text(text)
    told: list[str] = []
    engine: Any = Still()
    performance = Performance(engine, told.append)
    performance.delivers = True
    conductor = Conductor(engine, RATE, BLOCK, lambda error: told.append(error.render()))
    conductor.begin(score(performance.session), 0)
    performance.conductor = conductor
    WATCH.seen, WATCH.folder = [], home.parent.resolve()
    evaluation = performance.evaluate(Source(str(path), text))
    told += [error.render() for error in evaluation.errors]
    told += evaluation.said
    for _, act in evaluation.acts:
        try:
            told.append(performance.act(act))
        except LiveError as error:
            told.append(error.render())
    conductor.tick(4 * RATE)
    if performance.deliveries is not None:
        performance.deliveries.stop()
    WATCH.folder = None
    return "\n".join(told)


def outside(home: Path) -> dict[Path, int]:
    """Give when what lies around a folder was changed."""
    return {p: p.stat().st_mtime_ns for p in home.parent.rglob("*") if home not in (p, p.parent)}


def chain(first: str, line: str, count: int) -> str:
    """Give lines that each use the one before twice."""
    return "\n".join([first, *(line.format(a=f"a{i}", b=f"a{i + 1}") for i in range(count))])


ATTACKS = {
    "read": [
        ("import '/etc/passwd'", "outside this folder"),
        ("import '../secret.live'", "outside this folder"),
        ("import 'link.live'", "outside this folder"),
        ("load '/etc/passwd'", "outside this folder"),
        ("load '../secret.live'", "outside this folder"),
        ("load 'link.live'", "outside this folder"),
        ("load '../song.mid'", "outside this folder"),
        ("import '/proc/self/environ'", "outside this folder"),
        ("import '/dev/stdin'", "outside this folder"),
        ("samples '/etc'", "outside this folder"),
        ("samples '..'", "outside this folder"),
        ("samples '~'", "outside this folder"),
        ("samples 'out'", "outside this folder"),
        ("compare '/etc/passwd'", "this folder"),
        ("compare '../outside/a.wav'", "this folder"),
        ("x = s '/etc/passwd'", "there is no sound"),
        ('x = s "../outside/a"', "not a time"),
        ("x = s 'bd' | ir '/etc/passwd'", ""),
    ],
    "write": [
        ("save '/tmp/stolen.live'", "in this folder"),
        ("save '../stolen.live'", "in this folder"),
        ("save 'out/stolen.live'", "in this folder"),
        ("save '.bashrc'", "in this folder"),
        ("record '/tmp/stolen.wav'", "below this folder"),
        ("record '../stolen.wav'", "below this folder"),
        ("record 'out/stolen.wav'", "outside this folder"),
        ("record 'main.live'", ".wav file"),
        ("record '/dev/null'", ".wav file"),
        ("save '/dev/full'", "in this folder"),
        ("x = s 'bd'\nexport '/tmp/stolen.wav' cycles=1", "below"),
        ("x = s 'bd'\nexport '../stolen.wav' cycles=1", "below"),
        ("x = s 'bd'\nexport 'main.live' cycles=1", "main.live"),
        ("x = s 'bd'\nexport 'out/stolen.wav' cycles=1", "out"),
        ("x = s 'bd'\nmidi save x '../stolen.mid'", "below this folder"),
        ("loopback '../stolen' 1", "no name for a sample"),
    ],
    "run": [
        ("__import__('os').system('true')", "means nothing"),
        ("x = eval 'print(1)'", "eval means nothing"),
        ("import 'os'", "there is no file"),
        ("kick = s 'bd'\nx = kick.__class__", "means nothing"),
        ("x = (\\y -> y).__globals__", ". means nothing"),
        ('x = s "{0.__class__}"', ""),
        ("x = s '{0.__class__}' | label '%s%n'", "there is no sound"),
        ("x = exec 'true'\n! true\n`true`\n$(true)", "means nothing"),
        ("x = s 'bd' | byteBeatExpression '__import__(1)'", "no effect"),
    ],
    "socket": [
        ("osc out '192.0.2.1:9000' as thief", "another machine"),
        ("osc superdirt 'example.org:57120'", "another machine"),
        ("osc in 9999", "opens a socket"),
        ("sync link", "opens a socket"),
        ("samples 'http://example.org/a'", "there is no folder"),
        ("import 'https://example.org/a.live'", "there is no file"),
        ("load 'github:a/b'", "there is no file"),
    ],
    "exhaust": [
        ('x = s "bd*99999999"', "the limit is 4,096"),
        ("x = s 'bd' | ply 1e9 | ply 1e9", "the limit is 4,096"),
        ("x = n (run 1e9)", "the limit is 4,096"),
        ('x = n "0 .. 999999999"', "the limit is 4,096"),
        ('x = s "bd(999999,99999999)"', "the limit is 4,096"),
        ("x = s 'bd' | struct (binaryN 9999999 1e9)", "too many"),
        ("x = s 'bd' | echo 1e9 1/8 0.9", "too many"),
        ("x = n (pow 9999999 9999999)", "too large"),
        ("x = s 'bd' | gain 2000418dB", "too loud"),
        ("design x level=99999dB = sine freq * level", "too loud"),
        ("x = n ('9' * 999999999)", ""),
        (f'x = s "{"[" * 3000}bd{"]" * 3000}"', "nest too deep"),
        (f"x = {'(' * 5000}1{')' * 5000}", "2,048"),
        (f'x = s "{"bd " * 100_000}"', "8,192 characters"),
        ("x" * 1_000_000, "200 letters"),
        (f"x = {'9' * 100_000}", "too large"),
        ("x = s 'bd' | late 1/" + "7" * 300, ""),
        ("let r = \\f -> f f\nx = r r", "nests too deep"),
        ("let r x = r x\nx = r 1", "made of itself"),
        (chain('let a0 = "bd*8"', "let {b} = stack [{a}, {a}]", 60), "the limit is 4,096"),
        (chain("let a0 x = x | fast 2", "let {b} x = {a} ({a} x)", 30) + "\nx = a30 's'", "the limit is 4,096"),
        (chain("arrange a0 1 = s 'bd'", 'arrange {b} = "{a} {a}"', 60) + "\nplay a60", "4,096 sections"),
        ('arrange a 1 = s "bd"\narrange b = "a!4000"\narrange c = "b!4000"\narrange d = "c!4000"', "4,096 sections"),
        ("arrange a 99999999999 = s 'bd'", "a number of cycles"),
        ("\n".join(f"x{i} = s 'bd'" for i in range(1000)), "more than 512 patterns"),
        ("\n".join(f"let x{i} = {i}" for i in range(3000)), "more than 2,048 statements"),
        ("import 'pipe.live'", "is no file"),
        ("import 'zero.live'", "outside this folder"),
        ("import 'huge.live'", "larger than 4 MB"),
        ("load 'pipe.live'", "is no file"),
        ("load 'huge.live'", "larger than 4 MB"),
        ("load 'pipe.mid'", "no MIDI file"),
        ("load 'huge.mid'", "no MIDI file"),
        ("samples 'drums'", "holds no samples"),
        ("x = s 'bd'" + " # gain 1" * 100_000, "gain 1 is not heard"),
        (f"x = s 'bd' | label '{'# gain 1 ' * 100_000}'", ""),
        ("import 'again.live'", ""),
        ("load 'again.live'", ""),
        (chain("design x =\n    a0 = saw freq", "    {b} = {a} + {a} * {a}", 40) + "\n    a40\ny = s 'x'", ""),
        ("mix main | reverb 99999999s\nmain = s 'bd'", ""),
        ("latency 99999", "out of range"),
        ("tempo 1e300", "out of range"),
        ("tempo (ramp 1 1e300 over 1e-300)\nx = s 'bd'", ""),
    ],
    "terminal": [
        ("x = s '\x1b]0;stolen\x07\x1b[2J'", "there is no sound ␛]0;stolen␇␛[2J"),
        ("import 'a\x1b[2J.live'", "a␛[2J.live"),
        ("\x1b[2J\x1b]52;c;c3RvbGVu\x07 = 2", "␛ means nothing"),
        ("x = s 'bd' | label\x9b2J", "\N{REPLACEMENT CHARACTER} means nothing"),
        ("x = nope  # \u202e]dne[", "nope means nothing"),
    ],
}
ROWS = [(kind, text, said) for kind, rows in ATTACKS.items() for text, said in rows]


@pytest.mark.parametrize(("kind", "text", "said"), ROWS, ids=[f"{kind}: {text[:50]!r}" for kind, text, _ in ROWS])
def test_an_attack_is_refused(home: Path, kind: str, text: str, said: str) -> None:
    before = outside(home)
    begun = time.thread_time()
    told = performed(home, text)
    spent = time.thread_time() - begun
    assert said in told
    assert WATCH.seen == []
    assert "stolen" not in {p.stem for p in home.parent.rglob("*")}
    assert outside(home) == before
    assert spent < LIMIT
    assert len(told) < 200_000
    assert PLAIN.fullmatch(told)


def test_what_is_watched_is_seen(home: Path) -> None:
    """The watch itself would notice a file that is read, and a socket that is opened."""
    import socket

    WATCH.seen, WATCH.folder = [], home.parent.resolve()
    (home / "link.live").read_text()
    socket.socket().close()
    WATCH.folder = None
    assert [event.partition(" ")[0] for event in WATCH.seen] == ["open", "socket.__new__"]


def test_a_host_that_the_user_named_may_be_reached(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECODE_HOSTS", "192.0.2.1 192.0.2.2")
    path = home / "main.live"
    path.write_text("")
    from livecode.stages.prelude import prelude
    from livecode.stages.statements import evaluate_text

    for text, errors in (
        ("osc out '192.0.2.2:9000' as vj", 0),
        ("osc out '192.0.2.3:9000' as vj", 1),
        ("osc out 'localhost:9000' as vj", 0),
        ("osc in 9001", 0),
    ):
        assert len(evaluate_text(prelude(), Source(str(path), text)).errors) == errors, text
    monkeypatch.delenv("LIVECODE_HOSTS")
    assert evaluate_text(prelude(), Source("line 1", "osc out '192.0.2.3:9000' as vj")).errors == ()


def test_a_small_file_of_much_silence_is_not_unpacked(tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    from livecode.engine.samples import decode
    from livecode.errors import SoundError

    path = tmp_path / "a.flac"
    soundfile.write(path, np.zeros((4096, 8), dtype=np.float32), 192000)
    data = bytearray(path.read_bytes())
    told = int.from_bytes(data[18:26], "big")  # rate, channels, width, and in the last 36 bits the frames
    data[18:26] = ((told >> 36 << 36) | 1150 * 192000).to_bytes(8, "big")
    path.write_bytes(data)
    with pytest.raises(SoundError, match="too large for a sample"):
        decode(str(path), 48000)


def test_a_marker_of_a_midi_file_says_nothing_but_a_comment(tmp_path: Path) -> None:
    import mido

    from livecode.scores import statements

    file = mido.MidiFile()
    track = mido.MidiTrack()
    text = "verse\nimport 'stolen.live'\r\x1b[2J" + "a" * 999
    track += [mido.MetaMessage("marker", text=text, time=1), mido.Message("note_on", note=60, velocity=9, time=1)]
    track.append(mido.Message("note_off", note=60, time=480))
    file.tracks.append(track)
    file.save(tmp_path / "a.mid")
    lines = statements(tmp_path / "a.mid").splitlines()
    assert lines[0].startswith("# verse import 'stolen.live'") and len(lines[0]) < 300
    assert not any(line.startswith("import") for line in lines)
