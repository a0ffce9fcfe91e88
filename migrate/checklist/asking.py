"""What the store answers when it is first asked: once for each identity, remembered."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from app.store.errors import StoreError
from app.terms.variables import Identity
from migrate.checklist.destination import Destination
from migrate.checklist.place import PREFIX
from migrate.checklist.route import Roads, Route

if TYPE_CHECKING:
    from app.store.contract import BlobStore


class Asking:
    """Asks each question once, when it is first of interest.

    Args:
        destination: the store.
        roads: looks for the way to it.
    """

    def __init__(self, destination: Destination, roads: Roads) -> None:
        self.destination = destination
        self._roads = roads
        self._route: Route | None = None
        self._answers: dict[Identity, StoreError | None] = {}
        self._backends: dict[Identity, BlobStore] = {}

    @property
    def route(self) -> Route:
        """The way to the service; for a folder none is needed."""
        if self._route is None:
            endpoint = self.destination.endpoint
            if endpoint is None:
                self._route = Route("it is on this machine: no network lies between")
            else:
                self._route = self._roads.to(endpoint)
        return self._route

    def answers(self) -> Mapping[Identity, StoreError | None]:
        """Return what a listing ended with, for each identity; None where it succeeded."""
        for identity, opener in self.destination.openers.items():
            if identity not in self._answers:
                self._answers[identity] = None
                try:
                    self._backends[identity] = opener()
                    next(iter(self._backends[identity].scan(PREFIX)), None)
                except StoreError as error:
                    self._answers[identity] = error
        return self._answers

    def backend(self, identity: Identity = "migrator") -> "BlobStore":
        """Return the bare store as `identity` opened it; the same one where credentials are the same."""
        self.answers()
        return self._backends.get(identity) or self._backends["migrator"]

    def usable(self) -> "list[BlobStore]":
        """Return the bare stores that have answered, the migrator's first; nobody is asked."""
        return [
            backend
            for identity, backend in self._backends.items()
            if self._answers[identity] is None
        ]

    def close(self) -> None:
        """Close what was opened."""
        for backend in self._backends.values():
            with suppress(StoreError):
                backend.close()
