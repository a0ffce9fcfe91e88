"""What all handlers of Google's types share: names, ids, and a record of each in the control plane."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.gcp.schemas import SCHEMAS
from infra.local_cloud.handlers import AlreadyExists, CloudError, Live, Naming, State
from infra.local_cloud.values import Properties

PROJECT: Final = "kb-local"
PROJECT_NUMBER: Final = "123456789012"


@dataclass(frozen=True, slots=True)
class Project:
    """Whose the resources are that name no project of their own."""

    id: str
    plane: ControlPlane

    def of(self, inputs: Properties) -> str:
        """The project that the inputs name, else the provider's."""
        return str(inputs.get("project") or self.id)


@dataclass(frozen=True, slots=True)
class GcpHandler(ABC):
    """A resource that is kept by the control plane alone.

    Its inputs are recorded as they were asked for, so that drift is what somebody changed in the record.
    """

    token: str
    project: Project

    @property
    def replaces(self) -> frozenset[str]:
        """As the schema of the type says."""
        return frozenset(SCHEMAS[self.token].replaces)

    @property
    def remade_in_place(self) -> bool:
        """Ids are made of names only."""
        return True

    @property
    def name_property(self) -> str | None:
        """The property that gets an automatic name."""
        return SCHEMAS[self.token].name

    def prepare(self, inputs: Properties, old_inputs: Properties, naming: Naming) -> Properties:
        """Give a name to what has none: the old one, else the program's with seven random digits."""
        name = self.name_property
        if name is None or inputs.get(name) is not None:
            return inputs
        return {**inputs, name: old_inputs.get(name) or f"{naming.name}-{naming.suffix}"}

    @abstractmethod
    def id_of(self, inputs: Properties) -> str:
        """The id that pulumi-gcp gives it."""

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """The outputs that the service adds to the inputs: the same at every look."""
        return {}

    def claim(self, inputs: Properties) -> str | None:
        """The id, which can be made once."""
        return f"gcp:{self.id_of(inputs)}"

    def create(self, inputs: Properties) -> State:
        """Record it, if there is no such resource yet and what it belongs to is there."""
        resource_id = self.id_of(inputs)
        if self.project.plane.get(resource_id) is not None:
            raise AlreadyExists(f"alreadyExists: there is {resource_id} already")
        for parent in self.parents(inputs):
            self.require(parent)
        return State(resource_id, self.record(resource_id, inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The record."""
        record = self.project.plane.get(resource_id)
        if record is None:
            return None
        asked = record["inputs"]
        return Live(asked, self.outputs(resource_id, asked))

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Record it anew."""
        return self.record(resource_id, inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Forget it and everything beneath it."""
        self.project.plane.delete(resource_id)

    def outputs(self, resource_id: str, inputs: Properties) -> Properties:
        """What the program may read."""
        located = {"project": self.project.of(inputs)} if self._has_project else {}
        return {**inputs, **located, **self.added(resource_id, inputs)}

    def record(self, resource_id: str, inputs: Properties) -> Properties:
        """Write the record; return the outputs."""
        self.project.plane.set(resource_id, {"type": self.token, "inputs": inputs})
        return self.outputs(resource_id, inputs)

    def parents(self, inputs: Properties) -> tuple[str, ...]:
        """The ids of what it belongs to, and cannot be made without."""
        return ()

    def require(self, resource_id: str) -> None:
        """Refuse when the control plane has no such resource.

        Raises:
            CloudError: as the service says it.
        """
        if self.project.plane.get(resource_id) is None:
            raise CloudError(f"notFound: {resource_id} was not found")

    @property
    def _has_project(self) -> bool:
        return "project" in SCHEMAS[self.token].place
