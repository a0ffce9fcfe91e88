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
from app.store.keys import PROBE_PREFIX, Key
from migrate.checklist.place import Part
from migrate.forecast.marks import Marks
from migrate.forecast.model import Rate, rate_of
from migrate.forecast.sample import STAND_IN_BYTES
from migrate.forecast.sweeping import sweep
from migrate.journal import Journal
from migrate.limits import NO_LIMITS, Limits
from migrate.reading import LARGE_BYTES_MIN
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

SECONDS_MAX: Final = 2.5
"""How long files are sent on trial; longer by half where the service limits them, or is far away."""
_SLOWER: Final = 1.6
_TRIPS_MORE: Final = 10
_LARGE_SECONDS_MIN: Final = 1.0
_LARGE_SPREAD, _LARGE_SPREAD_FIRST = 0.35, 0.8
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

    def __init__(self, outer: Stop, seconds: Callable[[], float]) -> None:
        super().__init__()
        self._outer = outer
        self._seconds = seconds
        self._began: float | None = None

    def keep_going(self) -> None:
        """See `Stop`; the time begins with the first question."""
        self._outer.keep_going()
        now = time.monotonic()
        self._began = self._began or now
        if now > self._began + self._seconds():
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
        seconds_max: for files, and about as much for large ones.
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
        self.prefix = f"{PROBE_PREFIX}{secrets.token_hex(6)}/"

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
            stop = _Deadline(self._stop, lambda: self._seconds(throttle, trip))
            self._send(files, "files", place, marks, throttle, stop)
            found = Probed(
                trip,
                rate_of(marks.at),
                cpu_seconds=marks.cpu_seconds / marks.copied if marks.copied else None,
                cpu_share=marks.cpu_seconds / marks.seconds if marks.seconds else 0.0,
                limit=throttle.limit,
                writes=throttle.delivered_count + throttle.refused_count,
                refused=throttle.refused_count,
            )
        return replace(found, large=self._large(sample, place))

    def _large(self, sample: "Sample", place: Path) -> Rate | None:
        """Send more and more large files at once until that takes long enough to say something."""
        files, rate, bytes_max = 1, None, LARGE_BYTES_MIN
        while sample.large_count:
            name = f"large-{files}"
            source = sample.large(place / name, files=files, bytes_max=bytes_max)
            marks = Marks()
            # To their end: one that breaks off says nothing.
            self._send(source, name, place, marks, Throttle(limits=self._limits), self._stop)
            if not marks.seconds:
                return rate
            unsure = _LARGE_SPREAD if files > 1 else _LARGE_SPREAD_FIRST
            rate = Rate(0.0, marks.size / marks.seconds, unsure)
            if marks.seconds > _LARGE_SECONDS_MIN or files >= sample.large_count:
                break
            faster = int(self._seconds_max / marks.seconds)
            files = min(sample.large_count, max(4, files * min(faster, 4)))
            bytes_max = STAND_IN_BYTES
        return rate

    def _send(
        self,
        source: "Origin",
        name: str,
        place: Path,
        marks: Marks,
        throttle: Throttle,
        stop: Stop,
    ) -> None:
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

    def _seconds(self, throttle: Throttle, trip: float) -> float:
        """Return how long is long enough: who is limited or far away is slow to find its pace."""
        most = _SLOWER * self._seconds_max
        if throttle.limit is not None:
            return most
        return min(most, self._seconds_max + _TRIPS_MORE * trip)

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
        f"Nobody here may delete below {PROBE_PREFIX} of the destination, so that what a probe writes "
        "would stay there: no forecast."
    )
