"""Numbers with a unit, as they are written: -6dB, 2khz, 50ms, 7st."""

from __future__ import annotations

from fractions import Fraction

from livecode.errors import KindError, nearest

# suffix -> (unit, factor to the unit's base)
UNITS: dict[str, tuple[str, float]] = {
    "hz": ("Hz", 1.0),
    "khz": ("Hz", 1000.0),
    "s": ("s", 1.0),
    "ms": ("s", 0.001),
    "db": ("dB", 1.0),
    "st": ("semitones", 1.0),
    "ct": ("semitones", 0.01),
    "%": ("%", 0.01),
    "lufs": ("LUFS", 1.0),
    "bpm": ("bpm", 1.0),
}

WRITTEN = {
    "Hz": "hertz (440hz, 2khz)",
    "s": "seconds (3s, 50ms)",
    "dB": "decibels (-6dB)",
    "gain": "a factor or decibels (0.5, -6dB)",
    "semitones": "semitones (7st, 30ct)",
    "LUFS": "loudness (-14LUFS)",
    "bpm": "beats per minute (120bpm)",
    "cycles": "cycles (1/8, 2)",
    "bits": "bits (8)",
    "": "a plain number",
}


class Quantity(float):
    """A number in the base of its unit; arithmetic with it gives plain numbers."""

    __slots__ = ("unit",)
    unit: str

    def __new__(cls, value: float, unit: str) -> Quantity:
        self = super().__new__(cls, value)
        self.unit = unit
        return self

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        return float(self), self.unit


def quantity(number: int | float | Fraction, suffix: str) -> Quantity:
    """Read a number with its suffix, in any case (dB, DB, kHz).

    Raises KindError when the suffix is no unit.
    """
    row = UNITS.get(suffix.lower())
    if row is None:
        hint = nearest(suffix, UNITS) or f"units are {', '.join(UNITS)}"
        raise KindError(f"{suffix} is not a unit", hint=hint)
    unit, factor = row
    # Division keeps 200ms exactly 0.2, which multiplying by 0.001 does not.
    return Quantity(float(number) / round(1 / factor) if factor < 1 else float(number) * factor, unit)


def ratio(decibels: float) -> float:
    """Give the factor that a level in dB stands for.

    Raises KindError when that is too large to hold.
    """
    try:
        return float(10 ** (decibels / 20))
    except OverflowError:
        raise KindError(f"{decibels:g}dB is too loud to hold", hint="0dB changes nothing, 6dB doubles") from None


def convert(value: float, wanted: str, name: str) -> float | int | Fraction:
    """Give a number in the unit that a word wants; a plain number is in that unit already.

    Raises KindError when the number's own unit does not fit, or it is too large.
    """
    if not isinstance(value, Quantity):
        return value
    unit = value.unit
    if unit == wanted or unit == "%":
        return float(value)
    if unit == "dB" and wanted in ("gain", ""):
        return ratio(value)
    if wanted == "" and unit != "LUFS":
        return float(value)
    raise KindError(f"{name} cannot be in {unit}", expected=WRITTEN.get(wanted, wanted))
