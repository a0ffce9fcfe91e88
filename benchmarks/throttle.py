"""Measures how well a migration uses a service that limits requests, beside rclone and s5cmd.

make peers && .venv/bin/python benchmarks/throttle.py   # about fifteen minutes
.venv/bin/python benchmarks/throttle.py --json
.venv/bin/python benchmarks/throttle.py --rounds 1 --only kb --cap 1000

Each contestant uploads files of 4 KB to the sink (benchmarks/sink) in a process of its own. From the first
object on it is watched for a while and then ended: so much of what the service would have taken it delivered,
and so much of what it asked was refused.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.peers import NAMES, Contestant, Errand, contestants, plant
from benchmarks.sinks import Sink, sink
from infra import screen

DELIVERED_SHARE_MIN: Final = 0.95
REFUSED_SHARE_MAX: Final = 0.03
_FILE_BYTES: Final = 4096
_WORKERS: Final = 64
_STEP_SECONDS: Final = 10.0
_STEPS: Final = (500, 1000, 300, 2000, 800)


@dataclass(frozen=True, slots=True)
class Caps:
    """What the service takes: `steps` requests per second, one after the other, each for `seconds`."""

    name: str
    steps: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Shares:
    """What came of one contestant.

    Attributes:
        delivered: objects, as a share of what the service would have taken.
        refused: requests, as a share of those that were made.
        per_second: objects.
    """

    delivered: float
    refused: float
    per_second: float


def shares_of(contestant: Contestant, folder: Path, caps: Caps, latency_seconds: float) -> Shares:
    """Run one contestant and watch it."""
    with (
        tempfile.TemporaryDirectory() as state,
        sink(requests_per_second_max=caps.steps[0], latency_seconds=latency_seconds) as at,
    ):
        errand = Errand(folder, Path(state), at, "s3", _WORKERS)
        with subprocess.Popen(
            contestant.command(errand),
            env=errand.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as run:
            try:
                return _watched(run, at, caps)
            finally:
                # Some peers are programs behind a script: they end together.
                os.killpg(run.pid, signal.SIGKILL)


def _watched(run: "subprocess.Popen[bytes]", at: Sink, caps: Caps) -> Shares:
    while run.poll() is None and not at.stats()["objects"]:
        time.sleep(0.01)
    before, began = at.stats(), time.perf_counter()
    allowed = seconds = 0.0
    for cap in caps.steps:
        at.allow(cap)
        start = time.perf_counter()
        while run.poll() is None and time.perf_counter() - start < caps.seconds:
            time.sleep(0.05)
        allowed += cap * (time.perf_counter() - start)
    after, seconds = at.stats(), time.perf_counter() - began
    objects, busy = (after[name] - before[name] for name in ("objects", "busy"))
    return Shares(
        delivered=objects / allowed,
        refused=busy / max(busy + after["served"] - before["served"], 1),
        per_second=objects / seconds,
    )


def main() -> int:
    """Measure, print, return 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line per figure")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20, help="for each steady cap")
    parser.add_argument("--latency", type=float, default=0, help="of the sink, in seconds")
    parser.add_argument("--cap", action="append", help="300, 1000, 3000, stepping; all of them")
    parser.add_argument("--only", action="append", choices=NAMES)
    given = parser.parse_args()
    competing = contestants("s3", given.only)
    courses = [
        Caps(name, _STEPS, _STEP_SECONDS)
        if name == "stepping"
        else Caps(name, (int(name),), given.seconds)
        for name in given.cap or ("300", "1000", "3000", "stepping")
    ]
    table = Table("cap", "client", "objects/s", "of the cap", "refused", "")
    kept = True
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "files"
        most = max(sum(caps.steps) * caps.seconds for caps in courses)
        plant(folder, files=int(1.1 * most) + 1000, size=_FILE_BYTES)
        for caps in courses:
            rounds = [
                {each.name: shares_of(each, folder, caps, given.latency) for each in competing}
                for _ in range(given.rounds)
            ]
            for name in (each.name for each in competing):
                shares = _median([each[name] for each in rounds])
                good = (
                    shares.delivered >= DELIVERED_SHARE_MIN and shares.refused <= REFUSED_SHARE_MAX
                )
                kept = kept and (good or name != "kb")
                verdict = ("kept" if good else "MISSED") if name == "kb" else ""
                if given.json:
                    line = {"cap": caps.name, "client": name, **asdict(shares)}
                    print(json.dumps({**line, "kept": good} if name == "kb" else line), flush=True)
                table.add_row(
                    caps.name,
                    name,
                    f"{shares.per_second:,.0f}",
                    f"{shares.delivered:.1%}",
                    f"{shares.refused:.1%}",
                    verdict,
                )
    if not given.json:
        screen.console().print(table)
    return int(not kept)


def _median(shares: list[Shares]) -> Shares:
    columns = zip(*(asdict(each).values() for each in shares), strict=True)
    return Shares(*(statistics.median(column) for column in columns))


if __name__ == "__main__":
    sys.exit(main())
