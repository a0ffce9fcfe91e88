"""The store on Azure: a closed, versioned blob container and the identities that work in it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pulumi
from pulumi_azure_native import authorization, resources, storage

from infra.settings import Environment, Settings
from infra.stores import account_settings
from infra.stores.azure_identity import AzureIdentity
from infra.stores.azure_key import use_key
from infra.stores.azure_network import reach_privately
from infra.stores.keeping import kept
from infra.watch.azure import AzureWatch


def provision(environment: Environment) -> Mapping[str, Any]:
    """Make the store and return its outputs."""
    return AzureStore(f"kb-{environment.name}", environment).outputs


class AzureStore(pulumi.ComponentResource):
    """A container that only its identities reach, only over TLS, and that forgets nothing at once.

    Of an adopted account these hold as far as its owner has set them.

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
        self._kept = kept(self, disposable=settings.disposable)
        self._tags = environment.tags

        group = self._group(name, settings)
        account = self._account(group, environment)
        service = self._keep_versions(group, account, settings)
        container = self._container(group, account, service, settings)
        reach_privately(self, name, settings, group=group, account=account, tags=self._tags)
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
        watch = AzureWatch(
            f"{name}-watch",
            environment=environment,
            group=group,
            account=account,
            tags=self._tags,
            opts=self._inside,
        )
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
            "azure_alarms": watch.alarms,
            "azure_access_log": watch.access_log,
        }
        self.register_outputs({"account": account.name, "container": container.name})

    def _group(self, name: str, settings: Settings) -> Any:
        adopted = settings.adopt.azure_resource_group
        if adopted is None:
            return resources.ResourceGroup(name, tags=self._tags, opts=self._kept)
        client = authorization.get_client_config_output(opts=pulumi.InvokeOptions(parent=self))
        group_id = pulumi.Output.concat(
            "/subscriptions/", client.subscription_id, "/resourceGroups/", adopted
        )
        # Read, never managed, as the account and the container: the engine has no operation that could
        # change or delete them.
        return resources.ResourceGroup.get(name, group_id, opts=self._inside)

    def _account(self, group: Any, environment: Environment) -> Any:
        # Logical, yet the beginning of the automatic name: letters and digits, 24 with the random end.
        name = "kb" + re.sub(r"[^a-z0-9]", "", environment.name.lower())[:14]
        settings = environment.settings
        if settings.adopt.azure_account is not None:
            account_id = pulumi.Output.concat(
                group.id,
                "/providers/Microsoft.Storage/storageAccounts/",
                settings.adopt.azure_account,
            )
            return storage.StorageAccount.get(name, account_id, opts=self._inside)
        user = use_key(self, self._name, settings, group=group, tags=self._tags)
        allowed = pulumi.ResourceOptions(depends_on=[] if user is None else [user.assignment])
        return storage.StorageAccount(
            name,
            account_name=settings.azure_account,
            resource_group_name=group.name,
            **account_settings.account_arguments(settings, key_identity=user and user.identity_id),
            tags=self._tags,
            opts=pulumi.ResourceOptions.merge(self._kept, allowed),
        )

    def _container(self, group: Any, account: Any, service: Any, settings: Settings) -> Any:
        if settings.adopt.azure_container is not None:
            container_id = pulumi.Output.concat(
                account.id, "/blobServices/default/containers/", settings.adopt.azure_container
            )
            return storage.BlobContainer.get(self._name, container_id, opts=self._inside)
        # Created before the service keeps versions, a first document would have none.
        after = pulumi.ResourceOptions(depends_on=[] if service is None else [service])
        return storage.BlobContainer(
            self._name,
            account_name=account.name,
            resource_group_name=group.name,
            container_name=settings.azure_container,
            public_access=storage.PublicAccess.NONE,
            opts=pulumi.ResourceOptions.merge(self._kept, after),
        )

    def _keep_versions(self, group: Any, account: Any, settings: Settings) -> Any:
        adopted = settings.adopt.azure_account
        # Without them, an adopted account would lose its rules when the environment goes.
        part = pulumi.ResourceOptions(parent=self, retain_on_delete=adopted is not None)
        service = None
        if not settings.adopt.leaves("versions", adopted=adopted):
            service = storage.BlobServiceProperties(
                self._name,
                account_name=account.name,
                resource_group_name=group.name,
                blob_services_name="default",
                **account_settings.blob_service_arguments(settings),
                opts=part,
            )
        if not settings.adopt.leaves("lifecycle", adopted=adopted):
            # Azure refuses rules about versions before versioning is on.
            after = pulumi.ResourceOptions(depends_on=[] if service is None else [service])
            storage.ManagementPolicy(
                self._name,
                account_name=account.name,
                resource_group_name=group.name,
                management_policy_name="default",
                policy=account_settings.management_policy(settings),
                opts=pulumi.ResourceOptions.merge(part, after),
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
