"""Measures how well a migration uses a service that limits requests, beside rclone and s5cmd.

.venv/bin/python benchmarks/throttle.py                 # about fifteen minutes with both peers
.venv/bin/python benchmarks/throttle.py --json
.venv/bin/python benchmarks/throttle.py --rounds 1 --only kb --cap 1000

Each contestant uploads files of 4 KB to the sink (benchmarks/sink) in a process of its own. From the first
object on it is watched for a while and then ended: so much of what the service would have taken it delivered,
and so much of what it asked was refused. Peers are taken from PATH; those that are not there are left out.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.sinks import Sink, sink

DELIVERED_SHARE_MIN: Final = 0.95
REFUSED_SHARE_MAX: Final = 0.03
_FILE_BYTES: Final = 4096
_CONCURRENCY: Final = "64"
_STEP_SECONDS: Final = 10.0
_STEPS: Final = (500, 1000, 300, 2000, 800)
_CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "sink",
    "AWS_SECRET_ACCESS_KEY": "the sink checks no signatures",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


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


def kb(folder: Path, state: Path, at: Sink) -> list[str]:
    """Return the command that moves a folder with this package."""
    to = f"s3://benchmark/x?endpoint_url={at.url}&region=us-east-1"
    program = str(Path(sys.prefix) / "bin" / "kb")
    journal = str(state / "journal.sqlite")
    return [program, "migrate", "run", "--source", str(folder), "--to", to, "--journal", journal]


def rclone(folder: Path, state: Path, at: Sink) -> list[str]:
    """Return the command that moves it with rclone."""
    remote = (
        f":s3,provider=Other,env_auth=true,endpoint='{at.url}',region=us-east-1,force_path_style=true,"
        "no_check_bucket=true,no_head=true:benchmark/x"
    )
    flags = ["--transfers", _CONCURRENCY, "--checkers", _CONCURRENCY, "--ignore-times", "-q"]
    return ["rclone", "copy", str(folder), remote, *flags, "--config", str(state / "none")]


def s5cmd(folder: Path, state: Path, at: Sink) -> list[str]:
    """Return the command that moves it with s5cmd."""
    flags = ["--endpoint-url", at.url, "--numworkers", _CONCURRENCY, "--log", "error"]
    return ["s5cmd", *flags, "cp", f"{folder}/", "s3://benchmark/x/"]


CONTESTANTS: Final[dict[str, Callable[[Path, Path, Sink], list[str]]]] = {
    "kb": kb,
    "rclone": rclone,
    "s5cmd": s5cmd,
}


def plant(folder: Path, files: int) -> None:
    """Make so many files, each with content of its own."""
    for number in range(files):
        path = folder / f"{number // 1000:03}" / f"{number:06}.md"
        if not number % 1000:
            path.parent.mkdir(parents=True)
        path.write_bytes(f"{number:016}".encode() * (_FILE_BYTES // 16))


def shares_of(contestant: str, folder: Path, caps: Caps, latency_seconds: float) -> Shares:
    """Run one contestant and watch it."""
    with (
        tempfile.TemporaryDirectory() as state,
        sink(requests_per_second_max=caps.steps[0], latency_seconds=latency_seconds) as at,
        subprocess.Popen(
            CONTESTANTS[contestant](folder, Path(state), at),
            env={**os.environ, **_CREDENTIALS, "KB_STATE_DIR": state},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as run,
    ):
        try:
            return _watched(run, at, caps)
        finally:
            run.send_signal(signal.SIGKILL)


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
    parser.add_argument("--only", action="append", choices=list(CONTESTANTS))
    given = parser.parse_args()
    names = [name for name in given.only or CONTESTANTS if name == "kb" or shutil.which(name)]
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
        plant(folder, int(1.1 * most) + 1000)
        for caps in courses:
            rounds = [
                {name: shares_of(name, folder, caps, given.latency) for name in names}
                for _ in range(given.rounds)
            ]
            for name in names:
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
        Console().print(table)
    return int(not kept)


def _median(shares: list[Shares]) -> Shares:
    columns = zip(*(asdict(each).values() for each in shares), strict=True)
    return Shares(*(statistics.median(column) for column in columns))


if __name__ == "__main__":
    sys.exit(main())
