"""What python-rtmidi does not tell of a JACK server: the moment at which a port comes or goes."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

NO_START = 1  # JackNoStartServer
CLIENT = b"livecode ports"
MAPS = Path("/proc/self/maps")
REGISTERED = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_int, ctypes.c_void_p)


def library() -> Any:
    """Give the JACK library that python-rtmidi has loaded, which may be its own, or else the system's; or None."""
    name = ctypes.util.find_library("jack")
    with suppress(OSError):
        loaded = (line.split(maxsplit=5)[-1].strip() for line in MAPS.read_text().splitlines() if "libjack" in line)
        name = next(loaded, name)
    if name is None:
        return None
    try:
        lib = ctypes.CDLL(name)
    except OSError:
        return None
    lib.jack_client_open.restype = lib.jack_port_by_id.restype = ctypes.c_void_p
    lib.jack_port_by_id.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    lib.jack_port_name.restype, lib.jack_port_name.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
    lib.jack_set_port_registration_callback.argtypes = [ctypes.c_void_p, REGISTERED, ctypes.c_void_p]
    lib.jack_activate.argtypes = [ctypes.c_void_p]
    return lib


class PortWatch:
    """A client of the JACK server that takes part in no block and only hears which ports come and go."""

    def __init__(self, lib: Any, client: int, changed: Callable[[str], None]) -> None:
        def registered(port: int, came: int, _: object) -> None:
            name = lib.jack_port_name(lib.jack_port_by_id(client, port)) if came else None
            changed(name.decode(errors="replace") if name else "")

        self._heard = REGISTERED(registered)  # kept, since C alone knows it
        lib.jack_set_port_registration_callback(client, self._heard, None)
        lib.jack_activate(client)

    @classmethod
    def of(cls, changed: Callable[[str], None]) -> PortWatch | None:
        """Give a watch that tells the name of each port that comes, and no name when one goes; None without JACK."""
        lib = library()
        client = lib.jack_client_open(CLIENT, NO_START, None) if lib is not None else None
        return cls(lib, client, changed) if client else None
