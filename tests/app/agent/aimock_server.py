"""aimock, a mock Messages API server: installed once per user from the lock file here, run on loopback."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra.local_cloud.npm import Package

_LOCK: Final = Path(__file__).with_name("aimock")
_AIMOCK: Final = Package(
    "aimock", _LOCK, Path("node_modules/@copilotkit/aimock/dist/cli.js"), "about 2 s, 12 MB"
)

_UNTIL_INPUT_ENDS: Final = '"$@" </dev/null & read -r _; kill $!; wait'
"""The system closes the input also when the tests are killed with -9: the server never outlives them."""


@contextmanager
def running_aimock() -> Iterator[str]:
    """Start the server on a free port and yield its address; it ends with the block."""
    aimock = _AIMOCK.ensure(say=print)
    with subprocess.Popen(
        [
            *("/bin/sh", "-c", _UNTIL_INPUT_ENDS, "sh"),
            # Node itself, not a script of npm's: that one's child would survive the kill.
            *(
                aimock.node,
                aimock.main,
                "-p",
                "0",
                "-h",
                "127.0.0.1",
                "-f",
                _LOCK / "fixtures",
                "--strict",
            ),
        ],
        env={**os.environ, "AIMOCK_STRICT_TURN_INDEX": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            yield _address(server)
        finally:
            assert server.stdin is not None
            server.stdin.close()
            server.wait(30)


def _address(server: "subprocess.Popen[str]") -> str:
    said: list[str] = []
    assert server.stdout is not None
    for line in server.stdout:
        said.append(line)
        found = re.search(r"listening on (http://127\.0\.0\.1:\d+)", line)
        if found:
            return found[1]
    raise AssertionError(f"aimock did not start: {''.join(said)}")
