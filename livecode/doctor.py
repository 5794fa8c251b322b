"""livecode doctor: what works on this machine, and one fix a line for what does not."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from livecode import __version__
from livecode.engine.client import EngineProcess
from livecode.engine.records import Ready
from livecode.errors import LiveError

PACKAGES = ("pyo", "lark", "numpy", "scipy", "prompt_toolkit", "soundfile", "python-rtmidi", "mido")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fix` says what to do when it is not well."""

    well: bool
    what: str
    fix: str = ""


def examine(tell: Callable[[str], None]) -> int:
    """Look at everything and tell it; gives 0 when a performance can be heard, else 1."""
    heard = True
    for finding in (*_versions(), *_sound(), *_midi(), *_pictures()):
        tell(f"{'ok ' if finding.well else '-- '} {finding.what}")
        if finding.fix:
            tell(f"     fix: {finding.fix}")
        if not finding.well and finding.what.startswith("sound:"):
            heard = False
    return 0 if heard else 1


def _versions() -> Iterator[Finding]:
    python = platform.python_version()
    yield Finding(sys.version_info >= (3, 11), f"livecode {__version__}, Python {python}, {platform.platform()}")
    for name in PACKAGES:
        try:
            yield Finding(True, f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            yield Finding(False, f"{name} is not installed", f"pip install {name}")


def _sound() -> Iterator[Finding]:
    for backend, fix in (
        ("jack", _jack_fix()),
        ("portaudio", "connect a sound card or headset, and see that no other program holds it"),
    ):
        try:
            ready = _probe(backend)
            yield Finding(True, f"sound: {backend} {ready.device}, {ready.rate} Hz, {ready.block} samples a block")
            return
        except LiveError as error:
            yield Finding(False, f"{backend}: {error.message}", fix)
    try:
        _probe("silent")
        yield Finding(False, "sound: no device, so music plays silently in time; livecode render writes files")
    except LiveError as error:
        yield Finding(False, f"sound: the engine does not start: {error.message}", "pip install --force-reinstall pyo")


def _probe(backend: str) -> Ready:
    engine = EngineProcess()
    engine.start(backend)
    try:
        return engine.wait_ready(20.0)
    finally:
        engine.stop()


def _jack_fix() -> str:
    if sys.platform != "linux":
        return ""
    if shutil.which("jackd") or shutil.which("pw-jack"):
        return "start it: jackd -d alsa -r 48000 -p 256 (or run under pw-jack)"
    return "only if you want JACK: apt install jackd2 (or pipewire-jack)"


def _midi() -> Iterator[Finding]:
    from livecode.midi.ports import MidiError
    from livecode.midi.rtmidi_ports import RtMidi

    try:
        system = RtMidi()
    except MidiError as error:
        yield Finding(False, f"MIDI: {error.message}", error.hint)
        return
    for kind, names in (("outputs", system.outputs()), ("inputs", system.inputs())):
        listed = ", ".join(names) or "none; connect a device"
        yield Finding(bool(names), f"MIDI {kind} ({system.name}): {listed}")


def _pictures() -> Iterator[Finding]:
    try:
        yield Finding(True, f"pictures: matplotlib {importlib.metadata.version('matplotlib')}")
    except importlib.metadata.PackageNotFoundError:
        yield Finding(False, "pictures (render --plot) need matplotlib", "pip install 'livecode[plot]'")
