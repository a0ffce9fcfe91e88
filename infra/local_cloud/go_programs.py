"""Go programs that the local cloud runs, each built once per user from a committed go.mod and go.sum."""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.go.children import ChildFailed, Children, termination_as_exit
from infra.go.toolchain import GoMissing, build_environment, fetch_go, find_go
from infra.local_cloud.npm import cache_directory
from infra.local_cloud.stacks import LocalCloudError

Say = Callable[[str], None]

_FLAGS: Final = ("-v", "-gcflags=all=-dwarf=false", "-ldflags=-s -w")
"""Without debugging information: a third of the disk and a fifth of the time less."""
_SECONDS_BETWEEN_LINES: Final = 15


@dataclass(frozen=True, slots=True)
class GoProgram:
    """A program as its go.mod, go.sum and own source say it.

    Attributes:
        name: of the executable, and of its folder in the cache.
        module: the folder with go.mod, go.sum and the source, where it is not a library's.
        package: import path of the program's main package.
        cost: what a build takes, for people.
    """

    name: str
    module: Path
    package: str
    cost: str

    def executable(self, environment: Mapping[str, str] = os.environ) -> Path:
        """Return where this user's build of exactly these libraries is, whether or not it is there."""
        names = ("go.mod", "go.sum", "*.go")
        pinned = b"".join(
            path.read_bytes() for name in names for path in sorted(self.module.glob(name))
        )
        machine = f"{sys.platform} {platform.machine()} {self.package}".encode()
        key = hashlib.sha256(machine + pinned).hexdigest()[:16]
        return cache_directory(environment) / self.name / key / self.name

    def ensure(self, *, say: Say, environment: Mapping[str, str] = os.environ) -> Path:
        """Return the executable, building it where it is missing.

        Safe when two run at once: the second waits for the first and uses its work. Killed at any instant it
        leaves no half program, and no compiler that goes on.

        Raises:
            LocalCloudError: there is no Go, or it does not compile; the sentence carries the last words.
        """
        executable = self.executable(environment)
        if executable.exists():
            return executable
        home = executable.parent
        home.parent.mkdir(parents=True, exist_ok=True)
        with termination_as_exit(), _locked(home.with_suffix(".lock")) as lock:
            if not executable.exists():
                say(f"Building {self.name} (once per user, {self.cost}) …")
                started = time.monotonic()
                children = Children(lock, home.with_suffix(".log"))
                self._build(home, children, environment, _now_and_then(say))
                say(f"{self.name} built in {time.monotonic() - started:.0f} s: {executable}")
        return executable

    def _build(
        self, home: Path, children: Children, environment: Mapping[str, str], on_line: Say
    ) -> None:
        workspace = home.with_suffix(".partial")
        shutil.rmtree(workspace, ignore_errors=True)  # a killed build's
        children.log.unlink(missing_ok=True)
        workspace.mkdir()
        try:
            self._compile(workspace, children, environment, on_line)
            # The folder appears whole or not at all.
            shutil.rmtree(home, ignore_errors=True)
            (workspace / "whole").rename(home)
        except GoMissing as missing:
            raise LocalCloudError(f"{missing} Install Go and run this again.") from None
        except ChildFailed as failure:
            raise LocalCloudError(
                f"Building {self.name} failed: {failure}. The whole log is in {children.log}."
            ) from None
        finally:
            shutil.rmtree(workspace, ignore_errors=True)
        children.log.unlink(missing_ok=True)

    def _compile(
        self, workspace: Path, children: Children, environment: Mapping[str, str], on_line: Say
    ) -> None:
        # Beside the engine, which is built with the same one.
        go_directory = cache_directory(environment) / "engine"
        go_directory.mkdir(parents=True, exist_ok=True)
        go = find_go(
            version_min=self._go_version_min,
            cache_directory=go_directory,
            environment=environment,
        ) or fetch_go(
            cache_directory=go_directory,
            workspace=workspace,
            environment=environment,
            children=children,
        )
        target = workspace / "whole" / self.name
        target.parent.mkdir()
        children.run(
            (go.command, "build", *_FLAGS, "-o", target, self.package),
            directory=self.module,
            environment=build_environment(go, workspace=workspace, environment=environment),
            on_line=on_line,
        )

    @property
    def _go_version_min(self) -> tuple[int, ...]:
        found = re.search(
            r"^go ([\d.]+)$", (self.module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE
        )
        assert found is not None  # noqa: S101 - the file is committed beside this module
        return tuple(map(int, found[1].split(".")))


FAKE_GCS: Final = GoProgram(
    "fake-gcs-server",
    Path(__file__).with_name("fake_gcs"),
    "github.com/fsouza/fake-gcs-server",
    "about a minute",
)
"""The emulator of Google Cloud Storage."""


def _now_and_then(say: Say) -> Say:
    """Return what says one of many lines, with the time that has passed."""
    started = said = time.monotonic()

    def heard(line: str) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= _SECONDS_BETWEEN_LINES:
            said = now
            say(f"[{now - started:4.0f} s] {line}")

    return heard


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()
