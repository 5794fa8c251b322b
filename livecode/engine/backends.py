"""Where the sound goes: JACK, a PortAudio device, or a silent clock, the first that works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from livecode.engine.binding import Server, core
from livecode.errors import SoundError

ORDER = ("jack", "portaudio", "silent")
INPUTS = 2  # channels at most that come in
BEHIND = 0.25  # s: a silent clock that is later than this starts afresh


@dataclass(frozen=True, slots=True)
class Backend:
    """A booted server and how it is driven."""

    name: str
    server: Server
    device: str
    reason: str  # why not a better one

    def start(self, callback: Callable[[], None]) -> None:
        self.server.start(callback)
        if self.name == "silent":
            threading.Thread(target=_pace, args=(self.server,), name="pace", daemon=True).start()


def choose(wanted: str, rate: int, block: int) -> Backend:
    """Boot the wanted backend, or with "" the first that works; raises SoundError when none does."""
    reasons = []
    for name in [wanted] if wanted else ORDER:
        try:
            server, device = BOOT[name](rate, block)
        except SoundError as error:
            reasons.append(f"{name}: {error.message}")
        else:
            return Backend(name, server, device, "; ".join(reasons))
    raise SoundError("no sound backend starts", hint="; ".join(reasons))


def _jack(rate: int, block: int) -> tuple[Server, str]:
    if not core().withJack():
        raise SoundError("this pyo was built without it")
    try:
        return Server("jack", rate, block, inputs=INPUTS), "system"
    except SoundError:
        raise SoundError("no JACK server runs") from None


def _portaudio(rate: int, block: int) -> tuple[Server, str]:
    pyo = core()
    device = pyo.pa_get_default_output() if pyo.withPortaudio() else -1
    if device < 0:
        raise SoundError("there is no sound card")
    names, numbers = pyo.pa_get_output_devices()
    name = names[numbers.index(device)] if device in numbers else str(device)
    source = pyo.pa_get_default_input()  # without one, opening it would end the process
    channels = min(INPUTS, pyo.pa_get_input_max_channels(source)) if source >= 0 else 0
    if channels > 0:
        with suppress(SoundError):  # a device may not give and take at once
            return Server("portaudio", rate, block, device=device, inputs=channels, source=source), str(name)
    return Server("portaudio", rate, block, device=device), str(name)


def _silent(rate: int, block: int) -> tuple[Server, str]:
    return Server("manual", rate, block), ""


BOOT: dict[str, Callable[[int, int], tuple[Server, str]]] = {
    "jack": _jack,
    "portaudio": _portaudio,
    "silent": _silent,
}


def _pace(server: Server) -> None:
    """Compute a block whenever one is due."""
    period = server.block / server.rate
    due = time.monotonic()
    while True:
        server.process()
        due += period
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        elif wait < -BEHIND:
            due = time.monotonic()
