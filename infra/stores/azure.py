"""The store on Azure: a closed, versioned blob container and the identities that work in it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pulumi
from pulumi_azure_native import resources, storage

from infra.settings import Environment
from infra.stores.azure_identity import AzureIdentity
from infra.tiering import azure_management_rules, azure_soft_delete_days


def provision(environment: Environment) -> Mapping[str, Any]:
    """Make the store and return its outputs."""
    return AzureStore(f"kb-{environment.name}", environment).outputs


class AzureStore(pulumi.ComponentResource):
    """A container that only its identities reach, only over TLS, and that forgets nothing at once.

    Attributes:
        outputs: each field of `Outputs` that begins with `azure_`; None where there is none.
    """

    outputs: Mapping[str, Any]

    def __init__(
        self, name: str, environment: Environment, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(f"{environment.project}:stores:AzureStore", name, None, opts)
        settings = environment.settings
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        # Only what holds documents is protected: rules and identities may always change. Azure deletes an
        # account with everything in it; S3 refuses to delete a bucket that is not empty.
        self._kept = pulumi.ResourceOptions(parent=self, protect=not settings.disposable)
        self._tags = {"project": environment.project, "environment": environment.name}

        group = resources.ResourceGroup(name, tags=self._tags, opts=self._kept)
        account = self._make_account(group, environment)
        service = self._keep_versions(group, account, environment)
        container = storage.BlobContainer(
            name,
            account_name=account.name,
            resource_group_name=group.name,
            container_name=settings.azure_container,
            public_access=storage.PublicAccess.NONE,
            # Created before the service keeps versions, a first document would have none.
            opts=pulumi.ResourceOptions.merge(
                self._kept, pulumi.ResourceOptions(depends_on=[service])
            ),
        )
        identities = {
            identity: AzureIdentity(
                f"{name}-{identity}",
                identity=identity,
                environment=environment,
                group=group,
                account=account,
                container=container,
                tags=self._tags,
                opts=self._inside,
            )
            for identity in environment.identities
        }
        self.outputs = {
            "azure_account_url": account.primary_endpoints.blob,
            "azure_container": container.name,
            "azure_agent_client_id": identities["agent"].client_id,
            "azure_migrator_client_id": (
                identities["migrator"].client_id if "migrator" in identities else None
            ),
            "azure_connection_string": (
                self._connection_string(group, account) if settings.azure_shared_key else None
            ),
        }
        self.register_outputs({"account": account.name, "container": container.name})

    def _make_account(self, group: Any, environment: Environment) -> Any:
        settings = environment.settings
        return storage.StorageAccount(
            # Logical, yet the beginning of the automatic name: letters and digits, 24 with the random end.
            "kb" + re.sub(r"[^a-z0-9]", "", environment.name.lower())[:14],
            account_name=settings.azure_account,
            resource_group_name=group.name,
            kind=storage.Kind.STORAGE_V2,
            sku={"name": settings.azure_redundancy},
            access_tier=storage.AccessTier.HOT,
            # Unset means TLS 1.0, public access allowed, shared key allowed.
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            allow_shared_key_access=settings.azure_shared_key,
            default_to_o_auth_authentication=True,
            allow_cross_tenant_replication=False,
            # A hierarchical namespace has no versions, and cannot be turned off again.
            is_hns_enabled=False,
            is_local_user_enabled=False,
            is_sftp_enabled=False,
            key_policy={"key_expiration_period_in_days": 90},
            sas_policy={"sas_expiration_period": "0.01:00:00", "expiration_action": "Block"},
            encryption={
                "key_source": "Microsoft.Storage",
                "require_infrastructure_encryption": True,
                "services": {"blob": {"enabled": True, "key_type": "Account"}},
            },
            tags=self._tags,
            opts=self._kept,
        )

    def _keep_versions(self, group: Any, account: Any, environment: Environment) -> Any:
        settings = environment.settings
        soft_delete = {"enabled": True, "days": azure_soft_delete_days(settings.tiering)}
        service = storage.BlobServiceProperties(
            self._name,
            account_name=account.name,
            resource_group_name=group.name,
            blob_services_name="default",
            is_versioning_enabled=True,
            delete_retention_policy=soft_delete,
            container_delete_retention_policy=soft_delete,
            opts=self._inside,
        )
        rules = azure_management_rules(
            settings.tiering, prefix=settings.prefix, container=settings.azure_container
        )
        storage.ManagementPolicy(
            self._name,
            account_name=account.name,
            resource_group_name=group.name,
            management_policy_name="default",
            policy={"rules": rules},
            # Azure refuses rules about versions before versioning is on.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[service]),
        )
        return service

    def _connection_string(self, group: Any, account: Any) -> pulumi.Output[str]:
        keys = storage.list_storage_account_keys_output(
            account_name=account.name,
            resource_group_name=group.name,
            opts=pulumi.InvokeOptions(parent=self),
        )
        # The keys are no secret of the provider's (pulumi/pulumi-azure-native#1693): they become one here.
        key = pulumi.Output.secret(keys.keys[0].value)
        made: pulumi.Output[str] = pulumi.Output.all(
            account.name, account.primary_endpoints.blob, key
        ).apply(lambda known: connection_string(known[0], endpoint=known[1], key=known[2]))
        return made


def connection_string(account: str, *, endpoint: str, key: str) -> str:
    """Return the connection string of an account.

    Args:
        account: its name, unless the endpoint names another one.
        endpoint: of its blobs; one whose path is not empty names the account there, not in the host
            (https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, path-style).
        key: of the account.
    """
    named = urlsplit(endpoint).path.strip("/") or account
    return f"BlobEndpoint={endpoint};AccountName={named};AccountKey={key}"
