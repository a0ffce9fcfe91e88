"""Kills migrations and rollbacks at chosen calls: `python -m tests.migrate.killing FOLDER STEP`.

A process of its own, of one thread, so that it may fork; each child opens the journal, works, and dies as
`kill -9` makes it die. Prints how many died.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from app.store.backends.local import LocalStore
from app.store.contract import Blob, BlobInfo, BlobStore, Upload
from app.store.errors import StoreError
from app.store.keys import Key
from app.store.layers.base import Layer
from migrate import saving
from tests.migrate.scene import Scene
from tests.migrate.standing import everything
from tests.migrate.test_rollback_faults import PART_BYTES, prepared


class Deadly(Layer):
    """A store whose process dies at a moment: at 2n before its n-th call, at 2n + 1 after it."""

    def __init__(self, inner: BlobStore, moment: int | None) -> None:
        super().__init__(inner)
        self._moment = moment
        self._now = 0

    def read(self, *words: Any, **options: Any) -> Blob:
        blob: Blob = self._through(self.inner.read, words, options)
        return blob

    def stat(self, *words: Any) -> BlobInfo:
        info: BlobInfo = self._through(self.inner.stat, words, {})
        return info

    def write(self, *words: Any, **options: Any) -> BlobInfo:
        info: BlobInfo = self._through(self.inner.write, words, options)
        return info

    def delete(self, *words: Any, **options: Any) -> None:
        self._through(self.inner.delete, words, options)

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        return (self.read(key) for key in keys)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        for one in uploads:
            yield self.write(one.key, one.content, when=one.when, properties=one.properties)

    def _through(
        self, call: Callable[..., Any], words: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        self._pass()
        answer = call(*words, **options)
        self._pass()
        return answer

    def _pass(self) -> None:
        if self._now == self._moment:
            os.kill(os.getpid(), signal.SIGKILL)
        self._now += 1


def dies(scene: Scene, verb: str, moment: int | None) -> bool:
    """Run or roll back in a child that dies at the moment; return whether it came to that."""
    child = os.fork()
    if not child:
        store = Deadly(scene.store, moment)
        if verb == "run":
            scene.run(store=store, replace=True)
        else:
            scene.roll_back(store=store)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status not in (0, signal.SIGKILL):
        raise AssertionError(f"{verb} at {moment} ended with {status}")
    return status != 0


def tried(folder: Path, deaths: list[tuple[str, int | None]]) -> list[bool]:
    """Work with these deaths, then roll back in peace, and look whether anything can be seen of it."""
    (folder / "there").mkdir(parents=True)
    scene, before = prepared(folder, LocalStore(folder / "there"))
    died = [dies(scene, verb, moment) for verb, moment in deaths]
    dies(scene, "rollback", None)
    after = everything(scene.store)
    if after != before:
        raise AssertionError(f"{deaths} left {after}")
    return died


def main(folder: Path, step: int) -> None:
    """Try all moments, `step` apart, until nothing dies any more."""
    saving.PART_BYTES = PART_BYTES  # type: ignore[misc] # as in the other tests of faults
    plans: list[Callable[[int], list[tuple[str, int | None]]]] = [
        lambda moment: [("run", moment), ("rollback", moment)],
        lambda moment: [("run", moment), ("run", None), ("rollback", moment)],
    ]
    total = 0
    for number, plan in enumerate(plans):
        for moment in count(0, step):
            died = tried(folder / f"{number}-{moment}", plan(moment))
            total += sum(died)
            if not any(died):
                break
    print(total)  # noqa: T201 - the answer to the process that started this one


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
