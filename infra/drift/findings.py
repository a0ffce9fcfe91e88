"""What a look at an environment found: each property that drifted, with what it breaks."""

from dataclasses import dataclass
from typing import Any

from infra.drift.compare import Difference, Kind
from infra.drift.explanations import Explanation, explain


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the environment.

    Attributes:
        type: Pulumi's token, `aws:s3/bucketVersioning:BucketVersioning`.
        name: in the program.
        id: in its cloud.
    """

    type: str
    name: str
    id: str

    @property
    def label(self) -> str:
        """`BucketVersioning kb-local`, for a person."""
        return f"{self.type.rpartition(':')[2]} {self.name}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of one resource that is not as it was declared, or a resource that is gone."""

    resource: Resource
    kind: Kind
    property: str
    """Its path; "" where the whole resource is gone."""
    declared: Any
    found: Any
    explanation: Explanation

    def as_json(self) -> dict[str, Any]:
        """Return the finding for a program."""
        return {
            "type": self.resource.type,
            "name": self.resource.name,
            "id": self.resource.id,
            "kind": self.kind,
            "property": self.property,
            "declared": self.declared,
            "found": self.found,
            "breaks": self.explanation.breaks,
            "severity": self.explanation.severity,
            "explanation": self.explanation.sentence,
            "repair": self.explanation.repair,
        }


def finding_of(resource: Resource, difference: Difference) -> Finding:
    """Return a difference of a resource with its explanation."""
    return Finding(
        resource,
        difference.kind,
        difference.path,
        difference.declared,
        difference.found,
        explain(resource.type, difference),
    )


def deletion_of(resource: Resource) -> Finding:
    """Return that a resource is gone."""
    return finding_of(resource, Difference("", "deleted", None, None))
