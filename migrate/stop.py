"""How a run is asked to stop: by Ctrl-C, by the system, or by the run itself."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from migrate.refusals import Interrupted, Stopped

_EXIT_INTERRUPTED = 130
_EXIT_TERMINATED = 1


class Stop:
    """A request to stop, which the run looks at between files and between parts of large ones."""

    def __init__(self) -> None:
        self.requested = False
        self._signal: signal.Signals | None = None

    def keep_going(self) -> None:
        """Return, unless a stop is requested.

        Raises:
            Stopped: it is.
        """
        if self.requested:
            raise Stopped("the run was asked to stop")

    def as_interruption(self, *, resume: str) -> Interrupted:
        """Return what to raise when all is put away."""
        terminated = self._signal is signal.SIGTERM
        return Interrupted(
            f"{'Terminated' if terminated else 'Interrupted'}; what was done is in the journal. "
            f"To go on: {resume}",
            exit_code=_EXIT_TERMINATED if terminated else _EXIT_INTERRUPTED,
        )

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Turn the first SIGINT or SIGTERM into a request; the second one interrupts at once."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for number in before:
                signal.signal(number, self._receive)
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        self._signal = signal.Signals(number)
