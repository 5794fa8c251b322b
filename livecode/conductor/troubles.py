"""What goes wrong while music plays: told once, and only what is wrong is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from livecode.errors import Fault, LiveError, Place, PlayError
from livecode.patterns import Pattern
from livecode.watchdog import Overdue


@dataclass(slots=True)
class Troubles:
    """Tells each error once for each place, and knows the patterns that took too long to be asked again."""

    report: Callable[[LiveError], None]
    given_up: set[Pattern] = field(default_factory=set)
    _told: set[tuple[str, Place | None]] = field(default_factory=set)

    def tell(self, error: LiveError) -> None:
        key = (error.message, error.place)
        if key not in self._told:
            self._told.add(key)
            self.report(error)

    def left_out(self, error: Exception, pattern: Pattern, place: Place | None) -> None:
        """Tell what does not sound of a pattern, and why."""
        if isinstance(error, Overdue):
            self.given_up.add(pattern)
        if isinstance(error, RecursionError):
            error = PlayError("a pattern nests too deep to be played")
        elif not isinstance(error, LiveError):
            problem = f"{type(error).__name__}: {error}"
            error = Fault(f"livecode stumbles over this ({problem})", hint="it is left out; the rest plays on")
        self.tell(error.at(place))
