"""The words of the pattern language, a module a family; importing this registers them all."""

from livecode.patterns.library import (  # noqa: F401
    arpeggios,
    choosing,
    factories,
    functions,
    joining,
    motion,
    numbers,
    outside,
    random,
    sections,
    signals,
    sound,
    stepwise,
    structure,
    time,
    tonal,
    transitions,
)
