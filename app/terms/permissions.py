"""What the agent and the migration may do with the documents, in no cloud's words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from app.terms.variables import Identity

Verb = Literal["list", "read", "write", "delete"]
"""What can be done with documents below an environment's prefix; `write` also replaces.

Old versions are never written or deleted by anybody but the lifecycle rules: so whatever an identity does
here can be undone.
"""

PERMISSIONS: Final[Mapping[Identity, frozenset[Verb]]] = MappingProxyType(
    {
        "agent": frozenset({"list", "read", "write", "delete"}),
        # A migration only adds: what it replaces is kept as an old version, and it can remove nothing.
        "migrator": frozenset({"list", "read", "write"}),
    }
)
"""What each identity may do: infra compiles it to IAM and RBAC (`infra.access`)."""
