"""Measures what proving a migration costs: CPU per object of `kb migrate verify`, by listing and by digest.

.venv/bin/python benchmarks/verify.py                    # about five minutes
.venv/bin/python benchmarks/verify.py --json
.venv/bin/python benchmarks/verify.py --objects 20000 --rounds 1 --service s3

Files of 4 KB are moved into the sink (benchmarks/sink), then verified in a process of its own. What the same
command takes with nothing to verify is its start-up: measured beside, shown, and subtracted.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.measured import Cost, cost_of
from benchmarks.peers import plant
from benchmarks.sinks import Sink, sink
from infra import screen

MICROSECONDS_MAX: Final = 60.0
SERVICES: Final = ("s3", "azure")
CHECKS: Final = ("version", "digest")
_FILE_BYTES: Final = 4096
_PROGRAM: Final = str(Path(sys.prefix) / "bin" / "kb")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one check took.

    Attributes:
        service, check: what was verified, and how.
        objects: that were there.
        microseconds: CPU per object, without the start-up.
        start_seconds: CPU of the same command with nothing to verify.
        wall_seconds: with the start-up.
        rss_bytes: the peak.
        read: blobs that were read.
    """

    service: str
    check: str
    objects: int
    microseconds: float
    start_seconds: float
    wall_seconds: float
    rss_bytes: int
    read: int

    @property
    def kept(self) -> bool | None:
        """Whether the promise was kept; None where nothing is promised."""
        return self.microseconds <= MICROSECONDS_MAX if self.check == "version" else None


class Case:
    """A folder that was moved into a sink.

    Args:
        folder: the files.
        state: where the journal is kept.
        to: the store's URL.
    """

    def __init__(self, folder: Path, state: Path, to: str) -> None:
        self._words = ["--source", str(folder), "--to", to]
        self._words += ["--journal", str(state / "journal.sqlite"), "--json"]

    def move(self) -> None:
        """Move the files."""
        subprocess.run(
            [_PROGRAM, "migrate", "run", *self._words], check=True, stdout=subprocess.DEVNULL
        )

    def verify(self, check: str) -> tuple[Cost, int]:
        """Return what a verification cost, and how many blobs it read."""
        command = [_PROGRAM, "migrate", "verify", *self._words, "--check", check]
        cost, last = cost_of(command)
        proof = json.loads(last)
        assert proof["holds"], proof
        return cost, proof["read"]


@dataclass(frozen=True, slots=True)
class Destination:
    """A running sink, and the URL of an empty place in it."""

    at: Sink
    url: str


@contextmanager
def destination(service: str) -> Iterator[Destination]:
    """Give a sink, with the variables of this process set to what opens it."""
    with sink(zeros=True) as at:
        os.environ.update(_variables(at))
        urls = {
            "s3": f"s3://benchmark/x?endpoint_url={at.url}&region=us-east-1",
            "azure": f"azure://sink/benchmark/x?endpoint_url={at.url}/sink",
        }
        yield Destination(at, urls[service])


def _variables(at: Sink) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "sink",
        "AWS_SECRET_ACCESS_KEY": "the sink checks no signatures",
        "AZURE_STORAGE_CONNECTION_STRING": at.azure_connection_string,
    }


def figures(
    service: str, checks: Sequence[str], folder: Path, objects: int, rounds: int
) -> Iterator[Figure]:
    """Yield what each check costs on one service."""
    with destination(service) as there, tempfile.TemporaryDirectory() as place:
        empty, state, blank = (Path(place) / name for name in ("empty", "state", "blank"))
        for made in (empty, state, blank):
            made.mkdir()
        full = Case(folder, state, there.url)
        bare = Case(empty, blank, there.url.replace("/x?", "/y?"))
        full.move()
        bare.move()
        for check in checks:
            starts = [bare.verify(check)[0] for _ in range(rounds)]
            costs, reads = zip(*(full.verify(check) for _ in range(rounds)), strict=True)
            start = statistics.median(cost.cpu_seconds for cost in starts)
            cpu = statistics.median(cost.cpu_seconds for cost in costs)
            yield Figure(
                service,
                check,
                objects,
                microseconds=(cpu - start) / objects * 1e6,
                start_seconds=start,
                wall_seconds=statistics.median(cost.wall_seconds for cost in costs),
                rss_bytes=max(cost.rss_bytes for cost in costs),
                read=max(reads),
            )


def main() -> int:
    """Measure, print, return 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line per figure")
    parser.add_argument("--objects", type=int, action="append", help="20000 and 100000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--service", action="append", choices=SERVICES)
    parser.add_argument("--check", action="append", choices=CHECKS)
    given = parser.parse_args()
    table = Table(
        "service", "check", "objects", "CPU µs per object", "start-up s", "wall s", "MB", "read", ""
    )
    kept = True
    for objects in given.objects or (20_000, 100_000):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "files"
            plant(folder, files=objects, size=_FILE_BYTES)
            for service in given.service or SERVICES:
                for figure in figures(
                    service, given.check or CHECKS, folder, objects, given.rounds
                ):
                    kept = kept and figure.kept is not False
                    if given.json:
                        print(json.dumps({**asdict(figure), "kept": figure.kept}), flush=True)
                    table.add_row(*_cells(figure))
    if not given.json:
        screen.console().print(table)
    return int(not kept)


def _cells(figure: Figure) -> list[str]:
    verdict = {True: "kept", False: "MISSED", None: ""}[figure.kept]
    return [
        figure.service,
        figure.check,
        f"{figure.objects:,}",
        f"{figure.microseconds:.0f}",
        f"{figure.start_seconds:.2f}",
        f"{figure.wall_seconds:.1f}",
        f"{figure.rss_bytes / 1e6:.0f}",
        f"{figure.read:,}",
        verdict,
    ]


if __name__ == "__main__":
    sys.exit(main())
