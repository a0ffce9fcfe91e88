"""Builds and runs the blob service that clients are measured against: benchmarks/sink, in Go."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from infra.local_cloud.go_programs import GoProgram

_SINK: Final = GoProgram("sink", Path(__file__).with_name("sink"), ".", "seconds")


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink; both dialects answer at `url`, Azure's below an account's name.

    Attributes:
        url: http and a free port of this machine.
    """

    url: str

    @property
    def azure_connection_string(self) -> str:
        """For an account whose key is not checked."""
        key = "c2luaw=="
        return f"AccountName=sink;AccountKey={key};BlobEndpoint={self.url}/sink;DefaultEndpointsProtocol=http"

    def stats(self) -> dict[str, Any]:
        """Return what was served since the start, and the CPU that it took."""
        with urllib.request.urlopen(f"{self.url}/-/stats", timeout=10) as answer:  # noqa: S310 - http
            stats: dict[str, Any] = json.load(answer)
        return stats

    def allow(self, requests_per_second_max: int) -> None:
        """Change the cap; 0 is none."""
        address = f"{self.url}/-/cap?requests-per-second={requests_per_second_max}"
        urllib.request.urlopen(address, timeout=10).close()  # noqa: S310 - http


@contextmanager
def sink(
    *,
    zeros: bool = False,
    latency_seconds: float = 0,
    round_trip_seconds: float = 0,
    busy_share: float = 0,
    requests_per_second_max: int = 0,
) -> Iterator[Sink]:
    """Run a sink for the time of the block; it also ends when this process does.

    Args:
        zeros: keep no bodies, answer zeros of the same length: huge objects cost no memory.
        latency_seconds: to wait before each answer.
        round_trip_seconds: how far away it is, for connections and for all that goes through them.
        busy_share: of requests that are answered 503.
        requests_per_second_max: above this rate the answer is 503; 0 is no cap.
    """
    command = [
        str(_SINK.ensure(say=partial(print, file=sys.stderr))),
        "-guarded",
        f"-zeros={str(zeros).lower()}",
        f"-latency={latency_seconds}s",
        f"-round-trip={round_trip_seconds}s",
        f"-busy={busy_share}",
        f"-requests-per-second-max={requests_per_second_max}",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        try:
            yield Sink(run.stdout.readline().strip())
        finally:
            run.stdin.close()
