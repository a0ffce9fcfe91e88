"""One process of a race: `python -m app.store.conformance.racer ORDER`, started by `races`."""

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from typing import Any, Final

from app.store.conformance.expecting import content_of
from app.store.conformance.races import line_of
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    Span,
    Version,
    When,
)
from app.store.errors import ConditionFailed, Unavailable
from app.store.keys import Key
from app.store.layers.base import Layer
from app.store.operations import append, edit

_SECONDS_MAX: Final = 60.0
_PAUSE_SECONDS_MAX: Final = 0.2


class Watching(Layer):
    """Counts refused conditions, and of those the ones that were refused though the bytes are the same.

    The documents of a race only grow, so bytes that are the same afterwards were so all the time.
    """

    def __init__(self, inner: BlobStore) -> None:
        super().__init__(inner)
        self.conflicts = 0
        self.false_conflicts = 0
        self._seen: bytes | None = None

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract."""
        self._seen = None
        blob = self.inner.read(key, span=span, unless=unless)
        self._seen = blob.data
        return blob

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        """See the contract."""
        try:
            return self.inner.write(key, content, when=when, properties=properties, lease=lease)
        except ConditionFailed:
            self.conflicts += 1
            self.false_conflicts += content_of(self.inner, key) == self._seen
            raise


def main(order: dict[str, Any]) -> None:
    """Make the changes that the order names, and print what became of each."""
    module, _, name = order["function"].partition(":")
    opened: BlobStore = getattr(import_module(module), name)(order["argument"])
    change: Callable[[BlobStore, Key, int, int], None] = (
        _append if order["kind"] == "append" else _edit
    )
    process, keys = order["process"], [Key(raw) for raw in order["keys"]]
    outcomes: dict[str, list[int]] = {"done": [], "given_up": [], "unknown": []}
    with closing(opened):
        store = Watching(opened)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for number in range(1, order["rounds"] + 1):
            try:
                change(store, keys[(process + number) % len(keys)], process, number)
                outcomes["done"].append(number)
            except ConditionFailed:
                outcomes["given_up"].append(number)
            except Unavailable:
                outcomes["unknown"].append(number)
    counts = {"conflicts": [store.conflicts], "false_conflicts": [store.false_conflicts]}
    sys.stdout.write(json.dumps({**outcomes, **counts}))


def _append(store: BlobStore, key: Key, process: int, number: int) -> None:
    append(store, key, line_of(process, number), seconds_max=_SECONDS_MAX)


def _edit(store: BlobStore, key: Key, process: int, number: int) -> None:
    """Put a line behind the process's first one, as an agent does: read, edit what was read, else again."""
    deadline = time.monotonic() + _SECONDS_MAX
    anchor, pause = line_of(process, 0), 0.005
    while True:
        blob = store.read(key)
        try:
            edit(store, key, anchor, anchor + line_of(process, number), version=blob.info.version)
        except ConditionFailed:
            if time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(pause * (0.5 + random.random()))  # noqa: S311 - so that two do not meet again
        pause = min(2 * pause, _PAUSE_SECONDS_MAX)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
