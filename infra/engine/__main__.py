"""Prints the folder to put at the front of PATH for a Pulumi engine; builds one if there is none.

Needs nothing but Python: `make` and CI may call it before anything else is installed. What it does
goes to standard error, the folder alone to standard output.
"""

import argparse
import sys
import time
from typing import Final

from infra.engine import EngineError, Progress, ensure

_SECONDS_BETWEEN_LINES: Final = 15


class Narrator:
    """Says on standard error what a build does: on change, and now and then in between."""

    def __init__(self) -> None:
        self._stage: tuple[str, str] | None = None
        self._said = 0.0

    def __call__(self, event: Progress) -> None:
        """Say an event, unless something like it was said a moment ago."""
        stage, now = (event.phase, event.subject), time.monotonic()
        if self._stage is None and event.phase != "wait":
            self._say("no Pulumi engine here: building one, once. This takes minutes, not seconds.")
            self._say("(Pulumi installed with its official installer would be taken instead.)")
        if stage != self._stage or now - self._said >= _SECONDS_BETWEEN_LINES:
            self._stage, self._said = stage, now
            self._say(f"[{event.elapsed_seconds:4.0f} s] {event.sentence}")

    def _say(self, text: str) -> None:
        sys.stderr.write(f"engine: {text}\n")
        sys.stderr.flush()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, 1 for no engine, 2 for wrong usage, 130 for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m infra.engine", description=__doc__)
    parser.parse_args(arguments)
    try:
        engine = ensure(Narrator())
    except EngineError as error:
        sys.stderr.write(f"engine: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("engine: stopped; nothing half-done is left.\n")
        return 130
    sys.stdout.write(f"{engine.bin_directory}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
