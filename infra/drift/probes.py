"""The agent's own calls, made by a process of their own that has the agent's variables and no others.

`infra` and the stores do not know each other: what runs is `python -m app.probe`, and it answers in JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.terms.outputs import Cloud, Outputs
from app.terms.variables import IDENTITY_VARIABLE, STORAGE_TYPES, variables_of

SECONDS_MAX: Final = 120
"""How long the probes of one cloud may take; then the cloud has not answered."""

MODULE: Final = "app.probe"

_NOT_HANDED_ON: Final = (
    *("KB_", "STORAGE_", "GCS_", "PULUMI_", "ANTHROPIC_"),
    *("AWS_BUCKET_", "AWS_ENDPOINT_URL", "AZURE_STORAGE_", "AZURE_CONTAINER_", "AZURE_CLIENT_"),
)
"""Variables of this process that would lead the probes elsewhere. Logins stay: a role is taken with them."""

_KEYS_OF_AWS: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
)


@dataclass(frozen=True, slots=True)
class Probed:
    """What became of one probe in one cloud.

    Attributes:
        cloud: whose store.
        probe: what was tried; "" where nothing could be.
        expected: `allowed` or `refused`.
        outcome: `passed`, `failed` or `not run`.
        message: why it was not passed.
    """

    cloud: str
    probe: str
    expected: str
    outcome: str
    message: str


def probe(outputs: Outputs) -> tuple[Probed, ...]:
    """Make the agent's calls in each store of an environment."""
    return tuple(one for cloud in outputs.clouds for one in _probe_cloud(cloud, outputs))


def _probe_cloud(cloud: Cloud, outputs: Outputs) -> list[Probed]:
    variables = variables_of(outputs, identity="agent") | {"STORAGE_TYPE": STORAGE_TYPES[cloud]}
    identity = {"aws": outputs.aws_agent_role_arn, "gcp": outputs.gcp_agent_service_account}
    if identity.get(cloud):
        variables[IDENTITY_VARIABLE] = str(identity[cloud])
    try:
        done = subprocess.run(
            [sys.executable, "-m", MODULE],
            env=environ_of(os.environ, variables),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return [Probed(cloud, "", "allowed", "failed", f"no answer within {SECONDS_MAX} s")]
    return _read(cloud, done)


def _read(cloud: str, done: "subprocess.CompletedProcess[str]") -> list[Probed]:
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        # Its last line would name what is missing; a secret is in no message of ours.
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return [Probed(cloud, "", "allowed", "not run", f"the probes did not start: {last[:200]}")]
    if answer["not_run"]:
        return [Probed(cloud, "", "allowed", "not run", answer["not_run"])]
    return [Probed(cloud=cloud, **one) for one in answer["probes"]]


def environ_of(environ: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the probes: one login beside the agent's own key would be one too many."""
    others = _KEYS_OF_AWS if "AWS_ACCESS_KEY_ID" in variables else ()
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(_NOT_HANDED_ON) and name not in others
    }
    return kept | dict(variables)
