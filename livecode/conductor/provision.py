"""What the engine has been told to have ready: a mixer with numbered lanes, and pools of voices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from livecode.conductor.notes import Voice
from livecode.engine.records import AddPool, DropPool, Message, Mix, Pool, SetMix

VOICES = 64  # of one sound on one strip; the engine makes them as they are needed
SPARE = 32  # pools at most that are kept although nobody needs them: each takes some of every block


@dataclass(slots=True)
class Held:
    """A pool of the engine, and when it was last needed."""

    pool: Pool
    used: int


@dataclass(slots=True)
class Provision:
    """Sends the engine what it lacks, once."""

    send: Callable[[Message], None]
    pools: dict[Voice, Held] = field(default_factory=dict)
    lanes: dict[tuple[str, str], int] = field(default_factory=dict)  # (bus, parameter) -> lane, for good
    mix: Mix | None = None
    count: int = 0  # pools and mixers sent so far

    def mixer(self, mix: Mix) -> None:
        """Have a mixer; a lane keeps its number, so that values under way stay right."""
        if mix != self.mix:
            self.mix = mix
            self.count += 1
            for key in mix.lanes:
                self.lanes.setdefault(key, len(self.lanes))
            self.send(SetMix(Mix(mix.buses, tuple(self.lanes))))

    def pool(self, voice: Voice, now: int, ahead: int = 1) -> Held:
        """Give the pool of a voice, with some voices ahead of their notes where it is new."""
        held = self.pools.get(voice)
        if held is None:
            self.count += 1
            made = Pool(self.count, voice.strip, voice.graph, VOICES, voice.sends, ahead)
            held = self.pools[voice] = Held(made, now)
            self.send(AddPool(made))
        return held

    def give_back(self, before: int, heard: int, needed: Callable[[Voice], bool]) -> None:
        """Drop the pools that were last used before a sample, unless they are still needed.

        Where there are many, all but the newest of those go whose last notes have been heard, up to another sample.
        """
        past = [(held.used, held.pool.number, voice) for voice, held in self.pools.items() if held.used < heard]
        if len(past) > SPARE:
            past.sort(key=lambda entry: entry[:2], reverse=True)
        for i, (used, number, voice) in enumerate(past):
            if (i >= SPARE or used < before) and not needed(voice):
                self.send(DropPool(number))
                del self.pools[voice]
