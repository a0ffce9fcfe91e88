"""Measures how near `kb migrate forecast` comes to what `kb migrate run` then takes.

.venv/bin/python benchmarks/forecast.py                 # six to nine minutes
.venv/bin/python benchmarks/forecast.py --json
.venv/bin/python benchmarks/forecast.py --only 3 --only 17

Twenty settings of the sink (benchmarks/sink): limits, distances, shares of refusals, numbers and sizes of
files. In each one a process forecasts, and another one moves; the error is that of the expected duration.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from benchmarks.sinks import Sink, sink
from infra import screen

ERROR_MEDIAN_MAX: Final = 0.15
COVERAGE_MIN: Final = 0.8
_KB: Final = Path(sys.prefix) / "bin" / "kb"
_CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "sink",
    "AWS_SECRET_ACCESS_KEY": "the sink checks no signatures",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What is moved, and whereto.

    Attributes:
        files: how many.
        sizes: of which one is drawn for each file.
        conditions: of the sink.
        service: s3 or azure.
        large: further files of 24 MB.
    """

    files: int
    sizes: tuple[int, ...]
    conditions: Mapping[str, float]
    service: str = "s3"
    large: int = 0

    def __str__(self) -> str:
        words = [f"{self.files:,} files"]
        if self.sizes:
            words.append("–".join(f"{size / 1000:g} kB" for size in sorted(self.sizes)))
        if self.large:
            words.append(f"{self.large} of 24 MB")
        named = {
            "requests_per_second_max": "at most {:g}/s",
            "latency_seconds": "answers in {:g} s",
            "round_trip_seconds": "{:g} s away",
            "busy_share": "{:.0%} refused",
        }
        words += [named[name].format(value) for name, value in self.conditions.items()]
        return ", ".join(words)


SETTINGS: Final = (
    Setting(2400, (4_000,), {"requests_per_second_max": 300}),
    Setting(4000, (4_000,), {"requests_per_second_max": 500}),
    Setting(5000, (1_000, 20_000), {"requests_per_second_max": 700}, "azure"),
    Setting(1600, (64_000,), {"requests_per_second_max": 200, "round_trip_seconds": 0.03}),
    Setting(3000, (4_000,), {"requests_per_second_max": 400, "busy_share": 0.01}),
    Setting(900, (1_000, 4_000, 300_000), {"requests_per_second_max": 120}),
    Setting(4500, (2_000,), {"requests_per_second_max": 600, "latency_seconds": 0.05}),
    Setting(4000, (4_000,), {"latency_seconds": 0.5}),
    Setting(2500, (4_000,), {"latency_seconds": 1.0}),
    Setting(6000, (4_000,), {"latency_seconds": 0.25}, "azure"),
    Setting(6000, (1_000, 100_000), {"round_trip_seconds": 0.15}),
    Setting(6000, (4_000,), {"round_trip_seconds": 0.05}),
    Setting(8000, (4_000,), {"latency_seconds": 0.02}),
    Setting(8000, (1_000,), {}, "azure"),
    Setting(5000, (4_000,), {"busy_share": 0.02}),
    Setting(3000, (4_000,), {"latency_seconds": 0.3, "busy_share": 0.01}, "azure"),
    Setting(0, (), {}, large=50),
    Setting(0, (), {"round_trip_seconds": 0.04}, large=40),
    Setting(3000, (4_000, 30_000), {"requests_per_second_max": 500}, large=12),
    Setting(700, (4_000,), {"requests_per_second_max": 400}),
)


@dataclass(slots=True)
class Outcome:
    """A forecast and what it took, in seconds."""

    number: int
    setting: str
    expected: float
    low: float
    high: float
    took: float
    measured: dict[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> float:
        """The expected duration's, as a share of what it took."""
        return self.expected / self.took - 1

    @property
    def within(self) -> bool:
        """Whether the interval has what it took."""
        return self.low <= self.took <= self.high


def plant(folder: Path, setting: Setting, seed: int) -> None:
    """Make the files; large ones are holes."""
    chance = random.Random(seed)  # noqa: S311 - draws sizes, keeps no secret
    for number in range(setting.files):
        path = folder / f"{number // 500:03}" / f"{number:06}.md"
        if not number % 500:
            path.parent.mkdir(parents=True)
        size = chance.choice(setting.sizes)
        path.write_bytes((f"{number:020}".encode() * (size // 20 + 1))[:size])
    for number in range(setting.large):
        with (folder / f"{number:03}.bin").open("wb") as file:
            file.write(f"{number:020}".encode())
            file.truncate(24 * _MEGABYTE)


def outcome_of(number: int, setting: Setting) -> Outcome:
    """Forecast, and then move."""
    conditions: dict[str, Any] = dict(setting.conditions)
    with tempfile.TemporaryDirectory() as place, sink(zeros=True, **conditions) as at:
        folder = Path(place) / "files"
        folder.mkdir()
        plant(folder, setting, number)
        made = _kb("forecast", folder, Path(place), setting, at)
        end = _kb("run", folder, Path(place), setting, at)
    if end["ending"] != "complete":
        sys.exit(f"setting {number} ended {end['ending']}: {end}")
    return Outcome(
        number,
        str(setting),
        made["expected_seconds"],
        made["low_seconds"],
        made["high_seconds"],
        end["seconds"],
        made["measured"],
    )


def _kb(verb: str, folder: Path, place: Path, setting: Setting, at: Sink) -> dict[str, Any]:
    if setting.service == "s3":
        to = f"s3://benchmark/x?endpoint_url={at.url}&region=us-east-1"
    else:
        to = f"azure://sink/benchmark/x?endpoint_url={at.url}/sink"
    environ = {
        **os.environ,
        **_CREDENTIALS,
        "AZURE_STORAGE_CONNECTION_STRING": at.azure_connection_string,
        "KB_STATE_DIR": str(place / "state"),
    }
    words = [str(_KB), "migrate", verb, "--json", "--source", str(folder), "--to", to]
    answer = subprocess.run(words, env=environ, stdout=subprocess.PIPE, check=True)
    last: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return last


def main() -> int:
    """Measure, print, return 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line per setting")
    parser.add_argument("--only", action="append", type=int, help="a setting's number, from 1")
    given = parser.parse_args()
    table = Table("", "setting", "forecast", "interval", "took", "error", "")
    found = []
    for number, setting in enumerate(SETTINGS, 1):
        if given.only and number not in given.only:
            continue
        outcome = outcome_of(number, setting)
        found.append(outcome)
        if given.json:
            line = {**asdict(outcome), "error": outcome.error, "within": outcome.within}
            print(json.dumps(line), flush=True)
        table.add_row(
            str(number),
            outcome.setting,
            f"{outcome.expected:.1f} s",
            f"{outcome.low:.1f}–{outcome.high:.1f} s",
            f"{outcome.took:.1f} s",
            f"{outcome.error:+.0%}",
            "" if outcome.within else "outside",
        )
    error = statistics.median(abs(outcome.error) for outcome in found)
    coverage = statistics.mean(outcome.within for outcome in found)
    kept = (error <= ERROR_MEDIAN_MAX, coverage >= COVERAGE_MIN)
    if given.json:
        print(json.dumps({"error_median": error, "coverage": coverage, "kept": all(kept)}))
    else:
        console = screen.console()
        console.print(table)
        for text, good in zip(
            (
                f"median error {error:.1%}, at most {ERROR_MEDIAN_MAX:.0%}",
                f"{coverage:.0%} within the interval, at least {COVERAGE_MIN:.0%}",
            ),
            kept,
            strict=True,
        ):
            console.print(f"{'kept  ' if good else 'MISSED'} {text}", highlight=False)
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
