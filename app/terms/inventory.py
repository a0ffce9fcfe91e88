"""What lies in a store, as programs see it that may not open one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

INVENTORY: Final = "app.terms.inventory"
"""Under which the command line keeps the reader in the meta of a command's context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One object, as a listing names it.

    Attributes:
        path: relative to the environment's prefix.
        size_bytes: as stored.
        modified: when it was last written, in UTC.
        tier: the service's own word for its storage class; None is the default one.
    """

    path: str
    size_bytes: int
    modified: datetime
    tier: str | None = None


class InventoryReader(Protocol):
    """Lists an environment's store; handed in by the command line, where it meets the infra programs."""

    def __call__(self, stack: str | None) -> Iterator[Document]:
        """Yield every object below the prefix, our own records included; may raise with an `exit_code`."""
        ...
