"""Where an engine comes from: PATH, this user's cache, or a build."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infra.engine.builder import Builder
from infra.engine.cache import EngineCache, default_cache
from infra.engine.candidates import candidates
from infra.engine.errors import OFFICIAL, EngineError
from infra.engine.progress import OnProgress, Progress
from infra.engine.recipe import PULUMI, Recipe
from infra.go.children import termination_as_exit


@dataclass(frozen=True, slots=True)
class Engine:
    """A Pulumi CLI with its Python language host.

    Attributes:
        bin_directory: holds `pulumi` and `pulumi-language-python`; for the front of PATH.
        version: of the CLI, without a leading v.
        origin: `path` for the user's own, `cache` for one that this project built.
    """

    bin_directory: Path
    version: str
    origin: Literal["path", "cache"]


def find(*, recipe: Recipe = PULUMI, environment: Mapping[str, str] = os.environ) -> Engine | None:
    """Return the engine that is here, or None; builds nothing.

    Asks a `pulumi` on PATH that was not seen before for its version (a quarter of a second); otherwise
    reads a few small files.

    Args:
        recipe: of the engine; one on PATH must be at least as new.
        environment: whose PATH and cache are looked at.
    """
    cache = default_cache(environment)
    for candidate in candidates(
        version_min=recipe.version, cache_directory=cache.directory, environment=environment
    ):
        if not candidate.objection:
            return Engine(candidate.directory, candidate.version, "path")
    return _built(recipe, cache)


def ensure(
    on_progress: OnProgress = lambda event: None,
    *,
    recipe: Recipe = PULUMI,
    environment: Mapping[str, str] = os.environ,
) -> Engine:
    """Return the engine that is here, or build one: minutes, not seconds.

    Any number of processes may call it at once: one builds, the others wait and take its result. Killed
    at any instant it leaves no half engine; what is left of its files is removed by the next build.

    Args:
        on_progress: called in this thread with each event of a build, or while waiting for one.
        recipe: what to build.
        environment: whose PATH, cache and Go settings are used.

    Raises:
        EngineError: none is here and none could be built; one sentence that says what to do.
    """
    found = find(recipe=recipe, environment=environment)
    if found is not None:
        return found
    cache = default_cache(environment)
    try:
        cache.directory.mkdir(parents=True, exist_ok=True)

        def wait(seconds: float) -> None:
            subject = f"another process that builds pulumi {recipe.version}"
            on_progress(Progress("wait", subject, 0, 0, 0, seconds, None))

        with termination_as_exit(), cache.locked(recipe.key, wait) as lock:
            if (built := _built(recipe, cache)) is not None:
                return built
            cache.remove_leftovers(recipe.key)
            Builder(recipe, cache, lock, environment).build(on_progress)
    except OSError as error:
        raise EngineError(
            f"The Pulumi engine could not be built in {cache.directory}: {error}. Set XDG_CACHE_HOME to a "
            f"folder that can be written, or {OFFICIAL}."
        ) from error
    made = _built(recipe, cache)
    if made is None:
        raise EngineError(
            f"The Pulumi engine that was just built has gone from {cache.directory}: run this again."
        )
    return made


def _built(recipe: Recipe, cache: EngineCache) -> Engine | None:
    version = cache.version(recipe.key)
    if version is None:
        return None
    return Engine(cache.engine(recipe.key) / "bin", version, "cache")
