"""The ARM resource types. Only a container's blobs are real; everything else is a record."""

from dataclasses import dataclass
from typing import Any, Final

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, PublicAccess

from infra.local_cloud.azure_native import schemas
from infra.local_cloud.azure_native.access import (
    Federation,
    Identity,
    RoleAssignment,
    RoleDefinition,
)
from infra.local_cloud.azure_native.base import ArmHandler, Subscription
from infra.local_cloud.azure_native.network import PrivateDnsZoneGroup, PrivateEndpoint
from infra.local_cloud.azure_native.watching import watch_handlers
from infra.local_cloud.handlers import AlreadyExists, CloudError, Handler, Live, State
from infra.local_cloud.values import Properties

_PUBLIC: Final = {"Container": PublicAccess.CONTAINER, "Blob": PublicAccess.BLOB}
_CONTAINERS: Final = "/blobServices/default/containers/"


@dataclass(frozen=True, slots=True)
class Containers:
    """Azurite's containers, on which all accounts of a stack are mapped."""

    blobs: BlobServiceClient
    url: str

    def delete(self, name: str) -> None:
        """Delete a container with its blobs; one that is gone already is fine."""
        try:
            self.blobs.delete_container(name)
        except ResourceNotFoundError:
            return

    def delete_beneath(self, gone: list[str]) -> None:
        """Delete the containers among the ids of resources that are gone."""
        for resource_id in gone:
            _, found, name = resource_id.partition(_CONTAINERS)
            if found and "/" not in name:
                self.delete(name)


@dataclass(frozen=True, slots=True)
class ResourceGroup(ArmHandler):
    """azure-native:resources:ResourceGroup."""

    containers: Containers

    def id_of(self, inputs: Properties) -> str:
        """The group's id."""
        return self.group_id(inputs)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name, type, state."""
        return {
            "name": inputs["resourceGroupName"],
            "properties": {"provisioningState": "Succeeded"},
            "type": "Microsoft.Resources/resourceGroups",
        }

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the group and all that is in it, documents too, as ARM does."""
        self.containers.delete_beneath(self.subscription.plane.delete(resource_id))


@dataclass(frozen=True, slots=True)
class StorageAccount(ArmHandler):
    """azure-native:storage:StorageAccount: a name for Azurite's one account."""

    containers: Containers

    def id_of(self, inputs: Properties) -> str:
        """The account's id."""
        return self.account_id(inputs)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """The endpoints are Azurite's, as they are now."""
        identity = inputs.get("identity")
        return {
            # A list of ids goes in, a map by id comes out.
            **({"identity": _with_identities_by_id(identity)} if identity else {}),
            "name": inputs["accountName"],
            "primaryEndpoints": {"blob": f"{self.containers.url}/"},
            "primaryLocation": inputs.get("location"),
            "provisioningState": "Succeeded",
            "statusOfPrimary": "available",
            "type": "Microsoft.Storage/storageAccounts",
        }

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the account and its containers with their blobs, as ARM does."""
        self.containers.delete_beneath(self.subscription.plane.delete(resource_id))


@dataclass(frozen=True, slots=True)
class AccountPart(ArmHandler):
    """BlobServiceProperties and ManagementPolicy: the one of its kind in an account."""

    path: str

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the account's."""
        return f"{self.account_id(inputs)}/{self.path}/default"

    def claim(self, inputs: Properties) -> str | None:
        """Every account has one from the beginning: making it is putting it."""
        return None

    def create(self, inputs: Properties) -> State:
        """Put it, whether it was there or not."""
        self.require_parent(inputs)
        resource_id = self.id_of(inputs)
        return State(resource_id, self.record(resource_id, inputs))

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name and type."""
        return {"name": "default", "type": f"Microsoft.Storage/storageAccounts/{self.path}"}


@dataclass(frozen=True, slots=True)
class BlobContainer(ArmHandler):
    """azure-native:storage:BlobContainer: the container and its metadata are real in Azurite."""

    containers: Containers

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the account's."""
        return f"{self.account_id(inputs)}{_CONTAINERS}{inputs['containerName']}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """What a new container has."""
        return {
            "hasImmutabilityPolicy": False,
            "hasLegalHold": False,
            "name": inputs["containerName"],
            "publicAccess": inputs.get("publicAccess", "None"),
            "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
        }

    def claim(self, inputs: Properties) -> str | None:
        """The name in Azurite, which all accounts share."""
        return f"azurite:container:{inputs['containerName']}"

    def create(self, inputs: Properties) -> State:
        """Make the container in Azurite, then record it."""
        resource_id, name = self.id_of(inputs), inputs["containerName"]
        self.require_parent(inputs)
        self._require_public_access(inputs)
        self._require_own_name(resource_id)
        try:
            self.containers.blobs.create_container(
                name,
                metadata=inputs.get("metadata"),
                public_access=_PUBLIC.get(inputs.get("publicAccess", "None")),
            )
        except ResourceExistsError:
            raise AlreadyExists(f"ContainerAlreadyExists: there is a container {name!r}") from None
        return State(resource_id, self.record(resource_id, inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The container as Azurite has it: it alone says whether it is there, for it has the documents."""
        try:
            real: Any = self.containers.blobs.get_container_client(
                resource_id.rpartition("/")[2]
            ).get_container_properties()
        except ResourceNotFoundError:
            return None
        record = self.subscription.plane.get(resource_id)
        live = dict(record["inputs"] if record else inputs or _placed(resource_id))
        if dict(real.metadata or {}) != (live.get("metadata") or {}):
            live["metadata"] = dict(real.metadata or {})
        public = {"container": "Container", "blob": "Blob"}.get(str(real.public_access), "None")
        if public != live.get("publicAccess", "None"):
            live["publicAccess"] = public
        return Live(live, {**live, **self.added(resource_id, live)})

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Metadata and public access, in Azurite too."""
        self._require_public_access(inputs)
        # Taken over from a killed run, it may be recorded in an account of another automatic name.
        for other in self._others(resource_id):
            self.subscription.plane.delete(other)
        container = self.containers.blobs.get_container_client(inputs["containerName"])
        container.set_container_metadata(inputs.get("metadata") or {})
        container.set_container_access_policy(
            signed_identifiers={},
            public_access=_PUBLIC.get(inputs.get("publicAccess", "None")),
        )
        return self.record(resource_id, inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the container with its blobs, as ARM does."""
        self.containers.delete(resource_id.rpartition("/")[2])
        self.subscription.plane.delete(resource_id)

    def _require_public_access(self, inputs: Properties) -> None:
        account = self.subscription.plane.get(self.account_id(inputs)) or {}
        allowed = account.get("inputs", {}).get("allowBlobPublicAccess", False)
        if inputs.get("publicAccess", "None") != "None" and not allowed:
            raise CloudError(
                "PublicAccessNotPermitted: the account has allowBlobPublicAccess off, "
                f"so that publicAccess of {inputs['containerName']!r} can only be None"
            )

    def _require_own_name(self, resource_id: str) -> None:
        for other in self._others(resource_id):
            raise AlreadyExists(
                f"The local cloud has one account for all, in which this is the container of {other}"
            )

    def _others(self, resource_id: str) -> list[str]:
        name = resource_id.rpartition("/")[2]
        return [
            other
            for other in self.subscription.plane.ids("/subscriptions/")
            if other.endswith(f"{_CONTAINERS}{name}") and other.lower() != resource_id.lower()
        ]


def _with_identities_by_id(identity: Properties) -> Properties:
    ids = identity.get("userAssignedIdentities") or []
    return {**identity, "userAssignedIdentities": {one: {} for one in ids}}


def _placed(resource_id: str) -> Properties:
    """What the id of a container says of its place: all that is known of one that somebody else made."""
    parts = resource_id.split("/")
    return {
        "resourceGroupName": parts[4],
        "accountName": parts[8],
        "containerName": parts[-1],
    }


def arm_handlers(subscription: Subscription, containers: Containers) -> dict[str, Handler]:
    """The handlers, by type."""
    handlers: list[ArmHandler] = [
        ResourceGroup(schemas.RESOURCE_GROUP, subscription, containers),
        StorageAccount(schemas.ACCOUNT, subscription, containers),
        AccountPart(schemas.BLOB_SERVICE, subscription, "blobServices"),
        AccountPart(schemas.POLICY, subscription, "managementPolicies"),
        BlobContainer(schemas.CONTAINER, subscription, containers),
        Identity(schemas.IDENTITY, subscription),
        PrivateEndpoint(schemas.PRIVATE_ENDPOINT, subscription),
        PrivateDnsZoneGroup(schemas.DNS_ZONE_GROUP, subscription),
        Federation(schemas.FEDERATION, subscription),
        RoleAssignment(schemas.ROLE_ASSIGNMENT, subscription),
        RoleDefinition(schemas.ROLE_DEFINITION, subscription),
        *watch_handlers(subscription),
    ]
    return {handler.token: handler for handler in handlers}
