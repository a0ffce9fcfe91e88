"""Prints what starting costs: CPU of `kb --help`, and how long a second `kb demo` takes.

.venv/bin/python benchmarks/start.py            # both
.venv/bin/python benchmarks/start.py --help-only
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KB = Path(sys.prefix) / "bin" / "kb"
RUNS = 7
HELP_CPU_SECONDS_MAX = 0.3
SECOND_DEMO_SECONDS_MAX = 30


def cpu_seconds(command: list[str]) -> float:
    """Return user and system seconds of one run of `command` and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def second_demo_seconds() -> float:
    """Return the wall time of a second demo, in an environment of its own that is taken down after."""
    with tempfile.TemporaryDirectory() as state:
        environ = {name: value for name, value in os.environ.items() if name != "ANTHROPIC_API_KEY"}
        environ["KB_STATE_DIR"] = state
        seconds = 0.0
        for _ in ("first", "second"):
            start = time.monotonic()
            subprocess.run([KB, "demo"], check=True, stdout=subprocess.DEVNULL, env=environ)
            seconds = time.monotonic() - start
        subprocess.run(
            [KB, "down", "-s", "local", "--yes"], check=True, stdout=subprocess.DEVNULL, env=environ
        )
    return seconds


def main() -> int:
    """Measure, print one JSON line per figure, return 1 if one is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--help-only", action="store_true")
    arguments = parser.parse_args()
    bare = statistics.median(cpu_seconds([sys.executable, "-c", "pass"]) for _ in range(RUNS))
    helped = statistics.median(cpu_seconds([str(KB), "--help"]) for _ in range(RUNS))
    figures = [("kb --help, CPU seconds", helped, HELP_CPU_SECONDS_MAX)]
    print(json.dumps({"figure": "python -c pass, CPU seconds", "median": round(bare, 3)}))
    if not arguments.help_only:
        figures.append(("second kb demo, seconds", second_demo_seconds(), SECOND_DEMO_SECONDS_MAX))
    for name, value, limit in figures:
        print(json.dumps({"figure": name, "value": round(value, 3), "at_most": limit}))
    return int(any(value > limit for _, value, limit in figures))


if __name__ == "__main__":
    sys.exit(main())
