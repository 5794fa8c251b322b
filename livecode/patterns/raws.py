"""Raw haps: events whose times are whole numbers of a common denominator, moved, cut and put together.

A raw hap is `(whole begin, whole end, part begin, part end, value, places)`; the wholes are None for a continuous
value. Nothing is rounded and no rational is reduced on the way.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import Any

from livecode.patterns.exact import Hap, Places, Span

Raw = tuple[Any, Any, int, int, Any, Places]
Raws = tuple[int, list[Raw]]  # denominator, haps

_new = object.__new__
_tuple = tuple.__new__


def moved(haps: list[Raw], k: int, o: int) -> list[Raw]:
    """Multiply all times by k and add o."""
    if k == 1 and o == 0:
        return haps
    try:
        if k == 1:
            return [(wb + o, we + o, pb + o, pe + o, v, pl) for wb, we, pb, pe, v, pl in haps]
        return [(wb * k + o, we * k + o, pb * k + o, pe * k + o, v, pl) for wb, we, pb, pe, v, pl in haps]
    except TypeError:  # a continuous hap has no whole
        return [
            (None if wb is None else wb * k + o, None if wb is None else we * k + o, pb * k + o, pe * k + o, v, pl)
            for wb, we, pb, pe, v, pl in haps
        ]


def cut(raws: Raws, c: int, bn: int, en: int, den: int) -> Raws:
    """Cut the haps of cycle c to a span that lies in it; times then count from cycle 0."""
    d, haps = raws
    if bn == c * den and en == bn + den:
        return d, moved(haps, 1, c * d)
    whole = lcm(d, den)
    k, base = whole // d, c * whole
    b, e = bn * (whole // den), en * (whole // den)
    out: list[Raw] = []
    if b == e:
        for wb, we, pb, pe, v, pl in moved(haps, k, base):
            if pb <= b < pe:
                out.append((wb, we, b, b, v, pl))
        return whole, out
    for hap in moved(haps, k, base):
        pb, pe = hap[2], hap[3]
        if pb >= b and pe <= e:
            out.append(hap)
        elif pb < e and pe > b:
            out.append((hap[0], hap[1], pb if pb > b else b, pe if pe < e else e, hap[4], hap[5]))
    return whole, out


def together(parts: list[Raws]) -> Raws:
    """Bring lists of haps to one denominator."""
    if len(parts) == 1:
        return parts[0]
    whole = lcm(*[d for d, _ in parts])
    out: list[Raw] = []
    for d, haps in parts:
        out += haps if d == whole else moved(haps, whole // d, 0)
    return whole, out


def edge(hap: Raw, d: int, base: int = 0) -> Hap:
    """Make a hap with rational times of a raw one."""
    wb, we, pb, pe, value, places = hap
    part = Span(ratio(pb + base, d), ratio(pe + base, d))
    if wb is None:
        return Hap(None, part, value, places)
    if wb == pb and we == pe:
        return Hap(part, part, value, places)
    return Hap(Span(ratio(wb + base, d), ratio(we + base, d)), part, value, places)


def ratio(n: int, d: int) -> Fraction:
    """Make the fraction n/d, d > 0, in a third of the time that Fraction's own checks take."""
    g = gcd(n, d)
    out = _new(Fraction)
    out._numerator = n // g  # type: ignore[attr-defined]
    out._denominator = d // g  # type: ignore[attr-defined]
    return out


def onset_haps(found: list[Raw], d: int, base: int) -> list[Hap]:
    """Make haps of raw ones with an onset; those that share a whole share its fractions."""
    spans: dict[tuple[int, int], Span] = {}
    out: list[Hap] = []
    for wb, we, _, pe, value, places in found:
        whole = spans.get((wb, we))
        if whole is None:
            whole = spans[wb, we] = _tuple(Span, (ratio(wb + base, d), ratio(we + base, d)))
        part = whole if we == pe else Span(whole[0], ratio(pe + base, d))
        out.append(_tuple(Hap, (whole, part, value, places)))
    return out
