"""Sample tables: band-limited waves, noise, and one-block lanes that numpy writes and pyo reads."""

from __future__ import annotations

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
SKEWS = 32  # steps between leaning left and leaning right

# A freed table frees its stream whatever still reads it, which corrupts the heap: no table is ever freed.
_immortal: list[Unit] = []
_idle: dict[int, list[tuple[Unit, Block]]] = {}


def _new(server: Server, size: int) -> tuple[Unit, Block]:
    table = server.pyo.DataTable_base(size)
    _immortal.append(table)
    return table, np.frombuffer(memoryview(table.getTableStream()), dtype=np.float32)


class Lane:
    """A table of exactly one block, its samples as an array and the unit that plays them."""

    __slots__ = ("samples", "scan", "table")

    def __init__(self, server: Server) -> None:
        idle = _idle.get(server.block)
        self.table, self.samples = idle.pop() if idle else _new(server, server.block)
        self.samples.fill(0.0)
        self.scan = server.pyo.TableScan_base(self.table)

    def free(self) -> None:
        """Give the table back; call it only when nothing plays it any more."""
        _idle.setdefault(len(self.samples), []).append((self.table, self.samples))


class Waves:
    """The wave and noise tables of one server, made when first asked for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._tables: dict[tuple[str, float], Unit] = {}

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
            if colour == "pink":
                spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
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
    corners = {
        "tri": ((0.0, -1.0), (skew, 1.0), (1.0, -1.0)),
        "saw": ((0.0, -1.0), (0.01, 1.0), (1.0, -1.0)),
        "ramp": ((0.0, -1.0), (0.99, 1.0), (1.0, -1.0)),
        "square": ((0.0, -1.0), (0.01, 1.0), (skew, 1.0), (min(skew + 0.01, 0.999), -1.0), (1.0, -1.0)),
    }.get(shape)
    if corners is None:
        return np.sin(2.0 * np.pi * x)
    return np.interp(x, [c[0] for c in corners], [c[1] for c in corners])


def _harmonics(shape: str, count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Sum the sine series of a shape that runs from -1 to 1; the saw rises, square and tri begin at their middle."""
    n = np.arange(1, count + 1)
    odd = n % 2 == 1
    series = {
        "sine": np.where(n == 1, 1.0, 0.0),
        "saw": -2.0 / (np.pi * n),
        "square": np.where(odd, 4.0 / (np.pi * n), 0.0),
        "tri": np.where(odd, 8.0 / (np.pi * n) ** 2 * np.where(n % 4 == 1, 1.0, -1.0), 0.0),
    }[shape]
    spectrum = np.zeros(WAVE_SIZE // 2 + 1, dtype=complex)
    spectrum[1 : count + 1] = series * (-0.5j * WAVE_SIZE)
    return np.fft.irfft(spectrum)
