"""How loud is what: the K-weighting and the gates of ITU-R BS.1770-4 and EBU Tech 3342, and their unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

OFFSET = -0.691  # LU: so that a sine of 997 Hz in the left channel alone at 0 dBFS measures -3.01 LUFS
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below what passed the absolute gate
RANGE_GATE = -20.0
RANGE_SHARES = (10, 95)  # per cent of the short-term values that lie below the ends of the range
SILENCE = -np.inf


def k_weighting(rate: int) -> NDArray[np.float64]:
    """Give the two biquads of the K-weighting at a sample rate, as second-order sections (2, 6).

    The recommendation gives coefficients at 48 kHz; these are the analogue prototypes behind them, brought to any rate
    by the bilinear transform (as in Mansbridge, Finn and Reiss 2012).
    """
    # the high shelf of the head
    k = np.tan(np.pi * 1681.974450955533 / rate)
    q = 0.7071752369554196
    gain = 10 ** (3.999843853973347 / 20)
    middle = gain**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [
        (gain + middle * k / q + k * k) / a0,
        2 * (k * k - gain) / a0,
        (gain - middle * k / q + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    ]
    # the high pass
    k = np.tan(np.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    high = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    return np.array([shelf, high])


def lufs(power: float) -> float:
    """Give the loudness of a mean square of K-weighted channels, in LUFS; of silence, minus infinity."""
    return OFFSET + 10 * float(np.log10(power)) if power > 0 else float(SILENCE)
