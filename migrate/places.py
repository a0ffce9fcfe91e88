"""Where a side of a migration is: a store as a command names it, before it is opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.environment import (
    MIGRATION_CONCURRENCY,
    Environments,
    open_store,
    stack_options,
    store_address,
    store_url,
)
from app.settings import ambient_variables, parse_layer_settings
from app.store.url import StoreURL, parse_store_url
from migrate.refusals import SourceRefused

if TYPE_CHECKING:
    from app.store.contract import BlobStore

_ENDPOINTS: Final = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
    "gs": ("STORAGE_EMULATOR_HOST",),
}
"""Where the SDKs look for an address that a URL does not name."""
_VENDORS: Final = {"s3": ".amazonaws.com", "gs": ".googleapis.com"}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Named:
    """A store as a command names it.

    Attributes:
        stack: the environment; None for the one that the variables or the default name.
        url: a store's URL instead of the environment's store; its credentials are the environment's where
            `stack` names one, else those of the variables and `.env`.
    """

    stack: str | None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A store before it is opened.

    Attributes:
        address: what journals and people call it, without secrets.
        url: its parts.
        open: opens it.
    """

    address: str
    url: StoreURL
    open: "Callable[[], BlobStore]"

    @property
    def folder(self) -> Path | None:
        """The folder that the store is, or None."""
        return Path(self.url.place) if self.url.scheme == "file" else None


def is_url(text: str) -> bool:
    """Tell whether a person names a store by its URL, not a folder by its path."""
    return "://" in text


def place_of(environments: Environments, named: Named) -> Place:
    """Return the place that a command names; nothing is opened.

    Raises:
        SettingsError, StoreURLError: it is not named rightly.
    """
    if named.url is not None:
        parts = parse_store_url(named.url)
        return Place(str(parts), parts, lambda: _open_url(environments, named))
    # Once: looking up an environment starts the engine, which takes seconds.
    settings = environments.settings(named.stack, identity="migrator")
    address = store_address(settings)
    if settings.storage_type != "filesystem" and settings.kb_stack:
        # Every emulated environment has the same account: the name of the environment tells them apart.
        address = f"{address} of {settings.kb_stack}"
    return Place(address, store_url(settings), lambda: open_store(settings, for_migration=True))


def refuse_overlap(source: Path | Place, to: Place, *, environ: Mapping[str, str]) -> None:
    """Refuse sides that are one place, or one inside the other.

    Args:
        source: a folder, or a store's place.
        to: the destination's.
        environ: the variables of the process: they name the address of a URL that names none.

    Raises:
        SourceRefused: they are.
    """
    folder = source if isinstance(source, Path) else source.folder
    if folder is not None and to.folder is not None:
        _refuse_folders(folder, to.folder)
    elif isinstance(source, Place) and _may_be_one(source.url, to.url, environ):
        here, there = source.url.prefix, to.url.prefix
        if here == there:
            raise SourceRefused(f"The source {source.address} is the destination itself.")
        if here.startswith(there) or there.startswith(here):
            raise SourceRefused(
                f"The source {source.address} and the destination {to.address} lie one inside the other: "
                "what is moved would be moved again."
            )


def _refuse_folders(source: Path, place: Path) -> None:
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


def _may_be_one(one: StoreURL, other: StoreURL, environ: Mapping[str, str]) -> bool:
    """Tell whether two stores may be in one bucket or container; where nobody can tell, they may."""
    if (one.scheme, one.account, one.place) != (other.scheme, other.account, other.place):
        return False
    first, second = _endpoint(one, environ), _endpoint(other, environ)
    # An account of Azure's is one in all the world; its address may be in a connection string.
    return first == second or (one.scheme == "azure" and None in (first, second))


def _endpoint(url: StoreURL, environ: Mapping[str, str]) -> str | None:
    """Return which service a URL is about, as one word; None is the vendor's own."""
    names = _ENDPOINTS.get(url.scheme, ())
    address = url.endpoint_url or next((environ[name] for name in names if environ.get(name)), None)
    if address is None:
        return None
    parts = urlsplit(address if "://" in address else f"//{address}")
    host = (parts.hostname or "").lower()
    if url.scheme in _VENDORS and host.endswith(_VENDORS[url.scheme]):
        return None
    if host in _LOOPBACK:
        host = "localhost"
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{host}:{port}{parts.path.rstrip('/')}"


def _open_url(environments: Environments, named: Named) -> "BlobStore":
    from app.store.stack import open_stack
    from app.store.url import open_store as open_url

    assert named.url is not None  # noqa: S101 - asked by its only caller
    ambient = ambient_variables(environments.environ, folder=environments.folder)
    options = stack_options(parse_layer_settings(ambient), for_migration=True)
    credentials = environments.credentials(named.stack, identity="migrator")
    store = open_url(named.url, credentials=credentials, concurrency=MIGRATION_CONCURRENCY)
    return open_stack(store, options)
