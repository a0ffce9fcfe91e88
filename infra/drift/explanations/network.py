"""What drift breaks of private ways into a store."""

from collections.abc import Mapping
from typing import Final

from infra.drift.explanations.terms import TAGS, Explanation, deleted

_WAY: Final = (
    deleted("agent", "high", "The private way into the store is gone: who comes by it is refused."),
    TAGS,
    Explanation("*", (), "agent", "high", "The private way leads elsewhere than was declared."),
)

EXPLANATIONS: Final[Mapping[str, tuple[Explanation, ...]]] = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": _WAY,
    "azure-native:network:PrivateDnsZoneGroup": _WAY,
    "azure-native:network:PrivateEndpoint": _WAY,
}
"""By type; within a type the first row that matches wins."""
