"""What one resource type of pulumi-gcp is: its properties, and where they lie in Google's request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Pattern = tuple[re.Pattern[str], str]


@dataclass(frozen=True, slots=True)
class Schema:
    """One type's properties."""

    api: str
    model: str
    """Dotted path of the request's schema in the API's discovery document."""

    body: tuple[str, ...]
    """The properties that become members of the request."""

    place: tuple[str, ...] = ()
    """The properties that say where it is and what it is called; they are no part of the request's body."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Dotted path of a property → where it lies in the request, beneath its parent."""

    own: Mapping[str, type] = field(default_factory=dict)
    """Properties that the provider understands and never sends."""

    required: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    """pulumi-gcp's: of the Terraform provider, those that force a new resource."""

    name: str | None = None
    """The property that gets an automatic name."""

    patterns: Mapping[str, Pattern] = field(default_factory=dict)

    unserved: tuple[str, ...] = ()
    """Properties that exist and that the local cloud does not keep."""
