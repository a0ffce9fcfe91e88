"""What is done to one resource of a type, and how somebody changes it behind the engine's back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azure.storage.blob import BlobServiceClient

from infra.local_cloud.aws.clients import make_client
from infra.local_cloud.aws.cloud import AWS
from infra.local_cloud.azure_native.cloud import AZURE_NATIVE
from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY
from infra.local_cloud.gcp.cloud import GCP
from infra.local_cloud.handlers import Failure, Handler, Naming, Session, State

Properties = dict[str, Any]
REGION = "us-east-1"
CLOUDS = {cloud.plugin: cloud for cloud in (AWS, AZURE_NATIVE, GCP)}


@dataclass(slots=True)
class World:
    """The handlers of all clouds on one set of emulators, and the ways around them."""

    session: Session
    handlers: dict[str, Handler] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    inputs: dict[str, Properties] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    """Ids of what belongs to no type of ours: networks, tables of routes."""

    whole: bool = False
    """Whether the last test left one of each, as its row says."""

    @property
    def plane(self) -> ControlPlane:
        return self.session.plane

    @property
    def blobs(self) -> BlobServiceClient:
        return BlobServiceClient(
            self.session.endpoints.azure_blob_url,
            credential={"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY},
        )

    def aws(self, service: str) -> Any:
        return make_client(service, url=self.session.endpoints.aws_url, region=REGION)

    def id(self, token: str) -> str:
        return self.states[token].id

    def seen(self, token: str) -> Properties | None:
        """The inputs as a refresh sees them; None when it is gone."""
        state = self.states[token]
        live = self.handlers[token].read(state.id, self.inputs[token], state.outputs)
        return None if live is None else live.inputs

    def make(self, token: str, inputs: Properties) -> State:
        """Prepare and create, as an `up` does."""
        self.inputs[token] = self.prepared(token, inputs)
        self.states[token] = self.handlers[token].create(self.inputs[token])
        return self.states[token]

    def prepared(self, token: str, inputs: Properties) -> Properties:
        return self.handlers[token].prepare(inputs, {}, Naming("kb", "1234567", "x"))

    def update(self, token: str, inputs: Properties) -> None:
        """Change in place, as an `up` does."""
        state, handler = self.states[token], self.handlers[token]
        self.inputs[token] = self.prepared(token, inputs)
        outputs = handler.update(state.id, self.inputs[token], state.outputs)
        self.states[token] = State(state.id, outputs)


@dataclass(frozen=True, slots=True)
class Life:
    """One type's row.

    Attributes:
        inputs: of the resource, given the world with everything that stands before it in the table.
        update: properties that change in place; none where every property makes another resource.
        replacement: properties whose change makes another resource.
        drift: changes a resource behind the engine's back, given its id.
        drifted: the one property in which a refresh then finds another value.
        remains: what no deletion takes away; the service has no state without it.
        children: the types without which it cannot be deleted: they go first.
        untold: properties that are the provider's own or never asked back: an import cannot know them.
    """

    inputs: Callable[[World], Properties]
    replacement: Properties
    drift: Callable[[World, str], object]
    drifted: str
    update: Properties = field(default_factory=dict)
    untold: frozenset[str] = frozenset()
    remains: Properties | None = None
    children: tuple[str, ...] = ()


def given(inputs: Mapping[str, Any], **changes: Any) -> Callable[[World], Properties]:
    """The same inputs in every world."""
    return lambda _: {**inputs, **changes}


def recorded(**changes: Any) -> Callable[[World, str], object]:
    """The drift of what only the control plane has."""
    return lambda world, resource_id: world.plane.change(resource_id, **changes)


def failures(token: str, inputs: Properties) -> list[Failure]:
    """What a Check says."""
    return CLOUDS[token.partition(":")[0]].failures(token, inputs)
