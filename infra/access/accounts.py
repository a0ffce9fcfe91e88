"""Whether a login to a wrong account could build an environment there."""

from collections.abc import Callable

import pulumi

from infra.settings import Environment

Configured = Callable[[str], str | None]


def provider_config(key: str) -> str | None:
    """Return the value of a provider's config key, `aws:region`."""
    namespace, _, name = key.partition(":")
    return pulumi.Config(namespace).get(name)


def account_advice(environment: Environment, configured: Configured) -> list[str]:
    """Return a sentence for each cloud of a real environment whose account nobody has named.

    The providers compare: AWS's refuses a login to an account that is not listed; Azure's and Google's work
    in what is named, whatever else the login reaches.

    Args:
        environment: what is deployed.
        configured: returns the value of a provider's config key, or None.
    """
    if environment.is_emulated:
        return []
    clouds = environment.settings.clouds
    file = f"Pulumi.{environment.name}.yaml"
    advice = []
    if "aws" in clouds and not (
        configured("aws:allowedAccountIds") or configured("aws:forbiddenAccountIds")
    ):
        advice.append(
            f"{file} does not say which AWS account it is for: with aws:allowedAccountIds, a login to "
            "another one builds nothing."
        )
    if "azure" in clouds and not configured("azure-native:subscriptionId"):
        advice.append(
            f"{file} does not say which subscription it is for: with azure-native:subscriptionId, it is "
            "not whichever the login chose last."
        )
    if "gcp" in clouds and not configured("gcp:project"):
        advice.append(
            f"{file} does not say which Google Cloud project it is for: with gcp:project, it is not "
            "whichever the login chose last."
        )
    return advice
