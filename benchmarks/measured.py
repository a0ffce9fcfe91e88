"""A command in a process of its own, and what it cost."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_LINE_BYTES_MAX = 64 << 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command used; `rss_bytes` is its peak. `code` is how it ended: below 0, the signal."""

    cpu_seconds: float
    wall_seconds: float
    rss_bytes: int
    code: int


def cost_of(
    command: Sequence[str],
    *,
    codes: Sequence[int] = (0,),
    watch: Callable[["subprocess.Popen[bytes]"], None] = lambda run: None,
    out: Path | None = None,
) -> tuple[Cost, bytes]:
    """Run a command to its end; return what it cost and the last line that it printed.

    Args:
        command: its words.
        codes: how it may end.
        watch: is given the process once it runs; may end it.
        out: where it prints; None for a file that is gone afterwards.

    Raises:
        CalledProcessError: it ended otherwise.
    """
    began = time.perf_counter()
    # A file, not a pipe: nobody has to read it meanwhile.
    with out.open("w+b") if out else tempfile.TemporaryFile() as printed:
        run = subprocess.Popen(command, stdout=printed)
        watch(run)
        # Its own figures: RUSAGE_CHILDREN has the peak of the largest child so far.
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        printed.seek(max(0, printed.seek(0, os.SEEK_END) - _LINE_BYTES_MAX))
        lines = printed.read().splitlines()
    last = lines[-1] if lines else b""
    if run.returncode not in codes:
        raise subprocess.CalledProcessError(run.returncode, command, last)
    # Linux counts in KiB, macOS in bytes.
    rss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(usage.ru_utime + usage.ru_stime, wall, rss, run.returncode), last
