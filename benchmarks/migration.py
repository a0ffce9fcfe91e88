"""Measures what `kb migrate run` costs and how long it takes, beside rclone, s5cmd and AzCopy.

make peers && .venv/bin/python benchmarks/migration.py     # about half an hour
.venv/bin/python benchmarks/migration.py --json
.venv/bin/python benchmarks/migration.py --course small --service s3 --rounds 1 --files 5000 --only kb

Every contestant moves the same folder to a sink of its own (benchmarks/sink), as a command; ours with its
journal and digests. They take turns. An empty folder tells what starting costs: CPU per object is what is
left without that; "whole" is the command from start to end, as is the time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.peers import NAMES, Contestant, Errand, Service, contestants, plant
from benchmarks.sinks import sink
from infra import screen

CPU_SHARE_MAX: Final = 0.5
WALL_RATIO_MIN: Final = 2.0
BYTES_PER_CPU_RATIO_MIN: Final = 1.1
RSS_BYTES_MAX: Final = 300_000_000
_SERVICES: Final[tuple[Service, ...]] = ("s3", "azure")
_WORKERS: Final = 64
"""For peers at a service next door, where it is the best for each."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took, from its start to its end.

    Attributes:
        wall_seconds: time.
        cpu_seconds: of the process and its children, in user and system.
        start_cpu_seconds: what it takes for an empty folder.
        rss_bytes: the most memory that it held.
    """

    wall_seconds: float
    cpu_seconds: float
    start_cpu_seconds: float
    rss_bytes: float

    @property
    def net_cpu_seconds(self) -> float:
        """Without the start."""
        return max(self.cpu_seconds - self.start_cpu_seconds, 1e-9)


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure of ours beside one of the peers'; `kept` if it is as good as was said."""

    text: str
    kept: bool


Judge = Callable[[Mapping[str, Cost]], list[Promise]]


def _small(costs: Mapping[str, Cost]) -> list[Promise]:
    ours = costs["kb"]
    found = []
    for name, cost in _peers(costs).items():
        share = ours.net_cpu_seconds / cost.net_cpu_seconds
        found.append(
            Promise(f"CPU {share:.2f} × {name}'s, at most {CPU_SHARE_MAX}", share <= CPU_SHARE_MAX)
        )
        found.append(_times_faster(ours, name, cost))
    return found


def _large(costs: Mapping[str, Cost]) -> list[Promise]:
    ours = costs["kb"]
    found = []
    for name, cost in _peers(costs).items():
        ratio = cost.wall_seconds / ours.wall_seconds
        found.append(Promise(f"{ratio:.2f} × as fast as {name}, at least 1.0", ratio >= 1))
        if name == "s5cmd":
            ratio = cost.net_cpu_seconds / ours.net_cpu_seconds
            text = f"{ratio:.2f} × {name}'s MB per CPU second, at least {BYTES_PER_CPU_RATIO_MIN}"
            found.append(Promise(text, ratio >= BYTES_PER_CPU_RATIO_MIN))
    return found


def _far(costs: Mapping[str, Cost]) -> list[Promise]:
    peers = _peers(costs)
    if not peers:
        return []
    fastest = min(peers, key=lambda name: peers[name].wall_seconds)
    return [_times_faster(costs["kb"], fastest, peers[fastest])]


def _huge(costs: Mapping[str, Cost]) -> list[Promise]:
    held = costs["kb"].rss_bytes
    text = f"{held / 1e6:.0f} MB of memory, at most {RSS_BYTES_MAX / 1e6:.0f}"
    return [Promise(text, held <= RSS_BYTES_MAX)]


def _times_faster(ours: Cost, name: str, theirs: Cost) -> Promise:
    ratio = theirs.wall_seconds / ours.wall_seconds
    text = f"{ratio:.2f} × as fast as {name}, at least {WALL_RATIO_MIN}"
    return Promise(text, ratio >= WALL_RATIO_MIN)


def _peers(costs: Mapping[str, Cost]) -> dict[str, Cost]:
    return {name: cost for name, cost in costs.items() if name != "kb"}


@dataclass(frozen=True, slots=True)
class Course:
    """What is moved, whereto, and what was promised of it.

    Attributes:
        name: for the command line.
        files, size: how many, and bytes of each.
        judge: compares.
        round_trip_seconds: how far away the service is.
        workers: transfers at once of peers; None is their default.
        only_ours: no peer is asked.
    """

    name: str
    files: int
    size: int
    judge: Judge = field(repr=False)
    round_trip_seconds: float = 0
    workers: int | None = None
    only_ours: bool = False


COURSES: Final = (
    Course("small", 20_000, 4096, _small, workers=_WORKERS),
    Course("large", 20, 64_000_000, _large),
    Course("far", 20_000, 4096, _far, round_trip_seconds=0.02),
    Course("huge", 1, 5_000_000_000, _huge, only_ours=True),
)


def cost_of(
    contestant: Contestant, course: Course, service: Service, folder: Path, empty: Path
) -> Cost:
    """Run one contestant over an empty folder, then over the course's."""
    start = _run(contestant, course, service, empty, files=0)
    whole = _run(contestant, course, service, folder, files=course.files)
    return Cost(whole.wall_seconds, whole.cpu_seconds, start.cpu_seconds, whole.rss_bytes)


def _run(
    contestant: Contestant, course: Course, service: Service, folder: Path, *, files: int
) -> Cost:
    with (
        tempfile.TemporaryDirectory() as state,
        sink(zeros=True, round_trip_seconds=course.round_trip_seconds) as at,
    ):
        errand = Errand(folder, Path(state), at, service, course.workers)
        log = Path(state) / "output"
        with log.open("wb") as output:
            began = time.perf_counter()
            run = subprocess.Popen(
                contestant.command(errand),
                env=errand.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            _, status, usage = os.wait4(run.pid, 0)
            wall = time.perf_counter() - began
        run.returncode = os.waitstatus_to_exitcode(status)
        moved = at.stats()["objects"]
        # Some say that nothing is nothing to them, and fail.
        if files and (run.returncode or moved < files):
            last = log.read_text(errors="replace")[-2000:]
            sys.exit(f"{contestant.name} moved {moved} of {files}, exit {run.returncode}:\n{last}")
    cpu = usage.ru_utime + usage.ru_stime
    # Linux counts in KiB, macOS in bytes.
    rss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(wall, cpu, 0, rss)


def median(costs: list[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(
        *(statistics.median(getattr(cost, each.name) for cost in costs) for each in fields(Cost))
    )


def measure(
    course: Course, service: Service, *, rounds: int, only: list[str] | None
) -> dict[str, Cost]:
    """Return the medians of all contestants, which take turns."""
    names = ["kb"] if course.only_ours else only
    competing = contestants(service, names)
    found: dict[str, list[Cost]] = {each.name: [] for each in competing}
    with tempfile.TemporaryDirectory() as place:
        folder, empty = Path(place) / "files", Path(place) / "empty"
        plant(folder, files=course.files, size=course.size)
        empty.mkdir()
        for _ in range(1 if course.only_ours else rounds):
            for each in competing:
                found[each.name].append(cost_of(each, course, service, folder, empty))
    return {name: median(costs) for name, costs in found.items()}


def main() -> int:
    """Measure, print, return 1 if a promise is not kept."""
    given = _parser().parse_args()
    table = Table(
        "course",
        "to",
        "client",
        "per object",
        "whole",
        "start",
        "MB/CPU s",
        "wall",
        "objects/s",
        "MB held",
    )
    said: list[tuple[str, Promise]] = []
    for course in COURSES:
        if given.course and course.name not in given.course:
            continue
        if given.files:
            course = replace(course, files=min(given.files, course.files))
        for service in given.service or _SERVICES:
            costs = measure(course, service, rounds=given.rounds, only=given.only)
            for name, cost in costs.items():
                table.add_row(course.name, service, name, *_cells(course, cost))
                if given.json:
                    line = {"course": course.name, "service": service, "client": name}
                    print(json.dumps({**line, "files": course.files, **asdict(cost)}), flush=True)
            promises = course.judge(costs) if "kb" in costs else []
            said += [(f"{course.name} {service}", promise) for promise in promises]
            if given.json:
                for promise in promises:
                    line = {"course": course.name, "service": service}
                    print(json.dumps({**line, **asdict(promise)}), flush=True)
    if not given.json:
        console = screen.console()
        console.print(table)
        for where, promise in said:
            console.print(
                f"{'kept  ' if promise.kept else 'MISSED'} {where}: {promise.text}", highlight=False
            )
    return int(not all(promise.kept for _, promise in said))


def _cells(course: Course, cost: Cost) -> list[str]:
    megabytes = course.files * course.size / 1e6
    return [
        f"{cost.net_cpu_seconds / course.files * 1e6:,.0f} µs",
        f"{cost.cpu_seconds / course.files * 1e6:,.0f} µs",
        f"{cost.start_cpu_seconds:.2f} s",
        f"{megabytes / cost.net_cpu_seconds:,.0f}",
        f"{cost.wall_seconds:.2f} s",
        f"{course.files / cost.wall_seconds:,.0f}",
        f"{cost.rss_bytes / 1e6:,.0f}",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line per figure")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--course", action="append", choices=[each.name for each in COURSES])
    parser.add_argument("--service", action="append", choices=_SERVICES)
    parser.add_argument("--files", type=int, help="fewer than the course has")
    parser.add_argument("--only", action="append", choices=NAMES)
    return parser


if __name__ == "__main__":
    sys.exit(main())
