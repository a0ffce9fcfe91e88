"""Where a trial takes place: a fresh part of somebody's store, outside of which nothing is touched."""

import itertools
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from app.environment import open_store_at
from app.store.conformance.races import Opening
from app.store.contract import BlobStore, Capabilities
from app.store.keys import Key
from app.store.url import parse_store_url
from app.terms.answers import Refusal, UsageRefusal

_PROBE: Final = Key("probe")
_DELETES_AT_ONCE: Final = 8
_ROUNDS_MAX: Final = 20

Opener = Callable[[str], BlobStore]


@dataclass(frozen=True, slots=True)
class Ground:
    """A fresh part of a store.

    Attributes:
        url: of the part: `…/kb-conformance-…`.
        open: opens the store at a URL.
        function: the same for other processes: "package.module:name".
        environ: the variables of other processes.
    """

    url: str
    open: Opener
    function: str
    environ: Mapping[str, str]
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @property
    def shared(self) -> bool:
        """Whether another process that opens the URL sees the same store."""
        return self.url != "memory:"

    def opened(self) -> BlobStore:
        """Return an empty store: each time at another place of the ground."""
        return self._at(self._fresh())

    @contextmanager
    def store(self) -> Iterator[tuple[BlobStore, Opening]]:
        """Give an empty store, and how other processes open it."""
        url = self._fresh()
        with closing(self._at(url)) as store:
            yield store, Opening(self.function, url)

    def capabilities(self) -> Capabilities:
        """Make sure that the store can be written to, and return what it can do.

        Raises:
            StoreError: it does not exist, does not answer, or the credentials do not allow it.
        """
        with self.store() as (store, _):
            store.write(_PROBE, b"")
            store.delete(_PROBE)
            return store.capabilities

    def sweep(self) -> int:
        """Remove whatever lies here; return how many blobs that were.

        Raises:
            Refusal: some stay although their deletion succeeded.
        """
        removed = 0
        with closing(self._at(self.url)) as store:
            # More than once: a store on trial may list less than it has.
            for _ in range(_ROUNDS_MAX):
                found = [info.key for info in store.scan()]
                if not found:
                    break
                with ThreadPoolExecutor(_DELETES_AT_ONCE) as pool:
                    list(pool.map(store.delete, found))
                removed += len(found)
            else:
                raise Refusal(f"{self.url} still lists what was deleted: it is not empty.")
        if folder := _folder_of(self.url):
            shutil.rmtree(folder)
        return removed

    def _fresh(self) -> str:
        return below(self.url, f"{next(self._numbers):04}")

    def _at(self, url: str) -> BlobStore:
        if folder := _folder_of(url):
            folder.mkdir(parents=True, exist_ok=True)
        return self.open(url)


def below(url: str, name: str) -> str:
    """Return the URL of a part of the store that `url` names."""
    scheme = urlsplit(url).scheme
    if scheme == "file":
        return f"{url.rstrip('/')}/{name}"
    if scheme in ("s3", "azure", "gs"):
        parts = parse_store_url(url)
        return str(replace(parts, prefix=f"{parts.prefix}{name}/"))
    return url if url == "memory:" else f"{url.rstrip('/')}/{name}"


def opener_named(function: str) -> Opener:
    """Return the function that opens a store of somebody else's: "package.module:name".

    Raises:
        UsageRefusal: there is none of this name.
    """
    module, colon, name = function.partition(":")
    if not (module and colon and name):
        raise UsageRefusal(f"--open takes package.module:function, not {function!r}.")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        # As for `python -m`: what is opened is often the project in this folder.
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UsageRefusal(f"--open {function}: {error}.") from error
    if not callable(found):
        raise UsageRefusal(f"--open {function}: that is no function.")
    opener: Opener = found
    return opener


def expect_place(url: str) -> None:
    """Make sure that the folder of a file URL exists: the trial makes its own part only.

    Raises:
        StoreMissing: it does not.
    """
    if _folder_of(url):
        open_store_at(url).close()


def _folder_of(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None
