"""Looking at Azure's resources: through Azure Resource Manager, or in the local cloud's control plane."""

from collections.abc import Mapping
from typing import Any, Final

from azure.core import PipelineClient
from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import RetryPolicy
from azure.core.rest import HttpRequest

from app.terms.answers import Refusal
from infra.adoption_plan.account import Look

ENDPOINT: Final = "https://management.azure.com"
_API_VERSIONS: Final = {
    "Microsoft.Storage": "2024-01-01",  # what azure-native 3 calls
    "": "2024-03-01",  # resource groups
}
_NAMES: Final = {
    "supportsHttpsTrafficOnly": "enableHttpsTrafficOnly",
    "networkAcls": "networkRuleSet",
}
"""What ARM calls otherwise than azure-native."""

_CONTAINERS: Final = "/blobServices/default/containers/"


def arm(authentication: Any = None, *, endpoint: str = ENDPOINT) -> Look:
    """Return a look through Azure Resource Manager.

    Args:
        authentication: the policy that signs requests; None: the default credential chain.
        endpoint: of Azure Resource Manager.
    """
    retries: RetryPolicy[Any, Any] = RetryPolicy(retry_total=3)
    client: PipelineClient[Any, Any] = PipelineClient(
        endpoint, policies=[retries, authentication or _default_authentication()]
    )

    def look(resource_id: str) -> Mapping[str, Any] | None:
        version = next(it for name, it in _API_VERSIONS.items() if name in resource_id)
        request = HttpRequest("GET", f"{endpoint}{resource_id}", params={"api-version": version})
        try:
            answer = client.send_request(request)
        except AzureError as error:
            raise Refusal(f"Azure cannot be asked about {resource_id}: {error.message}") from None
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            code = (answer.json().get("error") or {}).get("code", answer.status_code)
            raise Refusal(f"Azure refuses to show {resource_id}: {code}.")
        return _flat(answer.json())

    return look


def control_plane(stack: str) -> Look:
    """Return a look into the local cloud, in which containers are Azurite's."""
    from azure.storage.blob import BlobServiceClient

    from infra.local_cloud import servers
    from infra.local_cloud.control_plane import control_plane_of
    from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY

    plane = control_plane_of(stack)

    def look(resource_id: str) -> Mapping[str, Any] | None:
        _, is_container, name = resource_id.partition(_CONTAINERS)
        if is_container:
            key = {"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY}
            url = servers.endpoints(stack).azure_blob_url
            with BlobServiceClient(url, credential=key) as blobs:
                return {"name": name} if blobs.get_container_client(name).exists() else None
        record = plane.get(resource_id)
        inputs: Mapping[str, Any] | None = record and record["inputs"]
        return inputs

    return look


def _default_authentication() -> Any:
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy
    from azure.identity import DefaultAzureCredential

    return BearerTokenCredentialPolicy(DefaultAzureCredential(), f"{ENDPOINT}/.default")


def _flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as azure-native has it: what ARM keeps beneath `properties` lies beside the rest."""
    properties = answer.get("properties") or {}
    found = {**{name: it for name, it in answer.items() if name != "properties"}, **properties}
    return {_NAMES.get(name, name): value for name, value in found.items()}
