"""Moves a million files: memory, time and CPU of a plan, of a run that is killed and resumed, of the proof.

.venv/bin/python benchmarks/million.py                          # a million files; half an hour
.venv/bin/python benchmarks/million.py --files 100000 --json
.venv/bin/python benchmarks/million.py --in /srv/scratch        # 5 GB and a million inodes

The files are made by this script, in folders of a thousand, and moved into the sink (benchmarks/sink), which
keeps no bodies. Every command runs in a process of its own.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.measured import Cost, cost_of
from benchmarks.sinks import Sink
from benchmarks.verify import destination
from infra import screen

RSS_BYTES_MAX: Final = 300_000_000
SERVICES: Final = ("s3", "azure")
_PROGRAM: Final = str(Path(sys.prefix) / "bin" / "kb")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one command took.

    Attributes:
        command: which.
        files: that it was about; of the two halves of the run, those that it moved.
        rss_bytes: its peak.
        cpu_microseconds, wall_microseconds: per file.
    """

    command: str
    files: int
    rss_bytes: int
    cpu_microseconds: float
    wall_microseconds: float

    @property
    def kept(self) -> bool:
        """Whether it stayed within its memory."""
        return self.rss_bytes <= RSS_BYTES_MAX


def plant(folder: Path, files: int) -> None:
    """Make so many files of 64 bytes, no two of them equal, as fast as it goes."""
    for number in range(files):
        if not number % 1000:
            place = folder / f"{number // 100_000:02}" / f"{number // 1000 % 100:02}"
            place.mkdir(parents=True)
            prefix = os.fspath(place)
        descriptor = os.open(f"{prefix}/문서-{number:07}.md", os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(descriptor, f"{number:064}".encode())
        os.close(descriptor)


def figures(folder: Path, state: Path, to: str, at: Sink, files: int) -> Iterator[Figure]:
    """Yield what each command takes, in the order of a migration."""

    def run(verb: str, *words: str, killed_at: int = 0) -> tuple[Cost, bytes]:
        command = [_PROGRAM, "migrate", verb, "--source", str(folder), "--to", to, "--json"]
        command += ["--journal", str(state / "journal.sqlite"), *words]

        def kill(process: "subprocess.Popen[bytes]") -> None:
            # Not reaped here: its figures are still wanted.
            while killed_at and at.stats()["objects"] < killed_at and not _ended(process):
                time.sleep(0.05)
            if killed_at:
                process.send_signal(signal.SIGKILL)

        codes = (-signal.SIGKILL,) if killed_at else (0,)
        return cost_of(command, codes=codes, watch=kill, out=state / f"{verb}.jsonl")

    yield _figure("plan", files, run("plan")[0])
    first = run("run", killed_at=files // 2)[0]
    moved = at.stats()["objects"]
    yield _figure("run, killed half way", moved, first)
    yield _figure("run, resumed", files - moved, run("run")[0])
    for check in ("version", "digest"):
        cost, last = run("verify", "--check", check)
        proof = json.loads(last)
        assert proof["proved"] == files, proof
        yield _figure(f"verify --check {check}", files, cost)
    yield _figure("run, nothing to do", files, run("run")[0])


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _figure(command: str, files: int, cost: Cost) -> Figure:
    per_file = 1e6 / max(files, 1)
    return Figure(
        command, files, cost.rss_bytes, cost.cpu_seconds * per_file, cost.wall_seconds * per_file
    )


def main() -> int:
    """Measure, print, return 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line per figure")
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--service", choices=SERVICES, default="s3")
    parser.add_argument("--in", dest="place", type=Path, help="a folder for the tree and journal")
    given = parser.parse_args()
    table = Table("command", "files", "peak MB", "CPU µs per file", "time µs per file", "")
    kept = True
    with tempfile.TemporaryDirectory(dir=given.place) as place, destination(given.service) as there:
        folder, state = Path(place) / "files", Path(place) / "state"
        state.mkdir()
        plant(folder, given.files)
        for figure in figures(folder, state, there.url, there.at, given.files):
            kept = kept and figure.kept
            if given.json:
                print(json.dumps({**asdict(figure), "kept": figure.kept}), flush=True)
            table.add_row(
                figure.command,
                f"{figure.files:,}",
                f"{figure.rss_bytes / 1e6:.0f}",
                f"{figure.cpu_microseconds:.0f}",
                f"{figure.wall_microseconds:.0f}",
                "kept" if figure.kept else "MISSED",
            )
    if not given.json:
        screen.console().print(table)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
