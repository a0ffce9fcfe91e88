"""The writes of a run, on their way."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from app.store.keys import Key
from app.store.values import value
from migrate.plan import Step
from migrate.reading import Fingerprint, Reading
from migrate.saving import Write
from migrate.throttle import Turn

_BATCH_FILES_MAX: Final = 256
_BATCH_REPLACED_MAX: Final = 64
"""What stands there is saved first, and nothing is sent meanwhile."""
_BATCH_BYTES_MAX: Final = 16 << 20


@value(frozen=True, slots=True)
class Sent:
    """A write on its way. The bytes belong to the store: what waits for its answer needs the digest only.

    Attributes:
        step: that it carries out.
        fingerprint, sha256: of the file as it was read.
        turn: what the throttle has counted for it; None where it never began.
    """

    step: Step
    fingerprint: Fingerprint
    sha256: bytes
    turn: Turn | None


@value(frozen=True, slots=True)
class Task:
    """A write that is about to begin: whereto, why, and what."""

    key: Key
    step: Step
    reading: Reading

    def as_write(self) -> Write:
        """Return what a rollback has to know of it."""
        return Write(self.key, self.step.entry.path, self.reading.sha256, self.step.version)

    def as_sent(self, turn: Turn | None) -> Sent:
        """Return what is kept of it until its answer comes."""
        return Sent(self.step, self.reading.fingerprint, self.reading.sha256, turn)


def in_batches(tasks: Iterable[Task]) -> Iterator[deque[Task]]:
    """Yield tasks in groups that share one commit: bounded in number, and in bytes held."""
    batch: deque[Task] = deque()
    held = replaced = 0
    for task in tasks:
        batch.append(task)
        held += len(task.reading.content) if isinstance(task.reading.content, bytes) else 0
        replaced += task.step.version is not None
        if (
            len(batch) >= _BATCH_FILES_MAX
            or held >= _BATCH_BYTES_MAX
            or replaced >= _BATCH_REPLACED_MAX
        ):
            yield batch
            batch, held, replaced = deque(), 0, 0
    if batch:
        yield batch
