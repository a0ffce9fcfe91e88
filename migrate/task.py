"""The writes of a run, on their way."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from app.store.values import value
from migrate.compare import key_of
from migrate.plan import Step
from migrate.reading import Reading
from migrate.saving import Write
from migrate.throttle import Turn

_BATCH_FILES_MAX: Final = 64
_BATCH_BYTES_MAX: Final = 16 << 20


@value(frozen=True, slots=True)
class Task:
    """A write on its way; `turn` is what the throttle has counted for it, once it was sent."""

    step: Step
    reading: Reading
    turn: Turn | None = None

    def as_write(self) -> Write:
        """Return what a rollback has to know of it."""
        step = self.step
        return Write(key_of(step.sight.key), step.entry.path, self.reading.sha256, step.version)


def in_batches(tasks: Iterable[Task]) -> Iterator[deque[Task]]:
    """Yield tasks in groups that share one commit: bounded in number, and in bytes held."""
    batch: deque[Task] = deque()
    held = 0
    for task in tasks:
        batch.append(task)
        held += len(task.reading.content) if isinstance(task.reading.content, bytes) else 0
        if len(batch) >= _BATCH_FILES_MAX or held >= _BATCH_BYTES_MAX:
            yield batch
            batch, held = deque(), 0
    if batch:
        yield batch
