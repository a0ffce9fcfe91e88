"""The two sides of a migration as a command names them: a folder, and a store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.environment import (
    MIGRATION_CONCURRENCY,
    Environments,
    open_store,
    stack_options,
    store_address,
)
from app.settings import ambient_variables, parse_layer_settings
from app.store.errors import StoreError
from app.store.url import parse_store_url
from migrate.origin import Origin
from migrate.records import Pair
from migrate.refusals import DestinationFailed, SourceRefused
from migrate.walk import Folder, folder_name

if TYPE_CHECKING:
    from app.store.contract import BlobStore


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, opened; `pair` names them for the journal and for people, without secrets."""

    source: Origin
    store: "BlobStore"
    pair: Pair


@dataclass(frozen=True, slots=True)
class _Destination:
    """A store before it is opened: its address, its folder if it is one, and how to open it."""

    address: str
    place: Path | None
    open: Callable[[], "BlobStore"]


@contextmanager
def opened_sides(
    environments: Environments, *, stack: str | None, source: Path, to: str | None
) -> Iterator[Sides]:
    """Give both sides, and close the store in the end.

    Args:
        environments: where environments are looked up.
        stack: the environment's name; None for the one that the variables or the default name.
        source: the folder.
        to: a store's URL instead of the environment's store; its credentials are the environment's where
            `stack` names one, else those of the variables and `.env`.

    Raises:
        SourceRefused: the source is no folder, or one side lies within the other.
        DestinationFailed: the store refused or did not answer, also later in the block.
        SettingsError, StoreURLError: the destination is not named rightly.
    """
    folder = Folder(source)
    destination = _destination(environments, stack, to)
    _refuse_overlap(folder.root, destination.place)
    with joined(folder, destination.address, destination.open) as sides:
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
    environments: Environments, *, stack: str | None, source: Path, to: str | None
) -> Iterator[tuple["BlobStore", Pair]]:
    """Give the store alone, and what both sides are called: the source may be gone.

    Raises:
        DestinationFailed, SettingsError, StoreURLError: as `opened_sides`.
    """
    destination = _destination(environments, stack, to)
    with _opened(destination.address, destination.open) as store:
        yield store, Pair(folder_name(source), destination.address)


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


def named_pair(
    environments: Environments, *, stack: str | None, source: Path, to: str | None
) -> Pair:
    """Return what both sides are called, without opening either: the source may be gone."""
    return Pair(folder_name(source), _destination(environments, stack, to).address)


def _destination(environments: Environments, stack: str | None, to: str | None) -> _Destination:
    if to is not None:
        parts = parse_store_url(to)
        place = Path(parts.place) if parts.scheme == "file" else None
        return _Destination(str(parts), place, lambda: _open_url(environments, stack, to))
    # Once: looking up an environment starts the engine, which takes seconds.
    settings = environments.settings(stack, identity="migrator")
    address, place = store_address(settings), None
    if settings.storage_type == "filesystem":
        place = settings.storage_path.absolute() / settings.kb_prefix
    elif settings.kb_stack:
        # Every emulated environment has the same account: the name of the environment tells them apart.
        address = f"{address} of {settings.kb_stack}"
    return _Destination(address, place, lambda: open_store(settings, for_migration=True))


def _open_url(environments: Environments, stack: str | None, to: str) -> "BlobStore":
    from app.store.stack import open_stack
    from app.store.url import open_store as open_url

    ambient = ambient_variables(environments.environ, folder=environments.folder)
    options = stack_options(parse_layer_settings(ambient), for_migration=True)
    credentials = environments.credentials(stack, identity="migrator")
    store = open_url(to, credentials=credentials, concurrency=MIGRATION_CONCURRENCY)
    return open_stack(store, options)


def _refuse_overlap(source: Path, place: Path | None) -> None:
    if place is None:
        return
    here, there = source.resolve(), place.resolve()
    if here == there:
        raise SourceRefused(f"The source {source} is the destination itself.")
    if there.is_relative_to(here):
        raise SourceRefused(
            f"The destination {place} lies inside the source {source}: it would be moved into itself."
        )
    if here.is_relative_to(there):
        raise SourceRefused(
            f"The source {source} lies inside the destination {place}: files could be written over it."
        )
