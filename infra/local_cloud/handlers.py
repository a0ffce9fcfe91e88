"""What a resource type has to say for itself to be served by the local cloud."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.servers import Endpoints
from infra.local_cloud.values import Properties

Failure = tuple[str, str]
"""A property's path (`rules[0].transitions[1].storageClass`) and what is wrong with it."""


class CloudError(Exception):
    """The emulated service refuses; one sentence, as the service would say it."""


class AlreadyExists(CloudError):
    """There is already one of that name."""


@dataclass(frozen=True, slots=True)
class State:
    """A live resource."""

    id: str
    outputs: Properties
    """Everything that the program may read: the inputs and what the service added."""


@dataclass(frozen=True, slots=True)
class Live:
    """A resource as its service has it now."""

    inputs: Properties
    """As a program would have to write them to get what is there."""

    outputs: Properties


@dataclass(frozen=True, slots=True)
class Naming:
    """What an automatic name is made of."""

    name: str
    """The resource's name in the program."""

    suffix: str
    """Seven hexadecimal digits, the same at preview and at up."""

    uuid: str
    """A whole UUID of the same origin."""


class Handler(Protocol):
    """One resource type."""

    @property
    def replaces(self) -> frozenset[str]:
        """The properties whose change makes a new resource, as with the real provider."""

    @property
    def remade_in_place(self) -> bool:
        """Whether one that is gone can be made again under its old id."""

    @property
    def name_property(self) -> str | None:
        """The property that names the resource; None when its place alone does."""

    def prepare(self, inputs: Properties, old_inputs: Properties, naming: Naming) -> Properties:
        """Return the inputs with the provider's defaults and automatic names."""

    def claim(self, inputs: Properties) -> str | None:
        """What nobody else may have made already; None when two can never collide."""

    def id_of(self, inputs: Properties) -> str:
        """The id of the resource that `claim` names."""

    def create(self, inputs: Properties) -> State:
        """Make it.

        Raises:
            AlreadyExists: somebody else has.
        """

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """Return it as it is now, None when it is gone."""

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Change what is there to `inputs`; return its outputs."""

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete it; one that is gone already is fine."""


Function = Callable[[Properties], Properties]


@dataclass(frozen=True, slots=True)
class Session:
    """What a configured provider works with."""

    stack: str
    endpoints: Endpoints
    plane: ControlPlane
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that one cloud's provider answers for."""

    handlers: Mapping[str, Handler]
    functions: Mapping[str, Function]


@dataclass(frozen=True, slots=True)
class Cloud:
    """One emulated cloud: its plugin's name, its configuration, its catalog."""

    plugin: str
    """`aws`, `azure-native`, `gcp`"""

    distribution: str
    """The Python package of its SDK, whose version the plugin takes."""

    emulators: tuple[str, ...]
    """Those that its plugin asks."""

    config_failures: Callable[[Properties], list[Failure]]
    open: Callable[[Session], Catalog]
    failures: Callable[[str, Properties], list[Failure]]
    """Everything that is wrong with a type's inputs: pure; unknown values are passed over."""
