"""The two sides of a migration as a command names them: a source, and a store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.environment import Environments
from app.store.errors import StoreError
from migrate.origin import Origin
from migrate.places import Named, Place, place_of, refuse_overlap
from migrate.records import Pair
from migrate.refusals import DestinationFailed, SourceFailed
from migrate.walk import Folder, folder_name

if TYPE_CHECKING:
    from app.store.contract import BlobStore


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, opened; `pair` names them for the journal and for people, without secrets."""

    source: Origin
    store: "BlobStore"
    pair: Pair


@contextmanager
def opened_sides(environments: Environments, *, source: Path | Named, to: Named) -> Iterator[Sides]:
    """Give both sides, and close the stores in the end.

    Args:
        environments: where environments are looked up.
        source: a folder, or a store.
        to: the destination.

    Raises:
        SourceRefused: the source is no folder, or one side lies within the other.
        SourceFailed: the source's store refused or did not answer, also later in the block.
        DestinationFailed: so did the destination.
        SettingsError, StoreURLError: a side is not named rightly.
    """
    here = source if isinstance(source, Path) else place_of(environments, source)
    # Before anything else: a folder that is none is the first thing to be said.
    folder = Folder(here) if isinstance(here, Path) else None
    there = place_of(environments, to)
    refuse_overlap(folder.root if folder else here, there, environ=environments.environ)
    if folder is not None:
        with joined(folder, there.address, there.open) as sides:
            yield sides
    elif isinstance(here, Place):
        with _opened_source(here) as origin, joined(origin, there.address, there.open) as sides:
            yield sides


@contextmanager
def joined(
    source: Origin, address: str, open_destination: Callable[[], "BlobStore"]
) -> Iterator[Sides]:
    """Give a source and a store as sides, and close the store in the end.

    Args:
        source: opened.
        address: of the destination, without secrets.
        open_destination: opens it.

    Raises:
        DestinationFailed: as `opened_sides`.
    """
    with _opened(address, open_destination) as store:
        yield Sides(source, store, Pair(source.name, address))


@contextmanager
def _opened_source(place: Place) -> Iterator[Origin]:
    # SDKs are imported here, so that a folder's migration does not pay for a second one.
    from migrate.store_source import StoreOrigin

    try:
        store = place.open()
    except StoreError as error:
        raise SourceFailed(f"The source {place.address} failed: {error}.") from error
    try:
        yield StoreOrigin(store, place.address)
    finally:
        store.close()


@contextmanager
def _opened(address: str, open_destination: Callable[[], "BlobStore"]) -> Iterator["BlobStore"]:
    try:
        store = open_destination()
        try:
            yield store
        finally:
            store.close()
    except StoreError as error:
        raise DestinationFailed(f"The destination {address} failed: {error}.") from error


@contextmanager
def opened_destination(
    environments: Environments, *, source: Path | Named, to: Named
) -> Iterator[tuple["BlobStore", Pair]]:
    """Give the store alone, and what both sides are called: the source may be gone.

    Raises:
        DestinationFailed, SettingsError, StoreURLError: as `opened_sides`.
    """
    there = place_of(environments, to)
    pair = Pair(_name_of(environments, source), there.address)
    with _opened(there.address, there.open) as store:
        yield store, pair


def refuse_unconditional(sides: Sides) -> None:
    """Refuse a destination that could not keep a run from overwriting.

    Raises:
        DestinationFailed: it is one.
    """
    if not sides.store.capabilities.conditional_writes:
        raise DestinationFailed(
            f"The destination {sides.pair.destination} cannot write under conditions, so that nothing would "
            "keep a run from overwriting what others write meanwhile. Choose another store."
        )


def named_pair(environments: Environments, *, source: Path | Named, to: Named) -> Pair:
    """Return what both sides are called, without opening either: the source may be gone."""
    return Pair(_name_of(environments, source), place_of(environments, to).address)


def _name_of(environments: Environments, source: Path | Named) -> str:
    return (
        folder_name(source) if isinstance(source, Path) else place_of(environments, source).address
    )
