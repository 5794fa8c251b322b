"""The compiled core of pyo, loaded without pyo's Python package, and one server of it.

Loading `_pyo` alone takes about 25 ms (the package takes 160-300 ms and prints about WxPython); making a base object
takes about 5 us where its wrapper takes 80.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from pathlib import Path
from typing import Any, Protocol

from livecode.errors import SoundError

Unit = Any  # a base object of pyo; the extension has no types
GLOBAL_SEED = 20011
MORTAL = 1 << 30  # references; what has more is never given back by Python


class Switch(Protocol):
    """What lets a unit be computed as soon as its value is 1."""

    value: int


@cache
def core() -> Any:
    """Load the extension module of pyo, once a process.

    The wheel brings its own libjack and libasound, whose plug-in paths are those of another system:
    the host's own libraries, loaded before, take their place.
    """
    os.environ.setdefault("PYO_GUI_WX", "0")
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    if sys.platform.startswith("linux"):
        for name in ("libjack.so.0", "libasound.so.2"):
            with suppress(OSError):  # the host has none: the wheel's own will do
                ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    if sys.platform == "win32":  # its package sets the search path of libraries
        return importlib.import_module("pyo._pyo")
    spec = importlib.util.find_spec("pyo")
    if spec is None or not spec.submodule_search_locations:
        raise SoundError("pyo is not installed")
    folder = Path(spec.submodule_search_locations[0])
    for suffix in EXTENSION_SUFFIXES:
        path = folder / f"_pyo{suffix}"
        if path.exists():
            loader = ExtensionFileLoader("_pyo", str(path))
            found = importlib.util.spec_from_file_location("_pyo", path, loader=loader)
            assert found is not None
            module = importlib.util.module_from_spec(found)
            loader.exec_module(module)
            return module
    raise SoundError(f"pyo has no compiled core in {folder}")


class Server:
    """The one pyo server of a process: booted on a backend, with a callback at the start of every block."""

    running = False

    def __init__(
        self,
        audio: str,
        rate: int,
        block: int,
        name: str = "livecode",
        device: int = -1,
        inputs: int = 0,
        source: int = -1,
    ) -> None:
        self.pyo = core()
        if Server.running:
            raise SoundError("pyo allows one running server a process: close the engine before it first")
        self.base = self.pyo.Server_base(float(rate), 2, block, int(inputs > 0), audio, name, inputs, "none", 0)
        if device >= 0:
            self.base.setOutputDevice(device)
        if source >= 0:
            self.base.setInputDevice(source)
        self.base.setGlobalSeed(GLOBAL_SEED)
        self.base.setAutoStartChildren(0)
        self.base.boot(True)
        if not self.base.getIsBooted():
            raise SoundError(f"the {audio} backend does not start")
        Server.running = True
        self.rate = int(self.base.getSamplingRate())
        self.block = int(self.base.getBufferSize())
        self.inputs = inputs
        self._active = _place_of_active(self.pyo)

    def start(self, callback: Callable[[], None]) -> None:
        self.base.setCallback(callback)
        self.base.start()

    def process(self) -> None:
        """Compute one block (manual backend)."""
        self.base.process()

    def changed(self) -> bool:
        """Say whether the backend is down or has changed its rate or block under us."""
        base = self.base
        return not (
            base.getIsBooted() and int(base.getSamplingRate()) == self.rate and int(base.getBufferSize()) == self.block
        )

    def close(self) -> None:
        self.base.setCallback(lambda: None)
        self.base.stop()
        self.base.shutdown()
        Server.running = False

    def forget(self, streams: list[Any]) -> None:
        """Give back the memory of units that are gone, by their streams, which nobody else may hold.

        pyo takes one reference too many to the stream of whatever it is given as a signal, and so keeps it for ever:
        a hundred bytes a unit, and there is a unit for every few signs that a performer types.
        """
        alive = {id(stream) for stream in self.base.getStreams()}
        usual = _references([object()])[0]
        for stream, count in zip(streams, _references(streams), strict=True):
            if id(stream) not in alive and usual < count < MORTAL:
                ctypes.c_uint32.from_address(id(stream)).value -= count - usual

    def switch(self, unit: Unit) -> Switch:
        """Give the switch of a unit, which starts it in a tenth of the time that its `play` takes.

        pyo's `play` asks the server, by name, for two numbers that are 0 here; then it sets this one.
        """
        if self._active is None:
            return _Played(unit)
        return ctypes.c_int.from_address(id(unit._getStream()) + self._active)

    def move_before(self, anchor: Unit, unit: Unit) -> None:
        """Compute a unit just before the anchor."""
        self.base.changeStreamPosition(anchor._getStream(), unit._getStream())


class _Played:
    """A switch for a pyo whose streams look different."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    @property
    def value(self) -> int:
        return int(self._unit._getStream().isPlaying())

    @value.setter
    def value(self, on: int) -> None:
        if on:
            self._unit.play()


def _place_of_active(pyo: Any) -> int | None:
    """Find where a stream keeps whether it plays, in bytes from its begin: where `play` and `stop` change a word."""
    unit = pyo.Sig_base(0.0)
    stream = unit._getStream()
    words = (ctypes.c_int * (type(stream).__basicsize__ // ctypes.sizeof(ctypes.c_int))).from_address(id(stream))
    seen = []
    for act in (unit.stop, unit.play, unit.stop):
        act()
        seen.append(list(words))
    changed = [i for i, (a, b) in enumerate(zip(seen[0], seen[1], strict=True)) if a != b]
    if len(changed) != 1 or seen[0] != seen[2]:
        return None
    words[changed[0]] = 1
    found = bool(stream.isPlaying()) and list(words) == seen[1]
    unit.stop()
    return ctypes.sizeof(ctypes.c_int) * changed[0] if found else None


def _references(things: list[Any]) -> list[int]:
    """Count the references to each of some things; of one that only the list holds, always as many."""
    return [sys.getrefcount(thing) for thing in things]
