"""A short run on trial, into a part of the destination that is emptied afterwards."""

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.store.errors import AccessDenied, NotFound
from app.store.keys import RESERVED_PREFIX, Key
from migrate.checklist.place import Part
from migrate.forecast.marks import Counted, Marks
from migrate.forecast.model import Rate, rate_of
from migrate.forecast.sweeping import sweep
from migrate.journal import Journal
from migrate.limits import NO_LIMITS, Limits
from migrate.records import Pair
from migrate.refusals import DestinationFailed, Stopped
from migrate.run import Transfer
from migrate.scope import EVERYTHING, Scope
from migrate.stop import Stop
from migrate.throttle import Throttle

if TYPE_CHECKING:
    from app.store.contract import BlobStore
    from migrate.forecast.sample import Sample
    from migrate.origin import Origin

PREFIX: Final = f"{RESERVED_PREFIX}probe/"
SECONDS_MAX: Final = 2.5
"""How long files are sent on trial, and then as long large ones."""
_TRIPS: Final = 5

Remover = Callable[[], "BlobStore"]


@dataclass(frozen=True, slots=True)
class Probed:
    """What a probe measured; None where nothing was there to measure it with.

    Attributes:
        round_trip_seconds: of one small request and its answer.
        files: how fast files go that are sent at once.
        large: how fast bytes of large files go.
        cpu_seconds: of this process for each file.
        cpu_share: of one processor, while files went.
        limit: writes per second, where the service was found to refuse more.
        writes: how many were sent.
        refused: how many of them the service was too busy for.
    """

    round_trip_seconds: float
    files: Rate | None = None
    large: Rate | None = None
    cpu_seconds: float | None = None
    cpu_share: float = 0.0
    limit: float | None = None
    writes: int = 0
    refused: int = 0


class _Deadline(Stop):
    """Stops a run on trial when its time is over; a person's wish to stop everything comes first."""

    def __init__(self, outer: Stop, seconds: float) -> None:
        super().__init__()
        self._outer = outer
        self._seconds = seconds
        self._at: float | None = None

    def keep_going(self) -> None:
        """See `Stop`; the time begins with the first question."""
        self._outer.keep_going()
        now = time.monotonic()
        self._at = self._at or now + self._seconds
        if now > self._at:
            self.requested = True
        super().keep_going()


class Probe:
    """One probe.

    Args:
        source: where the sample lies.
        store: the destination.
        remover: opens the same store for whoever may delete there, if the first one may not.
        stop: asked often.
        scope: of the run that is forecast: its names are mapped alike.
        limits: likewise.
        seconds_max: for files, and for large ones.
    """

    def __init__(
        self,
        source: "Origin",
        store: "BlobStore",
        *,
        remover: Remover,
        stop: Stop,
        scope: Scope = EVERYTHING,
        limits: Limits = NO_LIMITS,
        seconds_max: float = SECONDS_MAX,
    ) -> None:
        self._source = source
        self._store = store
        self._remover = remover
        self._stop = stop
        # Without its tiers: most bill months also for what is deleted at once.
        self._scope = Scope(naming=scope.naming)
        self._limits = limits
        self._seconds_max = seconds_max
        self.prefix = f"{PREFIX}{secrets.token_hex(6)}/"

    def measure(self, sample: "Sample", folder: Path) -> Probed:
        """Send the sample, as far as it goes in the time; whatever happens, nothing of it stays.

        Args:
            sample: of what is to be moved.
            folder: where a journal may lie meanwhile: on the disk of the real one.

        Raises:
            Stopped: a person asked for it.
            DestinationFailed: nobody here may delete from it, or it fails.
            StoreError: the destination fails.
        """
        with _swept(self._store, self.prefix, self._remover):
            trip = self._round_trip()
            with tempfile.TemporaryDirectory(dir=folder, prefix="probe-") as place:
                return self._measured(sample, Path(place), trip)

    def _measured(self, sample: "Sample", place: Path, trip: float) -> Probed:
        found = Probed(trip)
        files = sample.files(self._source)
        if files is not None:
            marks, throttle = Marks(), Throttle(limits=self._limits)
            self._send(files, "files", place, marks, throttle)
            seconds = marks.at[-1][0] if marks.at else 0.0
            found = Probed(
                trip,
                rate_of(marks.at),
                cpu_seconds=marks.cpu_seconds / marks.copied if marks.copied else None,
                cpu_share=marks.cpu_seconds / seconds if seconds else 0.0,
                limit=throttle.limit,
                writes=throttle.delivered_count + throttle.refused_count,
                refused=throttle.refused_count,
            )
        stand_ins = place / "large"
        stand_ins.mkdir()
        large = sample.large(self._source, stand_ins)
        if large is not None:
            counted = Counted(large)
            self._send(counted, "large", place, counted.marks, Throttle(limits=self._limits))
            found = replace(found, large=rate_of(counted.sent()))
        return found

    def _send(
        self, source: "Origin", name: str, place: Path, marks: Marks, throttle: Throttle
    ) -> None:
        stop = _Deadline(self._stop, self._seconds_max)
        pair = Pair(source.name, name)
        with Journal.opened(place / f"{name}.sqlite", pair) as journal:
            transfer = Transfer(
                source,
                Part(self._store, f"{self.prefix}{name}/"),
                journal,
                replace_others=False,
                stop=stop,
                watcher=marks,
                scope=self._scope,
                throttle=throttle,
            )
            with suppress(Stopped):
                transfer.run()
        self._stop.keep_going()

    def _round_trip(self) -> float:
        key, seconds = Key(f"{self.prefix}none"), []
        for _ in range(_TRIPS):
            self._stop.keep_going()
            began = time.monotonic()
            with suppress(NotFound):
                self._store.stat(key)
            seconds.append(time.monotonic() - began)
        return statistics.median(seconds)


@contextmanager
def _swept(store: "BlobStore", prefix: str, remover: Remover) -> Iterator[None]:
    """Make sure that what is written can be deleted again, and delete it in the end."""
    deleting = _allowed(store, remover, Key(f"{prefix}none"))
    try:
        yield
    finally:
        sweep(deleting, prefix)


def _allowed(store: "BlobStore", remover: Remover, key: Key) -> "BlobStore":
    """Return the store as somebody opens it who may delete.

    Raises:
        DestinationFailed: nobody may.
    """
    with suppress(AccessDenied):
        store.delete(key)
        return store
    with suppress(AccessDenied):
        other = remover()
        other.delete(key)
        return other
    raise DestinationFailed(
        f"Nobody here may delete below {PREFIX} of the destination, so that what a probe writes would stay "
        "there: no forecast."
    )
