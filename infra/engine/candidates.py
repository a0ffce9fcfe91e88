"""The engines on PATH: each folder with a `pulumi`, and what speaks against it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LANGUAGE_HOST: Final = "pulumi-language-python"

_PROBES: Final = "probes.json"
_PROBE_SECONDS_MAX: Final = 20
_SHIM_BYTES_MAX: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A `pulumi` on PATH.

    Attributes:
        directory: it is in.
        version: it says it has, without a leading v; "" if it was not asked or did not say.
        objection: why it is not taken, as half a sentence; "" if it is good.
    """

    directory: Path
    version: str
    objection: str


def candidates(
    *, version_min: str, cache_directory: Path, environment: Mapping[str, str]
) -> Iterator[Candidate]:
    """Yield every `pulumi` on PATH, in its order; asks each complete one for its version.

    Args:
        version_min: older ones are objected to.
        cache_directory: where answers are kept (asking costs a quarter of a second); engines in it are passed
            over without a word: they are found by their recipe.
        environment: whose PATH is searched.
    """
    seen: set[Path] = set()
    for name in environment.get("PATH", "").split(os.pathsep):
        command = shutil.which("pulumi", path=name) if name else None
        if command is None:
            continue
        resolved = Path(command).resolve()
        if resolved in seen or resolved.is_relative_to(cache_directory.resolve()):
            continue
        seen.add(resolved)
        yield _examine(Path(name).absolute(), resolved, version_min, cache_directory, environment)


def _examine(
    directory: Path,
    resolved: Path,
    version_min: str,
    cache_directory: Path,
    environment: Mapping[str, str],
) -> Candidate:
    # A package manager may link only `pulumi` into its bin; the engine looks beside the real file too.
    for home in (directory, resolved.parent):
        if shutil.which(LANGUAGE_HOST, path=str(home)):
            break
    else:
        return Candidate(directory, "", f"{LANGUAGE_HOST} is not beside it")
    version = _remembered(resolved, cache_directory) or _ask(resolved, cache_directory, environment)
    if not version:
        return Candidate(home, "", "it does not say its version")
    if _ordered(version) < _ordered(version_min):
        return Candidate(home, version, f"older than {version_min}")
    return Candidate(home, version, "")


def _ask(command: Path, cache_directory: Path, environment: Mapping[str, str]) -> str:
    try:
        answer = subprocess.run(
            [command, "version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            timeout=_PROBE_SECONDS_MAX,
            check=False,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"^v?(\d+\.\d+\.\d+\S*)", answer)
    version = found[1] if found else ""
    # The small script of a version manager (asdf, mise) answers by where one stands: never remembered.
    if version and command.stat().st_size > _SHIM_BYTES_MAX:
        _remember(command, version, cache_directory)
    return version


def _identity(command: Path) -> str:
    status = command.stat()
    return f"{command} {status.st_dev}:{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def _remembered(command: Path, cache_directory: Path) -> str:
    try:
        answer = json.loads((cache_directory / _PROBES).read_bytes())[_identity(command)]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return answer if isinstance(answer, str) else ""


def _remember(command: Path, version: str, cache_directory: Path) -> None:
    # One answer is enough, since there is one PATH most of the time. A lost write costs one more question.
    path = cache_directory / _PROBES
    partial = path.with_suffix(f".{os.getpid()}.partial-probes")
    try:
        cache_directory.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps({_identity(command): version}), encoding="utf-8")
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)


def _ordered(version: str) -> tuple[int, int, int, bool]:
    """Return a version as something that compares: 3.259.0-alpha.1 comes before 3.259.0."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)(-)?", version)
    assert found is not None, version  # noqa: S101 - only versions that _ask or a recipe let through
    return int(found[1]), int(found[2]), int(found[3]), found[4] is None
