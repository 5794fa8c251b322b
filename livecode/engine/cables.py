"""The cables of the engine on a JACK server, remembered so that an engine in its place is wired as the one before."""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_int, c_ulong, c_void_p
from typing import Any

LIBRARY = "libjack.so.0"
NAME = b"livecode-cables"  # a client without ports, which only looks
NO_START = 1  # JACK's options and flags
OUTPUT = 2
SOUND = b"audio"  # in the name of a port's type
OURS = re.compile(r"livecode(-\d+)?:")
LOOK = 0.5  # s between two looks at the cables
PATIENCE = 1.0  # s for the last look
SOON = 0.05  # s between two looks for the ports of a new engine

Cable = tuple[str, str]  # from an output to an input; a port of our own begins with a colon


def _nothing(_: Any) -> None:
    """Take what JACK's library has to say."""


MUTE = ctypes.CFUNCTYPE(None, c_char_p)(_nothing)  # kept for ever, as the library calls it whenever it likes


class Jack:
    """What is asked of a JACK server: its ports and who hears whom."""

    def __init__(self) -> None:
        """Open a client; raises OSError when there is no library, or no server runs."""
        lib = self._lib = ctypes.CDLL(LIBRARY)
        names = POINTER(c_char_p)
        forms: tuple[tuple[Any, Any, list[Any]], ...] = (
            (lib.jack_client_open, c_void_p, [c_char_p, c_int, POINTER(c_int)]),
            (lib.jack_client_close, c_int, [c_void_p]),
            (lib.jack_get_ports, names, [c_void_p, c_char_p, c_char_p, c_ulong]),
            (lib.jack_port_by_name, c_void_p, [c_void_p, c_char_p]),
            (lib.jack_port_get_all_connections, names, [c_void_p, c_void_p]),
            (lib.jack_connect, c_int, [c_void_p, c_char_p, c_char_p]),
            (lib.jack_disconnect, c_int, [c_void_p, c_char_p, c_char_p]),
            (lib.jack_on_shutdown, None, [c_void_p, c_void_p, c_void_p]),
            (lib.jack_free, None, [c_void_p]),
            (lib.jack_set_error_function, None, [c_void_p]),
            (lib.jack_set_info_function, None, [c_void_p]),
        )
        for function, result, arguments in forms:
            function.restype, function.argtypes = result, arguments
        self.gone = False
        for setter in (lib.jack_set_error_function, lib.jack_set_info_function):
            setter(ctypes.cast(MUTE, c_void_p))  # it would write into the prompt
        self._client = lib.jack_client_open(NAME, NO_START, ctypes.byref(c_int()))
        if not self._client:
            raise OSError("no JACK server runs")
        self._ending = ctypes.CFUNCTYPE(None, c_void_p)(self._end)  # kept, as the library calls it
        lib.jack_on_shutdown(self._client, ctypes.cast(self._ending, c_void_p), None)

    def _end(self, _: Any) -> None:
        self.gone = True

    def close(self) -> None:
        if not self.gone:
            self._lib.jack_client_close(self._client)

    def ports(self, flags: int = 0) -> list[str]:
        """Name the ports of sound: MIDI has clients of our name too."""
        return self._taken(self._lib.jack_get_ports(self._client, None, SOUND, flags))

    def heard_by(self, port: str) -> list[str]:
        """Name the ports at the other ends of a port's cables."""
        found = self._lib.jack_port_by_name(self._client, port.encode())
        return self._taken(self._lib.jack_port_get_all_connections(self._client, found)) if found else []

    def connect(self, source: str, sink: str) -> None:
        self._lib.jack_connect(self._client, source.encode(), sink.encode())

    def disconnect(self, source: str, sink: str) -> None:
        self._lib.jack_disconnect(self._client, source.encode(), sink.encode())

    def _taken(self, names: Any) -> list[str]:
        out: list[str] = []
        while names and names[len(out)]:
            out.append(names[len(out)].decode())
        if names:
            self._lib.jack_free(names)
        return out


class Cables:
    """Remembers how the engine is wired while it lives, and wires the next one so.

    With two engines of ours on one server nobody can say which is which, so nothing is done.
    """

    def __init__(self, opened: Callable[[], Jack] = Jack) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self._known: frozenset[Cable] | None = None
        self._last: frozenset[Cable] | None = None
        self._wanted = threading.Event()
        self._alive = self._new = self._ended = False
        self._thread: threading.Thread | None = None

    def lose(self) -> None:
        """Believe nothing that is seen from now on: the engine is gone."""
        with self._lock:
            self._alive = False
            self._last = None

    def find(self) -> None:
        """Wire an engine that has just begun to play on a JACK server, and watch it."""
        with self._lock:
            self._alive = self._new = True
            self._last = None
            if self._thread is None and not self._ended:
                self._thread = threading.Thread(target=self._run, name="cables", daemon=True)
                self._thread.start()
        self._wanted.set()

    def close(self) -> None:
        self._ended = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        jack: Jack | None = None
        while not self._ended:
            try:
                if jack is None or jack.gone:
                    jack = self._opened()
                self._look(jack)
            except OSError:
                jack = None  # the server has ended, or is being started
            self._wanted.wait(SOON if self._new else LOOK)
            self._wanted.clear()
        if jack is not None:
            jack.close()

    def _look(self, jack: Jack) -> None:
        with self._lock:
            if not self._alive:
                return
            seen = _cables(jack)
            if seen is None:
                return
            name, cables = seen
            if self._new and self._known is not None:
                for source, sink in self._known - cables:
                    jack.connect(_full(name, source), _full(name, sink))
                for source, sink in cables - self._known:
                    jack.disconnect(_full(name, source), _full(name, sink))
            elif cables == self._last:  # twice: what a server takes apart is not believed
                self._known = cables
            self._new, self._last = False, cables


def _cables(jack: Jack) -> tuple[str, frozenset[Cable]] | None:
    """Give the name of our client and its cables; None when there is none of ours, or more than one."""
    ports = [p for p in jack.ports() if OURS.match(p)]
    clients = {p.partition(":")[0] for p in ports}
    if len(clients) != 1:
        return None
    (name,) = clients
    outputs = {*jack.ports(OUTPUT)}
    found: set[Cable] = set()
    for port in ports:
        for other in jack.heard_by(port):
            ends = (port, other) if port in outputs else (other, port)
            found.add((_short(name, ends[0]), _short(name, ends[1])))
    return name, frozenset(found)


def _short(name: str, port: str) -> str:
    return port.removeprefix(name) if port.startswith(f"{name}:") else port


def _full(name: str, port: str) -> str:
    return f"{name}{port}" if port.startswith(":") else port
