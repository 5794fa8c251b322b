"""The random number generators: Strudel's two and Tidal's, each a function of time.

What each computes is described in the conformance data; none keeps a state, so the same time gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor, fmod, trunc

SPAN = 536870912  # 2**29
MASK = 0xFFFFFFFF
MASK64 = (1 << 64) - 1
NEVER = 9999999.0  # the time whose numbers Tidal takes for those of time 0

Generator = Callable[[Fraction, Fraction, int], list[float]]  # time, seed, how many


def rand_at(t: float) -> float:
    """Give the random number in [0, 1) of a time."""
    y = t / 300
    x = int((y - int(y)) * SPAN)
    a = ((x << 13) ^ x) & MASK
    if a & 0x80000000:
        a -= 0x100000000
    b = (a >> 17) ^ a
    c = ((b << 5) ^ b) & MASK
    if c & 0x80000000:
        c = 0x100000000 - c
    return (c % SPAN) / SPAN


def xorwise(x: int) -> int:
    """Scramble a signed 32-bit integer."""
    a = ((x << 13) ^ x) & MASK
    if a & 0x80000000:
        a -= 0x100000000
    b = (a >> 17) ^ a
    c = ((b << 5) ^ b) & MASK
    return c - 0x100000000 if c & 0x80000000 else c


def rands_at(t: float, n: int) -> list[float]:
    """Give n signed random numbers of a time; they come round after 300 cycles."""
    y = t / 300
    state = xorwise(trunc((y - trunc(y)) * SPAN))
    out = []
    for _ in range(n):
        out.append(fmod(state, SPAN) / SPAN)
        state = xorwise(state)
    return out


def precise_rands_at(t: float, n: int, seed: int = 0) -> list[float]:
    """Give n random numbers in [0, 1) by hashing the bits of a time (the murmur3 finaliser)."""
    bits = floor(t * SPAN)
    lo, hi = bits & MASK, (bits >> 32) & MASK
    out = []
    for i in range(n):
        key = lo ^ ((hi ^ 0x85EBCA6B) * 0xC2B2AE35) ^ ((i ^ 0x7F4A7C15) * 0x9E3779B9)
        key = (key ^ ((seed ^ 0x165667B1) * 0x27D4EB2D)) & MASK
        key ^= key >> 16
        key = key * 0x85EBCA6B & MASK
        key ^= key >> 13
        key = key * 0xC2B2AE35 & MASK
        key ^= key >> 16
        out.append(key / 2**32)
    return out


def _signed64(x: int) -> int:
    x &= MASK64
    return x - (1 << 64) if x >> 63 else x


def tidal_xorwise(x: int) -> int:
    """Scramble a signed 64-bit integer."""
    a = _signed64(_signed64(x << 13) ^ x)
    b = (a >> 17) ^ a
    return _signed64(_signed64(b << 5) ^ b)


def tidal_rands_at(t: float, n: int) -> list[float]:
    """Give n random numbers in [0, 1) as Tidal does; a single number of time 0 is one half."""
    if t == 0:
        if n == 1:
            return [0.5]
        t = NEVER
    y = t / 300
    state = tidal_xorwise(trunc((y - trunc(y)) * SPAN))
    out = []
    for _ in range(n):
        out.append(state % SPAN / SPAN)
        state = tidal_xorwise(state)
    return out


def _legacy(time: Fraction, seed: Fraction, n: int) -> list[float]:
    t = float(time + seed)
    return [rand_at(t)] if n == 1 else rands_at(t, n)


GENERATORS: dict[str, Generator] = {
    "legacy": _legacy,
    "precise": lambda time, seed, n: precise_rands_at(float(time), n, int(seed)),
    "tidal": lambda time, seed, n: tidal_rands_at(float(time + seed), n),
}
