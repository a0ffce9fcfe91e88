"""aimock, a mock Messages API server: installed once per user from the lock file here, run on loopback."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra.local_cloud import azurite_install

_LOCK: Final = Path(__file__).with_name("aimock")
_MAIN: Final = Path("node_modules/@copilotkit/aimock/dist/cli.js")

_UNTIL_INPUT_ENDS: Final = '"$@" </dev/null & read -r _; kill $!; wait'
"""The system closes the input also when the tests are killed with -9: the server never outlives them."""


@contextmanager
def running_aimock() -> Iterator[str]:
    """Start the server on a free port and yield its address; it ends with the block."""
    node = _node()
    main = _installed(node)
    with subprocess.Popen(
        [
            *("/bin/sh", "-c", _UNTIL_INPUT_ENDS, "sh"),
            # Node itself, not a script of npm's: that one's child would survive the kill.
            *(node.node, main, "-p", "0", "-h", "127.0.0.1", "-f", _LOCK / "fixtures", "--strict"),
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


def _node() -> azurite_install.Node:
    say = print
    return (
        azurite_install._system_node()
        or azurite_install._cached_node()
        or azurite_install._install_node(say)
    )


def _installed(node: azurite_install.Node) -> Path:
    key = hashlib.sha256((_LOCK / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = azurite_install.cache_directory() / "aimock" / key
    if not (home / _MAIN).exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with (
            azurite_install._locked(home.parent / "aimock.lock"),
            tempfile.TemporaryDirectory(dir=home.parent) as scratch,
        ):
            if not (home / _MAIN).exists():
                _install(node, Path(scratch) / "aimock", home)
    return home / _MAIN


def _install(node: azurite_install.Node, whole: Path, home: Path) -> None:
    whole.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_LOCK / name, whole)
    azurite_install._run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=whole,
        path=node.node.parent,
        what="npm could not install aimock",
    )
    shutil.rmtree(home, ignore_errors=True)
    whole.rename(home)
