"""What all handlers of ARM types share: names, ids, and a record of each resource in the control plane."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local_cloud.azure_native.schemas import ACCOUNT, RESOURCE_GROUP, SCHEMAS
from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.handlers import AlreadyExists, CloudError, Live, Naming, State
from infra.local_cloud.values import Properties

TENANT: Final = "00000000-0000-0000-0000-0000000000aa"
SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where the resources are."""

    id: str
    location: str | None
    """The configured location, which resources take that name none."""

    plane: ControlPlane


@dataclass(frozen=True, slots=True)
class ArmHandler(ABC):
    """A resource that is kept by the control plane alone.

    Its inputs are recorded as they were asked for, so that drift is what somebody changed in the record.
    """

    token: str
    subscription: Subscription

    @property
    def replaces(self) -> frozenset[str]:
        """As the schema of the type says."""
        return frozenset(SCHEMAS[self.token].replaces)

    @property
    def remade_in_place(self) -> bool:
        """An ARM id is made of names only."""
        return True

    @property
    def name_property(self) -> str | None:
        """The property that gets an automatic name."""
        return SCHEMAS[self.token].name

    def prepare(self, inputs: Properties, old_inputs: Properties, naming: Naming) -> Properties:
        """Give a name to what has none, and the configured location to what has none."""
        found = dict(inputs)
        name = self.name_property
        if name and found.get(name) is None:
            found[name] = old_inputs.get(name) or _automatic(name, naming)
        takes_location = "location" in SCHEMAS[self.token].replaces
        if takes_location and found.get("location") is None:
            location = self.subscription.location or old_inputs.get("location")
            if location:
                found["location"] = location
        return found

    @abstractmethod
    def id_of(self, inputs: Properties) -> str:
        """The ARM id."""

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """The outputs that the service adds to the inputs: the same at every look."""
        return {"name": resource_id.rpartition("/")[2]}

    def claim(self, inputs: Properties) -> str | None:
        """The ARM id, which can be made once."""
        return f"arm:{self.id_of(inputs).lower()}"

    def create(self, inputs: Properties) -> State:
        """Record it, if there is no such resource yet and its parent is there."""
        resource_id = self.id_of(inputs)
        if self.subscription.plane.get(resource_id) is not None:
            raise AlreadyExists(f"cannot create already existing resource {resource_id!r}")
        self.require_parent(inputs)
        return State(resource_id, self.record(resource_id, inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The record."""
        record = self.subscription.plane.get(resource_id)
        if record is None:
            return None
        asked = record["inputs"]
        return Live(asked, {**asked, **record["outputs"], **self.added(resource_id, asked)})

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Record it anew."""
        return self.record(resource_id, inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Forget it and everything beneath it."""
        self.subscription.plane.delete(resource_id)

    def record(self, resource_id: str, inputs: Properties) -> Properties:
        """Write the record; return the outputs."""
        outputs = {**self._located(inputs), **self.added(resource_id, inputs)}
        self.subscription.plane.set(
            resource_id,
            {"type": self.token, "inputs": inputs, "outputs": self._located(inputs)},
        )
        return outputs

    def require_parent(self, inputs: Properties) -> None:
        """Refuse what would lie in a resource group or an account that is not there.

        Raises:
            CloudError: as ARM says it.
        """
        place = SCHEMAS[self.token].place
        if "resourceGroupName" in place and self.token != RESOURCE_GROUP:
            group = self.group_id(inputs)
            if self.subscription.plane.get(group) is None:
                raise CloudError(f"ResourceGroupNotFound: {group} could not be found")
        if "accountName" in place and self.token != ACCOUNT:
            account = self.account_id(inputs)
            if self.subscription.plane.get(account) is None:
                raise CloudError(f"ResourceNotFound: {account} was not found")

    def group_id(self, inputs: Mapping[str, Any]) -> str:
        """The id of the resource group that the inputs name."""
        return f"/subscriptions/{self.subscription.id}/resourceGroups/{inputs['resourceGroupName']}"

    def account_id(self, inputs: Mapping[str, Any]) -> str:
        """The id of the storage account that the inputs name."""
        return (
            f"{self.group_id(inputs)}/providers/Microsoft.Storage/storageAccounts/"
            f"{inputs['accountName']}"
        )

    def _located(self, inputs: Properties) -> Properties:
        if "location" not in SCHEMAS[self.token].replaces or inputs.get("location"):
            return inputs
        group = self.subscription.plane.get(self.group_id(inputs))
        location = (group or {}).get("outputs", {}).get("location")
        if not location:
            raise CloudError(
                "LocationRequired: give a location, or set it for all: "
                "pulumi config set azure-native:location koreacentral"
            )
        return {**inputs, "location": location}


def scope_id(written: object) -> str:
    """The id of what a resource lies on, which Microsoft's own examples write without its first slash."""
    trimmed = str(written).strip("/")
    return f"/{trimmed}" if trimmed else ""


def _automatic(name: str, naming: Naming) -> str:
    if name == "roleAssignmentName":
        return naming.uuid
    if name == "accountName":
        letters = "".join(letter for letter in naming.name.lower() if letter.isalnum())
        return letters[: 24 - len(naming.suffix)] + naming.suffix
    return f"{naming.name}{naming.suffix}"
