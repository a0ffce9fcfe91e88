"""A fair sample of what passes by: each entry is as likely as any other, however many there are."""

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate.walk import Entry


class Reservoir:
    """Keeps a fair sample of what it is shown.

    Args:
        size: how many are kept at most.
        chance: what chooses.
    """

    def __init__(self, size: int, chance: random.Random) -> None:
        self._size = size
        self._chance = chance
        self._seen = 0
        self.kept: list[Entry] = []

    def add(self, entry: "Entry") -> None:
        """Show it one more."""
        self._seen += 1
        if len(self.kept) < self._size:
            self.kept.append(entry)
        elif (place := self._chance.randrange(self._seen)) < self._size:
            self.kept[place] = entry
