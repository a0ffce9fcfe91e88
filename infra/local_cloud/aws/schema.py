"""What one resource type of pulumi-aws is: its properties, and the AWS operation behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Schema:
    """One type's properties."""

    service: str
    operation: str
    members: Mapping[str, str]
    """Property → dotted path in the operation's request."""

    required: tuple[str, ...] = ()
    own: Mapping[str, type] = field(default_factory=dict)
    """Properties that are the provider's own and never reach AWS."""

    refused: Mapping[str, str] = field(default_factory=dict)
    """Properties that exist and that the local cloud cannot keep, and why."""

    replaces: tuple[str, ...] = ()


def unserved(*names: str) -> dict[str, str]:
    """Properties that the local cloud does not serve, as `refused` has them."""
    return dict.fromkeys(names, "is not served by the local cloud")
