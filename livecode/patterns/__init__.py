"""The pattern core: exact time, the algebra of patterns, mini-notation, functions, chance, controls and theory."""

from livecode.patterns import (
    library,
    mini,
)
from livecode.patterns.controls import CONTROLS, Control, control
from livecode.patterns.core import Pattern
from livecode.patterns.exact import Context, Hap, Span
from livecode.patterns.leaves import pure, reify, silence
from livecode.patterns.library.sections import section
from livecode.patterns.operators import operate
from livecode.patterns.register import WORDS, setter, word
from livecode.patterns.sizes import check_size
from livecode.patterns.timing import fast_by, fastcat, late_by, slowcat, stack, timecat

__all__ = [
    "CONTROLS",
    "WORDS",
    "Context",
    "Control",
    "Hap",
    "Pattern",
    "Span",
    "check_size",
    "control",
    "fast_by",
    "fastcat",
    "late_by",
    "library",
    "mini",
    "operate",
    "pure",
    "reify",
    "section",
    "setter",
    "silence",
    "slowcat",
    "stack",
    "timecat",
    "word",
]
