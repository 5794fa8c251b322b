"""Values that come from outside while music plays: controllers, faders, messages."""

from __future__ import annotations

_values: dict[str, float] = {}
_version = 0
_reads = 0


def put(key: str, value: float) -> None:
    """Set a value; patterns that read it are asked anew."""
    global _version
    if _values.get(key) != value:
        _values[key] = value
        _version += 1


def value(key: str) -> float:
    """Give a value; what was never heard of is 0."""
    global _reads
    _reads += 1
    return _values.get(key, 0.0)


def reads() -> int:
    """Count how often values were read, so that a pattern that does so can be told from others."""
    return _reads


def version() -> int:
    """Count the changes, so that what was remembered before one is not taken for true after it."""
    return _version


def controller(device: str, number: int) -> str:
    """Name the value of a MIDI controller."""
    return f"{device}/{number}"


def keep(key: str, value: float) -> None:
    """Set a value that changes all the time; only what is asked anew by itself may read it."""
    _values[key] = value
