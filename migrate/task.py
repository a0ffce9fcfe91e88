"""A write of a run, on its way."""

from dataclasses import dataclass

from migrate.compare import key_of
from migrate.plan import Step
from migrate.reading import Reading
from migrate.saving import Write


@dataclass(frozen=True, slots=True)
class Task:
    """A write on its way."""

    step: Step
    reading: Reading

    def as_write(self) -> Write:
        """Return what a rollback has to know of it."""
        step = self.step
        return Write(key_of(step.sight.key), step.entry.path, self.reading.sha256, step.version)
