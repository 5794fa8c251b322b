"""Sessions from a text, and sounds that are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from livecode.errors import Source
from livecode.session import Session
from livecode.stages.delivery import Order
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text

RATE = 48000
SONG = """
tempo 240
kick = s "bd*4"
hats = s "hh*8" | pan 0.3
lead = note "c4 e4" | s 'tri1' | delay 0.3
bass = note "c2" | s 'tri1'
design tri1 = tri freq | adsr 2ms 50ms 0.5 50ms
mix drums = kick + hats | compress -18dB 4
mix hall = return | reverb 0.3s
mix lead | send hall 0.3
mix bass | duck kick 0.8 80ms
master | glue 2 | limit -1dB
arrange verse 1 = kick, bass
arrange drop 2 = kick, hats, lead, bass
arrange song = "verse drop"
arrange rest 1 = kick | gain 0
"""

Evaluate = Callable[..., Session]


@pytest.fixture(scope="session")
def song() -> Session:
    made = evaluate_text(prelude(), Source("song", SONG))
    assert not made.errors, made.errors[0].render()
    return made.session


def ordered(session: Session, text: str) -> Order:
    """Give the order of an export statement.

    Raises the LiveError of a wrong one.
    """
    made = evaluate_text(session, Source("test", text))
    if made.errors:
        raise made.errors[0]
    ((_, act),) = made.acts
    assert isinstance(act.order, Order)
    return act.order


def mixture(seed: int, seconds: float = 2.0) -> NDArray[np.float32]:
    """Give something like a mix: beats, tones and noise at random levels, crests and widths, at 48 kHz."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    out = np.zeros((count, 2))
    for _ in range(random.integers(1, 6)):
        tone = np.sin(2 * np.pi * random.uniform(40, 15000) * time + random.uniform(0, 6))
        out += tone[:, None] * random.uniform(0, 0.6, 2)
    beat = np.exp(-((time * random.uniform(1, 8)) % 1) * random.uniform(3, 60))
    out += (beat * random.normal(0, random.uniform(0.05, 1.0), count))[:, None] * random.uniform(0.2, 1, 2)
    out += random.normal(0, random.uniform(0.001, 0.1), (count, 2))
    shaped = np.tanh(out * random.uniform(0.3, 4)) * random.uniform(0.05, 1.5)
    return shaped.astype(np.float32)
