"""Prints what `kb up -s local` costs, first and when nothing has changed, and which process takes it.

.venv/bin/python -m benchmarks.up            # a table; --json: one line per figure

Wall time depends on who else uses the machine. The CPU column does not: it says what to mend.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from infra.local_cloud import servers

KB = Path(sys.prefix) / "bin" / "kb"
LOOK_SECONDS = 0.03
FIRST_SECONDS_MAX = 25
UNCHANGED_SECONDS_MAX = 6

# What a process is, by a word of its command line; the first that fits.
_PARTS = (
    ("infra.local_cloud.plugin aws", "plugin aws"),
    ("infra.local_cloud.plugin azure-native", "plugin azure-native"),
    ("infra.local_cloud.plugin gcp", "plugin gcp"),
    ("moto.server", "emulator moto"),
    ("azurite", "emulator azurite"),
    ("fake-gcs-server", "emulator fake-gcs-server"),
    ("-m pip", "language host: pip"),
    ("pulumi-language-python-exec", "program"),
    ("pulumi-language-python", "language host"),
    ("pulumi up", "engine: up"),
    ("pulumi", "engine: other commands"),
)


@dataclass(slots=True)
class Ledger:
    """CPU seconds of each process that was seen, and what it is."""

    seconds: dict[tuple[int, float], float] = field(default_factory=dict)
    parts: dict[tuple[int, float], str] = field(default_factory=dict)

    def look(self, process: psutil.Process) -> None:
        """Note what a process has used so far."""
        with suppress(psutil.Error):
            key = (process.pid, process.create_time())
            used = process.cpu_times()
            self.parts[key] = _part(process.cmdline()) or self.parts.get(key, "other")
            self.seconds[key] = used.user + used.system

    def by_part(self, before: "Ledger") -> dict[str, float]:
        """Return CPU seconds per part, without what was used before."""
        found: dict[str, float] = defaultdict(float)
        for key, used in self.seconds.items():
            found[self.parts[key]] += used - before.seconds.get(key, 0)
        return dict(found)


def _part(command: Sequence[str]) -> str | None:
    line = " ".join(command)
    if "kb up" in line:
        return "kb"
    return next((part for word, part in _PARTS if word in line), None)


def _emulators(state: Path) -> Iterator[psutil.Process]:
    for server in servers.status("local", root=state).servers:
        if server.process_id:
            with suppress(psutil.Error):
                yield psutil.Process(server.process_id)


def measured_up(environ: Mapping[str, str], state: Path) -> tuple[float, dict[str, float]]:
    """Bring the local environment up; return wall seconds, and CPU seconds by part."""
    before, ledger = Ledger(), Ledger()
    for process in _emulators(state):
        before.look(process)
    start = time.monotonic()
    run = subprocess.Popen(
        [KB, "up", "-s", "local", "--json"], env=environ, stdout=subprocess.DEVNULL
    )
    root = psutil.Process(run.pid)
    while run.poll() is None:
        with suppress(psutil.Error):
            for process in (root, *root.children(recursive=True)):
                ledger.look(process)
        time.sleep(LOOK_SECONDS)
    wall = time.monotonic() - start
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, run.args)
    for process in _emulators(state):
        ledger.look(process)
    return wall, ledger.by_part(before)


@contextmanager
def environment() -> Iterator[tuple[dict[str, str], Path]]:
    """A local environment of its own; it is taken down afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        # Some containers forbid Python to keep what it compiled; this measures everybody else's.
        environ = {**os.environ, "KB_STATE_DIR": folder, "PYTHONDONTWRITEBYTECODE": ""}
        try:
            yield environ, Path(folder)
        finally:
            servers.stop("local", root=Path(folder))


def main() -> int:
    """Measure, print, return 1 if a figure is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    limits = {"first": FIRST_SECONDS_MAX, "unchanged": UNCHANGED_SECONDS_MAX}
    missed = False
    with environment() as (environ, state):
        for name, limit in limits.items():
            wall, parts = measured_up(environ, state)
            missed |= wall > limit
            _print(name, wall, limit, parts, as_json=as_json)
    return int(missed)


def _print(
    name: str, wall: float, limit: float, parts: Mapping[str, float], *, as_json: bool
) -> None:
    if as_json:
        cpu = {part: round(used, 2) for part, used in sorted(parts.items())}
        figure = {"figure": f"kb up -s local, {name}", "wall_seconds": round(wall, 2)}
        sys.stdout.write(json.dumps(figure | {"at_most": limit, "cpu_seconds": cpu}) + "\n")
        return
    lines = [f"kb up -s local, {name}: {wall:.1f} s (at most {limit} s), CPU seconds:"]
    for part, used in sorted(parts.items(), key=lambda pair: -pair[1]):
        lines.append(f"  {used:5.2f}  {part}")
    lines.append(f"  {sum(parts.values()):5.2f}  together")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
