"""What a text may reach of the network: a file only this machine, unless the user has named other hosts."""

from __future__ import annotations

import os
from pathlib import Path

from livecode.errors import KindError, Place

DECLARED = "LIVECODE_HOSTS"
OWN = ("localhost", "::1")


def declared() -> frozenset[str]:
    """Give the hosts that the user has declared as ones that files may reach."""
    return frozenset(os.environ.get(DECLARED, "").replace(",", " ").split())


def check(host: str, place: Place) -> None:
    """Refuse what a stranger's file could misuse: another host, or, with no host, listening to others.

    What is typed may reach any. Raises KindError.
    """
    if host in OWN or host.startswith("127.") or not Path(place.source.name).is_file():
        return
    if host in declared() if host else declared():
        return
    what = f"{host} is another machine" if host else "this opens a socket for other machines"
    raise KindError(
        f"{what}, which a file may not reach by itself",
        place=place,
        hint=f"{DECLARED}={host or 'NAME'} allows it, or type it at the prompt",
    )
