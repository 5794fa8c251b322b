"""Words that play chords note by note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livecode.errors import KindError, nearest
from livecode.patterns.combining import Map, Rewrite
from livecode.patterns.core import Pattern
from livecode.patterns.joins import inner_bind, squeeze_bind
from livecode.patterns.leaves import Pure
from livecode.patterns.notes import is_note, note_to_midi
from livecode.patterns.raws import Raw
from livecode.patterns.register import Binder, word
from livecode.patterns.timing import fastcat
from livecode.patterns.values import numeral, to_number

GROUP = "functions"
LOOKED = 16  # cycles of indices that are looked at for names of modes

Voice = tuple[Any, Any]  # the value of a simultaneous event, and its places
Order = Callable[[list[Any]], list[Any]]


def _converging(a: list[Any]) -> list[Any]:
    return [a[i // 2] if i % 2 == 0 else a[-1 - i // 2] for i in range(len(a))]


def _there_and_back(a: list[Any]) -> list[Any]:
    """Go through a row and back, without playing its ends twice."""
    return [*a[:-1], *a[:0:-1]] if len(a) > 1 else a


def _with_top(a: list[Any]) -> list[Any]:
    return [x for low in a[:-1] for x in (low, a[-1])] if len(a) > 1 else a


def _with_bottom(a: list[Any]) -> list[Any]:
    return [x for high in a[1:] for x in (a[0], high)] if len(a) > 1 else a


# The modes of arp by name: each orders the notes of a chord, which come from the lowest to the highest.
MODES: dict[str, Order] = {
    "up": lambda a: a,
    "down": lambda a: a[::-1],
    "updown": _there_and_back,
    "downup": lambda a: _there_and_back(a[::-1]),
    "up&down": lambda a: [*a, *a[::-1]],
    "down&up": lambda a: [*a[::-1], *a],
    "converge": _converging,
    "diverge": lambda a: _converging(a)[::-1],
    "disconverge": lambda a: [*_converging(a), *_converging(a)[::-1][1:]],
    "pinkyup": _with_top,
    "pinkyupdown": lambda a: _there_and_back(_with_top(a)),
    "thumbup": _with_bottom,
    "thumbupdown": lambda a: _there_and_back(_with_bottom(a)),
}


def _collected(d: int, haps: list[Raw]) -> list[Raw]:
    groups: dict[tuple[Any, ...], list[Raw]] = {}
    for hap in haps:
        groups.setdefault(hap[:4], []).append(hap)
    return [(*key, [(h[4], h[5]) for h in group], ()) for key, group in groups.items()]


def _groups(pat: Pattern) -> Pattern:
    """Give simultaneous events as one, whose value is the list of their values and places."""
    return Rewrite(_collected, pat, steps=pat.steps)


def _opened(chosen: Pattern) -> Pattern:
    def opened(d: int, haps: list[Raw]) -> list[Raw]:
        return [(wb, we, pb, pe, v[0], pl + v[1]) for wb, we, pb, pe, v, pl in haps]

    return Rewrite(opened, chosen, steps=None)


def _height(voice: Voice) -> float:
    value = voice[0]
    if type(value) is dict:
        value = value.get("note", value.get("n", 0))
    if isinstance(value, str) and is_note(value):
        return note_to_midi(value)
    number = to_number(value)
    return number if number == number else 0


def _is_mode(value: Any) -> bool:
    return isinstance(value, str) and to_number(value) != to_number(value)


def _names_modes(indices: Pattern) -> bool:
    period = min(indices.period or LOOKED, LOOKED)
    return any(_is_mode(hap[4]) for c in range(period) for hap in indices.cycle(c)[1])


def _ordered(mode: Any, group: list[Voice]) -> list[Voice]:
    voices = sorted(group, key=_height)
    if not _is_mode(mode):
        return [voices[int(numeral(mode)) % len(voices)]]
    order = MODES.get(mode)
    if order is None:
        raise KindError(
            f"{mode} is no way of playing a chord", found=mode, expected="a mode such as up", hint=nearest(mode, MODES)
        )
    return order(voices)


@word("arp", example='arp "<up down converge>" "[0,4,7] [2,5,9]"', group=GROUP)
def arp(indices: Pattern, pat: Pattern) -> Pattern:
    """Play simultaneous events one by one: chosen by their index, or each chord in a mode.

    The modes are up, down, updown, downup, converge, diverge, disconverge, pinkyup, pinkyupdown, thumbup and
    thumbupdown, and in single quotes 'up&down' and 'down&up'.
    """
    groups = _groups(pat)
    if not _names_modes(indices):
        return _opened(inner_bind(lambda group: Map(lambda i: group[int(numeral(i)) % len(group)], indices), groups))

    def played(mode: Any) -> Pattern:
        return squeeze_bind(lambda group: fastcat([Pure(v) for v in _ordered(mode, group)]), groups)

    return _opened(inner_bind(played, indices))


@word("arpWith", aliases=("arpwith",), example=r'arpWith (\v -> v) "[0,4,7]"', group=GROUP)
def arp_with(f: Binder, pat: Pattern) -> Pattern:
    """Replace simultaneous events by what a function of the list of their values gives."""
    return _opened(inner_bind(lambda group: Map(lambda v: (v, group[0][1]), f([v for v, _ in group])), _groups(pat)))
