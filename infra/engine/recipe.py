"""What an engine is made of: which Go programs, from which pinned modules, laid out how."""

import hashlib
import json
import platform
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

GO_BUILD_FLAGS: Final = (
    "-tags=osusergo,grpcnotrace",
    # The linker drops debugging information anyway (-s -w): not making it saves a fifth of the disk.
    "-gcflags=all=-dwarf=false",
)

_HERE: Final = Path(__file__).parent
_LAYOUT: Final = 1
"""Raise it when what the builder makes of an unchanged recipe changes."""


@dataclass(frozen=True, slots=True)
class Program:
    """One Go program of an engine.

    Attributes:
        name: of the executable: the last part of `package`.
        version: of the module it comes from, without a leading v.
        module_directory: folder with the go.mod and go.sum that pin every library.
        package: import path of the program's main package.
        target: folder in the engine that it is put into.
        linker_flags: handed to the Go linker.
        copies: scripts that belong to it: (path inside the module `copies_from`, path in the engine).
        copies_from: module path; "" if nothing is copied.
        module_count: modules that a build reads, for progress only.
        modules_seconds: wall seconds that fetching them took where it was measured.
        compile_seconds: wall seconds that compiling took on two idle cores.
        compile_pace: see Stage.pace.
    """

    name: str
    version: str
    module_directory: Path
    package: str
    target: str
    linker_flags: str = "-s -w"
    copies: tuple[tuple[str, str], ...] = ()
    copies_from: str = ""
    module_count: int = 0
    modules_seconds: float = 1
    compile_seconds: float = 1
    compile_pace: tuple[float, ...] = (0, 1)

    @property
    def label(self) -> str:
        """Name and version, for people."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Recipe:
    """An engine as data; two recipes with the same key make the same engine.

    Attributes:
        version: of the engine; what its `pulumi version` must say.
        go_version_min: lowest Go that compiles every program.
        programs: built in this order.
        files: (source, path in the engine): put there as they are, executable.
        bytes_modules: of disk that the sources take while they are built.
        bytes_objects: of disk that the compiler's cache takes while building.
        bytes_result: of disk for the result and what the linker needs beside it.
    """

    version: str
    go_version_min: tuple[int, ...]
    programs: tuple[Program, ...]
    files: tuple[tuple[Path, str], ...] = ()
    bytes_modules: int = 0
    bytes_objects: int = 0
    bytes_result: int = 0

    @cached_property
    def key(self) -> str:
        """Name of the built engine in the cache: 16 hexadecimal digits over all that decides its bytes.

        Go's own version is not part of it: a newer Go on this machine is no reason to build again.
        """
        parts = [
            _LAYOUT,
            sys.platform,
            platform.machine(),
            GO_BUILD_FLAGS,
            [
                [
                    program.name,
                    program.version,
                    program.package,
                    program.target,
                    program.linker_flags,
                    program.copies,
                    program.copies_from,
                    *(_digest(program.module_directory / name) for name in ("go.mod", "go.sum")),
                ]
                for program in self.programs
            ],
            [[_digest(source), target] for source, target in self.files],
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _digest(path: Path) -> str:
    # A module without dependencies has no go.sum.
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _pinned(module_directory: Path, requirement: str) -> str:
    text = (module_directory / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"^\s*(?:require )?{re.escape(requirement)} v?([\d.]+)", text, re.MULTILINE)
    assert found is not None, requirement  # noqa: S101 - the files are committed beside this module
    return found[1]


def _pulumi() -> Recipe:
    module = "github.com/pulumi/pulumi"
    sdk = f"{module}/sdk/v3"
    command_directory, host_directory = _HERE / "cli", _HERE / "python_host"
    version = _pinned(command_directory, f"{module}/pkg/v3")
    host_version = _pinned(host_directory, sdk)

    def linker_flags(of: str) -> str:
        # Without it the version is empty, and Pulumi's Automation API refuses the CLI.
        return f"-s -w -X {sdk}/go/common/version.Version=v{of}"

    # Two modules, because one can hold only one version of sdk/v3.
    return Recipe(
        version=version,
        go_version_min=tuple(map(int, _pinned(command_directory, "go").split("."))),
        programs=(
            Program(
                name="pulumi-language-python",
                version=host_version,
                module_directory=host_directory,
                package=f"{sdk}/python/cmd/pulumi-language-python",
                target="libexec",
                linker_flags=linker_flags(host_version),
                # Its plain runtime `python` starts the wrong program for a policy pack: docs/engine.md.
                copies=(
                    (
                        "python/dist/pulumi-analyzer-policy-python",
                        "bin/pulumi-analyzer-policy-pypolicy",
                    ),
                ),
                copies_from=sdk,
                module_count=59,
                modules_seconds=8,
                compile_seconds=32,
                compile_pace=(0, 0.05, 0.26, 0.35, 0.4, 0.53, 0.67, 0.76, 0.8, 0.86, 0.97),
            ),
            Program(
                name="pulumi",
                version=version,
                module_directory=command_directory,
                package=f"{module}/pkg/v3/cmd/pulumi",
                target="bin",
                linker_flags=linker_flags(version),
                copies=(
                    # The host wants its executor beside itself; no pip package carries it.
                    (
                        "python/cmd/pulumi-language-python-exec",
                        "libexec/pulumi-language-python-exec",
                    ),
                    (
                        "python/dist/pulumi-resource-pulumi-python",
                        "bin/pulumi-resource-pulumi-python",
                    ),
                ),
                copies_from=sdk,
                module_count=254,
                modules_seconds=24,
                compile_seconds=170,
                compile_pace=(0, 0.04, 0.1, 0.16, 0.21, 0.25, 0.38, 0.42, 0.51, 0.79, 0.97),
            ),
        ),
        files=((host_directory / "pulumi-language-python", "bin/pulumi-language-python"),),
        bytes_modules=1600 << 20,
        bytes_objects=2300 << 20,
        bytes_result=900 << 20,
    )


PULUMI: Final = _pulumi()
"""The engine that this project is proved with: docs/engine.md."""
