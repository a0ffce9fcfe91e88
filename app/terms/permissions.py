"""What the agent and the migration may do with the documents, in no cloud's words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from app.terms.variables import Identity

Verb = Literal["list", "read", "write", "delete"]
"""What can be done with documents below an environment's prefix; `write` also replaces.

Old versions are never written or deleted by anybody but the lifecycle rules: so whatever an identity does
here can be undone. Google Cloud cannot say that: see docs/guide/access.md.
"""

Migration = Literal["closed", "open", "rollback"]
"""How far an environment lets a migration in: nobody migrates, documents move in, they may be taken back."""

_ALL: Final = frozenset[Verb]({"list", "read", "write", "delete"})

PERMISSIONS: Final[Mapping[Identity, Mapping[Migration, frozenset[Verb]]]] = MappingProxyType(
    {
        "agent": MappingProxyType({"closed": _ALL, "open": _ALL, "rollback": _ALL}),
        "migrator": MappingProxyType(
            {
                "closed": frozenset(),
                # It only adds: what it replaces is kept as an old version, and it can remove nothing.
                "open": _ALL - {"delete"},
                # A rollback removes what was not there before.
                "rollback": _ALL,
            }
        ),
    }
)
"""What each identity may do while a migration is…: infra compiles it to IAM and RBAC (`infra.access`)."""

Work = Literal["stores", "identities", "keys", "watch", "network"]
"""What `pulumi up` makes, changes and removes: stores and their rules, who works in them, keys of one's own,
what is watched and who is told, private endpoints."""

DEPLOYER: Final = frozenset[Work]({"stores", "identities", "keys", "watch", "network"})
"""What the deployer works on. It reads and writes no document, and is nobody's identity at run time."""


def identities_of(migration: Migration) -> tuple[Identity, ...]:
    """Return who works in an environment: whoever may do anything there."""
    return tuple(identity for identity, verbs in PERMISSIONS.items() if verbs[migration])
