"""A user with a recipe of five lines and an empty cache: what the tests of building an engine work on."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from infra.engine import PULUMI, Program, Progress, Recipe, ensure, find
from infra.engine.cache import EngineCache, default_cache
from infra.go.toolchain import find_go

PROJECT = Path(__file__).resolve().parents[2]
VERSION = "9.9.9"
WAIT_SECONDS_MAX = 120

BUILD_IN_ANOTHER_PROCESS = """
import os, signal, sys
# A person's terminal has these; what runs the tests may ignore them (nohup, a shell's background job).
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from pathlib import Path
from infra.engine import Program, Recipe, ensure
module = Path(sys.argv[1])
program = Program("pulumi", "9.9.9", module, "example.test/pulumi", "bin")
recipe = Recipe("9.9.9", (1, 21), (program,), ((module / "host", "bin/pulumi-language-python"),))
ensure(lambda event: print(event.phase, event.done, flush=True), recipe=recipe)
"""


@dataclass(frozen=True)
class Workshop:
    """A user with a recipe and an empty cache."""

    recipe: Recipe
    environment: dict[str, str]

    @property
    def cache(self) -> EngineCache:
        return default_cache(self.environment)

    @property
    def module(self) -> Path:
        return self.recipe.programs[0].module_directory

    def build(self, on_progress: Callable[[Progress], None] = lambda event: None) -> Path:
        return ensure(on_progress, recipe=self.recipe, environment=self.environment).bin_directory

    def found(self) -> bool:
        return find(recipe=self.recipe, environment=self.environment) is not None

    def files(self) -> set[str]:
        """Names in the cache, without the locks: those stay, and are empty."""
        names = {path.name for path in self.cache.directory.glob("*")}
        return {name for name in names if not name.endswith(".lock")}

    def start_in_another_process(self) -> subprocess.Popen[str]:
        """Start a build that compiles everything, Go's own packages too, so that it can be met half-way."""
        environment = {k: v for k, v in self.environment.items() if k != "GOCACHE"}
        return subprocess.Popen(
            [sys.executable, "-c", BUILD_IN_ANOTHER_PROCESS, self.module],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def require_a_library(self) -> None:
        (self.module / "go.mod").write_text(
            "module example.test/pulumi\n\ngo 1.21\n\nrequire example.test/library v1.0.0\n"
        )
        (self.module / "go.sum").write_text(
            f"example.test/library v1.0.0 h1:{'A' * 43}=\n"
            f"example.test/library v1.0.0/go.mod h1:{'A' * 43}=\n"
        )
        (self.module / "main.go").write_text(
            'package main\n\nimport "example.test/library"\n\nfunc main() { library.Run() }\n'
        )

    def with_another_library(self) -> "Workshop":
        module = self.module.with_name("another-module")
        module.mkdir()
        for name in ("go.mod", "main.go", "host"):
            (module / name).write_bytes((self.module / name).read_bytes())
        (module / "go.mod").write_text("module example.test/pulumi\n\ngo 1.22\n")
        program = replace(self.recipe.programs[0], module_directory=module)
        return replace(self, recipe=replace(self.recipe, programs=(program,)))


def open_workshop(tmp_path: Path, go_objects: Path) -> Workshop:
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("module example.test/pulumi\n\ngo 1.21\n")
    (module / "main.go").write_text(
        f'package main\n\nfunc main() {{\n\tprintln("v{VERSION}")\n}}\n'
    )
    (module / "host").write_text("#!/bin/sh\n")
    program = Program("pulumi", VERSION, module, "example.test/pulumi", "bin")
    recipe = Recipe(
        VERSION, (1, 21), (program,), ((module / "host", "bin/pulumi-language-python"),)
    )
    environment = {
        "PATH": f"{_go_directory()}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "GOCACHE": str(go_objects),
    }
    return Workshop(recipe, environment)


def _go_directory() -> Path:
    """The Go of this machine, or the one that building its engine has fetched."""
    go = find_go(
        version_min=PULUMI.go_version_min,
        cache_directory=default_cache(os.environ).directory,
        environment=os.environ,
    )
    return go.command.parent if go else Path("/nonexistent")
