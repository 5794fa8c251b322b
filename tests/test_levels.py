"""What the meters show as text."""

from __future__ import annotations

from livecode.engine.clock import Level, Meters
from livecode.levels import lines
from livecode.measure.reading import Loudness


def test_every_strip_that_sounds_has_a_line() -> None:
    levels = {
        "kick": Level(0.2, 0.25, 0.1, 0.05, 1.0, 3.26, 0.5),
        "a long name": Level(0.1, 0.1, 0.01, 0.01, -0.5, held=0.1),
        "still": Level(),
        "master": Level(0.4, 0.9, 0.2, 0.2, 0.5, 0.0, 1.0),
    }
    heard = Loudness(-13.0, -14.0, -15.5, 4.2, -0.3)
    head, long, *rest = sorted(lines(Meters(0.1, 3, 0, 0, 1.0, 0.9, levels=levels, loudness=heard)))
    shown = {line.split("  ")[0]: line.split() for line in (long, *rest)}
    assert head.split() == ["peak", "dB", "RMS", "dB", "reduction", "correlation"]
    assert shown["kick"] == ["kick", "-6.0", "-20.0", "-3.3", "+1.00"]
    assert shown["a long name"][-3:] == ["-20.0", "-40.0", "-0.50"]
    assert shown["master"] == ["master", "0.0", "-14.0", "+0.50"]
    assert "still" not in shown
    assert any("integrated -15.5 LUFS, range 4.2 LU, true peak -0.3 dBTP" in line for line in rest)


def test_silence_has_levels_too() -> None:
    shown = list(lines(Meters(0.0, 0, 0, 0, 0.0, 0.0)))
    assert shown[1].split() == ["master", "-∞", "-∞"]
    assert "momentary -inf" not in shown[2]
