"""The environment of a smoke test: as another one is configured, but its own and disposable."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import yaml

from app.terms.answers import UsageRefusal
from infra import stacks
from infra.configured import NAMESPACE, read_file
from infra.local_cloud import is_local, state_directory
from infra.smoke.consent import SUFFIX

_NAMES: Final = ("aws_bucket", "azure_account", "gcp_bucket")
"""What is one in the world: the trial's get automatic ones."""

_OF_THE_STACK: Final = frozenset({"secretsprovider", "encryptedkey"})

_TRIAL: Final = {"disposable": True, "migration": "open"}


def trial_file(name: str) -> dict[str, Any]:
    """Return the file of the trial of an environment: its clouds, its accounts, its passphrase's salt.

    A key that a secrets provider made for the environment is not the trial's.
    """
    like = read_file(name)
    config = {
        key: value
        for key, value in (like.get("config") or {}).items()
        if key not in {f"{NAMESPACE}:{it}" for it in _NAMES}
    }
    config |= {f"{NAMESPACE}:{key}": value for key, value in _TRIAL.items()}
    kept = {key: value for key, value in like.items() if key not in _OF_THE_STACK}
    return {**kept, "config": config}


@contextmanager
def trial_of(name: str) -> Iterator[str]:
    """Write the trial's file, give its name, and remove the file unless something is left behind.

    Raises:
        UsageRefusal: there is such a file already: an earlier trial has not been taken down.
    """
    trial = f"{name}{SUFFIX}"
    path = stacks.PROJECT / f"Pulumi.{trial}.yaml"
    text = yaml.safe_dump(trial_file(name), sort_keys=False)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(f"# A smoke test's; removed when it has been taken down.\n{text}")
    except FileExistsError:
        raise UsageRefusal(
            f"{path.name} is there already: an earlier smoke test is running, or was not taken down. "
            f"Run: kb down -s {trial} --yes; then delete the file."
        ) from None
    try:
        _make_stack(trial, read_file(name).get("secretsprovider"))
        yield trial
    finally:
        if left_behind(trial) is None:
            _forget(trial)
            path.unlink()


def _make_stack(trial: str, secrets_provider: str | None) -> None:
    """Make the stack with the secrets provider of the other; without one, the first `up` makes it."""
    if secrets_provider is None:
        return
    answer = stacks.open_stack(trial).pulumi(
        "stack", "init", trial, "--secrets-provider", secrets_provider
    )
    if answer.returncode:
        raise stacks.StackError(
            f"Stack {trial!r} cannot be made: {stacks.sentence_of(answer.stderr)}"
        )


def left_behind(trial: str) -> str | None:
    """Say what a trial has left, or None when everything is gone."""
    try:
        stacks.require_resources(stacks.open_stack(trial))
    except stacks.NotUp:
        return None
    except stacks.StackError as error:
        return str(error)
    return f"Environment {trial!r} still has resources. Run: kb down -s {trial} --yes"


def _forget(trial: str) -> None:
    if is_local(trial):
        shutil.rmtree(state_directory(trial), ignore_errors=True)
        return
    stacks.open_stack(trial).pulumi(
        "stack", "rm", trial, "--yes", "--preserve-config", "--stack", trial
    )
