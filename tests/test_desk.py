"""The mixer as it is written: levels of strips, sends, pan, width, mute and solo, measured on what is rendered."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hearing import Wave, level, played, sound

TONES = "tempo 240\ndesign t = sine 1khz | asr 1ms 1ms\na = s 't'\nb = s 't' | gain 0.5\n"
ALONE = -15.02  # dB: a tone at -12 dBFS in the middle, on each side
SENT = "mix hall = return | gain 1\n"


def heard(text: str) -> Wave:
    return sound(played(TONES + text))[9600:40000]


LEVELS = [
    ("mute b", ALONE),
    ("solo a", ALONE),
    ("solo b", ALONE - 6.02),
    ("mute b\nmix a | gain -6dB", ALONE - 6.0),
    ("mute b\nmix g = a | gain -3dB\nmix h = g | gain -3dB", ALONE - 6.0),
    # what stands before the fader is sent as it was, behind it as it is
    (SENT + "mute b\nmix a | send hall 1 | gain 0", ALONE),
    (SENT + "mute b\nmix a | gain 0.5 | send hall 1", ALONE),
    # a return goes on sounding for the strip that is heard alone, and is silent for the others
    (SENT + "mix a | send hall 1 | gain 0\nsolo a", ALONE),
    (SENT + "mix a | send hall 1\nsolo b", ALONE - 6.02),
]


@pytest.mark.parametrize(("text", "expected"), LEVELS)
def test_levels(text: str, expected: float) -> None:
    assert level(heard(text)[:, 0]) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(("position", "left", "right"), [(0.25, 1.76, -3.01), (0.5, 0.0, 0.0), (0.75, -3.01, 1.76)])
def test_pan_keeps_the_power(position: float, left: float, right: float) -> None:
    """A balance of square roots, 0 dB in the middle: both powers sum up to the same everywhere."""
    wave = heard(f"mute b\nmix a | pan {position}")
    assert level(wave[:, 0]) - ALONE == pytest.approx(left, abs=0.05)
    assert level(wave[:, 1]) - ALONE == pytest.approx(right, abs=0.05)


@pytest.mark.parametrize(("amount", "side"), [(0, 0.0), (0.5, 0.5), (2, 2.0)])
def test_width_is_a_factor_of_the_sides(amount: float, side: float) -> None:
    plain, wide = (heard(f"mute b\nmix a | pan 0.3 | {end}") for end in ("gain 1", f"width {amount}"))
    for wave, sign, factor in ((plain, 1, 1.0), (plain, -1, side)):
        expected = (wave[:, 0] + sign * wave[:, 1]) * factor
        np.testing.assert_allclose(wide[:, 0] + sign * wide[:, 1], expected, atol=1e-4)
