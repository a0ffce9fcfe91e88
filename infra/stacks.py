"""An environment as Pulumi sees it: its stack, its engine, and the variables that a plain `pulumi` needs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from app.terms.answers import Refusal, UsageRefusal
from app.terms.outputs import Outputs, parse_outputs
from infra import engine, local_cloud
from infra.local_cloud.stacks import is_local, state_directory

PROJECT: Final = Path(__file__).resolve().parents[1]


class StackError(Refusal):
    """The engine refused, or something it needs is missing; one sentence."""

    code = "stack"


class UnknownEnvironment(UsageRefusal):
    """There is no configuration for an environment of this name."""

    code = "unknown_environment"


class NotUp(StackError):
    """The environment has no stack or no outputs yet."""

    code: ClassVar[str] = "not_up"


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack and what a `pulumi` process needs to work on it.

    Attributes:
        name: the environment.
        engine: the Pulumi CLI and its language host.
        variables: what has to be set on top of the process's own environment.
    """

    name: str
    engine: engine.Engine
    variables: Mapping[str, str]

    @property
    def environ(self) -> dict[str, str]:
        """The whole environment of a `pulumi` process."""
        return {**os.environ, **self.variables}

    @property
    def local(self) -> bool:
        """Whether its clouds are emulated on this machine."""
        return is_local(self.name)

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `pulumi ARGUMENTS` in the project and return what it answered; does not raise on failure."""
        return subprocess.run(
            [
                self.engine.bin_directory / "pulumi",
                *arguments,
                "--non-interactive",
                "--color=never",
            ],
            cwd=PROJECT,
            env=self.environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


def environments() -> tuple[str, ...]:
    """Return the names that have a configuration: `Pulumi.NAME.yaml` in the project."""
    return tuple(sorted(path.name.split(".")[1] for path in PROJECT.glob("Pulumi.*.yaml")))


def require_environment(name: str) -> None:
    """Refuse a name without a configuration.

    Raises:
        UnknownEnvironment: and says which there are.
    """
    if name not in environments():
        raise UnknownEnvironment(
            f"Environment {name!r} is unknown: there is no Pulumi.{name}.yaml. "
            f"Here are: {', '.join(environments())}."
        )


def open_stack(name: str) -> Stack:
    """Return the stack of an environment, with the engine that is here.

    Raises:
        UnknownEnvironment: no configuration of this name.
        StackError: there is no engine on this machine yet.
    """
    require_environment(name)
    found = engine.find()
    if found is None:
        raise StackError(
            "There is no Pulumi engine on this machine yet. Run: kb up (builds one), or install Pulumi "
            "with its official installer; kb doctor says more."
        )
    return Stack(name, found, variables_for(name, found))


def variables_for(name: str, found: engine.Engine) -> dict[str, str]:
    """Return what a plain `pulumi` needs for this stack, on top of what the shell has.

    For a real environment that is only the engine and the project's Python: the backend, the secrets provider
    and the clouds' credentials are the user's own. For a local one it is also a state of its own (so that it
    never meets the user's Pulumi login), and the emulated clouds.
    """
    environment = Path(sys.prefix)
    variables = {
        "VIRTUAL_ENV": str(environment),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "KB_STACK": name,
    }
    if is_local(name):
        variables |= {
            "PULUMI_BACKEND_URL": state_folder(name).as_uri(),
            # The local stack keeps the emulators' published keys and nothing else worth encrypting.
            "PULUMI_CONFIG_PASSPHRASE": "",
            **local_cloud.environment(name),
        }
    inherited = [part for part in os.environ.get("PATH", "").split(os.pathsep) if part]
    ours = [str(environment / "bin"), str(found.bin_directory)]
    variables["PATH"] = os.pathsep.join(dict.fromkeys([*ours, *inherited]))
    return variables


def state_folder(name: str) -> Path:
    """Return the folder that keeps a local stack's state, apart from the user's own Pulumi login."""
    return state_directory(name) / "state"


def create_stack(stack: Stack) -> None:
    """Make sure that the stack exists in its backend; creates no resource.

    Raises:
        StackError: the backend refuses; the engine's own words.
    """
    if stack.local:
        state_folder(stack.name).mkdir(parents=True, exist_ok=True)
    if stack.pulumi("stack", "select", stack.name).returncode == 0:
        return
    answer = stack.pulumi("stack", "init", stack.name, *_secrets_provider(stack.name))
    if answer.returncode != 0:
        raise StackError(f"Stack {stack.name!r} cannot be made: {sentence_of(answer.stderr)}")


def _secrets_provider(name: str) -> tuple[str, ...]:
    """The engine reads the file's own key for a stack that exists; for a new one it wants it as an option."""
    text = (PROJECT / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")
    named = re.search(r"^secretsprovider:\s*(\S+)", text, re.MULTILINE)
    return ("--secrets-provider", named[1].strip("\"'")) if named else ()


def require_resources(stack: Stack) -> None:
    """Refuse a stack that has nothing to delete.

    Outputs do not tell: an `up` that failed half-way has made resources and exported nothing. A state that
    cannot be read is not refused here: taking it down first puts right what a killed engine left.

    Raises:
        NotUp: there is no stack, or no resource in it.
    """
    if stack.local and not state_folder(stack.name).exists():
        raise _not_up(stack.name)
    answer = stack.pulumi("stack", "export", "--stack", stack.name)
    if answer.returncode != 0:
        if "no stack named" in answer.stderr:
            raise _not_up(stack.name)
        return
    if not (json.loads(answer.stdout).get("deployment") or {}).get("resources"):
        raise _not_up(stack.name)


def read_outputs(name: str) -> Outputs:
    """Return the outputs of an environment.

    Raises:
        UnknownEnvironment: no configuration of this name.
        NotUp: there is no stack, or it has no outputs.
        StackError: no engine, or the engine's own words.
        OutputsError: the outputs are not of this program's schema.
    """
    return parse_outputs(raw_outputs(open_stack(name)), environment=name)


def raw_outputs(stack: Stack) -> dict[str, Any]:
    """Return the stack's outputs as the engine has them, secrets in plain text.

    Raises:
        NotUp: there is no stack, or it has no outputs.
        StackError: the engine's own words.
    """
    if stack.local and not state_folder(stack.name).exists():
        raise _not_up(stack.name)
    answer = stack.pulumi("stack", "output", "--json", "--show-secrets", "--stack", stack.name)
    if answer.returncode != 0:
        if "no stack named" in answer.stderr:
            raise _not_up(stack.name)
        raise StackError(
            f"The outputs of environment {stack.name!r} cannot be read: {sentence_of(answer.stderr)}"
        )
    outputs: dict[str, Any] = json.loads(answer.stdout)
    if not outputs:
        raise _not_up(stack.name)
    return outputs


def _not_up(name: str) -> NotUp:
    return NotUp(f"Environment {name!r} is not up. Run: kb up -s {name}")


def sentence_of(text: str) -> str:
    """Return what the engine said as one line for a person: its errors without their decoration."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    said = " ".join(errors or lines[-3:]) or "the engine gave no reason."
    if "PULUMI_ACCESS_TOKEN" in said:
        return (
            "Pulumi does not know where this stack's state is kept. Log in (pulumi login), or set "
            "PULUMI_BACKEND_URL; docs/guide/real-accounts.md says how."
        )
    return said
