"""Messages and reports on pipes: pickled records, each with its length before it."""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

LENGTH = struct.Struct("<I")


def write(stream: IO[bytes], record: Any) -> None:
    """Write one record; raises OSError when the other side is gone."""
    data = pickle.dumps(record, protocol=5)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """Read one record; raises EOFError when the other side is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    size = LENGTH.unpack(head)[0]
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)
