"""Builds and runs the blob service that clients are measured against: benchmarks/sink, in Go."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from infra.local_cloud.go_programs import GoProgram

_SINK: Final = GoProgram("sink", Path(__file__).with_name("sink"), ".", "seconds")


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which requests; the sink's own word for it is in `sink/faults.go`.

    Attributes:
        fault: hold_before, hold_after (until others are set), cut_before, cut_after (the connection ends),
            error_before, error_after (500), busy (503), slow, and of answers: short, empty, tokenless.
            Before and after are before and after a write's effect.
        of: write, read or list; "" is all.
        first, last: of the matching requests, counted from 1 since the faults were set; 0 is no end.
        share: of those; 0 is all.
        seconds: for slow.
    """

    fault: str
    of: str = ""
    first: int = 1
    last: int = 0
    share: float = 0
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A write that reached the sink.

    Attributes:
        method: HTTP's.
        path: with the bucket, or with the account and the container.
        part: of something larger.
        effect: the status that it had, whatever the client was told; 0 if the sink never looked at it.
    """

    method: str
    path: str
    part: bool
    effect: int


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
        stats: dict[str, Any] = self._ask("stats")
        return stats

    def allow(self, requests_per_second_max: int) -> None:
        """Change the cap; 0 is none."""
        self._ask(f"cap?requests-per-second={requests_per_second_max}")

    def set_faults(self, *faults: Fault, held: str = "drop") -> None:
        """Replace the faults.

        Args:
            faults: the first one that matches a request is what happens to it.
            held: what becomes of what the former ones hold: drop; serve, also where its client is gone; keep.
        """
        rules = [{"from": one["first"], "to": one["last"], **one} for one in map(asdict, faults)]
        self._ask(f"faults?held={held}", json.dumps(rules).encode())

    def await_held(self, *, seconds_max: float = 60) -> None:
        """Return when a request is held.

        Raises:
            urllib.error.HTTPError: none was.
        """
        self._ask(f"await?seconds={seconds_max}", seconds_max=seconds_max + 10)

    def writes(self) -> list[Written]:
        """Return all writes in the order of their ends; the sink was started with `ledger`."""
        return [Written(**one) for one in self._ask("writes")]

    def drop(self, place: str) -> None:
        """Delete a bucket or container with all that is in it."""
        self._ask(f"drop?place={place}")

    def hang_up(self) -> None:
        """Close the connections that wait for a request, as servers do after a while."""
        self._ask("hangup")

    def _ask(self, verb: str, body: bytes | None = None, *, seconds_max: float = 10) -> Any:
        address = f"{self.url}/-/{verb}"
        with urllib.request.urlopen(address, body, timeout=seconds_max) as answer:  # noqa: S310 - http
            said = answer.read()
        return json.loads(said) if said else None


@contextmanager
def sink(
    *,
    zeros: bool = False,
    latency_seconds: float = 0,
    round_trip_seconds: float = 0,
    busy_share: float = 0,
    requests_per_second_max: int = 0,
    ledger: bool = False,
) -> Iterator[Sink]:
    """Run a sink for the time of the block; it also ends when this process does.

    Args:
        zeros: keep no bodies, answer zeros of the same length: huge objects cost no memory.
        latency_seconds: to wait before each answer.
        round_trip_seconds: how far away it is, for connections and for all that goes through them.
        busy_share: of requests that are answered 503.
        requests_per_second_max: above this rate the answer is 503; 0 is no cap.
        ledger: keep a line of each write, for `Sink.writes`.
    """
    command = [
        str(_SINK.ensure(say=partial(print, file=sys.stderr))),
        "-guarded",
        f"-zeros={str(zeros).lower()}",
        f"-latency={latency_seconds}s",
        f"-round-trip={round_trip_seconds}s",
        f"-busy={busy_share}",
        f"-requests-per-second-max={requests_per_second_max}",
        f"-ledger={str(ledger).lower()}",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        try:
            yield Sink(run.stdout.readline().strip())
        finally:
            run.stdin.close()
