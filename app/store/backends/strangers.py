"""What lies in a store's place and is no blob of it, because no key names it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something that `scan` leaves out, since nobody could read it by a Key.

    Attributes:
        name: as the place shows it; below the store's prefix. In a folder, bytes that are not UTF-8 are
            spelled as surrogates (PEP 383).
        reason: why it is no blob, as a phrase for a message.
        hides: it is a folder that may not be listed, so blobs below it may be missing here. `scan` raises
            AccessDenied instead of leaving such a folder out.
    """

    name: str
    reason: str
    hides: bool = False


class SeesStrangers(Protocol):
    """A backend that other programs write to as well, under names that are no keys."""

    def strangers(self, prefix: str = "") -> Iterator[Stranger]:
        """Yield what lies here under names that start with `prefix` and is not a blob."""
        ...
