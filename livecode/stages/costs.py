"""What a design costs: about how much of a core one voice of it takes."""

from __future__ import annotations

from livecode.engine.records import Graph
from livecode.errors import KindError

RATE = 48000
VOICE = 20.0  # ns a sample: what every voice has, gain, place and sum
USUAL = 6.0  # ns a sample, of a unit generator that is not in the table
TOLD = 0.02  # of a core: from here on the cost of a voice is told

# ns a sample, measured on one core at 256 samples a block, beside a sine with an envelope.
COSTS: dict[str, float] = {
    **dict.fromkeys(("add", "sub", "mul", "neg", "min", "max", "abs", "gain"), 1.5),
    **dict.fromkeys(("sine", "saw", "tri", "noise", "pink", "brown", "impulse", "partials", "wave", "lfo"), 5.0),
    **dict.fromkeys(("lpf", "hpf", "bpf", "notch", "eq", "lowshelf", "highshelf"), 13.0),
    "pow": 30.0,
    "div": 10.0,
    "square": 9.0,
    "supersaw": 42.0,
    "unison": 65.0,
    "granular": 45.0,
    "stretch": 45.0,
    "wavetable": 20.0,
    "fm": 24.0,
    "pluck": 15.0,
    "moog": 32.0,
    "svf": 35.0,
    "vowel": 50.0,
    "drive": 28.0,
    "tanh": 25.0,
    "waveshape": 18.0,
    "compress": 75.0,
    "glue": 75.0,
    "gate": 70.0,
    "expand": 90.0,
    "multiband": 330.0,
    "deess": 90.0,
    "transient": 60.0,
    "excite": 60.0,
    "chorus": 30.0,
    "reverb": 60.0,
    "plate": 105.0,
    "phaser": 100.0,
    "vocoder": 210.0,
    "shift": 38.0,
    "fshift": 25.0,
    "pingpong": 20.0,
    "flanger": 15.0,
}


def share(graph: Graph) -> float:
    """Give about what part of a core one voice takes."""
    return (VOICE + sum(COSTS.get(node.ugen, USUAL) for node in graph.nodes)) * RATE / 1e9


def told(graph: Graph) -> str:
    """Say what a costly design costs, nothing for the others.

    Raises KindError for one of which not even a single voice could be played in time.
    """
    part = share(graph)
    if part >= 1.0:
        raise KindError(
            f"one voice of {graph.name} would take {part:.1f} cores: it cannot be played",
            hint=f"it is made of {len(graph.nodes)} unit generators; put what all voices share on its strip with mix",
        )
    if part < TOLD:
        return ""
    return f"one voice of {graph.name} takes about {part:.0%} of a core: {int(0.8 / part)} at once fill it"
