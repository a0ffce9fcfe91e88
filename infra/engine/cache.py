"""The per-user folder of built engines: one folder a recipe, whole or absent, one builder at a time.

$XDG_CACHE_HOME (or ~/.cache)/knowledge-base-cloud/engine/
    KEY/            a built engine; it appears by one rename
    KEY.lock        held by who builds KEY, and by the compilers that they started
    KEY.partial/    what they build in; gone when they end, or with the next builder
    KEY.log         what Go said, while building and after a failure
    go-VERSION/     Go, on machines that have none
    probes.json     versions of the pulumi on PATH that were asked before
"""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.engine.errors import OFFICIAL, EngineError

MANIFEST: Final = "manifest.json"
"""In each built engine: its version, and every file with its size."""

_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class EngineCache:
    """Built engines of one user.

    Attributes:
        directory: where they are; made when something is put there.
    """

    directory: Path

    def engine(self, key: str) -> Path:
        """Return the folder of a built engine, whether or not it is there."""
        return self.directory / key

    def partial(self, key: str) -> Path:
        """Return the folder to build in: the same file system, so that the result can be renamed."""
        return self.directory / f"{key}.partial"

    def log(self, key: str) -> Path:
        """Return the file for what a build says."""
        return self.directory / f"{key}.log"

    def version(self, key: str) -> str | None:
        """Return the version of a built engine that is whole; None if it is missing or damaged.

        Whole means: every file of its manifest is there with its size. A power cut after the rename may leave
        empty files behind; running the programs to find out would cost a quarter of a second each time.
        """
        home = self.engine(key)
        try:
            manifest = json.loads((home / MANIFEST).read_bytes())
            sizes: dict[str, int] = manifest["files"]
            version: str = manifest["version"]
            whole = all((home / name).stat().st_size == size for name, size in sizes.items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return version if whole else None

    def publish(self, key: str, built: Path, *, version: str) -> None:
        """Make a built folder the engine of a key: all of it or nothing. The lock must be held."""
        files = {
            path.relative_to(built).as_posix(): path.stat().st_size
            for path in sorted(built.rglob("*"))
            if path.is_file()
        }
        manifest = json.dumps({"version": version, "files": files}, indent=1)
        (built / MANIFEST).write_text(manifest + "\n", encoding="utf-8")
        home = self.engine(key)
        if home.exists():  # Damaged: a whole one would have been taken.
            home.rename(self.partial(key) / "damaged")
        built.rename(home)

    def remove_leftovers(self, key: str) -> None:
        """Remove what killed builds left: of this key, whose lock must be held, and of keys nobody builds."""
        for leftover in self.directory.glob("*.partial"):
            owner = leftover.name.removesuffix(".partial")
            if owner == key:
                shutil.rmtree(leftover)
                continue
            with contextlib.suppress(BlockingIOError), self._locked_now(owner):
                shutil.rmtree(leftover)

    @contextlib.contextmanager
    def locked(self, key: str, on_wait: Callable[[float], None]) -> Iterator[int]:
        """Hold the lock of a key; while another process has it, wait.

        Args:
            key: of the engine to build.
            on_wait: called with the seconds waited so far, five times a second.

        Yields:
            The lock's file descriptor. A child that inherits it holds the lock too: after a `kill -9` of the
            builder nobody builds in the same folder until its compilers have gone as well.
        """
        began = time.monotonic()
        while True:
            with contextlib.ExitStack() as stack:
                try:
                    descriptor = stack.enter_context(self._locked_now(key))
                except BlockingIOError:
                    on_wait(time.monotonic() - began)
                else:
                    yield descriptor
                    return
            time.sleep(_POLL_SECONDS)

    @contextlib.contextmanager
    def _locked_now(self, key: str) -> Iterator[int]:
        try:
            import fcntl
        except ImportError:
            raise EngineError(
                f"An engine cannot be built on this operating system: {OFFICIAL}."
            ) from None
        descriptor = os.open(self.directory / f"{key}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield descriptor
        finally:
            os.close(descriptor)


def default_cache(environment: Mapping[str, str]) -> EngineCache:
    """Return the cache of the user whose environment this is."""
    base = environment.get("XDG_CACHE_HOME")
    home = Path(base) if base else Path.home() / ".cache"
    return EngineCache(home / "knowledge-base-cloud" / "engine")
