"""Sample tables: band-limited waves, noise, and one-block lanes that numpy writes and pyo reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from livecode.engine.binding import Server, Unit

Block = np.ndarray[Any, np.dtype[np.float32]]

WAVE_SIZE = 4096
NOISE_SIZE = 1 << 17
STEPS = 3  # wave tables an octave
OCTAVES = 11
LOWEST = 16.0  # Hz: the top of the first wave table
MOTIONS = {"sine": 1, "tri": 1, "saw": 1, "ramp": 1, "square": 1, "random": 64}  # shapes of an lfo, cycles in a table
TRANSFER_SIZE = 8193
TRANSFER_REACH = 8.0
Curve = Callable[[np.ndarray[Any, np.dtype[np.float64]]], np.ndarray[Any, np.dtype[np.float64]]]
TRANSFERS: dict[str, Curve] = {
    "soft": np.tanh,
    "hard": lambda x: np.clip(x, -1.0, 1.0),
    "cubic": lambda x: 1.5 * np.clip(x, -1.0, 1.0) - 0.5 * np.clip(x, -1.0, 1.0) ** 3,
    "diode": lambda x: np.where(x > 0.0, np.tanh(x), np.tanh(x / 4.0)),
    "asym": lambda x: np.tanh(np.where(x > 0.0, x, 0.5 * x - 0.25 * x * np.exp(x))),
    "fold": lambda x: np.abs((x - 1.0) % 4.0 - 2.0) - 1.0,
    "sinefold": lambda x: np.sin(0.5 * np.pi * x),
    "chebyshev": lambda x: 4.0 * np.tanh(x) ** 3 - 3.0 * np.tanh(x),
}
SKEWS = 32  # steps between leaning left and leaning right

# A freed table frees its stream whatever still reads it, which corrupts the heap: no table is ever freed. Each keeps
# its server, of which pyo makes 256 at most in a process: so tables outlive their server and serve the next.
_immortal: list[Unit] = []
_idle: dict[int, list[tuple[Unit, Block]]] = {}
_lent: dict[int, tuple[Unit, Block]] = {}
_by_rate: dict[int, dict[tuple[str, float], Unit]] = {}


def _new(server: Server, size: int) -> tuple[Unit, Block]:
    table = server.pyo.DataTable_base(size)
    _immortal.append(table)
    return table, np.frombuffer(memoryview(table.getTableStream()), dtype=np.float32)


def viewed(samples: Block) -> memoryview[float]:
    """Show samples as memory that Python itself reads and writes."""
    return samples.data.cast("B").cast("f")


class Lane:
    """A table of exactly one block, its samples as an array and the unit that plays them."""

    __slots__ = ("samples", "scan", "table", "view")

    def __init__(self, server: Server) -> None:
        idle = _idle.get(server.block)
        self.table, self.samples = idle.pop() if idle else _new(server, server.block)
        _lent[id(self.table)] = self.table, self.samples
        self.samples.fill(0.0)
        self.view = viewed(self.samples)  # sets a sample in a fifth of the time
        self.scan = server.pyo.TableScan_base(self.table)

    def free(self) -> None:
        """Give the table back; call it only when nothing plays it any more."""
        if _lent.pop(id(self.table), None) is not None:
            _idle.setdefault(len(self.samples), []).append((self.table, self.samples))


def reclaim() -> None:
    """Give the tables of all lanes back, once their server is closed."""
    for table, samples in _lent.values():
        _idle.setdefault(len(samples), []).append((table, samples))
    _lent.clear()


class Waves:
    """The wave and noise tables of a rate, made when first asked for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._tables = _by_rate.setdefault(server.rate, {})

    def warm(self) -> None:
        """Make every table now, so that no block has to wait for one."""
        for step in range(STEPS * OCTAVES + 1):
            for shape in ("saw", "square", "tri"):
                self.wave(shape, LOWEST * 2.0 ** ((step - 0.5) / STEPS))
        self.sine()
        self.noise("white")
        self.noise("pink")

    def wave(self, shape: str, freq: float) -> Unit:
        """Give the table of a shape (saw, square, tri) without harmonics above 0.45 of the rate at `freq` Hz."""
        step = 0 if not freq > LOWEST else min(int(np.log2(freq / LOWEST) * STEPS) + 1, OCTAVES * STEPS)
        table = self._tables.get((shape, step))
        if table is None:
            top = LOWEST * 2.0 ** (step / STEPS)
            count = int(min(max(0.45 * self.server.rate / top, 1), WAVE_SIZE // 2 - 1))
            table = self._tables[shape, step] = self._closed(_harmonics(shape, count))
        return table

    def motion(self, shape: str, skew: float) -> Unit:
        """Give the table of a slow wave from -1 to 1; `skew` says where a triangle turns or a square falls.

        The saw falls and the ramp rises; their jumps take a hundredth of a cycle, so that they do not click.
        """
        step = round(min(max(skew, 0.01), 0.99) * SKEWS) / SKEWS if shape in ("tri", "square") else 0.5
        table = self._tables.get((shape, -step))
        if table is None:
            table = self._tables[shape, -step] = self._closed(_motion(shape, min(max(step, 0.01), 0.99)))
        return table

    def transfer(self, kind: str) -> Unit:
        """Give the curve of a waveshaper over its whole reach."""
        table = self._tables.get((kind, -2.0))
        if table is None:
            x = np.linspace(-1.0, 1.0, TRANSFER_SIZE) * TRANSFER_REACH
            table = self._tables[kind, -2.0] = self.server.pyo.DataTable_base(
                TRANSFER_SIZE, TRANSFERS[kind](x).tolist()
            )
            _immortal.append(table)
        return table

    def sine(self) -> Unit:
        table = self._tables.get(("sine", 0))
        if table is None:
            table = self._tables["sine", 0] = self._closed(_harmonics("sine", 1))
        return table

    def noise(self, colour: str) -> Unit:
        """Give a table of white or pink noise, equal in every run, at an RMS of 1/3."""
        table = self._tables.get((colour, 0))
        if table is None:
            spectrum = np.fft.rfft(np.random.default_rng(20011).standard_normal(NOISE_SIZE))
            spectrum[0] = 0.0
            falling = {"white": 0.0, "pink": 0.5, "brown": 1.0}[colour]  # brown from 20 Hz on
            bins = np.arange(1, len(spectrum))
            spectrum[1:] /= np.maximum(bins, NOISE_SIZE * 20 / self.server.rate if falling == 1.0 else 1.0) ** falling
            wave = np.fft.irfft(spectrum)
            table, samples = _new(self.server, NOISE_SIZE)
            samples[:] = wave / (3.0 * wave.std())
            self._tables[colour, 0] = table
        return table

    def _closed(self, wave: np.ndarray[Any, np.dtype[np.float64]]) -> Unit:
        # pyo keeps one more sample after the last, equal to the first, but only when it is given a list
        table = self.server.pyo.DataTable_base(WAVE_SIZE, wave.tolist())
        _immortal.append(table)
        return table


def _motion(shape: str, skew: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give one table of a slow wave; triangle and sine begin at their middle or their lowest."""
    x = np.arange(WAVE_SIZE) / WAVE_SIZE
    if shape == "random":
        steps = np.random.default_rng(20012).uniform(-1.0, 1.0, MOTIONS[shape])
        turn = np.minimum(x * len(steps) % 1.0 / 0.05, 1.0)
        index = (x * len(steps)).astype(int)
        return np.asarray(steps[index - 1] + (steps[index] - steps[index - 1]) * turn)
    if shape == "hann":
        return np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * x))
    corners = {
        "sweep": ((0.0, 0.0), (1.0, 1.0)),
        "tri": ((0.0, -1.0), (skew, 1.0), (1.0, -1.0)),
        "saw": ((0.0, -1.0), (0.01, 1.0), (1.0, -1.0)),
        "ramp": ((0.0, -1.0), (0.99, 1.0), (1.0, -1.0)),
        "square": ((0.0, -1.0), (0.01, 1.0), (skew, 1.0), (min(skew + 0.01, 0.999), -1.0), (1.0, -1.0)),
    }.get(shape)
    if corners is None:
        return np.sin(2.0 * np.pi * x)
    return np.interp(x, [c[0] for c in corners], [c[1] for c in corners])


def _drawn(kind: str, values: list[float], count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give a period of the given harmonics or points, without those above `count`, at a peak of 1 when it has them all.

    The points are joined by straight lines, and the mean is taken off. What is `drawn` keeps its size.
    """
    spectrum = np.zeros(WAVE_SIZE // 2 + 1, dtype=complex)
    if kind == "partials":
        spectrum[1 : len(values) + 1] = np.array(values) * (-0.5j * WAVE_SIZE)
    else:
        x = np.arange(WAVE_SIZE) / WAVE_SIZE * len(values)
        spectrum[:] = np.fft.rfft(np.interp(x, np.arange(len(values) + 1), [*values, values[0]]))
        spectrum[0] = 0.0
    peak = 1.0 if kind == "drawn" else float(np.abs(np.fft.irfft(spectrum)).max())
    spectrum[count + 1 :] = 0.0
    return np.fft.irfft(spectrum) / peak if peak > 1e-9 else np.zeros(WAVE_SIZE)


def _harmonics(shape: str, count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Sum the sine series of a shape that runs from -1 to 1; the saw rises, square and tri begin at their middle."""
    kind, _, numbers = shape.partition(" ")
    if kind in ("partials", "points", "drawn"):
        return _drawn(kind, [float(x) for x in numbers.split(",")], count)
    n = np.arange(1, count + 1)
    odd = n % 2 == 1
    series = {
        "sine": np.where(n == 1, 1.0, 0.0),
        "saw": -2.0 / (np.pi * n),
        "square": np.where(odd, 4.0 / (np.pi * n), 0.0),
        "impulse": np.full(count, 1j / count),
        "tri": np.where(odd, 8.0 / (np.pi * n) ** 2 * np.where(n % 4 == 1, 1.0, -1.0), 0.0),
    }[shape]
    spectrum = np.zeros(WAVE_SIZE // 2 + 1, dtype=complex)
    spectrum[1 : count + 1] = series * (-0.5j * WAVE_SIZE)
    return np.fft.irfft(spectrum)
