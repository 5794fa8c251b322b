"""What a change of a chain adds to the sound: nothing but the old chain ringing out and the new one coming in.

Beside a tail that rings on, a new chain makes a louder sound than either alone, and a louder sound has larger steps.
So the change is parted: one run has the old chain alone, whose input fades, one the new chain alone, whose input comes.
What the true change is beyond their sum, the change has made; what either is beyond itself at rest, its fade has made.
"""

from __future__ import annotations

import numpy as np
import pytest

from livecode.engine.records import Graph, Node, Ref
from tests.engine.conftest import Make
from tests.engine.sounds import TONE, Wave, add, chain, event, one_strip

CHAINS: dict[str, Node] = {
    "gain": Node("gain", (0.5, Ref(0))),
    "lpf": Node("lpf", (2000.0, 0.3, Ref(0))),
    "moog": Node("moog", (1500.0, 0.5, Ref(0))),
    "delay": Node("delay", (0.2, 0.4, 0.3, Ref(0))),
    "pingpong": Node("pingpong", (0.15, 0.5, 0.5, Ref(0))),
    "reverb": Node("reverb", (1.0, 0.3, Ref(0))),
    "plate": Node("plate", (2.0, 0.4, Ref(0))),
    "comb": Node("comb", (220.0, 0.9, Ref(0))),
    "flanger": Node("flanger", (0.3, 0.8, 0.5, 0.5, Ref(0))),
    "phaser": Node("phaser", (0.4, 0.8, 1000.0, 1200.0, Ref(0))),
    "drive": Node("drive", (0.4, Ref(0))),
    "haas": Node("haas", (0.012, Ref(0))),
}
PAIRS = [
    *((echo, other) for echo in ("delay", "plate", "pingpong", "reverb") for other in ("gain", "lpf")),
    *((other, echo) for echo in ("delay", "plate") for other in ("gain", "comb")),
    ("delay", "plate"),
    ("plate", "delay"),
    ("comb", "flanger"),
    ("flanger", "phaser"),
    ("moog", "haas"),
    ("drive", "moog"),
]
SHARE = 0.25  # of the signal's own largest step: what a change may add
REST, AFTER = 48000, 36000


def leveled(name: str, level: float) -> Graph:
    return chain(CHAINS[name], Node("gain", (level, Ref(1))))


def changed(make: Make, old: Graph, new: Graph) -> tuple[Wave, Wave]:
    """Change a chain while a tone sounds: the steps of the second before, and the samples from the change on."""
    engine = make()
    engine.send(one_strip(old))
    add(engine, 1, TONE)
    engine.push(event(0, 1, 60.0, 400.0, 0.3))
    engine.advance(12000)
    before = engine.advance(REST)
    engine.send(one_strip(new))
    return np.diff(before, axis=0), engine.advance(AFTER).astype(np.float64)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_change_adds_no_step_of_its_own(make: Make, old: str, new: str) -> None:
    steps, both = changed(make, leveled(old, 1.0), leveled(new, 1.0))
    _, leaving = changed(make, leveled(old, 1.0), leveled(new, 0.0))
    _, coming = changed(make, leveled(old, 0.0), leveled(new, 1.0))
    own = max(float(np.abs(steps).max()), float(np.abs(np.diff(coming[-9600:], axis=0)).max()))
    made = np.diff(both - leaving - coming, axis=0)
    assert np.abs(made).max() < 0.01 * own  # the change itself makes none at all
    assert np.abs(np.diff(leaving, axis=0)).max() < (1.0 + SHARE) * float(np.abs(steps).max())
    assert np.abs(np.diff(coming, axis=0)).max() < (1.0 + SHARE) * own
