"""Compiles a recipe's programs with Go into a folder that is an engine."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.engine.cache import EngineCache
from infra.engine.course import Course, Stage
from infra.engine.errors import OFFICIAL, EngineError
from infra.engine.progress import OnProgress
from infra.engine.recipe import GO_BUILD_FLAGS, Program, Recipe
from infra.go import toolchain
from infra.go.children import ChildFailed, Children
from infra.go.toolchain import Go, GoMissing

_PACKAGE_LINE: Final = "-f={{.ImportPath}} {{with .Module}}{{.Version}}{{end}}"
"""For `go list`. With the version: two programs may need one package in two versions."""


@dataclass(frozen=True, slots=True)
class Builder:
    """One build of one recipe, by whoever holds its lock.

    Where Go keeps what it fetches and compiles, and why: a build needs up to 4 GiB that nobody wants
    afterwards, so both of Go's caches are in the build's own folder and go with it (but see
    `toolchain.build_environment`).

    Attributes:
        recipe: what to build.
        cache: where to.
        lock: descriptor of the recipe's lock, which is held.
        environment: of the user.
    """

    recipe: Recipe
    cache: EngineCache
    lock: int
    environment: Mapping[str, str]

    def build(self, on_progress: OnProgress) -> None:
        """Build and publish; whatever happens, nothing of it is left but the engine or a log.

        Raises:
            EngineError: no room, no Go, a failing compiler, a result that does not run.
        """
        key, workspace = self.recipe.key, self.cache.partial(self.recipe.key)
        self._check_room()
        try:
            workspace.mkdir()
            self.cache.log(key).unlink(missing_ok=True)
            self._build_in(workspace, on_progress)
        finally:
            # Also after Ctrl-C: what cannot be removed now, the next build removes.
            shutil.rmtree(workspace, ignore_errors=True)

    def _build_in(self, workspace: Path, on_progress: OnProgress) -> None:
        children = Children(self.lock, self.cache.log(self.recipe.key))
        go = toolchain.find_go(
            version_min=self.recipe.go_version_min,
            cache_directory=self.cache.directory,
            environment=self.environment,
        )
        course = Course(_stages(self.recipe, fetch_go=go is None), on_progress)
        if go is None:
            with course.stage():
                go = self._fetch_go(workspace, children)
        environment = toolchain.build_environment(
            go, workspace=workspace, environment=self.environment
        )
        result = workspace / "engine"
        compiled: set[str] = set()
        for program in self.recipe.programs:
            work = _Compilation(program, go, environment, workspace, result, children)
            compiled |= work.run(course, compiled=compiled)
        for source, target in self.recipe.files:
            _place(source, result / target)
        with course.stage():
            self._check_result(result)
        self.cache.publish(self.recipe.key, result, version=self.recipe.version)
        with course.stage():
            # Tens of thousands of files: up to 20 s that should not pass in silence.
            shutil.rmtree(workspace)
            self.cache.log(self.recipe.key).unlink()

    def _fetch_go(self, workspace: Path, children: Children) -> Go:
        try:
            return toolchain.fetch_go(
                cache_directory=self.cache.directory,
                workspace=workspace,
                environment=self.environment,
                children=children,
            )
        except GoMissing as missing:
            raise EngineError(f"{missing} Install Go, or {OFFICIAL}, and run this again.") from None

    def _check_room(self) -> None:
        """Refuse to begin what would end with a full disk."""
        needed: Counter[Path] = Counter({self.cache.directory: self.recipe.bytes_result})
        for variable, size in (
            ("GOMODCACHE", self.recipe.bytes_modules),
            ("GOCACHE", self.recipe.bytes_objects),
        ):
            # A cache of the user's own may hold everything already: how much more it will need is not known.
            if not self.environment.get(variable):
                needed[self.cache.directory] += size
        for place, size in needed.items():
            free = shutil.disk_usage(place).free
            if free < size:
                raise EngineError(
                    f"Building the Pulumi engine needs {_gibibytes(size)} of disk for a while, and "
                    f"{place} has {_gibibytes(free)} free: make room, set XDG_CACHE_HOME to a folder "
                    f"with more, or {OFFICIAL}."
                )

    def _check_result(self, result: Path) -> None:
        try:
            answer = subprocess.run(
                [result / "bin" / "pulumi", "version"],
                env={**self.environment, "PULUMI_SKIP_UPDATE_CHECK": "true"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=120,
                check=False,
            )
            said = (answer.stdout + answer.stderr).decode(errors="replace").strip()
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
        if said.removeprefix("v") != self.recipe.version:
            raise EngineError(
                f"The Pulumi engine was built but does not run: asked for its version it said "
                f"{said[:200]!r} instead of {self.recipe.version}. {OFFICIAL.capitalize()}."
            )


@dataclass(frozen=True, slots=True)
class _Compilation:
    program: Program
    go: Go
    environment: Mapping[str, str]
    workspace: Path
    result: Path
    children: Children

    def run(self, course: Course, *, compiled: set[str]) -> set[str]:
        """Compile; returns the packages that the program is made of.

        Args:
            course: to advance.
            compiled: packages that earlier programs of this build are made of: not compiled again.

        Raises:
            EngineError: it does not compile, or its modules cannot be fetched.
        """
        program = self.program
        packages = self.workspace / "packages"
        try:
            with course.stage(program.module_count) as advance:
                # Fetches what the build will read, and says how many packages it will compile.
                self._go(
                    *("list", "-deps", *GO_BUILD_FLAGS, _PACKAGE_LINE, program.package),
                    output=packages,
                    on_line=lambda line: advance() if line.startswith("go: downloading") else None,
                )
            needed = set(packages.read_text(encoding="utf-8").splitlines())
            with course.stage(len(needed - compiled)) as advance:
                target = self.result / program.target
                target.mkdir(parents=True, exist_ok=True)
                linking = ("-ldflags", program.linker_flags)
                self._go(
                    *("build", "-v", *GO_BUILD_FLAGS, *linking, "-o", target / program.name),
                    program.package,
                    on_line=lambda line: None if line.startswith(("go: ", "#")) else advance(),
                )
            self._copy()
        except ChildFailed as failure:
            raise EngineError(
                f"Building {program.label} failed: {failure}. The whole log is in "
                f"{self.children.log}. Mend the cause and run this again, or {OFFICIAL}."
            ) from None
        return needed

    def _copy(self) -> None:
        if not self.program.copies:
            return
        answer = self.workspace / "module-directory"
        self._go("list", "-m", "-f={{.Dir}}", self.program.copies_from, output=answer)
        module_directory = Path(answer.read_text(encoding="utf-8").strip())
        for source, target in self.program.copies:
            _place(module_directory / source, self.result / target)

    def _go(
        self,
        *arguments: str | Path,
        output: Path | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.children.run(
            (self.go.command, *arguments),
            directory=self.program.module_directory,
            environment=self.environment,
            output=output,
            on_line=on_line,
        )


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755)


def _stages(recipe: Recipe, *, fetch_go: bool) -> tuple[Stage, ...]:
    stages = [Stage("toolchain", f"Go {toolchain.VERSION}", 15)] if fetch_go else []
    for program in recipe.programs:
        stages.append(Stage("modules", program.label, program.modules_seconds))
        stages.append(
            Stage("compile", program.label, program.compile_seconds, program.compile_pace)
        )
    return (
        *stages,
        Stage("check", f"pulumi {recipe.version}", 1),
        Stage("clear", "what only the build needed", 8),
    )


def _gibibytes(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB"
