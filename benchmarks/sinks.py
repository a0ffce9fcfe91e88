"""Builds and runs the blob service that clients are measured against: benchmarks/sink, in Go."""

import hashlib
import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.engine import toolchain

_SOURCE: Final = Path(__file__).with_name("sink")
_GO_VERSION_MIN: Final = (1, 22)


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


@contextmanager
def sink(
    *,
    zeros: bool = False,
    latency_seconds: float = 0,
    busy_share: float = 0,
    requests_per_second_max: int = 0,
) -> Iterator[Sink]:
    """Run a sink for the time of the block; it also ends when this process does.

    Args:
        zeros: keep no bodies, answer zeros of the same length: huge objects cost no memory.
        latency_seconds: to wait before each answer.
        busy_share: of requests that are answered 503.
        requests_per_second_max: above this rate the answer is 503; 0 is no cap.
    """
    command = [
        str(build()),
        "-guarded",
        f"-zeros={str(zeros).lower()}",
        f"-latency={latency_seconds}s",
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


def build() -> Path:
    """Return the compiled sink; the first time, and when its source has changed, it is compiled."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "knowledge-base-cloud"
    sources = [*sorted(_SOURCE.glob("*.go")), _SOURCE / "go.mod"]
    key = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    program = home / "sink" / key / "sink"
    if program.exists():
        return program
    go = toolchain.find_go(
        version_min=_GO_VERSION_MIN, cache_directory=home / "engine", environment=os.environ
    )
    if go is None:
        raise SystemExit(
            "The sink needs Go 1.22 or newer on PATH (or the one that `make engine` fetches)."
        )
    program.parent.mkdir(parents=True, exist_ok=True)
    partial = program.with_name(f"sink.{os.getpid()}")
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0"}
    if go.fetched:
        environment.pop("GOROOT", None)
    subprocess.run(
        [go.command, "build", "-o", partial, "."], cwd=_SOURCE, env=environment, check=True
    )
    return partial.rename(program)
