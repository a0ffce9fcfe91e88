"""The environment variables that carry an environment's outputs to a program."""

from collections.abc import Mapping
from typing import Final, Literal

from app.terms.outputs import Cloud, Outputs

Identity = Literal["agent", "migrator"]

SECRET_VARIABLES: Final = frozenset(
    {"ANTHROPIC_API_KEY", "AZURE_STORAGE_CONNECTION_STRING", "AWS_SECRET_ACCESS_KEY"}
)
"""The variables whose values are never shown unless asked for."""

STORAGE_TYPES: Final[Mapping[Cloud, str]] = {"aws": "s3", "azure": "azure", "gcp": "gcs"}
"""What `STORAGE_TYPE` calls each cloud's store."""

IDENTITY_VARIABLE: Final = "KB_PROBE_IDENTITY"
"""Tells a probe who the agent is, where it has no key of its own: a role's ARN on AWS, a service account's
email on Google Cloud."""


def variables_of(outputs: Outputs, *, identity: Identity = "agent") -> dict[str, str]:
    """Return the guide's variables for these outputs: exactly those that the environment has.

    Args:
        outputs: of one stack.
        identity: whose credentials: the agent's, or the migration's where there are own ones.
    """
    key_id = outputs.aws_agent_access_key_id
    secret = outputs.aws_agent_secret_access_key
    client_id = outputs.azure_agent_client_id
    if identity == "migrator":
        key_id = outputs.aws_migrator_access_key_id or key_id
        secret = outputs.aws_migrator_secret_access_key or secret
        client_id = outputs.azure_migrator_client_id or client_id
    connection_string = outputs.azure_connection_string
    found = {
        "KB_STACK": outputs.environment,
        "STORAGE_TYPE": STORAGE_TYPES[outputs.primary],
        "KB_PREFIX": outputs.prefix or None,
        "AWS_BUCKET_NAME": outputs.aws_bucket,
        "AWS_REGION": outputs.aws_region,
        "AWS_ENDPOINT_URL_S3": outputs.aws_endpoint_url,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret.get_secret_value() if secret else None,
        "AZURE_CONTAINER_NAME": outputs.azure_container,
        "AZURE_STORAGE_ACCOUNT_URL": outputs.azure_account_url,
        "AZURE_STORAGE_CONNECTION_STRING": (
            connection_string.get_secret_value() if connection_string else None
        ),
        "AZURE_CLIENT_ID": client_id if outputs.azure_connection_string is None else None,
        "GCS_BUCKET_NAME": outputs.gcp_bucket,
        "STORAGE_EMULATOR_HOST": outputs.gcp_endpoint_url,
    }
    return {name: value for name, value in found.items() if value is not None}
