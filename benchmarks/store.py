"""Measures the bulk verbs beside the vendors' SDKs, and the memory that large work takes.

.venv/bin/python benchmarks/store.py                # about five minutes
.venv/bin/python benchmarks/store.py --json
.venv/bin/python benchmarks/store.py --no-memory    # the first half only

Everything talks to the sink (benchmarks/sink) on this machine, each contestant in a process of its own, and
only that process is counted. Wall time depends on the machine and on who else uses it; the ratios are medians
over rounds in which the contestants take turns.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.sinks import Sink, sink

SERVICES: Final = ("s3", "azure")
CONTESTANTS: Final = ("ours", "sdk")
SDK_TIMES_MIN: Final = 6.0
READ_RSS_BYTES_MAX: Final = 200_000_000
LARGE_RSS_BYTES_MAX: Final = 300_000_000
LARGE_BYTES: Final = 5_000_000_000
READ_OBJECTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What a contestant's process used."""

    cpu_seconds: float
    wall_seconds: float
    rss_bytes: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that was promised.

    Attributes:
        name: what was measured.
        value: the median.
        bound: what was promised.
        at_least: whether the bound is from below.
    """

    name: str
    value: float
    bound: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def cost_of(contestant: str, service: str, verb: str, at: Sink, count: int) -> Cost:
    """Run one contestant in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.contestant", contestant, service, verb, at.url]
    run = subprocess.run([*command, str(count)], check=True, stdout=subprocess.PIPE)
    return Cost(**json.loads(run.stdout))


def race(service: str, verb: str, objects: int, rounds: int) -> dict[str, list[Cost]]:
    """Let the contestants take turns; each round has every one of them once."""
    costs: dict[str, list[Cost]] = {name: [] for name in CONTESTANTS}
    with sink() as at:
        cost_of("ours", service, "write_many", at, objects)
        for _ in range(rounds):
            for name in CONTESTANTS:
                costs[name].append(cost_of(name, service, verb, at, objects))
    return costs


def ratio(service: str, verb: str, costs: dict[str, list[Cost]]) -> Figure:
    """Return the promise about one race."""
    rounds = zip(costs["sdk"], costs["ours"], strict=True)
    return Figure(
        f"{service} {verb}: objects per CPU second, times the SDK's",
        statistics.median(sdk.cpu_seconds / ours.cpu_seconds for sdk, ours in rounds),
        SDK_TIMES_MIN,
        at_least=True,
    )


def memory(service: str) -> Iterator[Figure]:
    """Yield the peaks of reading many objects, and of one large object up and down."""
    with sink(zeros=True) as at:
        cost_of("ours", service, "write_many", at, READ_OBJECTS)
        read = cost_of("ours", service, "read_many", at, READ_OBJECTS)
        up = cost_of("large", service, "up", at, LARGE_BYTES)
        down = cost_of("large", service, "down", at, LARGE_BYTES)
    name = f"{service}: peak MB of"
    yield Figure(f"{name} reading 100,000 objects", read.rss_bytes / 1e6, READ_RSS_BYTES_MAX / 1e6)
    yield Figure(f"{name} 5 GB up", up.rss_bytes / 1e6, LARGE_RSS_BYTES_MAX / 1e6)
    yield Figure(f"{name} 5 GB down", down.rss_bytes / 1e6, LARGE_RSS_BYTES_MAX / 1e6)


def main() -> int:
    """Measure, print, return 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line per figure")
    parser.add_argument("--objects", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--no-speed", action="store_true")
    given = parser.parse_args()
    speed = Table(
        "4 KB objects", "client", "CPU µs per object", "objects/s", "peak MB", title="speed"
    )
    figures: list[Figure] = []
    for service in SERVICES:
        for verb in () if given.no_speed else ("write_many", "read_many"):
            costs = race(service, verb, given.objects, given.rounds)
            figures.append(ratio(service, verb, costs))
            for name, measured in costs.items():
                speed.add_row(f"{service} {verb}", name, *_medians(measured, given.objects))
        if not given.no_memory:
            figures += memory(service)
    if given.json:
        for figure in figures:
            print(json.dumps({**asdict(figure), "kept": figure.kept}))
    else:
        console = Console()
        console.print(speed, _promises(figures))
    return int(not all(figure.kept for figure in figures))


def _medians(costs: list[Cost], objects: int) -> tuple[str, str, str]:
    cpu = statistics.median(cost.cpu_seconds for cost in costs)
    wall = statistics.median(cost.wall_seconds for cost in costs)
    rss = statistics.median(cost.rss_bytes for cost in costs)
    return f"{cpu / objects * 1e6:.0f}", f"{objects / wall:,.0f}", f"{rss / 1e6:.0f}"


def _promises(figures: list[Figure]) -> Table:
    table = Table("figure", "value", "promised", "", title="promises")
    for figure in figures:
        bound = f"{'≥' if figure.at_least else '≤'} {figure.bound:g}"
        table.add_row(
            figure.name, f"{figure.value:.2f}", bound, "kept" if figure.kept else "MISSED"
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
