"""Units that remember what they heard, and how they forget it between two notes of a voice.

A voice that is used again would let the last note's state sound into the next one as a step at its onset.
So the input of every such unit has a valve, open from the onset to the end of the note, and when the note has ended
the voice runs on, unheard, until its filters are still.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from livecode.engine.binding import Unit

STILL = 1e-8  # below it a unit has forgotten (-160 dB)
FAST = 0.15  # of the rate: a filter of this frequency without resonance dies away within a few samples
FLAT = 0.5  # the quality of a filter that does not ring

# What makes a unit forget quickly: the attributes to set meanwhile. Frequencies are in parts of the rate.
QUICKLY: dict[str, tuple[tuple[str, float], ...]] = {
    "Biquad": (("freq", FAST), ("q", FLAT)),
    "Biquadx": (("freq", FAST), ("q", FLAT)),
    "EQ": (("freq", FAST), ("q", FLAT)),
    "SVF": (("freq", FAST), ("q", FLAT)),
    "SVF2": (("freq", FAST), ("q", FLAT)),
    "Reson": (("freq", FAST), ("q", FLAT)),
    "Resonx": (("freq", FAST), ("q", FLAT)),
    "MoogLP": (("freq", FAST), ("res", 0.0)),
    "Tone": (("freq", FAST),),
    "Atone": (("freq", FAST),),
    "ButLP": (("freq", FAST),),
    "ButHP": (("freq", FAST),),
    "PVVerb": (("revtime", 0.0),),
}
AT_ONCE = frozenset(
    {"Delay", "SDelay", "SmoothDelay", "Freeverb", "WGVerb", "STReverb", "Chorus", "AllpassWG", "Waveguide"}
)
SLOWLY = frozenset(
    {
        "Allpass",
        "Allpass2",
        "ButBP",
        "ButBR",
        "Compress",
        "ComplexRes",
        "DCBlock",
        "Delay1",
        "Disto",
        "Expand",
        "Follower",
        "Follower2",
        "FourBandMain",
        "Gate",
        "Harmonizer",
        "HilbertMain",
        "MultiBandMain",
        "Phaser",
        "Port",
        "PVAnal",
        "PVFreqMod",
        "PVSynth",
        "Vocoder",
    }
)
REMEMBERS = frozenset(QUICKLY) | AT_ONCE | SLOWLY


class Memory:
    """One unit's way to forget: `hasten` when its note has ended, `restore` before it sleeps."""

    __slots__ = ("_hurry", "_kept", "_reset", "_value")

    def __init__(self, kind: str, unit: Unit, rate: int) -> None:
        self._value: Callable[[], float] = unit._getStream().getValue
        self._reset: Callable[[], Any] | None = unit.reset if kind in AT_ONCE else None
        self._hurry: list[tuple[Callable[[Any], Any], float, Callable[[], Any]]] = []
        self._kept: list[Any] = []
        for name, value in QUICKLY.get(kind, ()):
            setter = getattr(unit, f"set{name.capitalize()}")
            self._hurry.append((setter, value * rate if name == "freq" else value, partial(getattr, unit, name)))

    def hasten(self) -> None:
        """Forget as fast as can be."""
        if self._reset is not None:
            self._reset()
        if not self._kept:
            for setter, value, get in self._hurry:
                self._kept.append(get())
                setter(value)

    def restore(self) -> None:
        """Be again what the graph says."""
        if self._kept:
            for (setter, _, _), value in zip(self._hurry, self._kept, strict=True):
                setter(value)
            self._kept.clear()

    @property
    def still(self) -> bool:
        return abs(self._value()) < STILL
