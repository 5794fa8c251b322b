"""MPE: a channel of its own for every note of a zone, so that each bends and presses by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from livecode.midi import messages

MEMBER_BEND = 48.0  # semitones, as the specification sets for members


@dataclass(slots=True)
class Zone:
    """The lower zone: channel 0 is the master, the `members` channels after it carry a note each.

    A note takes the channel that has been free for longest, so that a tail is not bent by the next note; when all
    are taken, it shares the one with the fewest notes, the oldest among those.
    """

    members: int
    _free: list[int] = field(init=False)
    _taken: list[int] = field(init=False, default_factory=list)  # one for each note, oldest first

    def __post_init__(self) -> None:
        if not 1 <= self.members <= 15:
            raise ValueError("an MPE zone has 1 to 15 member channels")
        self._free = list(range(1, self.members + 1))

    def take(self) -> int:
        """Give the channel of a new note."""
        channel = self._free.pop(0) if self._free else min(dict.fromkeys(self._taken), key=self._taken.count)
        self._taken.append(channel)
        return channel

    def give_back(self, channel: int) -> None:
        """A note on a channel has ended."""
        if channel in self._taken:
            self._taken.remove(channel)
            if channel not in self._taken:
                self._free.append(channel)

    def setup(self) -> list[bytes]:
        """Give the messages that tell an instrument of the zone."""
        out = messages.rpn(0, messages.MPE_ZONE, self.members << 7)
        for channel in range(1, self.members + 1):
            out += messages.bend_range(channel, MEMBER_BEND)
        return out
