"""The sessions before and after the one that plays: what undo and redo go through."""

from __future__ import annotations

from dataclasses import dataclass, field

from livecode.session import Session

LENGTH = 500  # evaluations that can be taken back


@dataclass(slots=True)
class History:
    """The sessions before and after this one."""

    past: list[Session] = field(default_factory=list)
    future: list[Session] = field(default_factory=list)

    def remember(self, session: Session) -> None:
        """Keep the session that is about to be replaced."""
        self.past.append(session)
        del self.past[:-LENGTH]
        self.future.clear()

    def back(self, session: Session) -> Session | None:
        """Exchange a session for the one before it, or give nothing where there is none."""
        if not self.past:
            return None
        self.future.append(session)
        return self.past.pop()

    def forth(self, session: Session) -> Session | None:
        """Exchange a session for the one that was taken back last, or give nothing where there is none."""
        if not self.future:
            return None
        self.past.append(session)
        return self.future.pop()
