"""The master stage: a ceiling nothing exceeds, a recording that is what was heard."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livecode.engine.master import SAFETY, DirectBlock
from livecode.engine.offline import OfflineEngine
from livecode.engine.records import Node, Record, Ref, Trouble
from livecode.measure.curve import heights
from tests.engine.conftest import Make
from tests.engine.sounds import KICK, PLAIN, SAW, TONE, Wave, add, chain, event, instrument, one_strip, render
from tests.hearing import pitch

Signal = np.ndarray[Any, np.dtype[np.float64]]


def test_the_high_pass_takes_the_constant_part_only() -> None:
    time = np.arange(96000) / 48000
    block = DirectBlock(48000, 256)
    wave = 0.3 + 0.5 * np.sin(2 * np.pi * 40 * time)
    signal = np.stack([wave, wave], axis=1)
    out = np.concatenate([block.process(signal[i : i + 256].T).T.copy() for i in range(0, 96000, 256)])[48000:, 0]
    assert abs(out.mean()) < 1e-4
    assert np.abs(out).max() == pytest.approx(0.5, rel=0.02)


CEILINGS = [(PLAIN, SAFETY), (chain(Node("limit", (-6.0, Ref(0)))), -6.0), (chain(Node("limit", (3.0, Ref(0)))), 0.0)]


@pytest.mark.parametrize(("master", "ceiling"), CEILINGS)
def test_a_loud_mix_stays_below_the_ceiling(make: Make, master: object, ceiling: float) -> None:
    engine = make()
    engine.send(one_strip(master=master))  # type: ignore[arg-type]
    add(engine, 1, SAW)
    add(engine, 2, KICK)
    engine.push([event(i * 1500, 1 + i % 2, 0.3, 55.0 * (1 + i % 5), 2.0) for i in range(30)])
    wave = engine.advance(60000)
    assert np.abs(wave).max() <= np.float32(10 ** (ceiling / 20)) * (1 + 1e-6)
    assert np.abs(wave).max() > 0.9 * 10 ** (ceiling / 20)


HISS = instrument("hiss", Node("noise", ()), Node("perc", (0.0, 0.1)), Node("mul", (Ref(0), Ref(1))))


@pytest.mark.parametrize("seed", range(5))
def test_no_random_mix_exceeds_the_ceiling_between_its_samples(make: Make, seed: int) -> None:
    engine = make()
    draw = random.Random(seed)
    engine.send(one_strip(chain(Node("gain", (4.0, Ref(0)))), master=chain(Node("limit", (-1.0, Ref(0))))))
    for number, sound in enumerate((KICK, SAW, TONE, HISS)):
        add(engine, number, sound)
    pitches = (55, 440, 3000, 7000, 11000, 12000, 14000)
    for _ in range(12):
        note = draw.uniform(0.05, 0.6), draw.choice(pitches), draw.uniform(0.1, 1.5)
        engine.push(event(draw.randrange(48000), draw.randrange(4), *note))
    wave = engine.advance(60000)
    assert 20 * np.log10(heights(wave.T.astype(np.float64)).max()) <= -0.95
    assert np.abs(wave).max() > 0.7


def test_the_latency_is_what_is_told(make: Make) -> None:
    for block in (64, 256, 1024):
        engine = make(block=block)
        add(engine, 1, KICK)
        engine.push(event(777, 1, 0.1, 440.0, 0.5))
        wave = engine.advance(9600)
        first = int(np.argmax(np.abs(wave[:, 0]) > 1e-6))
        assert first - engine.clock().latency == 777


def read_wav(path: Path) -> tuple[int, Wave]:
    data = path.read_bytes()
    assert data[:4] == b"RIFF" and data[8:12] == b"WAVE"
    at, rate, wave = 12, 0, np.zeros((0, 2), np.float32)
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt ":
            kind, channels, rate = struct.unpack_from("<HHI", data, at + 8)
            assert (kind, channels) == (3, 2)
        if name == b"data":
            wave = np.frombuffer(data, np.float32, size // 4, at + 8).reshape(-1, 2)
        at += 8 + size
    return rate, wave


def test_a_recording_holds_what_was_heard(engine: OfflineEngine, tmp_path: Path) -> None:
    add(engine, 1, TONE)
    engine.push(event(0, 1, 9.0, 440.0, 0.3))
    engine.advance(4864)
    path = tmp_path / "take.wav"
    engine.send(Record(str(path)))
    heard = engine.advance(256 * 50)
    recorder = engine._engine.master.recorder
    engine.send(Record(""))
    assert recorder is not None
    recorder.thread.join(5.0)
    rate, wave = read_wav(path)
    assert rate == 48000
    np.testing.assert_array_equal(wave, heard)
    assert pitch(wave[:, 0]) == pytest.approx(440.0, abs=0.5)


def test_a_recording_that_cannot_be_made_is_trouble(engine: OfflineEngine, tmp_path: Path) -> None:
    engine.send(Record(str(tmp_path / "no" / "take.wav")))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 9.0, 440.0, 0.3))
    assert np.abs(render(engine, 4800)).max() > 0.1
    assert any(isinstance(r, Trouble) and "cannot record" in r.message for r in engine.reports())
