"""Measures moving out of a store that is far away: into another store, into a folder, and back.

.venv/bin/python benchmarks/backup.py                         # two minutes
.venv/bin/python benchmarks/backup.py --files 2000 --milliseconds 50

Blobs of 4 KB lie in a sink (benchmarks/sink) whose every round trip takes so long, and move into another one
as far away. Each move is a command in a process of its own, with journal and digests.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.table import Table

from app.store.backends.s3 import S3Store
from app.store.contract import Properties, Upload
from app.store.keys import Key
from benchmarks.measured import Cost, cost_of
from benchmarks.sinks import Sink, sink
from infra import screen

_PROGRAM: Final = str(Path(sys.prefix) / "bin" / "kb")
_FILE_BYTES: Final = 4096
_BUCKET: Final = "benchmark"


def moves(source: Sink, other: Sink, files: int) -> Iterator[tuple[str, Cost]]:
    """Yield what each way costs."""
    os.environ.update(AWS_ACCESS_KEY_ID="sink", AWS_SECRET_ACCESS_KEY="the sink checks none")  # noqa: S106 - nobody's
    fill(source, files)
    here, there = (
        f"s3://{_BUCKET}?endpoint_url={at.url}&region=us-east-1" for at in (source, other)
    )
    with tempfile.TemporaryDirectory() as place:
        backup = (Path(place) / "backup").as_uri()
        (Path(place) / "backup").mkdir()
        for title, sides, prefix in (
            ("store to store", (here, there), "a"),
            ("again, nothing changed", (here, there), "a"),
            ("store to folder", (here, backup), "b"),
            ("folder to store", (backup, there.replace("?", "/restored?")), "c"),
        ):
            journal = str(Path(place) / f"{prefix}.sqlite")
            words = ["--source", sides[0], "--to", sides[1], "--journal", journal, "--json"]
            yield title, cost_of([_PROGRAM, "migrate", "run", *words])[0]


def fill(at: Sink, files: int) -> None:
    """Write so many blobs, each with content and properties of its own."""
    store = S3Store(
        _BUCKET,
        region_name="us-east-1",
        endpoint_url=at.url,
        aws_access_key_id="sink",
        aws_secret_access_key="the sink checks none",  # noqa: S106 - nobody's
        concurrency=64,
    )
    uploads = (
        Upload(
            Key(f"{number // 1000:03}/{number:06}.md"),
            f"{number:016}".encode() * (_FILE_BYTES // 16),
            properties=Properties("text/markdown", None, {"number": str(number)}),
        )
        for number in range(files)
    )
    for answer in store.write_many(uploads):
        if isinstance(answer, Exception):
            raise answer
    store.close()


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--milliseconds", type=float, default=20)
    given = parser.parse_args()
    table = Table(
        "move",
        "wall s",
        "CPU s",
        "MB",
        title=f"{given.files:,} blobs, {given.milliseconds:g} ms away",
    )
    far = given.milliseconds / 1000
    with sink(round_trip_seconds=far) as source, sink(round_trip_seconds=far) as other:
        for title, cost in moves(source, other, given.files):
            row = (
                f"{cost.wall_seconds:.1f}",
                f"{cost.cpu_seconds:.1f}",
                f"{cost.rss_bytes / 1e6:.0f}",
            )
            table.add_row(title, *row)
    screen.console().print(table)


if __name__ == "__main__":
    main()
