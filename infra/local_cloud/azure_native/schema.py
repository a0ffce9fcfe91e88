"""What one resource type of azure-native is: its place and its body."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Schema:
    """One type's properties."""

    model: str | None
    """The model of the request's body; None where azure-mgmt-storage has none."""

    place: tuple[str, ...]
    """The properties that say where it is; they are parts of its id, not of its body."""

    body: Mapping[str, type] = field(default_factory=dict)
    """The properties of the body, where there is no model."""

    required: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    name: str | None = None
    """The property that gets an automatic name."""

    fixed: Mapping[str, str] = field(default_factory=dict)
    """Properties that have one possible value, which azure-native nevertheless wants to be given."""

    patterns: Mapping[str, tuple[re.Pattern[str], str]] = field(default_factory=dict)
    """Where a property is not what PATTERNS says of its name."""

    unserved: tuple[str, ...] = ()
    """Properties that exist and that the local cloud does not keep."""
