"""Words that say how a pattern takes over when its name is evaluated anew."""

from __future__ import annotations

from fractions import Fraction

from livecode.patterns import transitions
from livecode.patterns.core import Pattern
from livecode.patterns.register import Time, word
from livecode.patterns.transitions import Entering, entry_of

GROUP = "transitions"
USUAL = Fraction(2)  # cycles, as in Tidal


@word("xfadeIn", example='s "bd*4" | xfadeIn 4', group=GROUP)
def xfade_in(cycles: Time, pat: Pattern) -> Pattern:
    """Take over from the name's old pattern by a crossfade of some cycles."""
    return Entering(pat, transitions.crossfade(cycles))


@word("clutch", example='s "bd*4" | clutch', group=GROUP)
def clutch(pat: Pattern) -> Pattern:
    """Take over event by event: over two cycles the old ones go and the new ones come, by chance."""
    return Entering(pat, transitions.clutch(USUAL))


@word("clutchIn", example='s "bd*4" | clutchIn 8', group=GROUP)
def clutch_in(cycles: Time, pat: Pattern) -> Pattern:
    """Take over event by event: over some cycles the old ones go and the new ones come, by chance."""
    return Entering(pat, transitions.clutch(cycles))


@word("jump", example='s "bd*4" | jump', group=GROUP)
def jump(pat: Pattern) -> Pattern:
    """Take over at once, at the boundary."""
    return Entering(pat, transitions.jump(Fraction(0)))


@word("jumpIn", example='s "bd*4" | jumpIn 4', group=GROUP)
def jump_in(cycles: Time, pat: Pattern) -> Pattern:
    """Let the old pattern play for some more cycles, then take over at once."""
    return Entering(pat, transitions.jump(cycles))


@word("jumpMod", example='s "bd*4" | jumpMod 4', group=GROUP)
def jump_mod(cycles: Time, pat: Pattern) -> Pattern:
    """Take over at once at the next multiple of some cycles."""
    return Entering(pat, transitions.jump_at(cycles))


@word("wait", example='s "bd*4" | wait 2', group=GROUP)
def wait(cycles: Time, pat: Pattern) -> Pattern:
    """Stop the old pattern, stay silent for some cycles, then begin."""
    return Entering(pat, transitions.wait(cycles))


@word("mortal", example='s "bd*4" | mortal 4 2', group=GROUP)
def mortal(life: Time, release: Time, pat: Pattern) -> Pattern:
    """Play for some cycles, thin out over some more, and end."""
    return Entering(pat, transitions.mortal(life, release))


@word("entered", example='entered 1 (s "bd*4") (s "hh*8" | xfadeIn 4)', group=GROUP)
def entered(begin: Time, old: Pattern, pat: Pattern) -> Pattern:
    """Take over from an old pattern at a cycle, in the way that the new one says; `capture` writes it."""
    entering = entry_of(pat)
    return pat if entering is None else entering.after(old, begin)
