"""The stores of an environment: one component per cloud, each given the environment, each giving outputs."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pulumi

from app.terms.outputs import Cloud
from infra.settings import Environment


def provision(cloud: Cloud, environment: Environment) -> Mapping[str, Any]:
    """Make the store of a cloud and return its outputs, each field of `Outputs` that begins with the cloud.

    Each cloud's module is imported only here, so that an installation carries the SDKs of its clouds only.

    Raises:
        pulumi.RunError: the cloud's SDK is not installed; one sentence that says how to get it.
    """
    try:
        module = import_module(f"infra.stores.{cloud}")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("pulumi_"):
            raise
        raise pulumi.RunError(
            f"{environment.project}:clouds names {cloud}, but {error.name} is not installed: "
            f"pip install 'knowledge-base-cloud[infra-{cloud}]'."
        ) from None
    outputs: Mapping[str, Any] = module.provision(environment)
    return outputs
