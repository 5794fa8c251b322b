"""From samples in floating point to whole numbers, with dither: plain, or shaped so that the ear hears less of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 20013  # the same samples give the same file
SEGMENT = (
    1024  # samples: the feedback of shaped dither starts anew so often, so that segments are computed side by side
)
# How much of the last errors is taken off: Lipshitz, Vanderkooy and Wannamaker, "Minimally audible noise shaping",
# JAES 39 (1991), for 44.1 and 48 kHz; at other rates plain second order.
MINIMALLY_AUDIBLE = (2.033, -2.165, 1.959, -1.590, 0.6149)
SECOND_ORDER = (2.0, -1.0)


def generator() -> np.random.Generator:
    return np.random.default_rng(SEED)


def quantised(
    wave: NDArray[np.floating[Any]], bits: int, kind: str, rate: int, random: np.random.Generator
) -> NDArray[np.int32]:
    """Round samples (n, channels) in [-1, 1] to whole numbers of so many bits; what lies outside is clipped.

    `kind` is tpdf (a triangle of two steps at the base), shaped or none.
    """
    scale = float(1 << (bits - 1))
    exact = wave.astype(np.float64) * scale
    if kind == "none":
        steps = np.round(exact)
    else:
        triangle = random.random(exact.shape) - random.random(exact.shape)
        steps = _shaped(exact, triangle, rate) if kind == "shaped" else np.round(exact + triangle)
    return np.asarray(np.clip(steps, -scale, scale - 1), dtype=np.int32)


def _shaped(exact: NDArray[np.float64], triangle: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Round with the error fed back through a filter, all segments at the same time."""
    taps = MINIMALLY_AUDIBLE if rate in (44100, 48000) else SECOND_ORDER
    count, channels = exact.shape
    full = -(-count // SEGMENT) * SEGMENT
    padding = ((0, full - count), (0, 0))
    columns = np.pad(exact, padding).reshape(-1, SEGMENT, channels).transpose(1, 0, 2)
    noise = np.pad(triangle, padding).reshape(-1, SEGMENT, channels).transpose(1, 0, 2)
    out = np.empty_like(columns)
    errors = [np.zeros(columns.shape[1:]) for _ in taps]
    for i in range(SEGMENT):
        wanted = columns[i] - sum(tap * error for tap, error in zip(taps, errors, strict=True))
        out[i] = np.round(wanted + noise[i])
        errors = [out[i] - wanted, *errors[:-1]]
    return np.asarray(out.transpose(1, 0, 2).reshape(full, channels)[:count])
