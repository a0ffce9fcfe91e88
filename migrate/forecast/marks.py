"""When how much of a probe was done."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.outcomes import Outcome, Result

if TYPE_CHECKING:
    from migrate.history import Sample
    from migrate.sights import Extent


@dataclass(slots=True)
class Marks:
    """A watcher that notes when files arrived.

    Attributes:
        at: seconds since files began to move, and how many had arrived by then.
        began: when that was, by the monotonic clock.
        cpu_seconds: of this process until the last one arrived.
        copied, size: how many arrived, and their bytes.
    """

    at: list[tuple[float, float]] = field(default_factory=list)
    began: float = 0.0
    _cpu_began: float = 0.0
    cpu_seconds: float = 0.0
    copied: int = 0
    size: int = 0

    def begin(self, extent: "Extent") -> None:
        """See `Watcher`."""
        self.began, self._cpu_began = time.monotonic(), time.process_time()

    def note(self, outcome: Outcome) -> None:
        """See `Watcher`."""
        if outcome.result in (Result.COPIED, Result.ALREADY_THERE):
            self.copied += 1
            self.size += outcome.size
            self.at.append((time.monotonic() - self.began, self.copied))
            self.cpu_seconds = time.process_time() - self._cpu_began

    @property
    def seconds(self) -> float:
        """How long files moved."""
        return self.at[-1][0] if self.at else 0.0

    def progress(self, sample: "Sample") -> None:
        """See `Watcher`; the arrivals say more."""
