"""Azure in the local cloud: Azurite and the control plane behind the plugin `azure-native`."""

from collections.abc import Mapping
from typing import Any, Final

from azure.storage.blob import BlobServiceClient

from infra.local_cloud.azure_native import payloads
from infra.local_cloud.azure_native.base import SUBSCRIPTION, TENANT, Subscription
from infra.local_cloud.azure_native.resources import Containers, arm_handlers
from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY
from infra.local_cloud.emulators import AZURITE
from infra.local_cloud.handlers import (
    Catalog,
    Cloud,
    CloudError,
    Failure,
    Function,
    Session,
)
from infra.local_cloud.values import Properties

_KEPT: Final = frozenset({"location", "subscriptionId"})

# How to prove oneself to a real tenant: there is none, so they mean nothing here.
_MEANINGLESS: Final = frozenset(
    {"tenantId", "clientId", "clientSecret", "clientCertificatePath", "clientCertificatePassword"}
    | {"useMsi", "msiEndpoint", "useOidc", "oidcAudience", "oidcRequestToken", "oidcRequestUrl"}
    | {"oidcToken", "oidcTokenFilePath", "useDefaultAzureCredential", "environment"}
    | {"metadataHost", "partnerId", "disablePulumiPartnerId", "auxiliaryTenantIds", "version"}
)

_LIST_KEYS: Final = "azure-native:storage:listStorageAccountKeys"
_CLIENT_CONFIG: Final = "azure-native:authorization:getClientConfig"


def config_failures(config: Properties) -> list[Failure]:
    """Say what is wrong with the provider's configuration."""
    return [
        (name, "is no configuration of the azure-native provider")
        for name in config
        if name not in _KEPT | _MEANINGLESS
    ]


def open_catalog(session: Session) -> Catalog:
    """The types and functions of Azure, connected to the Azurite and the control plane of a stack."""
    subscription = Subscription(
        str(session.config.get("subscriptionId") or SUBSCRIPTION),
        session.config.get("location"),
        session.plane,
    )
    url = session.endpoints.azure_blob_url
    blobs = BlobServiceClient(
        url,
        credential={"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY},
        use_env_settings=False,  # a proxy of the person who runs this has no place here
        retry_total=2,
    )
    return Catalog(
        arm_handlers(subscription, Containers(blobs, url)),
        _functions(subscription, session.config),
    )


def _functions(subscription: Subscription, config: Mapping[str, Any]) -> Mapping[str, Function]:
    def list_keys(arguments: Properties) -> Properties:
        account = (
            f"/subscriptions/{subscription.id}/resourceGroups/{arguments['resourceGroupName']}"
            f"/providers/Microsoft.Storage/storageAccounts/{arguments['accountName']}"
        )
        if subscription.plane.get(account) is None:
            raise CloudError(f"ResourceNotFound: {account} was not found")
        return {
            "keys": [
                {
                    "creationTime": "2026-01-01T00:00:00Z",
                    "keyName": name,
                    "permissions": "FULL",
                    # No secret, as in reality (pulumi/pulumi-azure-native#1693): the program must say so.
                    "value": AZURITE_KEY,
                }
                for name in ("key1", "key2")
            ]
        }

    def client_config(_: Properties) -> Properties:
        return {
            "clientId": str(config.get("clientId") or SUBSCRIPTION),
            "objectId": SUBSCRIPTION,
            "subscriptionId": subscription.id,
            "tenantId": str(config.get("tenantId") or TENANT),
        }

    return {_LIST_KEYS: list_keys, _CLIENT_CONFIG: client_config}


AZURE_NATIVE: Final = Cloud(
    plugin="azure-native",
    distribution="pulumi-azure-native",
    emulators=(AZURITE,),
    config_failures=config_failures,
    open=open_catalog,
    failures=payloads.failures,
)
